local place = require('beans.edit.place')

local function split(text)
  local lines = {}
  for line in (text .. '\n'):gmatch('([^\n]*)\n') do
    lines[#lines + 1] = line
  end
  return lines
end

local FILE = split([[
-- A module.
local M = {}

function M.first(a)
  local sum = a + 1
  return sum
end

function M.second(list)
  for _, item in ipairs(list) do
    print(item)
  end
  return true
end

function M.third()
  return M.first(3)
end

function M.fourth(name)
  return 'hello ' .. name
end

return M]])

--- The file after a block was put to its place.
local function placed(file, block)
  local found = place.find(file, split(block))
  if not found then
    return nil
  end
  local lines = {}
  for i = 1, found.first - 1 do
    lines[#lines + 1] = file[i]
  end
  for _, line in ipairs(found.lines) do
    lines[#lines + 1] = line
  end
  for i = found.last + 1, #file do
    lines[#lines + 1] = file[i]
  end
  return lines, found
end

--- FILE with lines first … last replaced.
local function with(first, last, text)
  local lines = {}
  for i = 1, first - 1 do
    lines[#lines + 1] = FILE[i]
  end
  for _, line in ipairs(text and split(text) or {}) do
    lines[#lines + 1] = line
  end
  for i = last + 1, #FILE do
    lines[#lines + 1] = FILE[i]
  end
  return lines
end

describe('place', function()
  it('of a function is the function, its first line changed too', function()
    local block = 'function M.first(a, b)\n  local sum = a + 1\n  return sum + b\nend'
    assert.are.same(with(4, 7, block), (placed(FILE, block)))
  end)

  it('takes away what the block has not, up to the line that ends it', function()
    local block = 'function M.second(list)\n  for _, item in ipairs(list) do\n    print(item)\n  end\nend'
    assert.are.same(with(9, 14, block), (placed(FILE, block)))
  end)

  it('is not a line far away that happens to be the same', function()
    local block = "function M.fourth(name)\n  local sum = a + 1\n  return 'hello ' .. name\nend"
    assert.are.same(with(20, 22, block), (placed(FILE, block)))
  end)

  it('takes what the block adds around it', function()
    local block = "-- Says hello.\nfunction M.fourth(name)\n  return 'hello ' .. name\nend\n\nfunction M.fifth()\nend"
    assert.are.same(with(20, 22, block), (placed(FILE, block)))
  end)

  it('is the whole file for what begins as the file and is about as long, and for an empty file', function()
    local lines = with(9, 15)
    local result, found = placed(FILE, table.concat(lines, '\n'))
    assert.are.same(lines, result)
    assert.is_true(found.whole)
    assert.are.same({ 'a', 'b' }, (placed({ '' }, 'a\nb')))
    assert.are.same({ 'a' }, (placed({ '', ' ' }, 'a')))
  end)

  it('keeps the lines that the block says stay', function()
    local block = table.concat({
      '-- A module.',
      'local M = {}',
      '',
      '-- ... existing code ...',
      '',
      'function M.third()',
      '  return M.first(33)',
      'end',
      '',
      '-- ... rest of the file stays the same',
    }, '\n')
    assert.are.same(with(17, 17, '  return M.first(33)'), (placed(FILE, block)))
    block = 'function M.second(list)\n  -- ...\n  return #list\nend'
    local result = placed(FILE, block)
    assert.are.same(with(13, 13, '  return #list'), result)
  end)

  it('gives the block the indentation of the place', function()
    local file = { 'class A:', '    def one(self):', '        value = 1', '        return value', '', '    x = 2' }
    local result = placed(file, 'def one(self):\n    value = 2\n    return value')
    assert.are.same(
      { 'class A:', '    def one(self):', '        value = 2', '        return value', '', '    x = 2' },
      result
    )
  end)

  it('keeps CRs at line ends', function()
    local result = placed({ 'alpha\r', 'beginning\r', 'gamma\r', 'delta\r' }, 'beginning\ngamma 2')
    assert.are.same({ 'alpha\r', 'beginning\r', 'gamma 2\r', 'delta\r' }, result)
  end)

  it('is nowhere for what has nothing of the file, or brackets alone', function()
    assert.is_nil(place.find(FILE, { 'int main(void)', '{', '}' }))
    assert.is_nil(place.find(FILE, { 'end', '', 'end' }))
    assert.is_nil(place.find(FILE, {}))
  end)

  it('takes any block for any file', function()
    local kinds = { '', 'end', 'local alpha = 1', '  beta()', '  -- ...', 'gamma', '\t\tdelta\r', 'epsilon zeta' }
    local function random_lines()
      local lines = {}
      for i = 1, math.random(0, 12) do
        lines[i] = kinds[math.random(#kinds)]
      end
      return lines
    end
    for _ = 1, 2000 do
      local file, block = random_lines(), random_lines()
      local found = place.find(file, block)
      if found then
        assert.is_true(found.first >= 1 and found.last <= #file and found.last >= found.first - 1)
      end
    end
  end)
end)
