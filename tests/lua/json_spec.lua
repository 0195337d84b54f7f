local json = require('beans.json')

local function utf8_of(code)
  return vim.fn.nr2char(code, true)
end

describe('json', function()
  it('reads what JSON has', function()
    local text = ' {"a": [1, -2.5e3, true, false, null], "b": {"c": "d"}, "e": [], "f": {}, "": 0} '
    assert.same({
      a = { 1, -2500, true, false },
      b = { c = 'd' },
      e = {},
      f = {},
      [''] = 0,
    }, (json.decode(text)))
    assert.equals('Be brief.', (json.decode('"Be brief."')))
    assert.is_false((json.decode('false')))
  end)

  it('marks what Lua has no word for', function()
    local null, object = {}, {}
    local value = json.decode('{"a": null, "b": {}}', {
      null = null,
      object = function(fields)
        return setmetatable(fields, object)
      end,
    })
    assert.equals(null, value.a)
    assert.equals(object, getmetatable(value))
    assert.equals(object, getmetatable(value.b))
  end)

  it('reads every escape', function()
    assert.equals('"\\/\b\f\n\r\t', (json.decode([["\"\\\/\b\f\n\r\t"]])))
    for _, code in ipairs({ 0x41, 0xE4, 0x20AC, 0x1F600 }) do
      assert.equals(utf8_of(code), (json.decode(vim.json.encode(utf8_of(code)))))
    end
    assert.equals('ä€😀', (json.decode([["\u00e4\u20AC\ud83d\ude00"]])))
  end)

  it('says what is wrong, and where', function()
    for text, problem in pairs({
      [''] = 'no value at character 1',
      ['{'] = 'no name in quotes at character 2',
      ['{"a" 1}'] = 'no ":" at character 6',
      ['{"a": 1 "b": 2}'] = 'neither "," nor "}" at character 9',
      ['{"a": 1,}'] = 'no name in quotes at character 9',
      ['[1,]'] = 'no value at character 4',
      ['[1'] = 'neither "," nor "]" at character 3',
      ['"a'] = 'a string without an end at character 3',
      ['"a\nb"'] = 'a control character in a string at character 3',
      ['"\\x"'] = 'an unknown escape at character 3',
      ['"\\u12"'] = 'a \\u without four hexadecimal digits at character 3',
      ['"\\ud800"'] = 'half a character at character 3',
      ['01'] = 'no value at character 1',
      ['1.'] = 'no value at character 1',
      ['-'] = 'no value at character 1',
      ['nil'] = 'no value at character 1',
      ['1 2'] = 'more text at character 3',
      [('['):rep(101)] = 'too many brackets at character 101',
    }) do
      local value, said = json.decode(text)
      assert.is_nil(value)
      assert.equals(problem, said)
    end
  end)

  it('agrees with another reader on random values', function()
    math.randomseed(7)
    local function random_value(depth)
      local kind = math.random(depth > 3 and 4 or 6)
      if kind == 1 then
        return math.random(-1000, 1000) / 8
      elseif kind == 2 then
        return math.random(2) == 1
      elseif kind <= 4 then
        local characters = {}
        for i = 1, math.random(0, 8) do
          characters[i] = utf8_of(math.random(1, 0xD7FF))
        end
        return table.concat(characters)
      end
      local value = { random_value(depth + 1) }
      if kind == 5 then
        value = { a = random_value(depth + 1), ['b c'] = random_value(depth + 1) }
      end
      return value
    end
    for _ = 1, 500 do
      local value = random_value(0)
      assert.same(value, (json.decode(vim.json.encode(value))))
    end
  end)
end)
