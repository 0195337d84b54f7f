local limits_of = require('beans.limits')

describe('limits', function()
  local limits

  before_each(function()
    limits = limits_of.new()
  end)

  local function told(requests, tokens, now_ms)
    limits:note({ status = 200, rate_limit = { requests = requests, tokens = tokens } }, now_ms or 0)
  end

  local function wait(feature, now_ms)
    return (limits:wait(feature, now_ms or 0))
  end

  it('hold nobody back while nothing is known, or plenty is left', function()
    assert.same({ 0, 0 }, { wait('chat'), wait('complete') })
    told({ limit = 100, remaining = 50, reset_s = 60 }, { limit = 1000, remaining = 900, reset_s = 60 })
    assert.same({ 0, 0 }, { wait('chat'), wait('complete') })
  end)

  it('end when they are reset', function()
    told({ limit = 100, remaining = 0, reset_s = 2.5 })
    assert.same({ 2500, 1 }, { wait('chat'), wait('chat', 2499) })
    assert.same({ 0, 0 }, { wait('chat', 2500), wait('complete', 2500) })
  end)

  it('count what was sent since they were told', function()
    told({ limit = 100, remaining = 2, reset_s = 60 })
    limits:count('chat', 0)
    assert.equals(0, wait('chat'))
    limits:count('chat', 0)
    assert.equals(60000, wait('chat'))
  end)

  it('slow completions down when little is left, the more the less there is', function()
    told({ limit = 100, remaining = 30, reset_s = 60 })
    assert.equals(0, wait('complete'))
    limits:count('complete', 0)
    local some = wait('complete')
    told({ limit = 100, remaining = 15, reset_s = 60 })
    local more = wait('complete')
    assert.is_true(some > 0 and more > some and more < 5000, ('%s %s'):format(some, more))
    assert.equals(0, wait('chat'))
    assert.equals(0, wait('complete', 5000))
  end)

  it('pause completions before nothing is left for others', function()
    told({ limit = 100, remaining = 10, reset_s = 60 })
    assert.same({ 60000, 0 }, { wait('complete'), wait('chat') })
    told({ remaining = 2, reset_s = 60 })
    assert.same({ 60000, 0 }, { wait('complete'), wait('chat') })
  end)

  it('hold no chat back for a reset that nobody told', function()
    told({ limit = 100, remaining = 0 })
    assert.same({ 60000, 0 }, { wait('complete'), wait('chat') })
    assert.equals(0, wait('complete', 60000))
  end)

  it('obey the longest, and say which it is', function()
    told({ limit = 100, remaining = 0, reset_s = 5 }, { limit = 1000, remaining = 0, reset_s = 9 })
    local ms, why = limits:wait('chat', 0)
    assert.same({ 9000, 'the rate limit for tokens is reached' }, { ms, why })
  end)

  it('obey a server that asks to wait', function()
    limits:note({ status = 503, retry_after_s = 9 }, 0)
    assert.equals(0, wait('chat'))
    limits:note({ status = 429, retry_after_s = 9 }, 0)
    assert.same({ 9000, 0 }, { wait('chat'), wait('chat', 9000) })
  end)

  it('obey a server that fails and asks to wait for longer than a request does by itself', function()
    for _, status in ipairs({ 200, 400, 404 }) do
      limits:note({ status = status, retry_after_s = 90 }, 0)
    end
    limits:note({ status = 503, retry_after_s = 60 }, 0)
    limits:note({ status = 503, retry_after_s = 90, should_retry = false }, 0)
    assert.equals(0, wait('chat'))
    for _, status in ipairs({ 408, 409, 500, 503 }) do
      limits = limits_of.new()
      limits:note({ status = status, retry_after_s = 90 }, 0)
      assert.same({ 90000, 90000, 0 }, { wait('chat'), wait('rewrite'), wait('chat', 90000) })
    end
  end)

  it('keep what was told when a response tells nothing', function()
    told({ limit = 100, remaining = 0, reset_s = 5 })
    limits:note({ status = 200 }, 100)
    assert.equals(4900, wait('chat', 100))
    limits:note({ status = 503, retry_after_s = 9, rate_limit = { retry_after_s = 9 } }, 200)
    assert.equals(4800, wait('chat', 200))
  end)

  it('keep the part that was not told when the other one is', function()
    told({ limit = 100, remaining = 0, reset_s = 5 }, { limit = 1000, remaining = 0, reset_s = 9 })
    told({ limit = 100, remaining = 99, reset_s = 60 }, nil, 1000)
    assert.equals(8000, wait('chat', 1000))
    told(nil, { limit = 1000, remaining = 999, reset_s = 60 }, 2000)
    told({ limit = 100, remaining = 0, reset_s = 5 }, nil, 2000)
    assert.equals(5000, wait('chat', 2000))
  end)

  it('give what was told again as it was at one time', function()
    assert.same({}, { limits:told(0) })
    told({ limit = 100, remaining = 7, reset_s = 5 }, { remaining = 9 })
    limits:note({ status = 429, retry_after_s = 9, rate_limit = { retry_after_s = 9 } }, 2000)
    told(nil, { remaining = 8 }, 3000)
    assert.same({
      { requests = { limit = 100, remaining = 7, reset_s = 2 }, tokens = { remaining = 8 }, retry_after_s = 8 },
      1,
    }, { limits:told(4000) })
  end)
end)
