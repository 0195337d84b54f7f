-- Why nothing shows, said behind the line to a user who has asked for it by the key.

local highlights = require('beans.highlights')
local host = require('beans.host')

local M = {}

---@type integer|nil the buffer that has one
local shown

--- Says it.
---@param at beans.TypingPlace
---@param why string
function M.show(at, why)
  M.hide()
  highlights.define()
  shown = at.buf
  host.hint(at.buf, at.line, ('no completion: %s'):format(why))
end

--- Takes it away.
function M.hide()
  if shown then
    host.hint(shown, nil)
    shown = nil
  end
end

return M
