-- Text of a model as it is shown behind the cursor: what it would look like as text of the buffer. Pure.

local clean = require('beans.host.clean')

local M = {}

--- A line with its tabs as the blanks that they would take, for neither editor draws tabs in such text as it does in a
--- buffer.
---@param line string
---@param col integer the cell where it begins
---@param cells fun(text: string, col: integer): integer how many a text takes that begins there
---@return string
function M.expand(line, col, cells)
  if not line:find('[%c\194]') then
    return line -- as nearly all are
  end
  local text, tail = '', clean.text(line):gsub('\n', ' ')
  while true do
    local tab = tail:find('\t', 1, true)
    if not tab then
      return text .. tail
    end
    text = text .. tail:sub(1, tab - 1)
    text = text .. (' '):rep(cells('\t', col + cells(text, col)))
    tail = tail:sub(tab + 1)
  end
end

--- All lines of a text that begins behind `prefix`.
---@param lines string[]
---@param prefix string
---@param cells fun(text: string, col: integer): integer
---@return string[]
function M.shown(lines, prefix, cells)
  local shown = {}
  for i, line in ipairs(lines) do
    shown[i] = M.expand(line, i == 1 and line:find('\t', 1, true) and cells(prefix, 0) or 0, cells)
  end
  return shown
end

--- What of a text is left when its beginning has been typed; nil when something else was.
---@param lines string[]
---@param typed string
---@return string[]|nil
function M.behind(lines, typed)
  if lines[1]:sub(1, #typed) ~= typed then
    return nil
  end
  local rest = { lines[1]:sub(#typed + 1) }
  for i = 2, #lines do
    rest[i] = lines[i]
  end
  return rest
end

--- What is left of ghost text when text is inserted at the cursor; nil when that is not its beginning.
---@param shown {buf: integer, line: integer, col: integer, lines: string[]}
---@param place beans.TypingPlace
---@param text string without line ends
---@return string[]|nil
function M.follow(shown, place, text)
  if shown.buf == place.buf and shown.line == place.line and shown.col == place.col then
    return M.behind(shown.lines, text)
  end
end

return M
