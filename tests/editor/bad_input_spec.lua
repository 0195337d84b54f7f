-- What is wrong gives one clear message with what to do, where the answer would stand, and the editor stays as it was.

local bench_of = require('tests.editor.bench')
local chat_rig = require('tests.editor.chat_rig')

describe('bad input', function()
  local bench, editor

  before_each(function()
    bench = bench_of.start()
  end)

  after_each(function()
    bench:stop()
  end)

  local function text()
    return chat_rig.of(editor):text()
  end

  --- Asks, and waits for the notice that stands where the answer would.
  local function notice_for(name, options)
    editor = bench:editor(name, options)
    editor:keys(':Beans chat hi<CR>')
    local notice = editor:wait('a notice', function()
      return text():match('> %[!BEANS%] ([^\n]*)\n\n# You')
    end, 20000)
    assert.is_nil(editor:raised())
    return notice
  end

  local function expect(notice, ...)
    for _, wanted in ipairs({ ... }) do
      assert.is_truthy(notice:find(wanted, 1, true), ('"%s" has no "%s"'):format(notice, wanted))
    end
  end

  local SSE = 'header Content-Type: text/event-stream\n'

  it('a missing key', function()
    local notice = notice_for('hello', { beans = { base_url = 'https://example.invalid/v1', api_key = '' } })
    expect(notice, 'no API key', 'BEANS_API_KEY', 'config')
  end)

  it('a wrong key, which the server repeats and we do not', function()
    bench:script(
      'wrong',
      'status 401\nheader Content-Type: application/json\nheader X-Request-Id: req-7\n'
        .. 'send "{\\"error\\":{\\"message\\":\\"Incorrect API key provided: sk-test-key.\\"}}"'
    )
    local notice = notice_for('wrong')
    expect(notice, 'Incorrect API key provided: ***', 'api_key', 'auth', 'status 401', 'request req-7')
    assert.is_nil(notice:find('sk-test-key', 1, true))
  end)

  it('a key that would break the header', function()
    expect(notice_for('hello', { beans = { api_key = 'sk\nX-Evil: 1' } }), 'key', 'control characters')
    assert.are.same({}, bench:requests())
  end)

  it('a model of two lines, wherever it is named', function()
    expect(notice_for('hello', { beans = { chat = { model = 'a\nb' } } }), 'model = "a b"', 'one line', 'config')
    for _, named in ipairs({
      { options = { model = 'a\nb' } },
      { options = { params = { model = 'a\nb' } } },
      { request = { model = 'a\nb' } },
      { request = { params = { model = 'a\nb' } } },
    }) do
      editor:lua(
        [[
          local options, request = ...
          require('beans').setup(options)
          BEANS_TEST, request.messages = false, 'x'
          function request.on_error(err) BEANS_TEST = err.kind .. ': ' .. err.message end
          require('beans').request(request)
        ]],
        named.options or vim.empty_dict(),
        named.request or vim.empty_dict()
      )
      editor:wait('the end', function()
        return editor:lua('return BEANS_TEST')
      end)
      expect(editor:lua('return BEANS_TEST'), 'config: model = "a b"')
    end
    assert.are.same({}, bench:requests())
  end)

  it('an unknown model', function()
    bench:script(
      'model',
      'status 404\nheader Content-Type: application/json\n'
        .. 'send "{\\"error\\":{\\"message\\":\\"The model `x` does not exist\\",\\"code\\":\\"model_not_found\\"}}"'
    )
    expect(notice_for('model'), 'The model `x` does not exist', ':Beans models', 'status 404')
  end)

  it('a parameter that the model does not take: sent anew as it wants it, and at once so by the next editor', function()
    bench:script(
      'learn.1',
      'status 400\nheader Content-Type: application/json\n'
        .. 'send "{\\"error\\":{\\"param\\":\\"max_tokens\\",\\"message\\":\\"Unsupported parameter: \'max_tokens\'. '
        .. 'Use \'max_completion_tokens\' instead.\\"}}"'
    )
    bench:script('learn', SSE .. 'delta "an answer"\nfinish stop\ndone')
    local beans = { data_dir = bench.dir .. '/data', params = { max_tokens = 5 } }
    for editors = 1, 2 do
      editor = bench:editor('learn', { beans = beans })
      editor:keys(':Beans chat hi<CR>')
      editor:wait_screen('an answer')
      assert.is_nil(text():find('[!BEANS]', 1, true))
      assert.are.equal(1 + editors, #bench:requests())
      local sent = bench:requests()[1 + editors].body
      assert.are.same({ nil, 5 }, { sent.max_tokens, sent.max_completion_tokens })
      editor:ex('Beans log')
      local told = editor:eval('getline(1)'):find('sent max_tokens as max_completion_tokens', 1, true)
      assert.are.equal(editors == 1, told ~= nil)
      editor:stop()
    end
  end)

  it('a server that is not there', function()
    local notice = notice_for('x', { beans = { base_url = 'http://127.0.0.1:1/v1', retry = { max = 0 } } })
    expect(notice, 'could not connect', '127.0.0.1:1', 'base_url', 'network')
  end)

  it('a host that is not there', function()
    local notice = notice_for('x', { beans = { base_url = 'http://nonexistent.invalid/v1', retry = { max = 0 } } })
    expect(notice, 'could not find the host', 'nonexistent.invalid', 'network')
  end)

  it('an address that is none', function()
    expect(
      notice_for('x', { beans = { base_url = 'api.example.org' } }),
      'base_url',
      'https://api.example.org',
      'config'
    )
  end)

  it('a base URL with a slash at the end', function()
    editor = bench:editor('hello', { beans = { base_url = bench:url('hello') .. '/' } })
    editor:keys(':Beans chat hi<CR>')
    editor:wait_screen('Hello, world')
    assert.is_truthy(bench:requests()[1].head:find('POST /s/hello/v1/chat/completions ', 1, true))
  end)

  it('a wrong value and an unknown key in the options', function()
    editor =
      bench:editor('hello', { beans = { idle_timeout_ms = 'soon', modle = 'x' }, size = { rows = 24, cols = 160 } })
    editor:keys(':Beans chat hi<CR>')
    editor:wait_screen('Hello, world')
    local messages = editor:ex('messages')
    expect(messages, 'idle_timeout_ms', 'soon', 'a whole number', 'modle', 'did you mean model')
  end)

  it("a proxy's login page", function()
    bench:script('login', 'header Content-Type: text/html\nsend "<html><title>Log in</title><p>secret</p></html>"')
    local notice = notice_for('login')
    expect(notice, 'HTML page', 'base_url', 'proxy', 'protocol')
    assert.is_nil(notice:find('secret', 1, true))
  end)

  it('a gateway that is down, with a page of HTML', function()
    bench:script(
      'down',
      'status 502\nheader Content-Type: text/html\n' .. 'send "<html><title>502 Bad Gateway</title><p>long</p></html>"'
    )
    local notice = notice_for('down', { beans = { retry = { max = 0 } } })
    expect(notice, '502 Bad Gateway', 'status 502', 'Try again later')
    assert.is_nil(notice:find('<', 1, true))
  end)

  it('an empty answer', function()
    bench:script('empty', 'framing length 0')
    expect(notice_for('empty'), 'empty', 'base_url', 'protocol')
  end)

  it('something that is not HTTP', function()
    bench:script('ssh', 'raw "SSH-2.0-OpenSSH_9.2\\r\\n"\ncut fin')
    expect(notice_for('ssh', { beans = { retry = { max = 0 } } }), 'no HTTP server', 'base_url', 'protocol')
  end)

  it('a redirect, which is not followed', function()
    bench:script('moved', 'status 307\nheader Location: https://elsewhere.example/v1')
    expect(notice_for('moved'), 'https://elsewhere.example/v1', 'base_url', 'status 307')
    assert.are.equal(1, #bench:requests())
  end)

  it('an endless line', function()
    bench:script('endless', SSE .. 'delta "begun"\nsend "data: "\nrepeat 300\nsend "' .. ('x'):rep(60000) .. '"\nend')
    expect(notice_for('endless'), '16 MiB', 'too_large')
    assert.is_truthy(text():find('begun\n\n> [!BEANS]', 1, true))
  end)

  it('an answer of 100 MB', function()
    bench:script(
      'huge',
      SSE .. 'repeat 1700\ndelta "' .. ('all work and no play \\n'):rep(2900) .. '"\nend\nfinish stop\ndone'
    )
    editor = bench:editor('huge')
    editor:lua([[
      require('beans').request({
        messages = 'x',
        on_error = function(err)
          BEANS_TEST = { kind = err.kind, partial = #err.partial }
        end,
      })
    ]])
    local err = editor:wait('the end', function()
      return editor:lua('return BEANS_TEST or false')
    end, 60000)
    assert.are.same({ kind = 'too_large', partial = 64 * 1024 * 1024 }, err)
  end)

  it('invalid UTF-8 in what is sent', function()
    editor = bench:editor('hello')
    editor:lua("require('beans').request({ messages = 'a\\255b' })")
    editor:wait('the request', function()
      return #bench:requests() == 1
    end)
    assert.are.equal('a�b', bench:requests()[1].body.messages[1].content)
  end)

  it('tells the kinds of failure apart', function()
    bench:script('cut', SSE .. 'delta "half"\ncut rst')
    bench:script(
      'limited',
      'status 429\nheader Retry-After: 3600\nsend "{\\"error\\":{\\"message\\":\\"slow down\\"}}"'
    )
    bench:script(
      'quota',
      'status 429\nsend "{\\"error\\":{\\"message\\":\\"paid up\\",\\"code\\":\\"insufficient_quota\\"}}"'
    )
    bench:script('error', SSE .. 'delta "x"\nevent "{\\"error\\":{\\"message\\":\\"boom\\"}}"\ndone')
    bench:script('stalled', SSE .. 'delta "x"\nstall')
    editor = bench:editor('hello', { beans = { retry = { max = 0 }, idle_timeout_ms = 300 } })
    for name, wanted in pairs({
      cut = 'truncated',
      limited = 'rate_limit',
      quota = 'quota',
      error = 'http',
      stalled = 'timeout',
    }) do
      editor:lua(
        [[
        local url = ...
        BEANS_TEST = nil
        require('beans').setup({ base_url = url })
        require('beans').request({ messages = 'x', on_error = function(err)
          BEANS_TEST = err.kind
        end })
      ]],
        bench:url(name)
      )
      editor:wait(wanted, function()
        return editor:lua('return BEANS_TEST or false') == wanted
      end)
    end
  end)
end)
