-- Whether completion comes by itself, and where nothing is asked for.

local config = require('beans.config')
local privacy = require('beans.privacy')

local M = {}

--- Why nothing is asked here, not even by its key, in words; nil when it may be.
---@param buf integer
---@param typing beans.Typing
---@return string|nil
function M.why_never(buf, typing)
  if typing.buftype ~= '' or typing.cmdwin then
    return 'this is no buffer of a file'
  elseif typing.readonly then
    return 'the buffer is read-only'
  elseif typing.macro then
    return 'a macro is recorded or replayed'
  elseif typing.paste then
    return "'paste' is set"
  end
  return privacy.buffer(buf)
end

--- Why nothing is asked here by itself.
---@param buf integer
---@param typing beans.Typing
---@return string|nil
function M.why_not(buf, typing)
  return not M.is_on() and 'completion does not come by itself (complete.auto)' or M.why_never(buf, typing)
end

--- Whether completion comes by itself.
---@return boolean
function M.is_on()
  return config.get().complete.auto == true
end

--- Tells when that may have changed.
---@param fn fun()
function M.on_change(fn)
  M.changed = fn
end

return M
