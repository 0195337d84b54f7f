local paces = require('beans.complete.pace')

--- Types keys at some intervals, and gives when requests would have gone out.
local function requests(pace, intervals)
  local now, sent = 0, {}
  for _, interval in ipairs(intervals) do
    pace:typed(now)
    local delay = pace:delay()
    if delay < interval then
      sent[#sent + 1] = now + delay
    end
    now = now + interval
  end
  return sent
end

local function keys(count, interval, jitter)
  local intervals = {}
  for i = 1, count do
    intervals[i] = interval * (1 + (jitter or 0) * (2 * math.random() - 1))
  end
  intervals[count] = 10000
  return intervals
end

describe('the pace of completions', function()
  it('sends at most 2 requests for 60 keys at 8 a second', function()
    assert.is_true(#requests(paces.new(), keys(60, 125)) <= 2)
    local seed = os.time()
    math.randomseed(seed)
    for _ = 1, 200 do
      local sent = requests(paces.new(), keys(60, 125, 0.4))
      assert.is_true(#sent <= 2, ('%d requests, seed %d'):format(#sent, seed))
    end
  end)

  it('sends one in a single pause of 300 ms', function()
    local intervals = keys(60, 125)
    intervals[30] = 300
    local sent, pause = requests(paces.new(), intervals), 29 * 125
    assert.equal(2, #sent)
    assert.is_true(sent[1] > pause and sent[1] < pause + 300)
  end)

  it('sends soon for who types slowly, and later within a burst', function()
    local slow, fast = paces.new(), paces.new()
    for i = 0, 5 do
      slow:typed(i * 600)
      fast:typed(i * 180)
    end
    assert.equal(75, slow:delay())
    assert.equal(350, fast:delay())
  end)

  it('waits a little for the first key', function()
    local pace = paces.new()
    pace:typed(0)
    assert.equal(150, pace:delay())
    for i = 1, 10 do
      pace:typed(i * 125)
    end
    pace:typed(60000)
    assert.equal(150, pace:delay())
  end)

  it('slows down for a slow server, and where little is left of the rate limit', function()
    local pace = paces.new()
    pace:typed(0)
    pace:answered(4000)
    assert.equal(1000, pace:delay())
    for _ = 1, 30 do
      pace:answered(100)
    end
    assert.equal(150, pace:delay())
    pace:limited(0.15)
    assert.equal(825, pace:delay())
    pace:limited(0)
    assert.equal(1500, pace:delay())
    pace:limited(1)
    assert.equal(150, pace:delay())
  end)

  it('is fixed when it is set', function()
    local pace = paces.new({ debounce_ms = 20 })
    for i = 0, 10 do
      pace:typed(i * 100)
    end
    pace:limited(0)
    pace:answered(9000)
    assert.equal(20, pace:delay())
  end)

  it('backs off after failures, up to a minute', function()
    for _, pace in ipairs({ paces.new(), paces.new({ debounce_ms = 20 }) }) do
      local waits = {}
      for i = 1, 8 do
        pace:typed(i * 100000)
        pace:failed('network', i * 100000)
        waits[i] = pace:delay() / 1000
      end
      assert.same({ 1, 2, 4, 8, 16, 32, 60, 60 }, waits)
      pace:typed(840000)
      assert.equal(20000, pace:delay())
      pace:answered(100)
      assert.is_true(pace:delay() < 200)
    end
  end)

  it('waits long at once for what only the user can mend, and not for what was cancelled', function()
    local pace = paces.new()
    pace:typed(0)
    pace:failed('cancelled', 0)
    assert.equal(150, pace:delay())
    pace:failed('auth', 0)
    assert.equal(60000, pace:delay())
  end)

  it('says how long nothing is to be asked, and takes another fixed wait', function()
    local pace = paces.new()
    assert.equal(0, pace:held(0))
    pace:failed('network', 500)
    assert.equal(700, pace:held(800))
    assert.equal(0, pace:held(1500))
    pace:typed(5000)
    pace:fix(20)
    assert.equal(20, pace:delay())
    pace:fix(nil)
    assert.equal(150, pace:delay())
  end)
end)
