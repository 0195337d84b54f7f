-- The changes of Vim's buffers as they happen, for host/added.lua.

local value = require('beans.host.vim.value')

local M = {}

-- No Lua function: with one Vim 9.0 crashes.
local LISTEN = 'call listener_add({buf, first, below, added, changes -> '
  .. [[luaeval('require("beans.host.vim.changes").happened(_A[1], _A[2])', [buf, changes])}, %d)]]

---@type table<integer, fun(first: integer, last_old: integer, last_new: integer)> by buffer
local listeners = {}

--- Tells of each change of a buffer, as long as there is the buffer: which lines became which.
---@param buf integer
---@param listener fun(first: integer, last_old: integer, last_new: integer)
function M.watch(buf, listener)
  listeners[buf] = listener
  value.ex(LISTEN:format(buf))
end

--- Vim tells of changes when it draws the screen; this has it tell now.
---@param buf integer
function M.flush(buf)
  vim.fn.listener_flush(buf)
end

--- Called by Vim.
function M.happened(buf, changes)
  for change in changes() do
    local last_old = change['end'] - 1
    listeners[buf](change.lnum, last_old, last_old + change.added)
  end
end

return M
