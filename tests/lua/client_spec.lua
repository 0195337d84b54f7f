local fake_host = require('tests.lua.fake_host')

describe('client', function()
  local host, core, client, log, seen

  before_each(function()
    local fresh
    host, fresh, core = fake_host.fresh()
    client, log = fresh('client'), fresh('log')
    seen = {}
  end)

  --- A request whose listeners write into `seen`; returns the job and the list.
  local function request(options)
    options = options or {}
    options.messages = options.messages or 'hello'
    local calls = {}
    seen[#seen + 1] = calls
    local function listen(name)
      options[name] = options[name]
        or function(...)
          calls[#calls + 1] = { name, ... }
        end
    end
    for _, name in ipairs({ 'on_delta', 'on_retry', 'on_done', 'on_error' }) do
      listen(name)
    end
    return client.request(options), calls
  end

  local function names(calls)
    local list = {}
    for i, call in ipairs(calls) do
      list[i] = call[1]
    end
    return list
  end

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
      local _, calls = request()
      host.run()
      for i = 1, 1000 do
        core.text(1, tostring(i))
      end
      local at_most = 0
      host.schedule(function()
        at_most = #calls
      end)
      host.waker_state.drain()
      local in_one_turn = #calls
      host.run()
      assert.is_true(in_one_turn > 0 and in_one_turn <= 256)
      assert.is_true(at_most < 1000)
      assert.equals(1000, #calls)
      assert.equals('1000', calls[1000][2])
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

    it('before anything is sent is a config error, later', function()
      local cases = {
        {
          prepare = function()
            host.lacks = 'Vim needs +textprop'
          end,
          message = 'Vim needs +textprop',
        },
        {
          prepare = function()
            core.problem = 'the module is not built: run make'
          end,
          message = 'the module is not built: run make',
        },
        {
          prepare = function()
            host.user = { base_url = 'nonsense' }
          end,
          message = 'base_url = "nonsense"',
        },
        {
          prepare = function()
            host.environment = {}
          end,
          message = 'no API key',
        },
        {
          prepare = function()
            core.refusal = { kind = 'config', message = 'the body holds a function' }
          end,
          message = 'the body holds a function',
        },
      }
      for _, case in ipairs(cases) do
        local fresh
        host, fresh, core = fake_host.fresh()
        client = fresh('client')
        case.prepare()
        local _, calls = request()
        assert.same({}, calls)
        host.run(100000)
        assert.same({ 'on_error' }, names(calls))
        assert.equals('config', calls[1][2].kind)
        assert.equals(case.message, calls[1][2].message:sub(1, #case.message))
        assert.equals(0, calls[1][2].attempts)
        assert.is_false(calls[1][2].retryable)
        assert.equals(0, #core.requests)
      end
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

  describe('trying again', function()
    it('repeats the same body after the wait, visibly', function()
      local _, calls = request()
      host.run()
      core.fail(1, { kind = 'http', message = 'overloaded', status = 503 })
      host.run()
      assert.same({ 'on_retry' }, names(calls))
      local info = calls[1][2]
      assert.same({ 1, 500, 'http' }, { info.attempt, info.delay_ms, info.err.kind })
      assert.equals(1, #core.requests)
      host.run(499)
      assert.equals(1, #core.requests)
      host.run(1)
      assert.equals(2, #core.requests)
      assert.same(core.requests[1].spec, core.requests[2].spec)
      core.text(2, 'ok')
      core.done(2, { finish_reason = 'stop' })
      host.run()
      assert.equals(2, calls[3][2].attempts)
      assert.equals('ok', calls[3][2].text)
    end)

    it('gives up after the last try and counts the cost of all', function()
      local _, calls = request()
      for attempt = 1, 3 do
        host.run(10000)
        core.fail(attempt, { kind = 'http', message = 'no', response = { status = 500, cost_micro_usd = 5 } })
      end
      host.run(10000)
      assert.same({ 'on_retry', 'on_retry', 'on_error' }, names(calls))
      assert.equals(3, calls[3][2].attempts)
      assert.equals(15, calls[3][2].cost_micro_usd)
      assert.equals(15, client.session().cost_micro_usd)
      assert.equals(3, #core.requests)
    end)

    it('waits as long as the server asks, and names a longer time', function()
      local _, calls = request()
      host.run()
      core.fail(1, { kind = 'rate_limit', message = 'slow down', response = { status = 429, retry_after_s = 7 } })
      host.run()
      assert.equals(7000, calls[1][2].delay_ms)
      host.run(7000)
      core.fail(2, { kind = 'rate_limit', message = 'slow down', response = { status = 429, retry_after_s = 600 } })
      host.run()
      assert.equals('the server asks to wait 10 min: slow down', calls[2][2].message)
      assert.is_true(calls[2][2].retryable)
    end)

    it('never happens after the first delta, nor for a completion', function()
      local _, calls = request()
      host.run()
      core.text(1, 'a')
      core.fail(1, { kind = 'network', message = 'reset' })
      host.run(100000)
      assert.same({ 'on_delta', 'on_error' }, names(calls))
      local _, completion = request({ feature = 'complete' })
      host.run()
      core.fail(2, { kind = 'network', message = 'refused' })
      host.run(100000)
      assert.same({ 'on_error' }, names(completion))
    end)

    it('drops a parameter the model does not take, once', function()
      local _, calls = request({ params = { seed = 1, top_k = 2 } })
      host.run()
      core.fail(1, { kind = 'http', message = 'Unknown parameter: seed', status = 400, param = 'seed' })
      host.run()
      assert.is_nil(core.requests[2].spec.body.seed)
      assert.equals(2, core.requests[2].spec.body.top_k)
      core.fail(2, { kind = 'http', message = 'Unknown parameter: top_k', status = 400, param = 'top_k' })
      host.run(100000)
      assert.same({ 'on_retry', 'on_error' }, names(calls))
      assert.truthy(log.lines()[1]:find('sent without seed', 1, true))
      request({ params = { seed = 1 } })
      host.run()
      assert.is_nil(core.requests[3].spec.body.seed)
    end)
  end)

  describe('cancel', function()
    it('ends with on_error, later, and without further deltas', function()
      local job, calls = request()
      host.run()
      core.text(1, 'a')
      host.run()
      core.text(1, 'b')
      job:cancel()
      job:cancel()
      assert.same({ 'on_delta' }, names(calls))
      assert.same({ 1 }, core.cancelled)
      host.run(100000)
      assert.same({ 'on_delta', 'on_error' }, names(calls))
      assert.equals('cancelled', calls[2][2].kind)
      assert.equals('ab', calls[2][2].partial)
      job:cancel()
      host.run()
      assert.equals(2, #calls)
    end)

    it('wins over an answer that was on its way', function()
      local job, calls = request()
      host.run()
      core.text(1, 'all')
      core.done(1, { response = { status = 200, cost_micro_usd = 9 } })
      job:cancel()
      host.run()
      assert.same({ 'on_error' }, names(calls))
      assert.same({ 'cancelled', 'all', 9 }, { calls[1][2].kind, calls[1][2].partial, calls[1][2].cost_micro_usd })
    end)

    it('works in a listener', function()
      local job, calls
      job, calls = request({
        on_delta = function()
          job:cancel()
        end,
      })
      host.run()
      core.text(1, 'a')
      core.text(1, 'b')
      host.run()
      assert.same({ 'on_error' }, names(calls))
    end)

    it('works before anything was sent', function()
      local job, calls = request()
      job:cancel()
      assert.same({}, calls)
      host.run()
      assert.same({ 'on_error' }, names(calls))
      assert.equals(0, #core.requests)
    end)

    it('works while the key is asked for', function()
      host.user = { api_key = { 'slow' } }
      local job, calls = request()
      host.run()
      assert.equals('key', client.running()[1].state)
      job:cancel()
      host.run()
      assert.same({ 'on_error' }, names(calls))
      host.spawned[1].on_exit({ code = 0, stdout = 'k', stderr = '' })
      host.run()
      assert.equals(0, #core.requests)
    end)

    it('ends the wait for another try at once', function()
      local job, calls = request()
      host.run()
      core.fail(1, { kind = 'network', message = 'refused' })
      host.run()
      job:cancel()
      host.run()
      assert.same({ 'on_retry', 'on_error' }, names(calls))
      host.run(100000)
      assert.equals(1, #core.requests)
      assert.equals(2, #calls)
    end)

    it('works in on_retry', function()
      local job, calls
      job, calls = request({
        on_retry = function()
          job:cancel()
        end,
      })
      host.run()
      core.fail(1, { kind = 'network', message = 'refused' })
      host.run(100000)
      assert.same({ 'on_error' }, names(calls))
      assert.equals(1, #core.requests)
    end)
  end)

  describe('scheduling', function()
    local function sent_contents()
      local list = {}
      for i, sent in ipairs(core.requests) do
        list[i] = sent.spec.body.messages[1].content
      end
      return list
    end

    it('keeps max_concurrent on the wire and sends the rest by priority', function()
      host.user = { max_concurrent = 2 }
      for _, text in ipairs({ 'a', 'b' }) do
        request({ messages = text })
      end
      request({ messages = 'completion', feature = 'complete' })
      client.models({})
      request({ messages = 'chat', feature = 'chat' })
      host.run()
      assert.same({ 'a', 'b' }, sent_contents())
      core.done(1)
      host.run()
      assert.same({ 'a', 'b', 'chat' }, sent_contents())
      core.done(2)
      host.run()
      assert.equals(1, #core.model_requests)
      assert.equals(3, #core.requests)
      core.done(3)
      host.run()
      assert.same({ 'a', 'b', 'chat', 'completion' }, sent_contents())
    end)

    it('gives a place free while a job waits to try again', function()
      host.user = { max_concurrent = 1 }
      request({ messages = 'a' })
      request({ messages = 'b' })
      host.run()
      core.fail(1, { kind = 'network', message = 'refused' })
      host.run()
      assert.same({ 'a', 'b' }, sent_contents())
      host.run(1000)
      assert.equals(2, #core.requests)
      core.done(2)
      host.run()
      assert.same({ 'a', 'b', 'a' }, sent_contents())
    end)

    it('goes on when one can not be sent, or leaves the queue', function()
      host.user = { max_concurrent = 1 }
      request({ messages = 'a' })
      local waiting, calls = request({ messages = 'b' })
      request({ messages = 'c' })
      host.run()
      waiting:cancel()
      core.done(1)
      host.run()
      assert.same({ 'a', 'c' }, sent_contents())
      assert.same({ 'on_error' }, names(calls))
    end)

    it('tells the waker whether requests are on the wire', function()
      request()
      host.run()
      assert.is_true(host.waker_state.busy)
      core.done(1)
      host.run()
      assert.is_false(host.waker_state.busy)
    end)

    it('makes all that need the command wait for it, then sends them in order', function()
      host.user = { api_key = { 'pass' } }
      request({ messages = 'a' })
      request({ messages = 'b' })
      host.run()
      assert.equals(0, #core.requests)
      host.spawned[1].on_exit({ code = 0, stdout = 'k1', stderr = '' })
      assert.same({ 'a', 'b' }, sent_contents())
      assert.equals('k1', core.requests[2].spec.key)
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

  describe('quitting', function()
    it('ends every job once, with what it had, and sends nothing more', function()
      host.user = { max_concurrent = 2 }
      local _, flying = request()
      local _, paused = request()
      host.run()
      core.text(1, 'some')
      core.fail(2, { kind = 'network', message = 'refused' })
      host.run()
      core.text(1, ' more')
      local cancelled, cancelled_calls = request()
      cancelled:cancel()
      local _, new = request()
      host.quit()
      assert.is_true(core.is_shut)
      assert.is_true(host.waker_state.closed)
      assert.same({ 'on_delta', 'on_error' }, names(flying))
      assert.same({ 'shutdown', 'some more' }, { flying[2][2].kind, flying[2][2].partial })
      assert.equals('shutdown', paused[2][2].kind)
      assert.equals('cancelled', cancelled_calls[1][2].kind)
      assert.equals('shutdown', new[1][2].kind)
      local sent = #core.requests
      local _, after = request()
      host.run(100000)
      assert.equals('shutdown', after[1][2].kind)
      assert.equals(sent, #core.requests)
      assert.same({ 2, 2, 1, 1, 1 }, { #flying, #paused, #cancelled_calls, #new, #after })
    end)

    it('needs no module when none was loaded', function()
      host.lacks = 'too old'
      request()
      host.run()
      host.quit()
      assert.is_nil(core.is_shut)
    end)
  end)

  describe('around it', function()
    it('tells autocommands plain facts, never text', function()
      request({ feature = 'chat', messages = 'private' })
      host.run()
      assert.same(
        { { event = 'BeansRequestStarted', data = { id = 1, feature = 'chat', model = 'gpt-5.5' } } },
        host.emitted
      )
      core.text(1, 'private')
      core.done(1, {
        finish_reason = 'stop',
        usage = { total_tokens = 3 },
        response = { status = 200, cost_micro_usd = 5, request_id = 'r' },
      })
      host.run()
      assert.equals('BeansRequestFinished', host.emitted[2].event)
      assert.same({
        id = 1,
        feature = 'chat',
        model = 'gpt-5.5',
        kind = 'done',
        status = 200,
        request_id = 'r',
        attempts = 1,
        cost_micro_usd = 5,
        usage = { total_tokens = 3 },
        timing = { first_byte_ms = 10, first_delta_ms = 12, total_ms = 50, reused = false },
      }, host.emitted[2].data)
    end)

    it('tells autocommands of the end after the listener', function()
      local order = {}
      host.emit = function(event)
        order[#order + 1] = event
      end
      request({
        on_done = function()
          order[#order + 1] = 'on_done'
        end,
      })
      host.run()
      core.done(1)
      host.run()
      assert.same({ 'BeansRequestStarted', 'on_done', 'BeansRequestFinished' }, order)
    end)

    it('survives autocommands that raise', function()
      host.emit = function()
        error('autocommand')
      end
      local _, calls = request()
      host.run()
      core.done(1)
      host.run()
      assert.same({ 'on_done' }, names(calls))
      assert.equals(2, #host.notes)
    end)

    it('logs how each request ended', function()
      request()
      host.run()
      core.done(1, { finish_reason = 'length', response = { status = 200, request_id = 'r1' } })
      host.run()
      local line = log.lines()[1]
      assert.truthy(line:find('#1 request · gpt-5.5 · api.beansai.dev · status 200 · done', 1, true), line)
      assert.truthy(line:find('request id r1 · length', 1, true), line)
    end)

    it('knows what is running, since when and why it waits', function()
      request({ feature = 'chat' })
      request()
      host.run()
      host.run(2000)
      core.text(1, 'a')
      core.fail(2, { kind = 'http', message = 'overloaded', status = 503 })
      host.run()
      host.run(100)
      assert.same({
        { id = 1, feature = 'chat', model = 'gpt-5.5', state = 'streaming', seconds = 2.1 },
        {
          id = 2,
          feature = 'request',
          model = 'gpt-5.5',
          state = 'paused',
          seconds = 2.1,
          retry_in_s = 0.4,
          reason = 'overloaded',
        },
      }, client.running())
    end)

    it('keeps the rate limits that were told last', function()
      request()
      host.run()
      core.headers(1, { status = 200, rate_limit = { requests = { remaining = 5 } } })
      host.run()
      host.run(3000)
      core.done(1)
      host.run()
      assert.same(
        { cost_micro_usd = 0, rate_limit = { requests = { remaining = 5 } }, rate_limit_age_s = 3 },
        client.session()
      )
    end)
  end)
end)
