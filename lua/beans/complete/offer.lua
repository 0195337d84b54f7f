-- The candidate at the cursor for others that show it: a completion menu, a language server. Nothing is shown here.

local asking_of = require('beans.complete.asking')
local counts = require('beans.complete.counts')
local host = require('beans.host')
local policy = require('beans.complete.policy')
local recent = require('beans.complete.recent')

local M = {}

---@class beans.Offered
---@field buf integer
---@field line integer
---@field col integer
---@field lines string[] the first one goes on at the cursor

--- Asks for it, unless it is known.
---@param on_candidate fun(candidate: beans.Offered|nil) called once, maybe before this returns
---@return fun() # gives it up
function M.ask(on_candidate)
  local at = host.typing()
  local function give(lines)
    on_candidate(lines and { buf = at.buf, line = at.line, col = #at.prefix, lines = lines } or nil)
  end
  local lines = not policy.why_never(at.buf, at) and recent.get(at)
  if lines or policy.why_never(at.buf, at, true) then
    give(lines or nil)
    return function() end
  end
  local asking
  asking = asking_of.start({
    at = at,
    on_lines = function() end,
    on_end = function(whole)
      if whole then
        recent.put(at.buf, asking.cursor, whole)
      end
      give(whole)
    end,
    on_fail = function()
      give(nil)
    end,
  })
  counts.add('asked', asking.cursor.filetype)
  return function()
    asking:cancel()
  end
end

return M
