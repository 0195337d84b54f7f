-- Servers and proxies that are not there, go away, refuse, or speak out of turn: one end, the right kind of error, and
-- the next request works.

local bench_of = require('tests.editor.bench')
local front_of = require('tests.editor.front')
local rig = require('tests.editor.fault_rig')

local SSE = 'header Content-Type: text/event-stream\n'
local BEGUN = SSE .. 'delta "Grüße "\ndelay 20\n'
local WHOLE = SSE .. 'delta "whole"\nfinish stop\ndone'

describe('fault:', function()
  local bench, faults

  setup(function()
    bench = bench_of.start()
    faults = rig.start(bench)
  end)

  teardown(function()
    bench:stop()
  end)

  before_each(function()
    faults:reset()
  end)

  describe('a server that', function()
    it('is not there', function()
      local url = ('http://127.0.0.1:%d/v1'):format(front_of.free_ports(1)[1])
      faults:meet({ settings = { base_url = url }, kind = 'network', message = 'could not connect to 127.0.0.1:' })
    end)

    it('has no address', function()
      local settings = { base_url = 'http://nonexistent.invalid/v1' }
      faults:meet({ settings = settings, kind = 'network', message = 'could not find the host nonexistent.invalid' })
    end)

    it('is not there at first', function()
      bench:close()
      faults:send({ base_url = bench:url('hello'), retry = { max = 5 } })
      faults.editor:wait('the first try', function()
        return faults.editor:lua("return (require('beans').status().running[1] or {}).state") == 'paused'
      end)
      bench:open()
      local one = faults:wait(1)[1]
      assert.are.equal('Hello, world', one.text, one.message)
      assert.is_true(one.attempts > 1)
      faults:assert_whole()
    end)

    it('goes away while fifty requests run, and comes back', function()
      bench:script('half', BEGUN .. 'stall')
      bench:script('mute', 'stall')
      local already = #bench:requests()
      faults:send({ base_url = bench:url('half'), max_concurrent = 50 }, 25)
      faults:send({ base_url = bench:url('mute'), max_concurrent = 50, retry = { max = 5 } }, 25)
      faults:wait_begun(25)
      faults.editor:wait('fifty requests', function()
        return #bench:requests() - already == 50
      end)
      bench:close()
      bench:script('mute', WHOLE)
      faults:wait(25)
      bench:open()
      for i, one in ipairs(faults:wait(50)) do
        local what = ('%d: %s'):format(i, one.message or '')
        assert.are.equal(i <= 25 and 'truncated' or 'done', one.kind, what)
        assert.are.equal(i <= 25 and 'Grüße ' or 'whole', one.text, what)
        assert.are.equal(i <= 25, one.attempts == 1, what)
      end
      faults:assert_whole()
    end)

    --- The connection of each request for a script, in their order.
    local function connections(name)
      local list = {}
      for connection in bench:index():gmatch('conn=(%d+) POST /s/' .. vim.pesc(name) .. '/') do
        list[#list + 1] = connection
      end
      return list
    end

    it('closes a kept connection between two requests', function()
      bench:script('closing', WHOLE .. '\nclose')
      for i = 1, 3 do
        faults:send({ base_url = bench:url('closing'), retry = { max = 2 } })
        local one = faults:wait(i)[i]
        assert.are.equal('whole', one.text, one.message)
        assert.are.equal(1, one.attempts)
      end
      assert.are.equal(3, #connections('closing'))
      faults:assert_whole()
    end)

    for _, how in ipairs({ 'fin', 'rst' }) do
      it('closes a kept connection when the next request is there, by ' .. how:upper(), function()
        local kept, dead = 'kept-' .. how, 'dead-' .. how
        bench:script(kept, WHOLE)
        bench:script(dead .. '.1', 'cut ' .. how)
        bench:script(dead, WHOLE)
        faults:send({ base_url = bench:url(kept) })
        faults:wait(1)
        faults:send({ base_url = bench:url(dead), retry = { max = 2 } })
        local one = faults:wait(2)[2]
        assert.are.equal('whole', one.text, one.message)
        assert.are.equal(1, one.attempts)
        local tries = connections(dead)
        assert.are.equal(2, #tries)
        assert.are.equal(connections(kept)[1], tries[1])
        assert.are_not.equal(tries[1], tries[2])
        faults:assert_whole()
      end)
    end

    describe('answers before the request is there,', function()
      local SIZE = 4 * 1024 * 1024

      it('with an error', function()
        faults:meet({
          script = 'early\nstatus 413\nheader Content-Type: application/json\n'
            .. 'send "{\\"error\\":{\\"message\\":\\"too much\\"}}"',
          size = SIZE,
          kind = 'http',
          message = 'too much',
          status = 413,
        })
      end)

      it('whole', function()
        faults:meet({ script = 'early\n' .. WHOLE, size = SIZE, kind = 'done', text = 'whole' })
      end)

      it('and stops in the middle', function()
        faults:meet({
          script = 'early\n' .. BEGUN .. 'cut fin',
          size = SIZE,
          kind = 'truncated',
          text = 'Grüße ',
        })
      end)

      it('by a reset', function()
        faults:meet({ script = 'early\ncut rst', size = SIZE, kind = 'network', message = 'the connection broke' })
      end)
    end)

    it('sends us to another, which never learns the key', function()
      local stranger = rig.stranger('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      faults:meet({
        script = ('status 307\nheader Location: http://127.0.0.1:%d/v1/chat/completions'):format(stranger.port),
        kind = 'http',
        message = 'Redirects are not followed',
        status = 307,
      })
      assert.are.equal('', stranger.heard)
      stranger:stop()
    end)
  end)

  describe('a proxy that', function()
    local LOGIN = 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\n'
      .. 'Content-Length: 0\r\nConnection: close\r\n\r\n'

    local function through_proxy(base_url)
      local stranger = rig.stranger(LOGIN)
      faults:meet({
        settings = { base_url = base_url, proxy = 'http://127.0.0.1:' .. stranger.port },
        kind = 'http',
        message = 'the proxy',
        status = 407,
      })
      stranger:stop()
      return stranger.heard
    end

    it('wants a login for a request', function()
      local heard = through_proxy('http://service.invalid/v1')
      assert.is_truthy(heard:find('POST http://service.invalid/v1/chat/completions', 1, true))
    end)

    it('wants a login for a tunnel, and never learns the key', function()
      local heard = through_proxy('https://service.invalid/v1')
      assert.is_truthy(heard:find('CONNECT service.invalid:443', 1, true))
      assert.is_nil(heard:find('sk-test-key', 1, true))
    end)

    it('is not there', function()
      faults:meet({
        settings = { base_url = 'http://service.invalid/v1', proxy = 'http://127.0.0.1:' .. front_of.free_ports(1)[1] },
        kind = 'network',
        message = 'proxy',
      })
    end)
  end)

  describe('an HTTP/2 server that', function()
    local front

    setup(function()
      front = front_of.start(bench.port)
    end)

    teardown(function()
      front:stop()
    end)

    local SLOW = SSE .. 'repeat 20\ndelta "%d "\ndelay 20\nend\nfinish stop\ndone'
    local SLOW_TEXT = table.concat(vim.fn.range(20), ' ') .. ' '

    local function send(name, settings, count)
      local ours = { base_url = front:url('good', name), ca_file = front.dir .. '/ca.pem' }
      faults:send(vim.tbl_extend('force', ours, settings or {}), count)
    end

    --- The connection of each request for a script that has ended, in their order.
    local function connections(name, count)
      return faults.editor:wait('the log of nginx', function()
        local list = front:seen(name)
        return #list == count
          and vim.tbl_map(function(request)
            assert.are.equal('HTTP/2.0', request.protocol)
            return request.connection
          end, list)
      end)
    end

    for _, how in ipairs({ 'fin', 'rst' }) do
      it(('breaks the handshake by %s, and has another try'):format(how:upper()), function()
        local relay = rig.relay(front.good)
        relay.breaks = how
        send('hello', { base_url = ('https://127.0.0.1:%d/s/hello/v1'):format(relay.port), retry = { max = 1 } })
        local one = faults:wait(1)[1]
        assert.are.equal('Hello, world', one.text, one.message)
        assert.are.equal(2, one.attempts)
        assert.are.equal(2, relay.connections)
        faults:assert_whole()
        relay:stop()
      end)
    end

    it('ends one stream by RST_STREAM', function()
      bench:script('slow', SLOW)
      bench:script('reset', BEGUN .. 'delay 100\ncut rst')
      send('slow')
      faults:wait_begun(1)
      send('reset')
      local list = faults:wait(2)
      assert.are.equal('truncated', list[2].kind, list[2].message)
      assert.are.equal('Grüße ', list[2].text)
      assert.are.equal(SLOW_TEXT, list[1].text, list[1].message)
      assert.are.equal(connections('reset', 1)[1], connections('slow', 1)[1])
      faults:assert_whole()
    end)

    it('takes its leave by GOAWAY while streams run', function()
      bench:script('leaving', SLOW)
      send('leaving', { retry = { max = 2 } }, 3)
      faults:wait_begun(3)
      front:signal('sighup')
      faults:wait(3)
      send('leaving', { retry = { max = 2 } })
      for _, one in ipairs(faults:wait(4)) do
        assert.are.equal(SLOW_TEXT, one.text, one.message)
        assert.are.equal(1, one.attempts)
      end
      local list = connections('leaving', 4)
      assert.are.equal(list[1], list[2])
      assert.are.equal(list[1], list[3])
      assert.are_not.equal(list[1], list[4])
      faults:assert_whole()
    end)

    it('dies while streams run', function()
      bench:script('dying', BEGUN .. 'stall')
      send('dying', {}, 3)
      faults:wait_begun(3)
      front:kill_worker()
      for _, one in ipairs(faults:wait(3)) do
        assert.are.equal('truncated', one.kind, one.message)
        assert.are.equal('Grüße ', one.text)
      end
      send('hello')
      assert.are.equal('Hello, world', faults:wait(4)[4].text)
      faults:assert_whole()
    end)

    it('dies between two requests', function()
      send('hello')
      faults:wait(1)
      front:kill_worker()
      send('hello', { retry = { max = 2 } })
      local one = faults:wait(2)[2]
      assert.are.equal('Hello, world', one.text, one.message)
      assert.are.equal(1, one.attempts)
      faults:assert_whole()
    end)
  end)
end)
