-- Random code and the edits that a rewrite makes in it: what is realistic enough to measure how well texts are aligned.

local M = {}

local WORDS = {}
for word in
  ([[open close read write find count state line text buffer window cursor range index item list name value path file
  key color width height parse format split join trim load save start stop reset update render draw focus accept reject
  send receive queue retry limit token model chat prompt]]):gmatch('%a+')
do
  WORDS[#WORDS + 1] = word
end

local KEYWORDS = { ['local'] = true, ['function'] = true, ['return'] = true, ['then'] = true, ['else'] = true }

local function word()
  return WORDS[math.random(#WORDS)]
end

local function name()
  return word() .. '_' .. word()
end

-- Code ----------------------------------------------------------------------------------------------------------------

local add_block

local SIMPLE = {
  function()
    return 'local result = {}'
  end,
  function()
    return 'return nil'
  end,
  function()
    return ('local %s = %s(%s)'):format(word(), name(), word())
  end,
  function()
    return ('%s.%s(%s, %d)'):format(word(), name(), word(), math.random(30))
  end,
  function()
    return ('self.%s = %s'):format(word(), word())
  end,
}

local function add_statement(lines, indent, depth)
  if depth > 0 and math.random(3) == 1 then
    return add_block(lines, indent, depth)
  end
  lines[#lines + 1] = indent .. SIMPLE[math.random(#SIMPLE)]()
end

function add_block(lines, indent, depth)
  local opens = math.random(2) == 1 and ('if %s == %d then'):format(word(), math.random(9))
    or ('for _, item in ipairs(%ss) do'):format(word())
  lines[#lines + 1] = indent .. opens
  for _ = 1, math.random(3) do
    add_statement(lines, indent .. '  ', depth - 1)
  end
  lines[#lines + 1] = indent .. 'end'
end

local function lua_function(is_documented)
  local lines = {}
  if is_documented then
    lines[1] = ('--- %s the %s of a %s.'):format(word(), word(), word())
    lines[2] = math.random(2) == 1 and ('---@param %s string'):format(word()) or nil
  end
  lines[#lines + 1] = ('function M.%s(%s)'):format(name(), word())
  for _ = 1, math.random(2, 9) do
    add_statement(lines, '  ', 2)
  end
  lines[#lines + 1] = 'end'
  return lines
end

local function c_function(is_documented)
  local lines = {}
  local function add(format, ...)
    lines[#lines + 1] = format:format(...)
  end
  if is_documented then
    add('/**')
    add(' * %s the %s of a %s.', word(), word(), word())
    add(' */')
  end
  add('static int %s(struct %s *%s)', name(), word(), word())
  add('{')
  for _ = 1, math.random(2, 6) do
    if math.random(3) == 1 then
      add('    if (!%s) {', word())
      add('        return -1;')
      add('    }')
    else
      add('    %s = %s(%s);', word(), name(), word())
    end
  end
  add('    return 0;')
  add('}')
  return lines
end

local function imports()
  local lines, seen = {}, {}
  for _ = 1, math.random(3, 9) do
    local module = name()
    if not seen[module] then
      seen[module] = true
      lines[#lines + 1] = ("local %s = require('app.%s')"):format(module, module)
    end
  end
  return lines
end

--- A file as its imports and functions; and what makes another function for it.
local function random_file()
  local one = math.random(3) == 1 and c_function or lua_function
  local is_documented = math.random(2) == 1
  local function another()
    return one(is_documented)
  end
  local blocks = { imports() }
  for i = 2, math.random(4, 26) do
    blocks[i] = another()
  end
  return blocks, another
end

local function joined(blocks)
  local lines = {}
  for i, block in ipairs(blocks) do
    if i > 1 then
      lines[#lines + 1] = ''
    end
    for _, line in ipairs(block) do
      lines[#lines + 1] = line
    end
  end
  return lines
end

-- Edits ---------------------------------------------------------------------------------------------------------------

local function random_function(blocks)
  return blocks[math.random(2, #blocks)]
end

local function each_line(blocks, change)
  for _, block in ipairs(blocks) do
    for i, line in ipairs(block) do
      block[i] = change(line)
    end
  end
end

--- Where the statements of a function begin that stand least deep.
local function statements(block)
  local found = {}
  for i, line in ipairs(block) do
    if line:find('^  %w') and not line:find('^  end') then
      found[#found + 1] = i
    end
  end
  return found
end

local EDITS = {
  ['a few lines changed'] = function(blocks)
    for _ = 1, math.random(5) do
      local block = random_function(blocks)
      local at, what = math.random(#block), math.random(4)
      if what <= 2 then
        block[at] = block[at]:gsub('%a+', word, 1) .. (what == 1 and '' or ' -- ' .. word())
      elseif what == 3 then
        table.insert(block, at, ('  %s(%s)'):format(name(), word()))
      elseif #block > 1 then
        table.remove(block, at)
      end
    end
  end,
  ['a function inserted'] = function(blocks, another)
    table.insert(blocks, math.random(2, #blocks + 1), another())
  end,
  ['a function deleted'] = function(blocks)
    table.remove(blocks, math.random(2, #blocks))
  end,
  ['a function moved'] = function(blocks)
    local moved = table.remove(blocks, math.random(2, #blocks))
    table.insert(blocks, math.random(2, #blocks + 1), moved)
  end,
  ['a function written anew'] = function(blocks, another)
    blocks[math.random(2, #blocks)] = another()
  end,
  ['most names changed'] = function(blocks)
    local names = {}
    each_line(blocks, function(line)
      return (
        line:gsub('%a+', function(old)
          names[old] = names[old] or (not KEYWORDS[old] and #old > 3 and math.random(2) == 1 and old .. 's' or old)
          return names[old]
        end)
      )
    end)
  end,
  ['one name changed'] = function(blocks)
    local old = word()
    each_line(blocks, function(line)
      return (line:gsub('%f[%w]' .. old .. '%f[%W]', old .. '_new'))
    end)
  end,
  ['tabs for blanks'] = function(blocks)
    each_line(blocks, function(line)
      return (line:gsub('^ +', function(blanks)
        return ('\t'):rep(math.floor(#blanks / 2))
      end))
    end)
  end,
  ['statements put into a block'] = function(blocks)
    local block = random_function(blocks)
    local found = statements(block)
    if #found > 1 then
      local one = math.random(#found - 1)
      local from, to = found[one], found[math.random(one + 1, #found)] - 1
      for i = from, to do
        block[i] = '  ' .. block[i]
      end
      table.insert(block, to + 1, '  end')
      table.insert(block, from, ('  if %s then'):format(name()))
    end
  end,
  ['imports sorted'] = function(blocks)
    table.sort(blocks[1])
  end,
  ['a comment put above each function'] = function(blocks)
    for i = 2, #blocks do
      table.insert(blocks[i], 1, ('--- %s %s.'):format(name(), word()))
    end
  end,
}

M.names = {}
for edit in pairs(EDITS) do
  M.names[#M.names + 1] = edit
end
table.sort(M.names)

--- Random code, and the same after edits.
---@param edits string[] of `names`, one after the other
---@return string[] old
---@return string[] new
function M.pair(edits)
  local blocks, another = random_file()
  local old = joined(blocks)
  for _, edit in ipairs(edits) do
    EDITS[edit](blocks, another)
  end
  return old, joined(blocks)
end

return M
