-- The exact text of a selection: by characters, by lines, or a block.

local host = require('beans.host')

local M = {}

---@class beans.Piece bytes of a line
---@field from integer the first one, from 0
---@field to integer behind the last one; as `from` where nothing of the line is selected

---@param buf integer
---@param selection beans.Selection
---@param line integer
---@param text string of the line
---@return beans.Piece
local function piece(buf, selection, line, text)
  local from, to = 0, #text
  if selection.kind == 'block' then
    from, to = host.span(buf, text, selection.left, selection.right)
  elseif selection.kind == 'char' then
    if line == selection.first then
      from = host.character(text, selection.first_col)
    end
    if line == selection.last then
      to = select(2, host.character(text, selection.last_col))
    end
  end
  return { from = from, to = math.max(from, to) }
end

--- What of each line is selected: whole characters, with all that is combined with them. Lines that are not there any
--- more are left out.
---@param buf integer
---@param selection beans.Selection
---@param max_lines? integer no more than the first so many
---@return beans.Piece[] pieces
---@return string[] texts of the lines, whole
function M.pieces(buf, selection, max_lines)
  local last = math.min(selection.last, selection.first + (max_lines or math.huge) - 1)
  local texts, pieces = host.buf_lines(buf, selection.first, last), {}
  for i, text in ipairs(texts) do
    pieces[i] = piece(buf, selection, selection.first + i - 1, text)
  end
  return pieces, texts
end

--- The text that is selected.
---@param buf integer
---@param selection beans.Selection
---@param max_lines? integer
---@return string[]
function M.lines(buf, selection, max_lines)
  local lines = {}
  local pieces, texts = M.pieces(buf, selection, max_lines)
  for i, at in ipairs(pieces) do
    lines[i] = texts[i]:sub(at.from + 1, at.to)
  end
  return lines
end

return M
