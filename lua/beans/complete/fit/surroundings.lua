-- What the text around a cursor has open and closes again: what a candidate must not close a second time. Pure.

local structure = require('beans.complete.fit.structure')

local M = {}

-- How many lines above and below are looked at, and how much of each.
local ABOVE, BELOW, LINE_BYTES = 60, 40, 1000
-- The width of a tab where the file has tabs.
local TAB = 4

---@class beans.Cursor where text is completed
---@field before string[] the lines above, the nearest last
---@field prefix string the cursor's line before the cursor
---@field suffix string the cursor's line after the cursor
---@field after string[] the lines below
---@field filetype string
---@field indent string a level of indentation: a tab, or blanks

---@class beans.Surroundings
---@field language beans.Language
---@field top beans.Open|nil what is open at the cursor
---@field closed table<beans.Open, 'line'|'below'> what of it is closed in the cursor's line, or further down

--- The width of a line's indentation.
---@param line string
---@param unit integer of a tab
---@return integer
function M.width(line, unit)
  local blanks = line:match('^[ \t]*')
  local _, tabs = blanks:gsub('\t', '')
  return #blanks + tabs * (unit - 1)
end

--- The width of a level of indentation, and of a tab.
---@param indent string
---@return integer
function M.unit(indent)
  return indent == '\t' and TAB or math.max(1, #indent)
end

---@param cursor beans.Cursor
---@return beans.Surroundings
function M.of(cursor)
  local unit = M.unit(cursor.indent)
  local language, top = structure.language(cursor.filetype), nil
  local function of_line(text, here)
    return { indent = M.width(text, unit), outer = true, cursor = here }
  end
  for i = math.max(1, #cursor.before - ABOVE + 1), #cursor.before do
    local text = cursor.before[i]:sub(1, LINE_BYTES)
    top = structure.newline(structure.read(language, top, text, of_line(text)), true)
  end
  top = structure.read(language, top, cursor.prefix, of_line(cursor.prefix, true))
  local closed, where = {}, 'line'
  local function on_close(entry)
    if entry.line.outer then
      closed[entry] = where
    end
  end
  local text, line = cursor.prefix .. cursor.suffix:sub(1, LINE_BYTES), { indent = M.width(cursor.prefix, unit) }
  local open = structure.read(language, top, text, line, on_close, #cursor.prefix + 1)
  where = 'below'
  for i = 1, math.min(BELOW, #cursor.after) do
    text = cursor.after[i]:sub(1, LINE_BYTES)
    line = { indent = M.width(text, unit) }
    open = structure.read(language, structure.newline(open), text, line, on_close)
  end
  return { language = language, top = top, closed = closed }
end

--- Whether a candidate that closes something would close it for the second time. Where the cursor's line closes fewer
--- than it opens, its closers belong to the outermost: `f(g(|)` lacks the one of `g`.
---@param self beans.Surroundings
---@param entry beans.Open
---@return 'line'|'below'|nil where it is closed already
function M.is_closed(self, entry)
  local where = self.closed[entry]
  if where ~= 'line' then
    return where
  end
  local outer = entry.below
  while outer and outer.line == entry.line do
    if outer.kind == entry.kind and not self.closed[outer] then
      self.closed[entry], self.closed[outer] = nil, 'line'
      return nil
    end
    outer = outer.below
  end
  return where
end

return M
