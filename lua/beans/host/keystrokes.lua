-- What the user types, one call for each key, whichever of the editor's events tell of it. Pure.

local M = {}

---@param a beans.TypingPlace|nil
---@param b beans.TypingPlace
local function is_same(a, b)
  return a and a.tick == b.tick and a.col == b.col and a.line == b.line and a.buf == b.buf
end

--- Handlers for the editor's events.
---@param listeners beans.TypingListeners
---@param place fun(): beans.TypingPlace
---@return {entered: fun(), changed: fun(), left: fun()}
function M.new(listeners, place)
  local last ---@type beans.TypingPlace|nil
  local inside = false
  local function entered()
    last, inside = place(), true
    listeners.entered(last)
  end
  return {
    entered = entered,
    changed = function()
      if not inside then
        return entered() -- Insert mode began before anybody listened, or went on in another buffer
      end
      local now = place()
      if not is_same(last, now) then
        last = now
        listeners.typed(now)
      end
    end,
    left = function()
      if inside then
        last, inside = nil, false
        listeners.left()
      end
    end,
  }
end

return M
