-- What make does for those who use Beans: install it, or say what is missing.

local bench_of = require('tests.editor.bench')

-- Asks and leaves the answer in a file; the editor has no screen.
local SCRIPT = [[
  local host, answer = require('beans.host'), nil
  require('beans').request({
    messages = 'x',
    on_done = function(result) answer = result.text end,
    on_error = function(err) answer = err.kind .. ': ' .. err.message end,
  })
  host.wait(20000, function() return answer ~= nil end)
  local source = debug.getinfo(require('beans').request, 'S').source
  local file = assert(io.open('answer', 'w'))
  file:write(source, '\n', answer or 'none', '\n')
  file:close()
]]

local MANAGERS = { 'apt install', 'dnf install', 'pacman -S', 'apk add', 'brew install' }

describe('make', function()
  local bench

  before_each(function()
    bench = bench_of.start()
  end)

  after_each(function()
    bench:stop()
  end)

  local function make(...)
    return vim.system({ 'make', ... }, { timeout = 240000 }):wait()
  end

  --- Starts an editor far from here, which has nothing but the folder of packages.
  local function answer_in(program)
    local argv = { vim.fn.getcwd() .. '/build/editors/' .. program, '-n', '-i', 'NONE', '-u', 'NONE' }
    vim.list_extend(argv, program:find('nvim$') and { '--headless' } or { '-N', '-es', '--not-a-term' })
    vim.list_extend(argv, { '--cmd', ('set packpath=%s/site'):format(bench.dir), '-c', 'packloadall' })
    vim.list_extend(argv, { '-c', 'helptags ALL', '-c', 'help beans', '-c', 'luafile script.lua', '-c', 'qall!' })
    local env = { BEANS_BASE_URL = bench:url('hello'), BEANS_API_KEY = 'sk-test', HOME = bench.dir }
    local run = vim.system(argv, { cwd = bench.dir, env = env, timeout = 30000 }):wait()
    assert.are.equal(0, run.code, run.stdout .. run.stderr)
    local lines = vim.fn.readfile(bench.dir .. '/answer')
    os.remove(bench.dir .. '/answer')
    return lines
  end

  it('install makes a package that works alone, in either editor', function()
    local pack = bench.dir .. '/site/pack/beans/start/beans'
    local run = make('-s', 'install', 'PACK=' .. pack)
    assert.are.equal(0, run.code, run.stdout .. run.stderr)
    assert.is_truthy(run.stdout:find('installed into ' .. pack, 1, true))
    vim.fn.writefile(vim.split(SCRIPT, '\n'), bench.dir .. '/script.lua')
    for _, program in ipairs({ 'nvim-forky/bin/nvim', 'vim-bookworm/bin/vim' }) do
      assert.are.same({ '@' .. pack .. '/lua/beans/init.lua', 'Hello, world' }, answer_in(program), program)
    end
    for name in vim.fs.dir(pack, { depth = 10 }) do
      assert.is_nil(name:match('%.new$'), name)
    end
  end)

  it('says in one line what is missing and which package has it', function()
    local run = make('PKG_CONFIG=false')
    assert.are_not.equal(0, run.code)
    assert.are.equal('', run.stdout)
    local line = run.stderr:match('^[^\n]*Beans needs libcurl libcjson lua: ([^\n]*)\n$')
    assert.is_truthy(line, run.stderr)
    for _, wanted in ipairs(MANAGERS) do
      assert.is_truthy(line:find(wanted .. ' ', 1, true), line)
    end
    assert.is_truthy(line:find('libcurl4-openssl-dev libcjson-dev libluajit-5.1-dev', 1, true), line)
  end)

  it('misses a compiler, too', function()
    local run = make('CC=no-such-compiler')
    assert.are_not.equal(0, run.code)
    assert.is_truthy(run.stderr:match('Beans needs cc: apt install gcc | '), run.stderr)
  end)
end)
