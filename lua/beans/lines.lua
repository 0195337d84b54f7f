-- Text as lines. Pure.

local M = {}

--- The lines of a text, without their ends. A text that ends with a line end has an empty last line.
---@param text string
---@return string[]
function M.of(text)
  local lines = {}
  for line in (text .. '\n'):gmatch('([^\n]*)\n') do
    lines[#lines + 1] = line
  end
  return lines
end

return M
