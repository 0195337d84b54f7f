local fake_host = require('tests.lua.fake_host')

describe('pacer', function()
  local host, drawn, cost_ms, pacer

  before_each(function()
    local fresh
    host, fresh = fake_host.fresh()
    drawn, cost_ms = {}, 0
    pacer = fresh('pacer').new({
      now = host.now_ms,
      defer = host.defer,
      draw = function(text)
        drawn[#drawn + 1] = { at = host.now, text = text }
        host.now = host.now + cost_ms
      end,
    })
  end)

  it('draws the first piece at once', function()
    pacer:add('a')
    assert.same({ { at = 1000, text = 'a' } }, drawn)
  end)

  it('gathers what follows into about 30 draws a second', function()
    for _ = 1, 1000 do
      pacer:add('x')
      host.run(1)
    end
    pacer:flush()
    local text = {}
    for i, draw in ipairs(drawn) do
      text[i] = draw.text
    end
    assert.equals(('x'):rep(1000), table.concat(text))
    assert.is_true(#drawn >= 28 and #drawn <= 32, #drawn .. ' draws')
  end)

  it('draws at once again after a pause', function()
    pacer:add('a')
    host.run(100)
    pacer:add('b')
    assert.same({ at = 1100, text = 'b' }, drawn[2])
  end)

  it('leaves three quarters of the time when a draw is slow', function()
    cost_ms = 50
    pacer:add('a')
    pacer:add('b')
    host.run(300)
    assert.same({ 1000, 1200 }, { drawn[1].at, drawn[2].at })
  end)

  it('flushes what waits, once', function()
    pacer:add('a')
    pacer:add('b')
    pacer:add('c')
    pacer:flush()
    host.run(1000)
    pacer:flush()
    assert.same({ 'a', 'bc' }, { drawn[1].text, drawn[2].text })
    assert.equals(2, #drawn)
  end)

  it('takes pieces that come while it draws', function()
    local nested
    nested = require('beans.pacer').new({
      now = host.now_ms,
      defer = host.defer,
      draw = function(text)
        drawn[#drawn + 1] = text
        if text == 'a' then
          nested:add('b')
        end
      end,
    })
    nested:add('a')
    assert.same({ 'a' }, drawn)
    host.run(40)
    assert.same({ 'a', 'b' }, drawn)
  end)

  it('forgets what waits when it is stopped', function()
    pacer:add('a')
    pacer:add('b')
    pacer:stop()
    host.run(1000)
    assert.equals(1, #drawn)
  end)

  it('draws nothing for an empty piece', function()
    pacer:add('')
    pacer:flush()
    assert.equals(0, #drawn)
  end)
end)
