local typing = require('beans.complete.typing')

--- Takes parts of a candidate until nothing is left.
local function all_of(take, lines)
  local parts = {}
  while #lines > 0 do
    local taken
    taken, lines = take(lines)
    parts[#parts + 1] = table.concat(taken, '\n')
  end
  return parts
end

describe('what typing leaves of a candidate', function()
  it('is what was not typed yet', function()
    assert.same({ 'rn x' }, typing.rest({ 'return x' }, 'retu'))
    assert.same({ 'return x' }, typing.rest({ 'return x' }, ''))
    assert.same({}, typing.rest({ 'return x' }, 'return x'))
    assert.same({ '(b)' }, typing.rest({ 'ä(b)' }, 'ä'))
  end)

  it('is nothing when something else was typed', function()
    assert.is_nil(typing.rest({ 'return x' }, 'rex'))
    assert.is_nil(typing.rest({ 'return x' }, 'return x y'))
  end)

  it('goes over lines', function()
    assert.same({ '  b', 'end' }, typing.rest({ 'a', '  b', 'end' }, 'a\n'))
    assert.same({ 'b', 'end' }, typing.rest({ 'a', '  b', 'end' }, 'a\n  '))
    assert.same({ '', 'end' }, typing.rest({ 'a', '  b', 'end' }, 'a\n  b'))
  end)

  it('ends before a closer that came by itself', function()
    assert.same({ 'a, g(b)' }, typing.rest({ 'f(a, g(b)):' }, 'f(', ')'))
    assert.same({ 'it works' }, typing.rest({ '"it works")' }, '"', '"'))
    assert.same({ '', '  a()', '' }, typing.rest({ '{', '  a()', '}' }, '{', '}'))
    assert.same({ '<T>(a' }, typing.rest({ 'f<T>(a' }, 'f', ')'))
    assert.same({}, typing.rest({ 'f()' }, 'f(', ')'))
  end)
end)

describe('accepting a part', function()
  it('takes words with the blanks and signs before them', function()
    assert.same({ 'foo', '(bar', ', baz_2', ')' }, all_of(typing.word, { 'foo(bar, baz_2)' }))
    assert.same({ ' = x', '.y', ' + 1' }, all_of(typing.word, { ' = x.y + 1' }))
    assert.same({ 'a', '\n  b', '\nend' }, all_of(typing.word, { 'a', '  b', 'end' }))
  end)

  it('knows letters of several bytes, and writing without blanks', function()
    assert.same({ 'größe', ' = naïve' }, all_of(typing.word, { 'größe = naïve' }))
    assert.same({ '日本語', 'です', '。カナ' }, all_of(typing.word, { '日本語です。カナ' }))
    assert.same({ 'ok', '🙂', ' да' }, all_of(typing.word, { 'ok🙂 да' }))
  end)

  it('takes lines with their ends', function()
    assert.same({ 'a\n', '  b\n', 'c' }, all_of(typing.line, { 'a', '  b', 'c' }))
    assert.same({ '\n  b\n', 'end' }, all_of(typing.line, { '', '  b', 'end' }))
    assert.same({ 'a' }, all_of(typing.line, { 'a' }))
  end)

  it('loses nothing', function()
    local seed = os.time()
    math.randomseed(seed)
    local alphabet = { 'a', 'B', '_', '(', ')', ' ', '\n', 'ü', '語', '。', '🙂', '"' }
    for _ = 1, 500 do
      local text = {}
      for i = 1, math.random(30) do
        text[i] = alphabet[math.random(#alphabet)]
      end
      local lines = require('beans.lines').of(table.concat(text))
      for _, take in ipairs({ typing.word, typing.line }) do
        assert.equal(table.concat(text), table.concat(all_of(take, lines)), 'seed ' .. seed)
      end
    end
  end)
end)
