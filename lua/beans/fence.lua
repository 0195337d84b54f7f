-- Fences of code blocks, as Markdown has them. Pure.

local M = {}

---@class beans.Fence
---@field indent integer bytes of blanks in front of it
---@field mark string the backticks or tildes
---@field info string what stands behind them, without blanks around it

--- A line as the opening fence of a block. One that closes a block could also open one.
---@param line string
---@return beans.Fence|nil
function M.opening(line)
  local indent, mark, info = line:match('^(%s*)(```+)%s*([^`]*)$')
  if not mark then
    indent, mark, info = line:match('^(%s*)(~~~+)%s*(.*)$')
  end
  return mark and { indent = #indent, mark = mark, info = info:gsub('%s+$', '') } or nil
end

--- Whether a line closes what `open` opened.
---@param line string
---@param open beans.Fence
---@return boolean
function M.closes(line, open)
  local mark = line:match('^%s*([`~]+)%s*$')
  return mark ~= nil and mark:sub(1, #open.mark) == open.mark and mark == open.mark:sub(1, 1):rep(#mark)
end

return M
