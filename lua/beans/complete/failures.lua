-- What goes wrong with requests for completions: told once a session and kind, in a line that stops nobody from typing.

local host = require('beans.host')
local words = require('beans.words')

local M = {}

-- Nothing went wrong.
local MEANT = { cancelled = true, shutdown = true }

---@type table<string, boolean> by kind
local told = {}

--- As much of a text as the message line takes: a longer one would have to be answered by a key.
local function fitting(text)
  local room = host.screen_width() - 15 -- 'showcmd' and 'ruler'
  return host.text_cells(text) > room and host.fit(text, room - 1) .. '…' or text
end

--- Tells the user of a failure, the first time.
---@param err beans.Error
---@return string # what happened, for whoever asks
function M.tell(err)
  if MEANT[err.kind] then
    return 'the last request was stopped'
  end
  if not told[err.kind] then
    told[err.kind] = true
    host.notify(fitting('beans: no completion: ' .. words.line(err.message)), 'warn')
  end
  return 'the last request failed: ' .. words.line(err.message)
end

return M
