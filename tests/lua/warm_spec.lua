local fake_host = require('tests.lua.fake_host')

describe('warming', function()
  local host, core, client, log, request, warm

  before_each(function()
    local fresh
    host, fresh, core = fake_host.fresh()
    client, log, warm = fresh('client'), fresh('log'), fresh('warm')
    request = fake_host.caller(client)
  end)

  local function up()
    warm.up()
    host.run()
    return #core.model_requests
  end

  it('asks for the models before anything is sent, as a request would', function()
    host.user = { base_url = 'https://server/v1/', proxy = 'http://proxy:1', ca_file = '/ca.pem' }
    warm.up()
    assert.equals(0, #core.model_requests)
    host.run()
    local spec = core.model_requests[1].spec
    assert.equals('https://server/v1/models', spec.url)
    assert.same({ 'sk-beans-test', 'http://proxy:1', '/ca.pem' }, { spec.key, spec.proxy, spec.ca_file })
    assert.equals(0, #core.requests)
  end)

  it('is no request that anybody sees, and takes no place of one', function()
    host.user = { max_concurrent = 1 }
    up()
    assert.same({}, client.running())
    assert.equals(0, client.stop())
    assert.same({}, host.emitted)
    assert.is_true(host.waker_state.busy)
    request()
    host.run()
    assert.equals(1, #core.requests)
    core.done(core.model_requests[1].id, { models = { { id = 'm' } } })
    host.run()
    assert.is_true(host.waker_state.busy)
    core.done(core.requests[1].id)
    host.run()
    assert.is_false(host.waker_state.busy)
  end)

  it('says nothing when it fails, but in the log', function()
    up()
    core.fail(core.model_requests[1].id, { kind = 'network', message = 'refused' })
    host.run(600000)
    assert.equals(1, #core.model_requests)
    assert.same({}, host.notes)
    assert.is_false(host.waker_state.busy)
    local entry = log.lines()
    assert.is_truthy(table.concat(entry, '\n'):find('models.*network.*to open a connection.*refused'), entry[#entry])
    core.refusal = { kind = 'shutdown', message = 'over' }
    host.now = host.now + 60000
    up()
    assert.same({}, host.notes)
  end)

  it('does nothing while a connection is likely to be open', function()
    assert.equals(1, up())
    assert.equals(1, up())
    host.now = host.now + 49000
    assert.equals(1, up())
    host.now = host.now + 1000
    assert.equals(2, up())
    host.now = host.now + 60000
    request()
    host.run()
    assert.equals(2, up())
    host.now = host.now + 60000
    core.done(core.requests[1].id)
    host.run()
    assert.equals(2, up())
    host.user = { base_url = 'https://elsewhere/v1' }
    assert.equals(3, up())
  end)

  it('leaves a server on this machine alone: that is reached at once', function()
    host.user = { base_url = 'http://localhost:8080/v1' }
    assert.equals(0, up())
  end)

  it('needs a key that is there, and asks nobody for one', function()
    host.environment = {}
    assert.equals(0, up())
    host.user = { api_key = 'two\nlines' }
    assert.equals(0, up())
    host.user = { api_key = { 'pass', 'beans' } }
    assert.equals(0, up())
    assert.same({}, host.spawned)
    request()
    host.run()
    host.spawned[1].on_exit({ code = 0, stdout = 'sk-from-pass\n', stderr = '' })
    host.run()
    host.now = host.now + 60000
    assert.equals(1, up())
    assert.equals('sk-from-pass', core.model_requests[1].spec.key)
    assert.equals(1, #host.spawned)
  end)

  it('waits for a configuration without faults', function()
    host.user = { base_url = 7 }
    assert.equals(0, up())
    assert.same({}, host.spawned)
  end)

  it('ends with the editor', function()
    up()
    assert.equals(1, #host.exits)
    host.exits[1]()
    assert.is_true(core.is_shut)
    assert.is_true(host.waker_state.closed)
    assert.equals(1, up())
  end)

  it('does nothing where the module is missing', function()
    core.problem = 'no module'
    assert.equals(0, up())
    assert.same({}, host.notes)
  end)
end)
