local keystrokes = require('beans.host.keystrokes')

describe('keystrokes', function()
  local calls, place, keys

  before_each(function()
    calls, place = {}, { buf = 1, line = 1, col = 0, tick = 1 }
    local function note(name)
      return function(at)
        calls[#calls + 1] = at and ('%s %d:%d'):format(name, at.line, at.col) or name
      end
    end
    keys = keystrokes.new({ entered = note('entered'), typed = note('typed'), left = note('left') }, function()
      return { buf = place.buf, line = place.line, col = place.col, tick = place.tick }
    end)
  end)

  it('are told of once, whichever events come', function()
    keys.entered()
    keys.changed() -- nothing is different yet
    place.col, place.tick = 1, 2
    keys.changed()
    keys.changed()
    place.col = 0 -- the cursor alone
    keys.changed()
    place.tick = 3 -- the text alone
    keys.changed()
    keys.left()
    keys.left()
    assert.are.same({ 'entered 1:0', 'typed 1:1', 'typed 1:0', 'typed 1:0', 'left' }, calls)
  end)

  it('begin with an entry, also when nobody saw it', function()
    keys.left()
    keys.changed()
    keys.left()
    place.buf = 2
    keys.changed()
    assert.are.same({ 'entered 1:0', 'left', 'entered 1:0' }, calls)
  end)
end)
