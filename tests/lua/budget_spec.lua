local fake_host = require('tests.lua.fake_host')

describe('budget', function()
  local host, core, request, ledger

  before_each(function()
    local fresh
    host, fresh, core = fake_host.fresh()
    ledger = fresh('ledger')
    request = fake_host.caller(fresh('client'))
  end)

  local function spend(cost)
    request()
    host.run()
    core.done(#core.requests, { response = { status = 200, cost_micro_usd = cost } })
    host.run()
  end

  local function refusal()
    local _, calls = request()
    host.run()
    return calls[1] and calls[1][2]
  end

  it('stops a session, before anything is sent', function()
    host.user = { budget = { session_usd = 0.5 } }
    spend(499999)
    spend(1)
    assert.equals(2, #core.requests)
    local err = refusal()
    assert.equals(2, #core.requests)
    assert.equals('budget', err.kind)
    assert.is_false(err.retryable)
    for _, part in ipairs({ '$0.5000 of $0.5000', 'budget.session_usd' }) do
      assert.truthy(err.message:find(part, 1, true), err.message)
    end
  end)

  it('stops a day, with what other editors have spent', function()
    host.user = { budget = { day_usd = 1 } }
    ledger.add({ feature = 'chat', model = 'x', kind = 'done', status = 200, cost_micro_usd = 1200000 })
    local err = refusal()
    assert.same({ 'budget', 0 }, { err.kind, #core.requests })
    for _, part in ipairs({ '$1.2000 of $1.0000', 'budget.day_usd', 'tomorrow' }) do
      assert.truthy(err.message:find(part, 1, true), err.message)
    end
    host.user = { budget = { day_usd = 2 } }
    assert.is_nil(refusal())
  end)

  it('judges no request before a long month is read', function()
    ledger.add({ feature = 'chat', model = 'x', kind = 'done', status = 200, cost_micro_usd = 100 })
    local path = next(host.files)
    host.files[path] = host.files[path]:rep(10000)
    host.user = { budget = { day_usd = 1 } }
    local job, calls = request()
    request():cancel()
    local turns = host.run()
    assert.is_true(turns > 40, tostring(turns))
    assert.same({ 'budget', 0 }, { calls[1][2].kind, #core.requests })
    assert.truthy(calls[1][2].message:find('$1.0000 of $1.0000', 1, true))
    assert.equals('ended', job.state)
  end)

  it('counts what failed attempts have cost, and stops their repetition', function()
    host.user = { budget = { session_usd = 0.001 } }
    local _, calls = request()
    host.run()
    core.fail(1, { kind = 'http', message = 'no', response = { status = 500, cost_micro_usd = 1000 } })
    host.run(10000)
    assert.equals(1, #core.requests)
    assert.equals('budget', calls[2][2].kind)
  end)

  it('of nothing lets nothing through, but the list of models', function()
    host.user = { budget = { day_usd = 0 } }
    assert.equals('budget', refusal().kind)
    require('beans.client').models({ on_done = function() end })
    host.run()
    assert.equals(1, #core.model_requests)
  end)

  it('costs no look at the disk when there is none for the day', function()
    host.read_file_from = function()
      error('read')
    end
    host.user = { budget = { session_usd = 1 } }
    assert.is_nil(refusal())
    assert.equals(1, #core.requests)
  end)
end)
