local merge = require('beans.edit.merge')

local function list(text)
  local lines = {}
  for line in text:gmatch('%S+') do
    lines[#lines + 1] = line
  end
  return lines
end

local function words(lines)
  return table.concat(lines, ' ')
end

--- Lines of so few kinds that they are mistaken for one another.
local function random_lines(most, kinds)
  local lines = {}
  for i = 1, math.random(0, most) do
    local kind = math.random(kinds)
    lines[i] = kind == 1 and '' or kind == 2 and '}' or 'line ' .. kind
  end
  return lines
end

local function edited(lines, kinds)
  local result = {}
  for _, line in ipairs(lines) do
    local what = math.random(10)
    if what == 1 then
      result[#result + 1] = 'line ' .. math.random(kinds + 3)
    end
    if what ~= 2 then
      result[#result + 1] = what == 3 and line .. '!' or line
    end
  end
  return result
end

--- The lines with those of the conflicts replaced.
local function with_side(lines, conflicts, side)
  local result, at = {}, 1
  local function copy(from, first, last)
    for i = first, last do
      result[#result + 1] = from[i]
    end
  end
  for _, conflict in ipairs(conflicts) do
    copy(lines, at, conflict.first - 1)
    copy(conflict[side], 1, #conflict[side])
    at = conflict.first + conflict.count
  end
  copy(lines, at, #lines)
  return result
end

local function ours_of(lines, conflict)
  local ours = {}
  for i = conflict.first, conflict.first + conflict.count - 1 do
    ours[#ours + 1] = lines[i]
  end
  return ours
end

describe('merge', function()
  before_each(function()
    math.randomseed(4711)
  end)

  it('of a side that changed nothing is the other, and of two that are the same is that', function()
    for _ = 1, 1500 do
      local kinds = math.random(3, 9)
      local base = random_lines(30, kinds)
      local other = math.random(3) == 1 and random_lines(30, kinds) or edited(base, kinds)
      for _, case in ipairs({ { base, other }, { other, base }, { other, other } }) do
        local lines, conflicts = merge.three(base, case[1], case[2])
        assert.are.same(other, lines)
        assert.are.same({}, conflicts)
      end
    end
  end)

  it('is the same from either side, up to who stands in the conflicts', function()
    local found = 0
    for _ = 1, 1500 do
      local kinds = math.random(3, 9)
      local base = random_lines(30, kinds)
      local ours, theirs = edited(base, kinds), edited(base, kinds)
      local lines, conflicts = merge.three(base, ours, theirs)
      local mirrored, other_conflicts = merge.three(base, theirs, ours)
      assert.are.same(mirrored, with_side(lines, conflicts, 'theirs'))
      assert.are.same(lines, with_side(mirrored, other_conflicts, 'theirs'))
      assert.are.equal(#conflicts, #other_conflicts)
      for i, conflict in ipairs(conflicts) do
        assert.are.same(conflict.base, other_conflicts[i].base)
        assert.are.same(ours_of(lines, conflict), other_conflicts[i].theirs)
        assert.are_not.same(ours_of(lines, conflict), conflict.theirs)
      end
      found = found + #conflicts
    end
    assert.is_true(found > 500)
  end)

  it('has both sides where they changed other lines, next to each other too', function()
    for _ = 1, 1000 do
      local base, ours, theirs, both = {}, {}, {}, {}
      for i = 1, math.random(20) do
        base[i] = 'line number ' .. i
        local who, what = math.random(3), math.random(3)
        local function add(to)
          if what > 1 then
            to[#to + 1] = base[i] .. (what == 2 and '' or ' changed')
          end
        end
        local function keep(to)
          to[#to + 1] = base[i]
        end
        local change = { who == 1 and add or keep, who == 2 and add or keep, who < 3 and add or keep }
        change[1](ours)
        change[2](theirs)
        change[3](both)
      end
      local lines, conflicts = merge.three(base, ours, theirs)
      assert.are.same({}, conflicts)
      assert.are.same(both, lines)
    end
  end)

  it('has known results', function()
    for _, case in ipairs({
      -- base, ours, theirs, result; conflicts: first, count, theirs, base
      { 'a b c', 'a X c', 'a b Y', 'a X Y' },
      { 'a b c', 'a X c', 'a Y c', 'a X c', { 2, 1, 'Y', 'b' } },
      { 'a b c', 'a c', 'a Y c', 'a c', { 2, 0, 'Y', 'b' } },
      { 'a b c', 'a X b c', 'a Y b c', 'a X b c', { 2, 1, 'Y', '' } },
      { 'a b c', 'a X b c', 'a X b Y c', 'a X b Y c' },
      { 'a b c', 'a N b c', 'a Y c', 'a N Y c' },
      { 'a b c', 'a b N c', 'a c', 'a N c' },
      { 'a b c d', 'a X Y Z d', 'a b N c d', 'a X Y Z d', { 2, 3, 'b N c', 'b c' } },
      { '', 'X', 'Y', 'X', { 1, 1, 'Y', '' } },
      { 'a b c d e', 'A b c d e', 'a b c d E', 'A b c d E' },
    }) do
      local lines, conflicts = merge.three(list(case[1]), list(case[2]), list(case[3]))
      assert.are.equal(case[4], words(lines))
      local found = conflicts[1]
      assert.are.same(case[5], found and { found.first, found.count, words(found.theirs), words(found.base) })
      assert.is_true(#conflicts <= 1)
    end
  end)

  it('of lines that were changed one by one conflicts only in those that both changed to others', function()
    local base = { 'local count = 1', 'local total = 2', 'local width = 3', 'return count' }
    local ours = { 'local n_count = 1', 'local total = 20', 'local n_width = 3', 'return n_count' }
    local theirs = { 'local n_count = 1', 'local total = 2, 5', 'local width = 3', 'return count' }
    local lines, conflicts = merge.three(base, ours, theirs)
    assert.are.same(ours, lines)
    assert.are.same({ { first = 2, count = 1, theirs = { theirs[2] }, base = { base[2] } } }, conflicts)
  end)

  it('takes one inserted line between two that became others one by one', function()
    local base = { 'local count = 1', 'local total = 2' }
    local theirs = { 'local count = 1', '-- between', 'local total = 2' }
    local lines, conflicts = merge.three(base, { 'local count = 3', 'local total = 4' }, theirs)
    assert.are.same({ 'local count = 3', '-- between', 'local total = 4' }, lines)
    assert.are.same({}, conflicts)
  end)
end)
