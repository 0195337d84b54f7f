-- `:Beans health` on every editor, `:checkhealth beans` in Neovim.

local bench_of = require('tests.editor.bench')
local front_of = require('tests.editor.front')

local unpack = unpack or table.unpack -- luacheck: ignore

local KEY = 'sk-test-key'

describe('health', function()
  local bench, editor

  before_each(function()
    bench = bench_of.start()
    local date = os.date('!%a, %d %b %Y %H:%M:%S GMT')
    local list =
      'header Content-Type: application/json\nsend "{\\"data\\":[{\\"id\\":\\"bean-1\\"},{\\"id\\":\\"b\\"}]}"'
    bench:script('models', ('header Date: %s\n%s'):format(date, list))
    bench:script('yesterday', 'header Date: Fri, 13 Feb 2009 23:31:30 GMT\n' .. list)
    bench:script('slow', 'delay 1500\n' .. list)
    bench:script('silent', 'stall')
    bench:script('refused', ('status 401\nsend "{\\"error\\":{\\"message\\":\\"bad key %s\\"}}"'):format(KEY))
  end)

  after_each(function()
    bench:stop()
  end)

  local function start(script, options)
    editor = bench:editor(script, vim.tbl_extend('force', { size = { rows = 40, cols = 120 } }, options or {}))
  end

  local function text()
    return table.concat(editor:eval("getline(1, '$')"), '\n')
  end

  --- Opens the report and waits until it has a text.
  local function report(wanted)
    editor:keys(':Beans health<CR>')
    return editor:wait(wanted, function()
      local shown = text()
      return editor:eval("bufname('%')") == 'beans://health' and shown:find(wanted, 1, true) and shown
    end)
  end

  local function has(shown, ...)
    for _, wanted in ipairs({ ... }) do
      assert.is_truthy(shown:find(wanted), ('no "%s" in\n%s'):format(wanted, shown))
    end
    assert.is_nil(shown:find(KEY, 1, true))
  end

  it('tells what there is, and how the server answers', function()
    start('models')
    local shown = report('with 2 models')
    has(
      shown,
      'Editor\n  ok     N?e?o?[Vv]im %d',
      'info   Lua 5',
      'ok     %d+%.%d+%.%d+ for Lua 5%.%d: /.*/build/core%-5%.%d%.so\n',
      'info   libcurl %d+%.%d',
      'ok     HTTP/2: yes',
      'ok     name lookup: beside',
      'brotli: %a+, zstd: %a+',
      'ok     no wrong options',
      'ok     key: from the option api_key',
      'ok     server: http://127%.0%.0%.1:%d+/s/models/v1',
      'info   proxy: none',
      'Server\n  ok     answers over HTTP/1.1, with 2 models\n',
      'info   name lookup %d+%.%d ms, TCP %d+%.%d ms, first byte after %d+%.%d ms, in all %d+%.%d ms\n',
      "ok     clock: as the server's$"
    )
    assert.are.equal(0, editor:eval('&modifiable'))
  end)

  it('opens at once, and is one window', function()
    start('slow')
    has(report('waiting for the answer'), 'no wrong options')
    editor:keys(':let typed = 1<CR>')
    editor:wait('what was typed', function()
      return editor:eval("get(g:, 'typed')") == 1
    end)
    has(text(), 'waiting for the answer')
    has(report('with 2 models'), 'first byte after')
    assert.are.equal(2, editor:eval("winnr('$')"))
    editor:keys('q')
    editor:wait('the end of the window', function()
      return editor:eval("winnr('$')") == 1
    end)
  end)

  it('survives being closed before the answer', function()
    start('slow')
    report('waiting for the answer')
    editor:keys('q')
    editor:wait('the end of the request', function()
      return editor:lua("return #require('beans').status().running") == 0
    end)
    assert.are.equal('', editor:eval('v:errmsg'))
    assert.are.equal('', text())
  end)

  it('says what fails, once, with the times it took', function()
    start('models', { beans = { base_url = 'http://127.0.0.1:1/v1' } })
    has(report('could not connect'), 'Server\n  error  could not connect to 127.0.0.1:1', 'name lookup %d')
    editor:wait('the end of the request', function()
      return editor:lua("return #require('beans').status().running") == 0
    end)
  end)

  it('times each step anew, however warm a connection is, and says what is wrong with a certificate', function()
    local front = front_of.start(bench.port)
    finally(function()
      front:stop()
    end)
    start('models', { beans = { base_url = front:url('good', 'models'), ca_file = front.dir .. '/ca.pem' } })
    local steps = 'name lookup %d+%.%d ms, TCP %d+%.%d ms, TLS (%d+%.%d) ms, first byte after %d+%.%d ms, in all'
    for _ = 1, 2 do
      local shown = report('with 2 models')
      has(shown, 'answers over HTTP/2, with 2 models', steps)
      assert.is_true(tonumber(shown:match(steps)) > 0, shown)
      editor:ex('close')
    end
    editor:lua("require('beans').setup({ base_url = ... })", front:url('expired', 'models'))
    has(report('Server\n  error'), 'error  [^\n]*certificate[^\n]*expired', 'info   name lookup %d+%.%d ms')
  end)

  it('says that the server does not take the key, and not the key', function()
    start('refused')
    has(report('did not take the key'), 'error  the server did not take the key %(401%): bad key %*%*%*')
  end)

  it('says that there is no key', function()
    start('models', { beans = { base_url = 'https://localhost.invalid/v1', api_key = ' ' } })
    has(report('error  no API key'), 'error  key: no API key: set the environment variable BEANS_API_KEY')
  end)

  it('says which options are wrong', function()
    start('models', { beans = { modle = 'x', proxy = 7 } })
    has(
      report('Server\n  error'),
      'warn   modle = "x": there is no such option; did you mean model?',
      'error  proxy = 7: expected a string'
    )
  end)

  it('compares the clocks', function()
    start('yesterday')
    has(report('warn   clock'), "this machine's is %d+ h ahead of the server's")
  end)

  it('tells the proxy without its password, and who can read what', function()
    start('models', {
      beans = { base_url = 'http://api.invalid/v1', retry = { max = 0 } },
      env = { http_proxy = ('http://me:geheim@127.0.0.1:%d'):format(bench.port) },
    })
    local shown = report('Server\n  error')
    has(
      shown,
      'warn   base_url = "http://api.invalid/v1": without https',
      'warn   proxy: http://127.0.0.1:%d+, from the environment variable http_proxy; it sees the key'
    )
    assert.is_nil(shown:find('geheim', 1, true))
    assert.is_truthy(editor:ex('messages'):find('without https', 1, true))
  end)

  it('offers a <Plug> mapping', function()
    start('models')
    assert.is_truthy(editor:eval("maparg('<Plug>(beans-health)', 'n')"):find('Beans health', 1, true))
  end)

  describe(':checkhealth', function()
    local function check(wanted)
      if editor.is_vim then
        return
      end
      editor:ex('checkhealth beans')
      local shown = text()
      has(shown, unpack(wanted))
    end

    it('shows the same', function()
      start('models')
      check({
        'Editor ~\n.*OK Neovim %d',
        'OK no wrong options',
        'OK answers over HTTP/1.1, with 2 models',
        "OK clock: as the server's",
      })
    end)

    it('waits for some seconds at most', function()
      start('silent')
      check({ 'WARNING no answer within 5.0 s', 'OK no wrong options' })
      assert.are.equal(0, editor:lua("return #require('beans').status().running"))
    end)

    it('shows what fails', function()
      start('models', { beans = { base_url = 'http://127.0.0.1:1/v1' } })
      check({ 'ERROR could not connect to 127.0.0.1:1' })
    end)
  end)
end)
