local fake_host = require('tests.lua.fake_host')

describe('status', function()
  local host, core, client, status

  before_each(function()
    local fresh
    host, fresh, core = fake_host.fresh()
    client, status = fresh('client'), fresh('status')
  end)

  local function request(options)
    options.messages, options.on_error = 'x', function() end
    return client.request(options)
  end

  --- The screen as one text, blanks squeezed.
  local function screen()
    return (table.concat(status.lines('off'), '\n'):gsub(' +', ' '))
  end

  local function shows(text)
    assert.truthy(screen():find(text, 1, true), ('no "%s" in\n%s'):format(text, screen()))
  end

  it('is a table for other plugins', function()
    host.user = { chat = { model = 'chatty' } }
    assert.same({
      running = {},
      models = { chat = 'chatty', rewrite = 'gpt-5.5', complete = 'gpt-5.5' },
      session_cost_micro_usd = 0,
    }, status.status())
    request({ feature = 'chat' })
    host.run()
    core.headers(1, { status = 200, cost_micro_usd = 5, rate_limit = { requests = { remaining = 1 } } })
    host.run()
    local now = status.status()
    assert.equals(1, #now.running)
    assert.equals('chat', now.running[1].feature)
    assert.same({ requests = { remaining = 1 } }, now.rate_limit)
    core.done(1, { response = { status = 200, cost_micro_usd = 5 } })
    host.run()
    assert.equals(5, status.status().session_cost_micro_usd)
  end)

  it('loads no module for the table and the status line', function()
    core.loader.load = function()
      error('must not be loaded')
    end
    status.status()
    status.statusline()
  end)

  describe('statusline', function()
    it('is empty while nothing runs and nothing was spent', function()
      assert.equals('', status.statusline())
    end)

    it('shows what runs, the wait and the cost', function()
      request({ model = 'first' })
      host.run()
      assert.equals('first…', status.statusline())
      request({ model = 'second' })
      host.run()
      assert.equals('first… +1', status.statusline())
      core.fail(1, { kind = 'http', message = 'x', response = { status = 503, cost_micro_usd = 1234 } })
      host.run()
      assert.equals('first… +1 retry in 0.5 s $0.0012', status.statusline())
      client.stop()
      host.run()
      assert.equals('$0.0012', status.statusline())
    end)

    it('holds nothing that a status line would evaluate', function()
      request({ model = '%{system("x")} %#Error#' })
      host.run()
      assert.equals('{system("x")} #Error#…', status.statusline())
    end)
  end)

  describe('screen', function()
    it('tells that nothing runs, and the surroundings', function()
      shows('running nothing; no request is open')
      shows('last request none yet')
      shows('server https://api.beansai.dev/v1')
      shows('key from the environment variable BEANS_API_KEY')
      shows('models chat gpt-5.5 · rewrite gpt-5.5 · complete gpt-5.5')
      shows('rate limits not told by the server')
      shows('completion off')
      shows('session $0.0000')
      shows('module 0.1.0 for Lua 5.1, libcurl/8.0')
      shows('editor Fake 1.0')
      assert.is_nil(screen():find('problems', 1, true))
    end)

    it('tells what runs and what each waits for', function()
      host.user = { max_concurrent = 3 }
      for _ = 1, 4 do
        request({ feature = 'chat' })
      end
      host.run()
      host.run(3000)
      core.text(1, 'x')
      core.fail(2, { kind = 'http', message = 'slow down', response = { status = 503, retry_after_s = 20 } })
      host.run()
      request({})
      shows('#1 chat gpt-5.5, for 3.0 s: streams')
      shows('#2 chat gpt-5.5, for 3.0 s: tries again in 20 s: slow down')
      shows('#3 chat gpt-5.5, for 3.0 s: waits for the answer')
      shows('#5 request gpt-5.5, for 0.0 s: begins')
      host.run()
      shows('#5 request gpt-5.5, for 0.0 s: waits until another request ends (max_concurrent)')
    end)

    it('tells that the command for the key still runs', function()
      host.user = { api_key = { 'pass' } }
      request({})
      host.run()
      shows('waits for the command that prints the key')
      shows('key from the api_key command "pass", which is still running')
    end)

    it('tells the last request and the rate limits as they are by now', function()
      request({})
      host.run()
      core.fail(1, {
        kind = 'auth',
        message = 'wrong key sk-beans-test',
        response = {
          status = 401,
          rate_limit = {
            requests = { limit = 60, remaining = 59, reset_s = 10 },
            tokens = { remaining = 7, reset_s = 1 },
          },
        },
      })
      host.run()
      host.run(4000)
      shows('status 401 · auth')
      shows('wrong key ***')
      shows('requests 59 of 60 left, anew in 6.0 s · tokens 7 of ? left, anew by now')
    end)

    it('tells what the session has cost, or that no server told', function()
      for i, told in ipairs({ { words = 'unknown' }, { cost = 1500, words = '$0.0015' } }) do
        request({})
        host.run()
        core.done(i, { response = { status = 200, cost_micro_usd = told.cost } })
        host.run()
        shows('session ' .. told.words)
      end
    end)

    it('forgets no limit that an answer left out', function()
      for i, limit in ipairs({
        { requests = { limit = 60, remaining = 0, reset_s = 50 }, tokens = { limit = 9, remaining = 9, reset_s = 50 } },
        { tokens = { limit = 9, remaining = 8, reset_s = 50 } },
        { retry_after_s = 9 },
      }) do
        host.run(60000)
        request({})
        host.run()
        core.fail(i, { kind = 'auth', message = 'no', response = { status = 401, rate_limit = limit } })
        host.run(4000)
      end
      shows('requests 0 of 60 left, anew by now · tokens 8 of 9 left, anew by now · the server asks to wait 5.0 s')
    end)

    it('tells why nothing can run', function()
      host.user = { base_url = 'nonsense' }
      shows('running nothing, because of a wrong option: base_url = "nonsense"')
      shows('problems base_url = "nonsense"')
      host.user = {}
      host.environment = {}
      shows('key no API key: set the environment variable BEANS_API_KEY')
    end)

    it('tells why the module is not there', function()
      core.problem = 'the module is not built: run make'
      shows('module the module is not built: run make')
      host.lacks = 'Vim needs +textprop'
      shows('editor Vim needs +textprop')
    end)

    it('shows no key, whatever it stands in', function()
      host.user = { api_key = 'geheimnis', base_url = 'http://me:geheimnis@host/v1', model = 'geheimnis' }
      request({})
      host.run()
      assert.is_nil(screen():find('geheimnis', 1, true))
      shows('server http://host/v1')
    end)
  end)
end)
