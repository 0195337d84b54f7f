local retry = require('beans.retry')

local function facts(fields)
  fields.kind = fields.kind or 'http'
  return fields
end

describe('retry', function()
  it('tries again what the official clients try again', function()
    for _, status in ipairs({ 408, 409, 429, 500, 502, 503, 504, 529, 599 }) do
      assert.is_true(retry.retryable(facts({ status = status })), status)
    end
    for _, status in ipairs({ 200, 301, 307, 400, 401, 402, 403, 404, 413, 422 }) do
      assert.is_false(retry.retryable(facts({ status = status })), status)
    end
    assert.is_true(retry.retryable({ kind = 'network' }))
    assert.is_true(retry.retryable({ kind = 'timeout' }))
  end)

  it('lets the status decide alone once there is one', function()
    assert.is_false(retry.retryable({ kind = 'timeout', status = 200 }))
    assert.is_true(retry.retryable({ kind = 'too_large', status = 500 }))
  end)

  it('does not try again what would only repeat', function()
    local kinds = { 'tls', 'protocol', 'truncated', 'no_memory', 'cancelled', 'shutdown', 'config', 'budget' }
    for _, kind in ipairs(kinds) do
      assert.is_false(retry.retryable({ kind = kind }), kind)
    end
    assert.is_false(retry.retryable({ kind = 'cancelled', status = 503 }))
  end)

  it('obeys x-should-retry over the status', function()
    assert.is_false(retry.retryable(facts({ status = 503, should_retry = false })))
    assert.is_true(retry.retryable(facts({ status = 400, should_retry = true })))
    assert.is_false(retry.retryable({ kind = 'shutdown', should_retry = true }))
  end)

  it('waits 0.5 s, doubling, at most 8 s', function()
    local waits = {}
    for attempt = 1, 6 do
      waits[attempt] = retry.decide({ kind = 'network' }, attempt, 10, 0)
    end
    assert.same({ 500, 1000, 2000, 4000, 8000, 8000 }, waits)
  end)

  it('takes off up to a quarter as jitter', function()
    assert.equals(375, retry.decide({ kind = 'network' }, 1, 2, 1))
    assert.equals(437, retry.decide({ kind = 'network' }, 1, 2, 0.5))
  end)

  it('obeys Retry-After up to a minute and gives up beyond', function()
    assert.equals(0, retry.decide(facts({ status = 429, retry_after_s = 0 }), 1, 2, 0))
    assert.equals(1500, retry.decide(facts({ status = 429, retry_after_s = 1.5 }), 1, 2, 0))
    assert.equals(60000, retry.decide(facts({ status = 429, retry_after_s = 60 }), 1, 2, 0))
    assert.is_nil(retry.decide(facts({ status = 429, retry_after_s = 60.5 }), 1, 2, 0))
  end)

  it('ends after the last try, and after the first delta', function()
    assert.is_number(retry.decide({ kind = 'network' }, 2, 2, 0))
    assert.is_nil(retry.decide({ kind = 'network' }, 3, 2, 0))
    assert.is_nil(retry.decide({ kind = 'network' }, 1, 0, 0))
    assert.is_nil(retry.decide({ kind = 'network', delivered = true }, 1, 2, 0))
    assert.is_nil(retry.decide(facts({ status = 400 }), 1, 2, 0))
  end)
end)
