local core = require('beans.core')
local version = require('beans.version')

local function write(path, bytes)
  local file = assert(io.open(path, 'wb'))
  file:write(bytes)
  file:close()
end

--- A place where everything is well, but for what `more` says.
local function place(more)
  local fake = {
    version = function()
      return { version = more.version or version }
    end,
    marks = function(...)
      more.marked = { ... }
    end,
  }
  return vim.tbl_extend('force', {
    root = '/plugins/beans',
    abi = '5.1',
    exists = function()
      return true
    end,
    loadlib = function(path, symbol)
      more.loaded = { path, symbol }
      return function()
        return fake
      end
    end,
  }, more)
end

local function message_of(more)
  local module, message = core.load_from(place(more))
  assert.is_nil(module)
  assert.is_nil(message:find('\n'), 'one line')
  return message
end

--- What is said when the loader refuses with these words.
local function refused(words)
  return message_of({
    loadlib = function()
      return nil, words, 'open'
    end,
  })
end

local function has(message, ...)
  for _, part in ipairs({ ... }) do
    assert.is_truthy(message:find(part, 1, true), ('%q in: %s'):format(part, message))
  end
end

describe('core', function()
  it('loads the build for the ABI and hands it the marks', function()
    local more = { abi = '5.4' }
    local module = core.load_from(place(more), 'null', 'mark')
    assert.equal('/plugins/beans/build/core-5.4.so', module.path)
    assert.same({ '/plugins/beans/build/core-5.4.so', 'luaopen_beans_core' }, more.loaded)
    assert.same({ 'null', 'mark' }, more.marked)
  end)

  it('is loaded once it can be, and only once', function()
    local module = assert(core.load(vim.NIL, getmetatable(vim.empty_dict())))
    assert.equal(module, core.load())
    assert.equal('[null,{}]', module.encode({ vim.NIL, vim.empty_dict() }))
  end)

  it('says what is not built, what is, and how to', function()
    local message = message_of({
      abi = '5.2',
      exists = function(path)
        return path == '/plugins/beans/build/core-5.1.so' or path == '/plugins/beans/build/core-5.4.so'
      end,
    })
    has(message, 'run `make` in /plugins/beans', 'needed: Lua 5.2', 'built: Lua 5.1/LuaJIT, Lua 5.4', 'liblua5.2-dev')
  end)

  it('says so of an empty folder, and of a Lua that nobody knows yet', function()
    local root = vim.fn.tempname()
    local message = message_of({ root = root, abi = '5.9', exists = core.exists })
    has(message, 'run `make` in ' .. root, 'needed: Lua 5.9', 'built: nothing')
  end)

  it('compares the versions', function()
    has(message_of({ version = '0.0.9' }), '0.0.9', version, 'run `make` in /plugins/beans', 'restart the editor')
  end)

  it('does not raise when the module does', function()
    local function broken()
      error('no descriptors left')
    end
    local message = message_of({
      loadlib = function()
        return broken
      end,
    })
    has(message, 'no descriptors left')
  end)

  it('names the library that is missing, and the package', function()
    local missing = 'libcurl.so.4: cannot open shared object file: No such file or directory'
    has(refused(missing), 'libcurl is missing', 'apt install libcurl4', 'brew install curl', missing)
    missing = 'Error loading shared library libcjson.so.1: No such file (needed by /plugins/beans/build/core-5.1.so)'
    has(refused(missing), 'libcjson is missing', 'apk add cjson', 'pacman -S cjson', 'dnf install cjson')
    missing =
      'dlopen(/plugins/beans/build/core-5.1.so, 6): Library not loaded: /opt/cjson/libcjson.1.dylib\n  Reason: no'
    has(refused(missing), 'libcjson is missing', 'brew install cjson')
    missing = 'libnghttp2.so.14: cannot open shared object file: No such file or directory'
    has(refused(missing), 'a library that it needs is missing', 'libnghttp2.so.14')
  end)

  it('tells another C library from another machine', function()
    local own = '/plugins/beans/build/core-5.1.so'
    for _, words in ipairs({
      "/lib/libc.so.6: version `GLIBC_2.38' not found (required by " .. own .. ')',
      'libc.musl-x86_64.so.1: cannot open shared object file: No such file or directory',
      'Error loading shared library ld-linux-x86-64.so.2: No such file (needed by ' .. own .. ')',
      'Error relocating ' .. own .. ': __snprintf_chk: symbol not found',
    }) do
      has(refused(words), 'another C library', 'run `make` in /plugins/beans on this machine')
    end
    for _, words in ipairs({
      own .. ': wrong ELF class: ELFCLASS32',
      own .. ': cannot open shared object file: No such file or directory',
      "dlopen(x): tried: 'x' (mach-o file, but is an incompatible architecture (have 'arm64', need 'x86_64'))",
    }) do
      has(refused(words), 'another kind of machine', 'run `make` in /plugins/beans')
    end
  end)

  it('tells an old libcurl from an editor that keeps its Lua to itself', function()
    local own = '/plugins/lua_beans_curl_/build/core-5.1.so'
    local function both(form)
      has(refused(form:format('curl_multi_wakeup')), 'newer libcurl')
      has(refused(form:format('lua_gettop')), 'does not offer its Lua')
      has(refused(form:format('luaL_error')), 'does not offer its Lua')
    end
    both(own .. ': undefined symbol: %s')
    both('Error relocating ' .. own .. ': %s: symbol not found')
    both("symbol not found in flat namespace '_%s'")
    both('Symbol not found: _%s')
  end)

  it('has a word for whatever else the system says', function()
    has(refused('Operation not permitted'), 'Operation not permitted', 'run `make` in /plugins/beans')
  end)

  it('understands the loader of this system', function()
    local root = vim.fn.tempname()
    local path = root .. '/build/core-5.1.so'
    vim.fn.mkdir(root .. '/build', 'p')
    local file = assert(io.open('build/core-5.1.so', 'rb'))
    local bytes = file:read('*a')
    file:close()
    local function said_of(content)
      os.remove(path)
      write(path, content)
      return message_of({ root = root, exists = core.exists, loadlib = package.loadlib })
    end
    has(said_of('junk'), 'is damaged')
    has(said_of(bytes:sub(1, 18) .. '\255\255' .. bytes:sub(21)), 'another kind of machine')
    has(said_of((bytes:gsub('libcurl%.so%.%d', 'libcurl.so.X'))), 'libcurl is missing')
    has(said_of((bytes:gsub('libcjson%.so%.%d', 'libcjson.so.X'))), 'libcjson is missing')
    vim.fn.delete(root, 'rf')
  end)

  it('finds its folder, absolute where it can', function()
    local function only(path)
      return function(asked)
        return asked == path
      end
    end
    assert.equal('/a/b', core.root_of('@/a/b/lua/beans/core.lua', '/c', only()))
    assert.equal('/c', core.root_of('@lua/beans/core.lua', '/c', only('/c/lua/beans/core.lua')))
    assert.equal('/c', core.root_of('@./lua/beans/core.lua', '/c', only('/c/lua/beans/core.lua')))
    assert.equal('/c/d', core.root_of('@d/lua/beans/core.lua', '/c', only('/c/d/lua/beans/core.lua')))
    assert.equal('d', core.root_of('@d/lua/beans/core.lua', '/elsewhere', only()))
    assert.equal('.', core.root_of('@lua/beans/core.lua', nil, only()))
  end)
end)

describe('the module', function()
  local server, port

  setup(function()
    local first_line = ''
    server = vim.system({ 'build/replay', '--stdin', '--scripts', 'tests/data/replay' }, {
      stdin = true,
      stdout = function(_, piece)
        first_line = first_line .. (piece or '')
      end,
    })
    vim.wait(5000, function()
      port = first_line:match('listening (%d+)')
      return port ~= nil
    end)
  end)

  teardown(function()
    server:kill('sigterm')
    server:wait(5000)
  end)

  --- Runs a program to its end; its output says what failed.
  local function succeeds(argv)
    local run = vim.system(argv, { timeout = 60000 }):wait()
    assert.equal(0, run.code, run.stdout .. run.stderr)
  end

  for _, interpreter in ipairs({ 'luajit', 'lua5.1', 'lua5.2', 'lua5.3', 'lua5.4' }) do
    local abi = interpreter:match('%d.%d') or '5.1'
    it('works in ' .. interpreter, function()
      assert.equal(1, vim.fn.executable(interpreter), ('apt install %s'):format(interpreter))
      assert.equal(1, vim.fn.filereadable(('build/core-%s.so'):format(abi)), 'make')
      succeeds({ interpreter, 'tests/lua/abi.lua', port })
    end)
  end

  for _, abi in ipairs({ '5.1', '5.2', '5.3', '5.4' }) do
    local host = 'build/test/asan/host-' .. abi
    it('does nothing undefined, and leaves nothing behind, in Lua ' .. abi, function()
      assert.equal(1, vim.fn.executable(host), 'make hosts')
      succeeds({ host, 'tests/lua/abi.lua', port })
    end)

    it('stands it when memory runs out in Lua ' .. abi, function()
      succeeds({ host, 'tests/lua/starved.lua', port })
    end)
  end
end)
