-- What turns foreign bytes into text of a message.

local base64 = require('beans.base64')
local html = require('beans.html')
local outline = require('beans.context.outline')
local picture = require('beans.picture')
local plain = require('beans.plain')
local tokens = require('beans.tokens')

describe('base64', function()
  it('has the vectors of RFC 4648', function()
    local vectors = { [''] = '', f = 'Zg==', fo = 'Zm8=', foo = 'Zm9v', foob = 'Zm9vYg==', fooba = 'Zm9vYmE=' }
    vectors.foobar = 'Zm9vYmFy'
    for text, encoded in pairs(vectors) do
      assert.equals(encoded, base64.encode(text))
    end
  end)

  it('agrees with Neovim for any bytes of any length', function()
    for length = 0, 6200, 31 do
      local bytes = {}
      for i = 1, length do
        bytes[i] = string.char(math.random(0, 255))
      end
      local text = table.concat(bytes)
      assert.equals(vim.base64.encode(text), base64.encode(text))
    end
  end)
end)

describe('tokens', function()
  it('are about what the models count', function()
    -- Counted with o200k_base; a third off will do.
    local known = {
      { 'The quick brown fox jumps over the lazy dog. It was not amused at all, and said so.', 20 },
      { '敏捷的棕色狐狸跳过了懒狗。今天天气很好，我们去公园散步吧。', 22 },
      { 'for i = 1, #items do\n  total = total + items[i].price * items[i].count\nend\n', 27 },
    }
    for _, case in ipairs(known) do
      local estimate = tokens.estimate(case[1])
      assert.is_true(math.abs(estimate - case[2]) <= case[2] / 3, ('%s: %d'):format(case[1], estimate))
    end
    assert.equals(0, tokens.estimate(''))
  end)

  it('of images follow their tiles', function()
    assert.equals(255, tokens.of_image(512, 512))
    assert.equals(765, tokens.of_image(1024, 1024))
    assert.equals(1105, tokens.of_image(2048, 4096))
    assert.equals(765, tokens.of_image(nil, nil))
    assert.equals(765, tokens.of_image(0, 5))
  end)
end)

describe('picture', function()
  it('is known by its bytes', function()
    local cases = {
      { '\137PNG\r\n\26\n\0\0\0\13IHDR\0\0\2\0\0\0\1\0', 'image/png', 512, 256 },
      { 'GIF89a\1\2\3\0', 'image/gif', 513, 3 },
      { '\255\216\255\224\0\4xx\255\192\0\17\8\1\0\2\0\3', 'image/jpeg', 512, 256 },
      { 'RIFF....WEBPVP8X........\255\1\0\255\0\0', 'image/webp', 512, 256 },
      { 'RIFF....WEBPVP8 ..........\0\2\0\1', 'image/webp', 512, 256 },
      { '\255\216\255\224', 'image/jpeg' },
    }
    for _, case in ipairs(cases) do
      assert.same({ mime = case[2], width = case[3], height = case[4] }, picture.look(case[1]))
    end
    assert.is_nil(picture.look('text'))
    assert.is_nil(picture.look(''))
  end)
end)

describe('plain', function()
  it('is UTF-8, or becomes it', function()
    assert.equals('a ä 漢 🫘', plain.text('a ä 漢 🫘'))
    assert.equals('grün', plain.text('gr\252n'))
    assert.equals('Ã\194\164\195\191', plain.text('\195\164\255'))
    assert.equals('\195\173\194\160\194\128', plain.text('\237\160\128')) -- a surrogate is no UTF-8
    assert.equals('a\nb', plain.text('\239\187\191a\r\nb'))
    assert.is_nil(plain.text('a\0b'))
  end)

  it('loses what is left of a character', function()
    assert.equals('a', plain.whole('a\195'))
    assert.equals('aä', plain.whole('aä'))
    assert.equals('a', plain.whole('a\240\159\171'))
    assert.equals('a🫘', plain.whole('a🫘'))
    assert.equals('', plain.whole(''))
  end)
end)

describe('html', function()
  it('becomes what a reader sees', function()
    local page = '<!DOCTYPE html><html><head><title>T</title><style>x{}</style></head><body>'
      .. '<h1>Hi  <b>there</b></h1><p>One\n two &#8364; &auml; &unknown;<br>three<ul><li>x<li>y</ul>'
      .. '<pre>  a\n    b &lt; c</pre><script>if (a<b) x()</script><a href="x>y">link</a> 1 < 2<!-- no -->'
      .. '<table><tr><td>1</td><td>2</td></tr></table>'
    assert.equals(
      '# Hi there\n\nOne two € ä &unknown;\nthree\n\n- x\n- y\n\n```\n  a\n    b < c\n```\n\nlink 1 < 2\n\n1 | 2 |',
      html.text(page)
    )
    assert.equals('T', html.title(page))
    assert.same({ '# Hi there\n\nOne two €', false }, { html.text(page:gsub(' &auml;.*', '<p>more'), 12) })
    assert.is_nil(html.title('<p>x'))
  end)

  it('takes no longer for pages that are made to', function()
    local began = os.clock()
    for _, piece in ipairs({ '<script ', '<script>', '<p>"', '<!--', "<a '", '<', '&', '&#x', '<pre>', '</' }) do
      html.text(piece:rep(50000))
      html.title(piece:rep(50000))
    end
    assert.is_true(os.clock() - began < 5)
  end)
end)

describe('outline', function()
  local PATHS = { 'b', 'a/x', 'a/y/z', 'a/y/w', 'c/d' }

  it('draws folders before files', function()
    assert.same({ 'a/', '  y/', '    w', '    z', '  x', 'c/', '  d', 'b' }, (outline.lines(PATHS, 100)))
  end)

  it('closes folders where it would be too long', function()
    local lines, note = outline.lines(PATHS, 6)
    assert.same({ 'a/', '  y/ (2 files)', '  x', 'c/', '  d', 'b' }, lines)
    assert.equals('folders below depth 2 closed', note)
  end)
end)
