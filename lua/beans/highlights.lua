-- The highlight groups of the plugin, each a link that a colour scheme or the user may change.

local host = require('beans.host')

local M = {}

local GROUPS = {
  BeansGhost = 'Comment',
  BeansDiffAdd = 'DiffAdd',
  BeansDiffDelete = 'DiffDelete',
  BeansDiffText = 'DiffText',
  BeansRole = 'Title',
  BeansCost = 'Comment',
  BeansError = 'ErrorMsg',
}

local defined = false

--- Defines them, once a session.
function M.define()
  if not defined then
    defined = true
    host.highlights(GROUPS)
  end
end

return M
