local fake_host = require('tests.lua.fake_host')

describe('client', function()
  local host, core, client, log, request
  local names = fake_host.names

  before_each(function()
    local fresh
    host, fresh, core = fake_host.fresh()
    client, log = fresh('client'), fresh('log')
    request = fake_host.caller(client)
  end)

  describe('sending', function()
    it('calls nothing back and sends nothing before the next turn', function()
      local _, calls = request()
      assert.equals(0, #core.requests)
      assert.same({}, calls)
      host.run()
      assert.equals(1, #core.requests)
    end)

    it('hands the module a whole spec', function()
      host.user = { base_url = 'http://server/v1/', proxy = 'http://proxy:1', ca_file = '/ca.pem' }
      request()
      host.run()
      local spec = core.requests[1].spec
      assert.equals('http://server/v1/chat/completions', spec.url)
      assert.equals('sk-beans-test', spec.key)
      assert.equals('http://proxy:1', spec.proxy)
      assert.equals('/ca.pem', spec.ca_file)
      assert.equals('hello', spec.body.messages[1].content)
      assert.same(
        { 10000, 120000, 60000 },
        { spec.connect_timeout_ms, spec.first_byte_timeout_ms, spec.idle_timeout_ms }
      )
    end)

    it('reads the options of each request when it is made', function()
      request()
      host.user = { model = 'later', base_url = 'http://later' }
      request()
      host.run()
      assert.equals('gpt-5.5', core.requests[1].spec.body.model)
      assert.equals('later', core.requests[2].spec.body.model)
      assert.equals('http://later/chat/completions', core.requests[2].spec.url)
    end)

    it('takes model and params of the feature it belongs to', function()
      host.user = { chat = { model = 'chatty', params = { temperature = 1 } } }
      request({ feature = 'chat' })
      host.run()
      assert.equals('chatty', core.requests[1].spec.body.model)
      assert.equals(1, core.requests[1].spec.body.temperature)
    end)

    it('has the key nowhere in the job', function()
      host.user = { api_key = 'geheimnis' }
      local job = request()
      host.run()
      assert.equals('geheimnis', core.requests[1].spec.key)
      local visited = {}
      local function search(value)
        assert.not_equals('geheimnis', value)
        if type(value) == 'table' and not visited[value] then
          visited[value] = true
          for key, item in pairs(value) do
            search(key)
            search(item)
          end
        end
      end
      search(job)
      search(host.emitted)
      search(log.last())
    end)
  end)

  describe('an answer', function()
    it('arrives piece by piece, then whole', function()
      local _, calls = request()
      host.run()
      core.headers(1, { status = 200, request_id = 'req_1', rate_limit = { requests = { remaining = 5 } } })
      core.text(1, 'thinking', 'reasoning')
      core.text(1, 'Hel')
      core.text(1, 'lo')
      core.text(1, 'no', 'refusal')
      host.run()
      assert.same({
        { 'on_delta', 'thinking', 'reasoning' },
        { 'on_delta', 'Hel', 'content' },
        { 'on_delta', 'lo', 'content' },
        { 'on_delta', 'no', 'refusal' },
      }, calls)
      core.push({ id = 1, type = 'tool_call', call_id = 'c1', name = 'f', arguments = '{}', args = {} })
      core.done(1, {
        finish_reason = 'stop',
        model = 'gpt-5.5-x',
        usage = { total_tokens = 3 },
        response = {
          status = 200,
          request_id = 'req_1',
          cost_micro_usd = 42,
          rate_limit = { requests = { remaining = 4 } },
        },
      })
      host.run()
      assert.equals(5, #calls)
      assert.same({
        'on_done',
        {
          text = 'Hello',
          reasoning = 'thinking',
          refusal = 'no',
          finish_reason = 'stop',
          tool_calls = { { id = 'c1', name = 'f', arguments = '{}', args = {} } },
          usage = { total_tokens = 3 },
          cost_micro_usd = 42,
          rate_limit = { requests = { remaining = 4 } },
          model = 'gpt-5.5-x',
          request_id = 'req_1',
          attempts = 1,
          timing = { first_byte_ms = 10, first_delta_ms = 12, total_ms = 50, reused = false },
        },
      }, calls[5])
    end)

    it('has all fields when the server told nothing', function()
      local _, calls = request({ model = 'mine' })
      host.run()
      core.done(1)
      host.run()
      local result = calls[1][2]
      assert.same({ '', '', '', 'mine' }, { result.text, result.reasoning, result.refusal, result.model })
      assert.same({ {}, {} }, { result.tool_calls, result.rate_limit })
      assert.is_nil(result.cost_micro_usd)
      assert.is_nil(result.usage)
    end)

    it('reaches the job it belongs to', function()
      local _, first = request()
      local _, second = request()
      host.run()
      core.text(2, 'two')
      core.text(1, 'one')
      core.text(99, 'stranger')
      host.run()
      assert.same({ { 'on_delta', 'one', 'content' } }, first)
      assert.same({ { 'on_delta', 'two', 'content' } }, second)
    end)

    it('is handled in bounded turns, so that the editor gets its own', function()
      local texts = {}
      request({
        on_delta = function(text)
          texts[#texts + 1] = text
          host.now = host.now + 0.1 -- what a listener may take
        end,
      })
      host.run()
      for i = 1, 1000 do
        core.text(1, tostring(i))
      end
      local began, at_most = host.now, 0
      host.schedule(function()
        at_most = #texts
      end)
      host.waker_state.drain()
      assert.is_true(#texts > 0 and host.now - began < 4, tostring(host.now - began))
      host.run(1000)
      assert.is_true(at_most < 1000)
      assert.equals(1000, #texts)
      assert.equals('1000', texts[1000])
    end)

    it('keeps its order when a listener runs the loop', function()
      local texts = {}
      request({
        on_delta = function(text)
          texts[#texts + 1] = text
          if text == '1' then
            host.waker_state.drain()
          end
        end,
      })
      host.run()
      for i = 1, 5 do
        core.text(1, tostring(i))
      end
      host.run()
      assert.same({ '1', '2', '3', '4', '5' }, texts)
    end)

    it('survives listeners that raise, and shows where', function()
      local _, second
      request({
        on_delta = function()
          error('mine')
        end,
        on_done = function()
          error({})
        end,
      })
      _, second = request()
      host.run()
      core.text(1, 'a')
      core.done(1)
      core.text(2, 'b')
      core.done(2)
      host.run()
      assert.same({ 'on_delta', 'on_done' }, names(second))
      assert.equals(2, #host.notes)
      assert.truthy(host.notes[1].text:find('^beans: error in on_delta: .*mine'))
      assert.truthy(host.notes[1].text:find('traceback', 1, true))
      assert.same({}, client.running())
    end)
  end)

  describe('a failure', function()
    it('comes once, with all that is known', function()
      local _, calls = request()
      host.run()
      core.text(1, 'partial text')
      core.fail(1, {
        kind = 'truncated',
        message = 'the answer was cut',
        code = 'c',
        param = 'p',
        model = 'm2',
        usage = { total_tokens = 1 },
        response = { status = 200, request_id = 'r', cost_micro_usd = 7, rate_limit = { retry_after_s = 1 } },
      })
      host.run(100000)
      assert.same({ 'on_delta', 'on_error' }, names(calls))
      local err = calls[2][2]
      assert.truthy(err.time:match('^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$'))
      err.time = nil
      assert.same({
        kind = 'truncated',
        message = 'the answer was cut',
        status = 200,
        code = 'c',
        param = 'p',
        request_id = 'r',
        attempts = 1,
        retryable = false,
        partial = 'partial text',
        reasoning = '',
        model = 'm2',
        usage = { total_tokens = 1 },
        cost_micro_usd = 7,
        rate_limit = { retry_after_s = 1 },
        timing = { first_byte_ms = 10, first_delta_ms = 12, total_ms = 50, reused = false },
      }, err)
    end)

    it('has no status where no answer came', function()
      local _, calls = request({ feature = 'complete' })
      host.run()
      core.fail(1, { kind = 'network', message = 'refused' })
      host.run()
      assert.is_nil(calls[1][2].status)
      assert.is_true(calls[1][2].retryable)
    end)

    it('shows no key and stays one line', function()
      local _, calls = request()
      host.run()
      core.fail(1, { kind = 'auth', message = 'bad key\nsk-beans-test ' .. ('x'):rep(2000), status = 401 })
      host.run()
      local message = calls[1][2].message
      assert.equals('bad key ***', message:sub(1, 11))
      assert.equals(1000, #message)
    end)

    local function is_config_error(message, options)
      local _, calls = request(options)
      assert.same({}, calls)
      host.run(100000)
      assert.same({ 'on_error' }, names(calls))
      local err = calls[1][2]
      assert.same({ 'config', 0, false }, { err.kind, err.attempts, err.retryable })
      assert.equals(message, err.message:sub(1, #message))
      assert.equals(0, #core.requests)
    end

    it('of an editor that lacks something is a config error', function()
      host.lacks = 'Vim needs +textprop'
      is_config_error('Vim needs +textprop')
    end)

    it('to load the module is a config error', function()
      core.problem = 'the module is not built: run make'
      is_config_error('the module is not built: run make')
    end)

    it('in the options is a config error', function()
      host.user = { base_url = 'nonsense' }
      is_config_error('base_url = "nonsense"')
    end)

    it('to name a model in one line is a config error', function()
      is_config_error('model = "a b": expected one line', { model = 'a\r\nb' })
    end)

    it('to find a key is a config error', function()
      host.environment = {}
      is_config_error('no API key')
    end)

    it('to run the command for the key is a config error', function()
      host.user = { api_key = { 'pass' } }
      host.spawn = function(_, on_exit)
        on_exit({ code = 1, stdout = '', stderr = 'locked' })
      end
      is_config_error('the api_key command "pass" failed with exit status 1: locked')
    end)

    it('to encode the body is a config error', function()
      core.refusal = { kind = 'config', message = 'a function has no form in JSON' }
      is_config_error('a function has no form in JSON')
    end)

    it('is notified when nobody listens', function()
      client.request({ messages = 'x' })
      client.request({ messages = 'x' }):cancel()
      host.run()
      core.fail(1, { kind = 'auth', message = 'wrong key', status = 401 })
      host.run()
      assert.same({ { text = 'beans: wrong key', level = 'error' } }, host.notes)
    end)
  end)

  describe('models', function()
    it('hands on the list', function()
      local got
      client.models({
        on_done = function(list)
          got = list
        end,
      })
      host.run()
      assert.equals('https://api.beansai.dev/v1/models', core.model_requests[1].spec.url)
      assert.is_nil(core.model_requests[1].spec.body)
      core.done(1, { models = { { id = 'a', owned_by = 'x' }, { id = 'b' } } })
      host.run()
      assert.same({ { id = 'a', owned_by = 'x' }, { id = 'b' } }, got)
    end)

    it('fails and tries again as requests do', function()
      local got
      client.models({
        on_error = function(err)
          got = err
        end,
      })
      for attempt = 1, 3 do
        host.run(10000)
        core.fail(attempt, { kind = 'timeout', message = 'no answer' })
      end
      host.run()
      assert.same({ 'timeout', 3 }, { got.kind, got.attempts })
    end)

    it('raises on wrong types', function()
      assert.has_error(function()
        client.models()
      end, 'beans.models: options: expected table, got nil')
    end)
  end)

  describe('stop', function()
    it('ends one, some or all', function()
      local first, first_calls = request({ feature = 'chat' })
      request({ feature = 'rewrite' })
      request()
      host.run()
      assert.equals(1, client.stop(first))
      assert.equals(0, client.stop(first))
      assert.equals(
        1,
        client.stop(function(job)
          return job.feature == 'rewrite'
        end)
      )
      assert.equals(1, client.stop())
      assert.same({}, client.running())
      host.run()
      assert.same({ 'on_error' }, names(first_calls))
      assert.same({ 1, 2, 3 }, core.cancelled)
    end)
  end)
end)
