local fake_host = require('tests.lua.fake_host')

describe('client, seen from around it:', function()
  local host, core, client, log, session, request
  local names = fake_host.names

  before_each(function()
    local fresh
    host, fresh, core = fake_host.fresh()
    client, log, session = fresh('client'), fresh('log'), fresh('session')
    request = fake_host.caller(client)
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

    it('lets the newest completion replace one that waits', function()
      host.user = { max_concurrent = 1 }
      request({ messages = 'chat', feature = 'chat' })
      local _, first = request({ messages = 'a', feature = 'complete' })
      local _, second = request({ messages = 'b', feature = 'complete' })
      host.run()
      assert.same({ 'on_error' }, names(first))
      assert.equals('cancelled', first[1][2].kind)
      core.done(1)
      host.run()
      assert.same({ 'chat', 'b' }, sent_contents())
      assert.same({}, second)
    end)

    it('lets no older completion that comes back replace a newer one', function()
      host.user = { max_concurrent = 1 }
      local _, older = request({ messages = 'a', feature = 'complete', params = { seed = 1 } })
      host.run()
      request({ messages = 'chat', feature = 'chat' })
      local _, newer = request({ messages = 'b', feature = 'complete' })
      host.run()
      core.fail(1, { kind = 'http', message = 'Unknown parameter: seed', status = 400, param = 'seed' })
      host.run()
      assert.same({ 'on_retry', 'on_error' }, names(older))
      assert.equals('cancelled', older[2][2].kind)
      core.done(2)
      host.run()
      assert.same({ 'a', 'chat', 'b' }, sent_contents())
      assert.same({}, newer)
    end)

    it('waits at a reached limit until exactly its reset, and tells so', function()
      request({ messages = 'first' })
      host.run()
      core.headers(1, { status = 200, rate_limit = { requests = { limit = 10, remaining = 0, reset_s = 7 } } })
      host.run()
      request({ messages = 'second' })
      host.run(100)
      assert.same({ 'first' }, sent_contents())
      local waiting = client.running()[2]
      assert.same({ 'starts in 6.9 s', 'the rate limit for requests is reached' }, { waiting.doing, waiting.reason })
      host.run(6899)
      assert.same({ 'first' }, sent_contents())
      host.run(1)
      assert.same({ 'first', 'second' }, sent_contents())
    end)

    it('keeps limits apart by server and by key', function()
      request({ messages = 'first' })
      host.run()
      core.headers(1, { status = 200, rate_limit = { requests = { limit = 10, remaining = 0, reset_s = 60 } } })
      host.run()
      request({ messages = 'same' })
      host.run()
      host.user = { api_key = 'sk-another' }
      request({ messages = 'another key' })
      host.run()
      host.user = { base_url = 'http://localhost/v1' }
      request({ messages = 'another server' })
      host.run()
      assert.same({ 'first', 'another key', 'another server' }, sent_contents())
    end)

    it('holds completions back so that a chat goes through', function()
      request({ messages = 'first' })
      host.run()
      core.headers(1, { status = 200, rate_limit = { tokens = { limit = 1000, remaining = 90, reset_s = 30 } } })
      host.run()
      request({ messages = 'completion', feature = 'complete' })
      request({ messages = 'chat', feature = 'chat' })
      host.run(29999)
      assert.same({ 'first', 'chat' }, sent_contents())
      host.run(1)
      assert.same({ 'first', 'chat', 'completion' }, sent_contents())
    end)

    it('sends nobody to a server that asked to wait', function()
      request({ messages = 'first' })
      host.run()
      core.fail(1, { kind = 'rate_limit', message = 'no', response = { status = 429, retry_after_s = 90 } })
      host.run()
      local job = request({ messages = 'by hand' })
      host.run(89000)
      assert.same({ 'first' }, sent_contents())
      assert.equals('the server asks to wait', client.running()[1].reason)
      host.run(1000)
      assert.same({ 'first', 'by hand' }, sent_contents())
      job:cancel()
    end)

    it('forgets a job that is cancelled while it waits for a limit', function()
      request({ messages = 'first' })
      host.run()
      core.headers(1, { status = 200, rate_limit = { requests = { limit = 10, remaining = 0, reset_s = 5 } } })
      host.run()
      local job, calls = request({ messages = 'second' })
      host.run()
      job:cancel()
      host.run(10000)
      assert.same({ 'on_error' }, names(calls))
      assert.same({ 'first' }, sent_contents())
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
      local time = host.emitted[2].data.time
      assert.truthy(time:match('^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$'))
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
        time = time,
      }, host.emitted[2].data)
    end)

    it('shows no key in a request id, wherever that goes', function()
      local seen = {}
      local function note(outcome)
        seen[#seen + 1] = outcome.request_id
      end
      local response = { status = 401, request_id = 'r-sk-beans-test\27[2J' }
      request({ on_done = note })
      request({ on_error = note })
      host.run()
      core.done(1, { response = response })
      core.fail(2, { kind = 'auth', message = 'no', response = response })
      host.run()
      note(host.emitted[3].data)
      note(host.emitted[4].data)
      note(log.last())
      assert.same({ 'r-*** [2J', 'r-*** [2J', 'r-*** [2J', 'r-*** [2J', 'r-*** [2J' }, seen)
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
      host.user = { base_url = 'nonsense' }
      request()
      host.run()
      assert.truthy(log.lines()[1]:find('#2 request · gpt-5.5 · config · base_url', 1, true))
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
        { id = 1, feature = 'chat', model = 'gpt-5.5', state = 'streaming', seconds = 2.1, doing = 'streams' },
        {
          id = 2,
          feature = 'request',
          model = 'gpt-5.5',
          state = 'paused',
          seconds = 2.1,
          retry_in_s = 0.4,
          reason = 'overloaded',
          doing = 'tries again in 0.4 s',
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
      local now = session.summary()
      assert.same({ requests = { remaining = 5 } }, now.rate_limit)
      assert.equals(3, now.rate_limit_age_s)
    end)
  end)
end)
