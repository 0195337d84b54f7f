-- Where characters stand on the screen: what both hosts compute the same way once they can take a text apart. A
-- character is one with all that is combined with it. Columns count from 0, as if nothing were wrapped.

---@class beans.Characters what an editor knows of text
---@field split fun(text: string): string[] its characters
---@field cells fun(character: string): integer how wide one is, that is no tab
---@field tabstops fun(buf: integer): integer[] widths of tabs; the last one goes on

---@class beans.ScreenColumns
---@field characters beans.Characters
local Columns = {}
Columns.__index = Columns

local M = {}

---@param characters beans.Characters
---@return beans.ScreenColumns
function M.new(characters)
  return setmetatable({ characters = characters }, Columns)
end

--- The width of a tab that begins at a column.
local function tab_width(tabstops, column)
  for _, width in ipairs(tabstops) do
    if column < width then
      return width - column
    end
    column = column - width
  end
  local last = tabstops[#tabstops]
  return last - column % last
end

--- Walks over the characters of a line, until `visit` returns true.
---@param visit fun(from: integer, to: integer, column: integer, width: integer): boolean|nil
function Columns:walk(buf, text, visit)
  local tabstops, widths = self.characters.tabstops(buf), {}
  local from, column = 0, 0
  for _, character in ipairs(self.characters.split(text)) do
    local width = character == '\t' and tab_width(tabstops, column) or widths[character]
    if not width then
      width = self.characters.cells(character)
      widths[character] = width
    end
    if visit(from, from + #character, column, width) then
      return
    end
    from, column = from + #character, column + width
  end
  visit(from, from, column, 1)
end

--- The columns of the character that holds a byte; behind the end of the line there is room for one more.
---@param buf integer
---@param text string
---@param col integer
---@return integer first
---@return integer last
---@return boolean is_tab
function Columns:at(buf, text, col)
  local first, last, is_tab = 0, 0, false
  self:walk(buf, text, function(from, to, column, width)
    first, last, is_tab = column, column + math.max(width, 1) - 1, text:sub(from + 1, to) == '\t'
    return to > col
  end)
  return first, last, is_tab
end

--- The bytes of the character that holds a byte. Only its surroundings are taken apart: a line may be long, and what is
--- ASCII begins a character.
---@param text string
---@param col integer
---@return integer from
---@return integer to behind the last one; both are the end of the line when `col` is behind it
function Columns:character(text, col)
  if col >= #text then
    return #text, #text
  end
  local from = (text:sub(1, col + 1):match('()[%z\1-\127][\128-\255]*$') or 1) - 1
  for _, character in ipairs(self.characters.split(text:match('^[%z\1-\127]?[\128-\255]*', from + 1))) do
    if from + #character > col then
      return from, from + #character
    end
    from = from + #character
  end
  return #text, #text
end

--- The bytes of the characters that reach into columns of the screen.
---@param buf integer
---@param text string
---@param left integer
---@param right integer|nil nil: up to the end of the line
---@return integer from
---@return integer to behind the last one; both are the end of a line that does not reach there
function Columns:span(buf, text, left, right)
  if not text:find('[^\32-\126]') then
    local to = right and math.min(#text, right + 1) or #text
    return math.min(left, #text), math.max(math.min(left, #text), to)
  end
  local first, last = #text, #text
  self:walk(buf, text, function(from, _, column, width)
    if column + width > left and first > from then
      first = from
    end
    if right and column > right then
      last = from
      return true
    end
  end)
  return first, math.max(first, last)
end

---@class beans.Corner of a block
---@field text string its line
---@field col integer
---@field off integer cells behind that column, where virtual editing has put it

---@class beans.BlockOptions
---@field virtual boolean whether the cursor may stand inside a tab ('virtualedit')
---@field exclusive boolean whether the lower corner is behind the block, when it is on the right ('selection')

--- The columns of a block, as the editors have it.
---@param buf integer
---@param upper beans.Corner
---@param lower beans.Corner
---@param options beans.BlockOptions
---@return integer left
---@return integer right
function Columns:block(buf, upper, lower, options)
  local function columns_of(corner)
    local first, last, is_tab = self:at(buf, corner.text, corner.col)
    if options.virtual and (is_tab or corner.col >= #corner.text) then
      return first + corner.off, first + corner.off
    end
    return first, last
  end
  local left, right = columns_of(upper)
  local first, last = columns_of(lower)
  if last > right then
    right = options.exclusive and first > right and first - 1 or last
  end
  return math.min(left, first), right
end

return M
