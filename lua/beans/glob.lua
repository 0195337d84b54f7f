-- Patterns for names of files, as shells and git have them: `*`, `?`, `[a-z]`, `\` and, as a whole part of a path,
-- `**`. Neither the editor's glob() nor expand() is used anywhere, for they run what stands in backticks. Matching
-- takes at most name × pattern steps, whoever wrote the pattern. Pure.

local M = {}

local STAR, ANY, DEEP = { 'star' }, { 'any' }, { 'deep' }

-- One part of a path --------------------------------------------------------------------------------------------------

--- The characters of a text; a byte that begins none stands for itself.
local function characters(text)
  local list, at = {}, 1
  while at <= #text do
    local character = text:match('^[\192-\247][\128-\191]+', at) or text:sub(at, at)
    list[#list + 1] = character
    at = at + #character
  end
  return list
end

--- A number that sorts characters as Unicode does; `<` on strings would ask the locale.
local function rank(character)
  local value = 0
  for i = 1, #character do
    value = value * 256 + character:byte(i)
  end
  return value
end

local POSIX = {
  alnum = '%w',
  alpha = '%a',
  blank = '[ \t]',
  cntrl = '%c',
  digit = '%d',
  graph = '[%w%p]',
  lower = '%l',
  print = '[%w%p ]',
  punct = '%p',
  space = '%s',
  upper = '%u',
  xdigit = '%x',
}

--- Reads `[…]` that begins at `from`. Gives the class and where it ends, or nil when it never does.
local function read_class(chars, from)
  local class, at = { ranges = {}, patterns = {}, negated = false }, from + 1
  if chars[at] == '!' or chars[at] == '^' then
    class.negated, at = true, at + 1
  end
  local first = at
  while chars[at] and (chars[at] ~= ']' or at == first) do
    local name, length = table.concat(chars, '', at, math.min(at + 9, #chars)):match('^%[:(%a+):%]()')
    if name then
      class.patterns[#class.patterns + 1] = POSIX[name] or '^$'
      at = at + length - 1
    else
      at = chars[at] == '\\' and at + 1 or at
      local low, high = chars[at], chars[at]
      if chars[at + 1] == '-' and chars[at + 2] and chars[at + 2] ~= ']' then
        at = chars[at + 2] == '\\' and at + 3 or at + 2
        high = chars[at]
      end
      if not high then
        return nil
      end
      class.ranges[#class.ranges + 1] = { rank(low), rank(high) }
      at = at + 1
    end
  end
  if not chars[at] then
    return nil
  end
  return class, at
end

local function is_in(class, character)
  local value, found = rank(character), false
  for _, range in ipairs(class.ranges) do
    found = found or (value >= range[1] and value <= range[2])
  end
  for _, pattern in ipairs(class.patterns) do
    found = found or (#character == 1 and character:find(pattern) ~= nil)
  end
  return found ~= class.negated
end

--- Reads the pattern of one part of a path; nil when it is none (an open bracket, a last backslash), as git has it.
local function read_part(text)
  local chars, tokens, at = characters(text), {}, 1
  local plain = true
  while chars[at] do
    local token = chars[at]
    if token == '*' then
      token, plain = STAR, false
    elseif token == '?' then
      token, plain = ANY, false
    elseif token == '[' then
      token, at = read_class(chars, at)
      plain = false
      if not token then
        return nil
      end
    elseif token == '\\' then
      at = at + 1
      token = chars[at]
      if not token then
        return nil
      end
    end
    tokens[#tokens + 1] = token
    at = at + 1
  end
  return plain and table.concat(tokens) or tokens
end

local function fits(token, character)
  if token == ANY then
    return true
  elseif type(token) == 'string' then
    return token == character
  end
  return token ~= nil and is_in(token, character)
end

--- Walks along both; at a dead end the last star takes one more. What an earlier star took need never be looked at
--- again.
local function walk(tokens, items, first, last, is_star, matches)
  local t, i, star, resume = 1, first, nil, nil
  while i <= last do
    if tokens[t] ~= nil and is_star(tokens[t]) then
      star, resume = t, i
      t = t + 1
    elseif tokens[t] ~= nil and matches(tokens[t], items[i]) then
      t, i = t + 1, i + 1
    elseif star then
      resume = resume + 1
      t, i = star + 1, resume
    else
      return false
    end
  end
  while tokens[t] ~= nil and is_star(tokens[t]) do
    t = t + 1
  end
  return tokens[t] == nil
end

local function is_any_text(token)
  return token == STAR
end

-- One name is asked of many patterns, one after the other.
local last_name, last_characters

--- Whether a name of a file or folder matches.
local function part_matches(part, name)
  if type(part) == 'string' then
    return part == name
  elseif name ~= last_name then
    last_name, last_characters = name, characters(name)
  end
  local chars = last_characters
  return walk(part, chars, 1, #chars, is_any_text, fits)
end

-- Whole paths ---------------------------------------------------------------------------------------------------------

---@class beans.Glob a pattern, a part for each part of a path; opaque

--- Reads a pattern whose parts stand between slashes.
---@param text string
---@return beans.Glob|nil # nil: it can match nothing
function M.parse(text)
  local glob = {}
  for part in text:gmatch('[^/]+') do
    local read = part == '**' and DEEP or read_part(part)
    if not read then
      return nil
    end
    if read ~= DEEP or glob[#glob] ~= DEEP then
      glob[#glob + 1] = read
    end
  end
  if glob[#glob] == DEEP then
    glob[#glob + 1] = { STAR } -- all that is below, not the folder itself
  end
  return glob
end

local function is_deep(part)
  return part == DEEP
end

--- Whether parts `first` to `last` of a path match.
---@param glob beans.Glob
---@param parts string[]
---@param first? integer
---@param last? integer
---@return boolean
function M.matches(glob, parts, first, last)
  return walk(glob, parts, first or 1, last or #parts, is_deep, part_matches)
end

--- Whether something below a folder may match.
---@param glob beans.Glob
---@param parts string[] of the folder
---@return boolean
function M.reaches_below(glob, parts)
  for i, name in ipairs(parts) do
    if glob[i] == DEEP then
      return true
    elseif glob[i] == nil or not part_matches(glob[i], name) then
      return false
    end
  end
  return #parts < #glob
end

--- Whether it has `**` in it.
---@param glob beans.Glob
---@return boolean
function M.is_deep(glob)
  for _, part in ipairs(glob) do
    if part == DEEP then
      return true
    end
  end
  return false
end

--- Whether a text is more than a plain name.
---@param text string
---@return boolean
function M.is_pattern(text)
  return text:find('[*?%[]') ~= nil
end

return M
