-- What a file takes for one level of indentation: told by its lines, and only where they tell nothing by the options of
-- its buffer, which few set for each file. Pure.

local M = {}

-- So many lines are looked at.
local LOOK_MAX = 300

--- How much deeper lines stand than the ones above: which step is taken most often.
---@param widths integer[] blanks of each line that is not blank
---@return integer|nil
local function usual_step(widths)
  local count, usual = {}, nil
  for i = 2, #widths do
    local step = widths[i] - widths[i - 1]
    if step > 0 and step <= 8 then
      count[step] = (count[step] or 0) + 1
      if not usual or count[step] > count[usual] then
        usual = step
      end
    end
  end
  return usual
end

--- One level of indentation.
---@param lines string[] of the file
---@param default string as the options have it
---@return string
function M.unit(lines, default)
  local tabs, blanks, widths = 0, 0, {}
  for i = 1, math.min(#lines, LOOK_MAX) do
    local indent, text = lines[i]:match('^(%s*)(.?)')
    if text ~= '' then
      tabs = tabs + (indent:find('^\t') and 1 or 0)
      blanks = blanks + (indent:find('^  ') and 1 or 0)
      widths[#widths + 1] = #indent
    end
  end
  if tabs > 0 and tabs >= blanks then
    return '\t'
  end
  local step = blanks > 0 and usual_step(widths)
  return step and (' '):rep(step) or default
end

return M
