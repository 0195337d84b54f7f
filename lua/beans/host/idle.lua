-- Waits until nobody types, for both hosts: a question that comes up takes the keys that follow. Pure.

local M = {}

---@class beans.IdleParts
---@field now_ms fun(): number
---@field defer fun(ms: number, fn: fun())
---@field is_normal fun(): boolean whether the user is in Normal mode
---@field is_pending fun(): boolean whether half a command was typed there, or a macro is being recorded
---@field on_key fun(fn: fun()|nil) calls `fn` for each key in Normal mode at least; nil: nobody
---@field on_normal fun(fn: fun()) calls `fn` once, when Normal mode begins

--- The host's `when_idle`.
---@param parts beans.IdleParts
---@return fun(ms: integer, fn: fun())
function M.on(parts)
  local latest = 0
  return function(ms, fn)
    latest = latest + 1
    local mine, last_key = latest, nil
    local start

    local function look()
      if mine ~= latest then
        return
      elseif not parts.is_normal() then
        parts.on_key(nil)
        return parts.on_normal(start)
      end
      local left = parts.is_pending() and ms or last_key + ms - parts.now_ms()
      if left > 0 then
        return parts.defer(left, look)
      end
      parts.on_key(nil)
      fn()
    end

    function start()
      last_key = parts.now_ms()
      parts.on_key(function()
        last_key = parts.now_ms()
      end)
      parts.defer(ms, look)
    end

    start()
  end
end

return M
