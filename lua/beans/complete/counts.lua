-- How often completions were asked for, shown and accepted in this session, by file type.

local M = {}

---@alias beans.CompletionEvent 'asked'|'shown'|'accepted'|'cached'|'cancelled'

---@type table<string, table<string, integer>>
local counted = {}

--- Counts one.
---@param kind beans.CompletionEvent
---@param filetype string
function M.add(kind, filetype)
  counted[filetype] = counted[filetype] or {}
  counted[filetype][kind] = (counted[filetype][kind] or 0) + 1
end

return M
