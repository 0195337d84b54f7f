-- Where the user types, and the text around it, as the parts of completion want it.

local cache = require('beans.complete.cache')
local host = require('beans.host')
local indentation = require('beans.indentation')
local typing = require('beans.complete.typing')

local M = {}

-- Lines are read in steps, until there is enough; so far behind the cursor at most.
local STEP, BELOW_MAX = 128, 256
-- More lines of a candidate are never typed (fit.lua has as many).
local TYPED_MAX = 24

---@class beans.Origin where a candidate begins
---@field buf integer
---@field line integer
---@field prefix string
---@field suffix string

--- Reads what the cache looks at: a few lines, for it is asked while the user types.
---@param at beans.Typing
---@return beans.Cursor # without file type and indentation
function M.near(at)
  return {
    before = host.buf_lines(at.buf, math.max(1, at.line - cache.REACH), at.line - 1),
    prefix = at.prefix,
    suffix = at.suffix,
    after = host.buf_lines(at.buf, at.line + 1, at.line + 1),
  }
end

local function size_of(lines)
  local size = #lines
  for _, line in ipairs(lines) do
    size = size + #line
  end
  return size
end

--- The lines above, so many bytes at least where there are as many.
local function above(at, bytes)
  local first, size = at.line, 0
  while first > 1 and size <= bytes do
    local from = math.max(1, first - STEP)
    size = size + size_of(host.buf_lines(at.buf, from, first - 1))
    first = from
  end
  return host.buf_lines(at.buf, first, at.line - 1), first
end

local function below(at, bytes)
  local lines, last = {}, at.line
  while last - at.line < BELOW_MAX and size_of(lines) <= bytes do
    last = last + STEP
    local count = #lines
    lines = host.buf_lines(at.buf, at.line + 1, last)
    if #lines - count < STEP then
      break
    end
  end
  return lines
end

--- Reads what a candidate is asked for with.
---@param at beans.Typing
---@param budget beans.PromptBudget
---@return beans.Cursor
---@return integer first_line the number of the first line above
function M.around(at, budget)
  local before, first_line = above(at, budget.before)
  local after = below(at, budget.after)
  local default = host.buf_state(at.buf).indent
  return {
    before = before,
    prefix = at.prefix,
    suffix = at.suffix,
    after = after,
    filetype = host.file_of(at.buf).filetype,
    indent = indentation.unit(before, indentation.unit(after, default)),
  },
    first_line
end

--- What was typed since a candidate began.
---@param origin beans.Origin
---@param at beans.Typing
---@return string|nil typed nil: the cursor is elsewhere, or other text was changed
---@return string|nil grown what came behind the cursor by itself
function M.since(origin, at)
  local grown = typing.grown(origin.suffix, at.suffix)
  if not grown or at.buf ~= origin.buf or at.line < origin.line or at.line - origin.line > TYPED_MAX then
    return nil
  end
  local text = at.prefix
  if at.line > origin.line then
    text = table.concat(host.buf_lines(at.buf, origin.line, at.line - 1), '\n') .. '\n' .. text
  end
  if text:sub(1, #origin.prefix) ~= origin.prefix then
    return nil
  end
  return text:sub(#origin.prefix + 1), grown
end

return M
