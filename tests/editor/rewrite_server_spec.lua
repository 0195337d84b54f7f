-- A rewrite and a server that is slow, refuses or wants to be asked later, and money that is used up.

local bench_of = require('tests.editor.bench')

describe('rewrite', function()
  local bench, editor

  local FILE = { 'above', 'local a = 1', 'below' }
  local STREAM = 'header Content-Type: text/event-stream\n'
  local GOOD = STREAM .. 'delta "local aa = 1"\nfinish stop\ndone'

  before_each(function()
    bench = bench_of.start()
  end)

  after_each(function()
    bench:stop()
  end)

  local function rewrite(name, options)
    editor = bench:editor(name, vim.tbl_extend('force', { size = { rows = 24, cols = 160 } }, options or {}))
    vim.fn.writefile(FILE, editor.dir .. '/file.lua')
    editor:ex('edit ' .. editor.dir .. '/file.lua')
    editor:keys(':2Beans rewrite longer<CR>')
  end

  local function lines()
    return editor:eval("getline(1, '$')")
  end

  --- Nothing is left of it, and no error was raised.
  local function is_over()
    assert.are.same(FILE, lines())
    assert.are.same({}, editor:lua("return require('beans.edit').reviews(require('beans.host').current().buf)"))
    assert.is_nil(editor:raised())
  end

  it('says where its lines are that it tries again, when, and why', function()
    bench:script('busy.1', 'status 429\nheader Retry-After: 2\nsend "{\\"error\\":{\\"message\\":\\"slow down\\"}}"')
    bench:script('busy', GOOD)
    rewrite('busy')
    editor:wait_screen('tries again in')
    editor:wait_screen('slow down')
    editor:wait_screen('1 of 1 hunks left')
    assert.are.equal('local aa = 1', lines()[2])
  end)

  it('is stopped while it waits for another try, here or everywhere', function()
    for _, command in ipairs({ 'stop', 'stop!' }) do
      bench:script('busy', 'status 503\nheader Retry-After: 30\nsend "{\\"error\\":{\\"message\\":\\"overloaded\\"}}"')
      rewrite('busy')
      editor:wait_screen('tries again in')
      editor:ex('Beans ' .. command)
      editor:wait('the end', function()
        return #editor:lua("return require('beans.edit').reviews(require('beans.host').current().buf)") == 0
      end)
      is_over()
      editor:stop()
    end
  end)

  it('keeps what has come when everything is stopped', function()
    bench:script('slow', STREAM .. 'delta "local aa = 1\\nlocal b"\nstall')
    rewrite('slow')
    editor:wait_screen('streams')
    editor:ex('Beans stop!')
    editor:wait_screen('stopped')
    assert.are.equal('local aa = 1', lines()[2])
    editor:ex('Beans reject!')
    is_over()
  end)

  it('tells of a key that is not taken, and changes nothing', function()
    bench:script('auth', 'status 401\nsend "{\\"error\\":{\\"message\\":\\"Incorrect API key\\"}}"')
    rewrite('auth')
    editor:wait('the message', function()
      return editor:ex('messages'):find('Incorrect API key', 1, true)
    end)
    is_over()
  end)

  it('asks nothing when the money is used up, and says how to go on', function()
    bench:script('paid', STREAM .. 'header X-Request-Cost-Micro-Usd: 3000000\ndelta "local aa = 1"\nfinish stop\ndone')
    rewrite('paid', { beans = { data_dir = bench.dir .. '/data', budget = { session_usd = 2 } } })
    editor:wait_screen('$3.0000')
    editor:ex('Beans reject!')
    editor:ex('2Beans rewrite longer')
    editor:wait('the message', function()
      return editor:ex('messages'):find('Raise budget.session_usd', 1, true)
    end)
    is_over()
    assert.are.equal(1, #bench:requests())
  end)
end)
