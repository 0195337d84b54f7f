local diff = require('beans.edit.diff')
local inline = require('beans.edit.inline')

--- Lines of so few kinds that they are mistaken for one another.
local function random_lines(most, kinds)
  local lines = {}
  for i = 1, math.random(0, most) do
    local kind = math.random(kinds)
    lines[i] = kind == 1 and '' or (' '):rep(kind % 3) .. kind
  end
  return lines
end

--- The lines with random edits.
local function edited(lines, kinds)
  local result = {}
  for _, line in ipairs(lines) do
    local what = math.random(12)
    if what == 1 then
      result[#result + 1] = tostring(math.random(kinds + 5))
    end
    if what ~= 2 then
      result[#result + 1] = what == 3 and line .. '!' or line
    end
  end
  return result
end

--- What the lines become, told hunk by hunk in another way than diff.apply does it: from the bottom up, in place.
local function spliced(old, new, hunks, accepted)
  local lines = vim.list_slice(old)
  for i = #hunks, 1, -1 do
    local hunk = hunks[i]
    if accepted[i] then
      for _ = 1, hunk.old_count do
        table.remove(lines, hunk.old_first)
      end
      for k = hunk.new_count - 1, 0, -1 do
        table.insert(lines, hunk.old_first, new[hunk.new_first + k])
      end
    end
  end
  return lines
end

describe('diff', function()
  local seed

  before_each(function()
    seed = os.time() + math.floor(os.clock() * 1e6)
    math.randomseed(seed)
  end)

  it('gives the new lines when all hunks are applied, the old ones when none is', function()
    for _ = 1, 3000 do
      local kinds = math.random(2, 9)
      local old = random_lines(math.random(40), kinds)
      local new = math.random() < 0.5 and edited(old, kinds) or random_lines(math.random(40), kinds)
      local hunks = diff.lines(old, new)
      assert.are.same(new, diff.apply(old, new, hunks), 'seed ' .. seed)
      assert.are.same(
        old,
        diff.apply(old, new, hunks, function()
          return false
        end)
      )
    end
  end)

  it('gives the exact mix for any choice of hunks', function()
    for _ = 1, 2000 do
      local kinds = math.random(3, 9)
      local old = random_lines(40, kinds)
      local new = edited(old, kinds)
      local hunks, accepted = diff.lines(old, new), {}
      for i = 1, #hunks do
        accepted[i] = math.random() < 0.5
      end
      local mix = diff.apply(old, new, hunks, function(i)
        return accepted[i]
      end)
      assert.are.same(spliced(old, new, hunks, accepted), mix, 'seed ' .. seed)
    end
  end)

  it('has hunks in order, each of which changes something, with a same line between any two', function()
    for _ = 1, 1000 do
      local kinds = math.random(2, 6)
      local old = random_lines(30, kinds)
      local new = edited(old, kinds)
      local old_at, new_at = 1, 1
      for i, hunk in ipairs(diff.lines(old, new)) do
        assert.is_true(hunk.old_count + hunk.new_count > 0)
        assert.are.equal(hunk.old_first - old_at, hunk.new_first - new_at)
        assert.is_true(i == 1 or hunk.old_first > old_at, 'seed ' .. seed)
        for k = 0, hunk.old_first - old_at - 1 do
          assert.are.equal(old[old_at + k], new[new_at + k])
        end
        old_at, new_at = hunk.old_first + hunk.old_count, hunk.new_first + hunk.new_count
      end
      assert.are.equal(#old - old_at, #new - new_at)
    end
  end)

  it('finds nothing in what is the same', function()
    assert.are.same({}, diff.lines({}, {}))
    assert.are.same({}, diff.lines({ 'a', '', 'a' }, { 'a', '', 'a' }))
  end)

  it('has known hunks', function()
    for _, case in ipairs({
      { {}, { 'a' }, { { 1, 0, 1, 1 } } },
      { { 'a' }, {}, { { 1, 1, 1, 0 } } },
      { { 'a', 'b', 'c' }, { 'a', 'B', 'c' }, { { 2, 1, 2, 1 } } },
      { { 'a', 'b' }, { 'a', 'b', 'c' }, { { 3, 0, 3, 1 } } },
      { { 'a', 'b', 'c' }, { 'b', 'c' }, { { 1, 1, 1, 0 } } },
      { { 'a', 'b', 'c', 'd' }, { 'x', 'b', 'c', 'y' }, { { 1, 1, 1, 1 }, { 4, 1, 4, 1 } } },
    }) do
      local found = {}
      for i, hunk in ipairs(diff.lines(case[1], case[2])) do
        found[i] = { hunk.old_first, hunk.old_count, hunk.new_first, hunk.new_count }
      end
      assert.are.same(case[3], found)
    end
  end)

  it('puts a block where it reads best', function()
    local old = { 'function a()', '  x()', 'end', '', 'function c()', '  z()', 'end' }
    local new =
      { 'function a()', '  x()', 'end', '', 'function b()', '  y()', 'end', '', 'function c()', '  z()', 'end' }
    local hunk = diff.lines(old, new)[1]
    assert.are.same({ 5, 0, 5, 4 }, { hunk.old_first, hunk.old_count, hunk.new_first, hunk.new_count })
  end)

  it('keeps a moved function whole', function()
    local one, two = {}, {}
    for i = 1, 9 do
      one[i], two[i] = 'one ' .. i, 'two ' .. i
    end
    local function joined(a, b)
      local lines = vim.list_slice(a)
      for _, line in ipairs(b) do
        lines[#lines + 1] = line
      end
      return lines
    end
    assert.are.equal(2, #diff.lines(joined(one, two), joined(two, one)))
  end)

  local function quickest(old, new)
    local best = math.huge
    for _ = 1, 5 do
      local began = os.clock()
      diff.lines(old, new)
      best = math.min(best, os.clock() - began)
    end
    return best * 1000
  end

  it('takes a bounded time, however little the sides have in common', function()
    local old, new, same, edits = {}, {}, {}, {}
    for i = 1, 5000 do
      old[i], new[i] = tostring(math.random(60)), tostring(math.random(60))
      same[i] = ('local name_%d = %d'):format(i, math.random(40))
      edits[i] = math.random(20) == 1 and same[i] .. '0' or same[i]
    end
    -- Measured: some 20 ms and 5 ms. Without a bound the first takes seconds.
    assert.is_true(quickest(old, new) < 400)
    assert.is_true(quickest(same, edits) < 60)
  end)
end)

describe('word diff', function()
  local function cut(line, spans)
    local words = {}
    for i, span in ipairs(spans) do
      words[i] = line:sub(span[1] + 1, span[2])
    end
    return words
  end

  it('names the words that changed', function()
    for _, case in ipairs({
      { 'local a = 1', 'local b = 1', { 'a' }, { 'b' } },
      { 'foo(a)', 'foo(a, b)', {}, { ', b' } },
      { 'return x', 'return x', {}, {} },
      { 'größe = 1', 'große = 1', { 'größe' }, { 'große' } },
      { 'one two three', 'one 2 3', { 'two three' }, { '2 3' } },
    }) do
      local old, new = inline.words(case[1], case[2])
      assert.are.same({ case[3], case[4] }, { cut(case[1], old), cut(case[2], new) })
    end
  end)

  it(
    'leaves the same text on both sides when the spans are taken out, cuts no character, and takes long lines',
    function()
      local pieces = { 'a', 'bc', ' ', '  ', '(', ',', 'ä', '日本', '_', '.', '9' }
      local function without(line, spans)
        local rest, at = {}, 0
        for _, span in ipairs(spans) do
          rest[#rest + 1] = line:sub(at + 1, span[1])
          at = span[2]
        end
        return (table.concat(rest) .. line:sub(at + 1))
      end
      local function random_line(count)
        local line = {}
        for i = 1, count do
          line[i] = pieces[math.random(#pieces)]
        end
        return table.concat(line)
      end
      for _ = 1, 500 do
        local old, new = random_line(math.random(0, 25)), random_line(math.random(0, 25))
        local in_old, in_new = inline.words(old, new)
        -- Blanks between two changed words count as changed, so the rest may differ by blanks alone.
        assert.are.equal((without(old, in_old):gsub('%s', '')), (without(new, in_new):gsub('%s', '')))
        for _, span in ipairs(in_new) do
          assert.is_falsy(new:sub(span[1] + 1, span[1] + 1):find('[\128-\191]'))
        end
      end
      local long = ('x,'):rep(5000)
      local _, in_new = inline.words(long, long .. 'y')
      assert.are.same({ { 10000, 10001 } }, in_new)
    end
  )

  it('finds which line became which', function()
    assert.are.same({ 1, 2 }, inline.partners({ 'local a = 1', 'f(a)' }, { 'local b = 1', 'f(b)' }))
    assert.are.same(
      { [2] = 1, [3] = 2 },
      inline.partners({ 'local alpha = 1', 'call(alpha)' }, { '-- new words', 'local alpha = 2', 'call(alpha, 3)' })
    )
    assert.are.same({}, inline.partners({ 'nothing of this' }, { '}' }))
  end)
end)
