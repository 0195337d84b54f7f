-- What a model repeats before it goes on: the lines above the cursor, the cursor's line, its last word. Pure.

local M = {}

-- How many lines above the cursor a model may begin with.
local ABOVE = 20

---@class beans.Echo the lines above, as long as the answer may be repeating them
---@field private above string[] the last lines above and the cursor's, without indentation
---@field private places integer[]|nil where in `above` the lines held back may begin; nil: it is decided
---@field private held string[] lines that may be a repetition
local Echo = {}
Echo.__index = Echo

local function trim(line)
  return line:match('^%s*(.-)%s*$')
end

---@param before string[]
---@param prefix string
---@return beans.Echo
function M.new(before, prefix)
  local above = {}
  for i = math.max(1, #before - ABOVE + 1), #before do
    above[#above + 1] = trim(before[i])
  end
  above[#above + 1] = prefix:match('^%s*(.*)')
  return setmetatable({ above = above, held = {} }, Echo)
end

--- Whether a line tells enough to be recognised: `end` and `}` are written again and again.
local function is_telling(line)
  return line:find('%a%a%a%a') ~= nil or (line:find('%a%a%a') ~= nil and line:find('[^%w]') ~= nil)
end

--- Where the lines held back may begin when one more line joins them.
local function places_with(self, text, whole)
  local places = {}
  local function consider(place)
    local line = self.above[place + #self.held]
    if not line or line == '' and text ~= '' then
      return
    elseif place + #self.held == #self.above then -- the cursor's line: the answer goes on in it
      local size = math.min(#line, #text)
      if line:sub(1, size) == text:sub(1, size) and (#text >= #line or not whole) then
        places[#places + 1] = place
      end
    elseif line == text or (not whole and line:sub(1, #text) == text) then
      places[#places + 1] = place
    end
  end
  if self.places then
    for _, place in ipairs(self.places) do
      consider(place)
    end
  else
    for place = 1, #self.above - 1 do
      if is_telling(self.above[place]) then
        consider(place)
      end
    end
  end
  return places
end

local function plus(lines, line)
  local result = {}
  for i, one in ipairs(lines) do
    result[i] = one
  end
  result[#result + 1] = line
  return result
end

--- Takes a line of text.
---@param line string
---@param whole boolean
---@return string[] lines that are no repetition; empty while it is not decided
function Echo:take(line, whole)
  if self.done then
    return { line }
  end
  local text = trim(line)
  if text == '' and #self.held == 0 then
    return { line }
  end
  local places = places_with(self, text, whole)
  if #places == 0 then
    local lines = plus(self.held, line)
    self.done, self.held = true, {}
    return lines
  end
  local last = places[#places]
  local arrived = #self.held + last == #self.above
  if arrived and #text >= #self.above[#self.above] and #text > 0 then
    self.done, self.held = true, {}
    return { line } -- the cursor's line with what follows: its beginning is cut as any repetition is
  end
  if whole then
    self.held, self.places = plus(self.held, line), places
    if #self.held + last == #self.above and self.above[#self.above] == '' then
      self.done, self.held = true, {} -- all lines above, and the cursor's is blank
    end
  end
  return {}
end

--- What was held back and proved to be text, at the end of the answer.
---@return string[]
function Echo:flush()
  local lines = self.held
  self.done, self.held = true, {}
  return lines
end

local function is_word(char)
  return char:find('^[%w_\128-\255]') ~= nil
end

--- What of the text before the cursor an answer may repeat: all of the line, an expression, a word.
---@return string[]
local function tails(prefix)
  local line = prefix:match('^%s*(.*)')
  local list = {}
  if #trim(line) >= 2 or is_word(line) or line:find('^%p%s+$') then
    list[1] = line
    if trim(line) ~= line and #trim(line) >= 2 then
      list[2] = trim(line)
    end
  end
  for _, pattern in ipairs({ '[%w_\128-\255][%w_.:\128-\255]*$', '[%w_\128-\255]+$' }) do
    local tail = line:match(pattern)
    list[#list + 1] = tail and #tail >= 2 and tail or nil
  end
  return list
end

--- Cuts from a first line what the cursor's line has already.
---@param prefix string
---@param line string
---@param whole boolean
---@return string|nil rest nil: more text will tell
function M.cut(prefix, line, whole)
  local text = line:match('^%s*(.*)')
  for _, tail in ipairs(tails(prefix)) do
    if text:sub(1, #tail) == tail then
      return text:sub(#tail + 1)
    elseif not whole and tail:sub(1, #text) == text then
      return nil
    end
  end
  return line
end

return M
