-- Completion in Insert mode: what both editors' 'omnifunc' does once their own glue has called it.

local M = {}

---@type table<integer, fun(line: string): integer|nil, {word: string, menu: string}[]>
local sources = {}
local offered = {}

--- Remembers what completes in a buffer.
---@param buf integer
---@param source fun(line: string): integer|nil, {word: string, menu: string}[]
function M.set(buf, source)
  sources[buf] = source
end

--- The two calls of a complete-function: first where the word begins (-3: there is none, say nothing), then the words.
---@param buf integer
---@param is_first boolean
---@param line string up to the cursor
---@return integer|{word: string, menu: string}[]
function M.complete(buf, is_first, line)
  if not is_first then
    return offered
  end
  local start, items
  if sources[buf] then
    start, items = sources[buf](line)
  end
  offered = items or {}
  return start or -3
end

return M
