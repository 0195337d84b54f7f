-- What goes wrong with requests for completions: told once a session and kind, and not before the user has ended
-- typing; while they type, the editor's line for messages is taken by its mode.

local host = require('beans.host')
local words = require('beans.words')

local M = {}

-- Nothing went wrong.
local MEANT = { cancelled = true, shutdown = true }

---@type table<string, boolean> by kind
local seen = {}
---@type string[] to be told
local waiting = {}

--- Takes a failure.
---@param err beans.Error
---@return string # what happened, for whoever asks
function M.take(err)
  if MEANT[err.kind] then
    return 'the last request was stopped'
  end
  local message = words.line(err.message)
  if not seen[err.kind] then
    seen[err.kind] = true
    waiting[#waiting + 1] = 'beans: no completion: ' .. message
  end
  return 'the last request failed: ' .. message
end

--- Tells the user.
function M.tell()
  for _, text in ipairs(waiting) do
    host.notify(text, 'warn')
  end
  waiting = {}
end

return M
