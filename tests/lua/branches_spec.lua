local branches = require('beans.chat.branches')
local transcript = require('beans.transcript')

local PIECES = { 'x', '\n', '\n\n', '> ', '# Beans\n', '> [!BEANS] alternative 1 of 2\n', '\\', '---\n' }

local function lines_of(text)
  local lines = {}
  for line in (text .. '\n'):gmatch('([^\n]*)\n') do
    lines[#lines + 1] = line
  end
  return lines
end

local function contents(lines)
  local list = {}
  for _, message in ipairs(transcript.parse(lines)) do
    list[#list + 1] = message.role .. ': ' .. message.content
  end
  return list
end

--- Begins another continuation and gives it a text.
local function another(tail, text)
  local lines = branches.begin(tail, '# Beans')
  for _, line in ipairs(lines_of(text .. '\n\n# You\n\n')) do
    lines[#lines + 1] = line
  end
  return lines
end

describe('branches', function()
  local tail = lines_of('# Beans\n\nfirst\n\n# You\n\nand?\n\n# Beans\n\nmore\n\n# You\n\n')

  it('keeps the old continuation, with all that followed, out of what is sent', function()
    local lines = another(tail, 'second')
    assert.same({ 'assistant: second', 'user: ' }, contents(lines))
    assert.equals('> [!BEANS] alternative 1 of 2', lines[3])
    assert.same({ 2, 2 }, { branches.place(transcript.parse(lines)[1]) })
    assert.same({ 1, 1 }, { branches.place(transcript.parse(tail)[1]) })
  end)

  it('walks round in both directions', function()
    local lines = another(another(tail, 'second'), 'third')
    assert.same({ 3, 3 }, { branches.place(transcript.parse(lines)[1]) })
    local seen = {}
    for i = 1, 3 do
      lines = branches.turn(lines, 1)
      seen[i] = contents(lines)[1] .. ' ' .. branches.place(transcript.parse(lines)[1])
    end
    assert.same({ 'assistant: first 1', 'assistant: second 2', 'assistant: third 3' }, seen)
    assert.same({ 'assistant: second', 'user: ' }, contents(branches.turn(lines, -1)))
    assert.same({ 'assistant: first', 'user: and?', 'assistant: more', 'user: ' }, contents(branches.turn(lines, 1)))
  end)

  it('has nothing to walk to without another', function()
    assert.is_nil(branches.turn(tail, 1))
  end)

  it('comes back to the same lines after a whole round', function()
    local lines = branches.turn(another(another(tail, '> [!BEANS] no\n\n> quoted\n'), 'third'), 1)
    local round = lines
    for _ = 1, 3 do
      round = branches.turn(round, 1)
    end
    assert.same(lines, round)
  end)

  it('keeps alternatives inside alternatives', function()
    local inner = lines_of('# Beans\n\nmore\n\n# You\n\n')
    local outer = lines_of('# Beans\n\nfirst\n\n# You\n\nand?\n')
    for _, line in ipairs(another(inner, 'other')) do
      outer[#outer + 1] = line
    end
    local lines = another(outer, 'second')
    local back = branches.turn(lines, -1)
    assert.same({ 'assistant: first', 'user: and?', 'assistant: other', 'user: ' }, contents(back))
    assert.same({ 2, 2 }, { branches.place(transcript.parse(back)[3]) })
  end)

  it('puts up with numbers that were changed by hand', function()
    local lines = another(another(tail, 'second'), 'third')
    for i, line in ipairs(lines) do
      lines[i] = line:gsub('alternative %d of 3', 'alternative 7 of 9')
    end
    local seen = {}
    for i = 1, 3 do
      lines = branches.turn(lines, 1)
      seen[i] = contents(lines)[1]
    end
    table.sort(seen)
    assert.same({ 'assistant: first', 'assistant: second', 'assistant: third' }, seen)
  end)

  it('loses no text in a walk over anything', function()
    for seed = 1, 300 do
      math.randomseed(seed)
      local texts, lines = {}, nil
      for i = 1, math.random(2, 4) do
        local pieces = {}
        for j = 1, math.random(0, 6) do
          pieces[j] = PIECES[math.random(#PIECES)]
        end
        -- Blank lines at the very end of a continuation are not kept, as the notice ends there.
        texts[i] = (table.concat(pieces) .. '.'):gsub('^%s+', '')
        local body = transcript.escape(texts[i])
        lines = lines and another(lines, body) or lines_of('# Beans\n\n' .. body .. '\n\n# You\n\n')
      end
      local seen = {}
      for i = 1, #texts do
        lines = branches.turn(lines, 1)
        seen[i] = contents(lines)[1]
      end
      for i, text in ipairs(texts) do
        assert.equals('assistant: ' .. text, seen[i], 'with the seed ' .. seed)
      end
    end
  end)
end)
