local clean = require('beans.host.clean')

--- Cleans a text that comes in pieces, as a stream does.
local function in_pieces(text, size)
  local out, held = {}, nil
  for at = 1, #text, size do
    out[#out + 1], held = clean.piece(text:sub(at, at + size - 1), held)
  end
  return table.concat(out) .. (held and '\n' or '')
end

describe('clean', function()
  it('leaves ordinary text alone', function()
    local text = 'plain, tab\t, ümlaut, 漢字, 🫘, \226\128\168 and \194\160'
    assert.equals(text, clean.text(text))
  end)

  it('makes control characters visible and harmless', function()
    assert.equals('a␀b␛[2Jc␇␡', clean.text('a\0b\27[2Jc\7\127'))
    assert.equals('␁␈␋␌␎␟', clean.text('\1\8\11\12\14\31'))
  end)

  it('replaces the controls that have no picture', function()
    assert.equals('a\239\191\189b\239\191\189', clean.text('a\194\155b\194\128'))
  end)

  it('makes every kind of line end one', function()
    assert.equals('a\nb\nc\nd\n', clean.text('a\r\nb\rc\nd\r'))
    assert.equals('a\n\nb', clean.text('a\r\rb'))
  end)

  it('does the same to a text in pieces of any size', function()
    local text = 'one\r\ntwo\rthree\n\r\n\r\r\n\27[0m\0end\r'
    for size = 1, #text do
      assert.equals(clean.text(text), in_pieces(text, size), 'in pieces of ' .. size)
    end
  end)

  it('makes the value of a status line in which nothing is evaluated', function()
    assert.equals('5%% %%{1+1} ␛%<', clean.bar('5% %{1+1}\n\27'))
  end)

  it('makes one line of a text for bars and menus', function()
    assert.equals('a b c␛', clean.line('a\r\nb\t\tc\27'))
  end)
end)
