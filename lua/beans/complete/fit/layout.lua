-- Where the lines of a candidate stand: their indentation as the file has it, and where the block that is being written
-- ends. Pure.

local surroundings = require('beans.complete.fit.surroundings')

local M = {}

---@class beans.Layout
---@field private tabs boolean the file is indented with tabs
---@field private unit integer width of a level
---@field private base integer width of the cursor's line
---@field private floor integer|nil lines less indented than that are outside the block; known with the second line
---@field private shift integer|nil by how much the model's lines are moved; known with the second line
---@field private flat boolean the model writes no indentation at all
---@field private absolute boolean the model wrote the indentation of the first line, too
---@field private first_line string the first line, with what stands before the cursor
---@field private alone boolean nothing stands before the cursor
---@field private prose boolean
---@field private strict boolean the filetype's lines can be moved by their look
---@field private after string[]
---@field private seen table<integer, boolean> widths of the candidate's own lines
local Layout = {}
Layout.__index = Layout

local CLOSING_WORDS = { ['end'] = true, fi = true, done = true, esac = true, endif = true, endfunction = true }
local BLOCK_ENDS = { ['return'] = true, ['break'] = true, continue = true, raise = true, throw = true, pass = true }
local CONTINUATIONS = { ['else'] = true, ['elseif'] = true, elif = true, elsif = true, except = true, catch = true }
CONTINUATIONS.finally, CONTINUATIONS.rescue, CONTINUATIONS.ensure = true, true, true
local DEFINITIONS = {}
local DEFINING = 'def class function func fn fun pub export import from async const static struct enum impl trait type '
  .. 'interface public private protected module package namespace template typedef'
for word in DEFINING:gmatch('%S+') do
  DEFINITIONS[word] = true
end

---@param cursor beans.Cursor
---@param prose boolean the file is words, not code
---@param in_words boolean the cursor stands in words: in a comment, too
---@return beans.Layout
function M.new(cursor, prose, in_words)
  local unit = surroundings.unit(cursor.indent)
  return setmetatable({
    tabs = cursor.indent == '\t',
    unit = unit,
    base = surroundings.width(cursor.prefix, unit),
    flat = false,
    absolute = false,
    first_line = '',
    prose = prose,
    strict = not in_words,
    alone = false,
    after = cursor.after,
    seen = {},
  }, Layout)
end

---@return integer
function Layout:width(line)
  return surroundings.width(line, self.unit)
end

---@param width integer
---@return string
function Layout:blanks(width)
  if not self.tabs then
    return (' '):rep(width)
  end
  return ('\t'):rep(math.floor(width / self.unit)) .. (' '):rep(width % self.unit)
end

--- Whether a line closes, and does nothing else.
---@param text string
---@return boolean
function M.is_closer(text)
  local word = text:match('^%a+')
  if word then
    return CLOSING_WORDS[word] == true and text:find('^%a+[%s%)%]},;]*$') ~= nil
  end
  return text:find('^[%)%]}][%s%)%]},;]*$') ~= nil or text:find('^</[%w:._-]*>?$') ~= nil
end

--- Whether the next line is to be indented deeper.
---@param text string
---@return boolean
function M.opens(text)
  local last = text:match('%S+%s*$') or ''
  return text:find('[%({%[:]%s*$') ~= nil
    or text:find('=>%s*$') ~= nil
    or text:find('%f[%w_]function[%s%w_.:]*%b()%s*$') ~= nil
    or text:find('^%s*<%a[^<>]*>%s*$') ~= nil
    or last:find('^then%s*$') ~= nil
    or last:find('^do%s*$') ~= nil
    or last:find('^else%s*$') ~= nil
    or last:find('^repeat%s*$') ~= nil
end

--- Whether a line begins something that stands for itself.
---@param text string
---@return boolean
local function is_definition(text)
  return DEFINITIONS[text:match('^[%a]+') or ''] == true
    or text:find('^local function') ~= nil
    or text:find('^[@#]%a') ~= nil
    or text:find('^#%[') ~= nil
    or text:find('^if __name__') ~= nil
end

--- Whether more of a line may make it a definition.
---@param text string
---@return boolean
function M.may_define(text)
  return ('local function'):sub(1, #text) == text or ('if __name__'):sub(1, #text) == text
end

--- Whether a line goes on with a statement whose block it ends.
local function goes_on(text)
  local word = text:match('^[%s}]*(%a+)')
  return CONTINUATIONS[word or ''] == true and text:find('^[}%a]') ~= nil
end

--- A first line that stands in the cursor's indentation, without what is there of it.
---@param prefix string blank
---@param line string
---@return string text
---@return boolean absolute the model wrote the indentation
function Layout:first(prefix, line)
  local width, there = self:width(line), self:width(prefix)
  local text = line:match('^[ \t]*(.*)$')
  if width >= there and width > 0 then
    return self:blanks(width):sub(#self:blanks(there) + 1) .. text, true
  end
  return text, false
end

--- Takes the first line: what the prefix and the candidate make together.
---@param line string
---@param absolute boolean the model wrote its indentation
---@param alone boolean all of it is the candidate's
function Layout:begin(line, absolute, alone)
  self.first_line, self.absolute, self.alone = line, absolute, alone
  if alone then
    self.base = self:width(line)
    self.floor = self.base
    self.seen = { [self.base] = true }
  end
end

--- How far the model's lines are to be moved, told by the first that follows.
local function shift_of(self, text, width, outer_width, after_blank)
  if not self.strict then
    return 0
  elseif M.is_closer(text) then
    return width < self.base and math.max(0, (outer_width or width) - width) or nil
  elseif M.opens(self.first_line) then
    local beside = text:find('^case%f[%W]') or text:find('^default%f[%W]') or text:find('^%-')
    return width <= self.base and not beside and self.base + self.unit - width or 0
  elseif width == 0 and self.base > 0 and not (self.absolute or after_blank or text:find('^{')) then
    local word = self.first_line:match('^%s*(%a+)') or ''
    return not (BLOCK_ENDS[word] or is_definition(text) or goes_on(text)) and self.base or 0
  end
  return 0
end

--- Gives a line that follows the indentation it has in the file.
---@param line string
---@param outer_width integer|nil the indentation of what the line closes
---@param after_blank boolean a blank line stands before it
---@return string text without it
---@return integer width
function Layout:mend(line, outer_width, after_blank)
  local text, width = line:match('^[ \t]*(.*)$'), self:width(line)
  local shift = self.shift
  if not shift then
    shift = shift_of(self, text, width, outer_width, after_blank)
    self.shift, self.flat = shift, width == 0 and (shift or 0) > 0
  elseif self.flat and width == 0 and M.is_closer(text:match('^(.-)%s*$')) then
    return text, self.base
  end
  return text, width + (shift or 0)
end

--- Whether the lines below have what closes a block of some indentation.
local function closes_below(self, width, text)
  local head = text:match('^%a+') or text:match('^</?[%w:._-]+') or text:sub(1, 1)
  for _, line in ipairs(self.after) do
    local below = line:match('^%s*(.-)%s*$')
    if below ~= '' and self:width(line) <= width then
      return self:width(line) == width and below:sub(1, #head) == head and M.is_closer(below)
    end
  end
  return false
end

--- The first line below that is not blank.
---@return string|nil text without its indentation
---@return integer|nil width
local function below_of(self)
  for _, line in ipairs(self.after) do
    local text = line:match('^%s*(.-)%s*$')
    if text ~= '' then
      return text, self:width(line)
    end
  end
end

--- Whether a line of a candidate is the first of those below. A closer is only what it closes.
local function is_below(self, width, text)
  local below, below_width = below_of(self)
  if below == text and M.is_closer(text) then
    return below_width == width and not self.seen[width]
  end
  return below == text
end

--- Whether a first line that is all of the cursor's line stands below already.
---@param text string
---@param width integer
---@return boolean
function Layout:is_there(text, width)
  local below, below_width = below_of(self)
  return below ~= nil and below == text and (not M.is_closer(text) or below_width <= width)
end

--- Whether a beginning may become the first line below.
---@param text string
---@return boolean
function Layout:may_be_below(text)
  local below = below_of(self)
  return below ~= nil and below:sub(1, #text) == text
end

--- Takes a line that follows, and says whether it belongs to the candidate.
---@param text string not blank
---@param width integer
---@param after_blank boolean a blank line stands before it
---@return 'within'|'last'|'beyond'|'there'
function Layout:place(text, width, after_blank)
  local closer = M.is_closer(text)
  local floor = self.floor or (closer and self.base or math.max(self.base, width))
  if is_below(self, width, text) then
    return 'there'
  elseif after_blank and width <= self.base and (self.prose or is_definition(text)) then
    return 'beyond'
  elseif not self.alone and width == self.base and width < floor and goes_on(text) then
    return 'within'
  elseif width < floor or (closer and width == floor and not self.seen[width] and not self.floor) then
    return not closer and 'beyond' or closes_below(self, width, text) and 'there' or 'last'
  end
  if not closer then
    self.floor = floor
  end
  if not self.seen[width] then
    local seen = { [width] = true }
    for one in pairs(self.seen) do
      seen[one] = true
    end
    self.seen = seen
  end
  return 'within'
end

return M
