local ghost_text = require('beans.host.ghost_text')

describe('ghost text', function()
  --- One cell for each byte, tabs to the next multiple of four.
  local function cells(text, col)
    local at = col
    for char in text:gmatch('.') do
      at = char == '\t' and at + 4 - at % 4 or at + 1
    end
    return at - col
  end

  it('has blanks for tabs, as many as they would take where they stand', function()
    for _, case in ipairs({
      { 'a b', 0, 'a b' },
      { '\ta', 0, '    a' },
      { '\ta', 3, ' a' },
      { 'ab\tc\t\td', 1, 'ab c       d' },
      { 'a\t', 0, 'a   ' },
    }) do
      assert.are.equal(case[3], ghost_text.expand(case[1], case[2], cells))
    end
  end)

  it('has no control characters and no line ends', function()
    assert.are.equal('a␛b c d�', ghost_text.expand('a\27b\nc\rd\194\155', 0, cells))
  end)

  it('begins behind the text before it, its other lines at the left', function()
    assert.are.same({ ' x', '    y' }, ghost_text.shown({ '\tx', '\ty' }, 'abc', cells))
  end)

  it('is what is left when its beginning was typed', function()
    local lines = { 'abc', 'd' }
    assert.are.same({ 'c', 'd' }, ghost_text.behind(lines, 'ab'))
    assert.are.same({ '', 'd' }, ghost_text.behind(lines, 'abc'))
    assert.are.same({ 'abc', 'd' }, ghost_text.behind(lines, ''))
    assert.is_nil(ghost_text.behind(lines, 'b'))
    assert.is_nil(ghost_text.behind(lines, 'abcd'))
    assert.are.same({ 'abc', 'd' }, lines)
  end)

  it('goes on only where it stands', function()
    local shown = { buf = 1, line = 2, col = 3, lines = { 'ab' } }
    assert.are.same({ 'b' }, ghost_text.follow(shown, { buf = 1, line = 2, col = 3, tick = 9 }, 'a'))
    assert.is_nil(ghost_text.follow(shown, { buf = 1, line = 2, col = 4, tick = 9 }, 'a'))
    assert.is_nil(ghost_text.follow(shown, { buf = 1, line = 1, col = 3, tick = 9 }, 'a'))
    assert.is_nil(ghost_text.follow(shown, { buf = 2, line = 2, col = 3, tick = 9 }, 'a'))
  end)
end)
