-- What of a file goes along around the text that is rewritten: the nearest lines. Pure.
--
-- Servers keep what they have read of a prompt, up to the first byte that differs, and take less for it. So what goes
-- along before the text does not begin a fixed way above it, but at a step, and begins there again for what is
-- rewritten next, a few lines further up or down.

local plain = require('beans.plain')

local M = {}

---@class beans.SurroundingsBudget bytes
---@field before integer
---@field after integer

---@type beans.SurroundingsBudget
M.BUDGET = { before = 8192, after = 4096 }

-- The steps: of the budget before the text; of the lines that are looked at.
local STEP, REACH = 1 / 4, 1024

--- Which lines of a file are worth a look. They begin at a step, too.
---@param first integer line of the text
---@param last integer
---@return integer from
---@return integer to may be behind the end of the file
function M.reach(first, last)
  return math.max(0, math.floor((first - 1) / REACH) - 1) * REACH + 1, last + REACH
end

--- The end of a line that is too long.
local function tail(line, bytes)
  return (line:sub(-bytes):gsub('^[\128-\191]+', ''))
end

--- The nearest lines before the text, from a step on.
local function nearest_before(lines, budget)
  local all = 0
  for _, line in ipairs(lines) do
    all = all + #line + 1
  end
  local step = math.max(1, math.floor(budget * STEP))
  local skip = math.max(0, math.ceil((all - budget) / step) * step)
  local kept, at = {}, 0
  for _, line in ipairs(lines) do
    if at >= skip then
      kept[#kept + 1] = line
    end
    at = at + #line + 1
  end
  if #kept == 0 and #lines > 0 then
    kept[1] = tail(lines[#lines], budget)
  end
  return kept
end

local function nearest_after(lines, budget)
  local kept, bytes = {}, 0
  for i, line in ipairs(lines) do
    bytes = bytes + #line + 1
    if bytes > budget then
      break
    end
    kept[i] = line
  end
  if #kept == 0 and #lines > 0 then
    kept[1] = plain.whole(lines[1]:sub(1, budget))
  end
  return kept
end

--- Chooses what goes along.
---@param before string[] the lines before the text, as `reach` has them
---@param after string[] those after it
---@param budget? beans.SurroundingsBudget
---@return string[] before
---@return string[] after
function M.window(before, after, budget)
  budget = budget or M.BUDGET
  return nearest_before(before, budget.before), nearest_after(after, budget.after)
end

return M
