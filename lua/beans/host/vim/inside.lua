-- What must happen inside a buffer or a window of Vim happens in a window that shows it, or in a hidden popup when none
-- does, so that the user's window, cursor and mode stay as they are.

local value = require('beans.host.vim.value')

local call = value.call

local M = {}

local work

--- What `window` runs in the other window. A raised error is carried over.
function M.perform()
  work.ok, work.result = pcall(work.run)
end

--- Runs `run` while a window is the current one, without autocommands.
---@generic T
---@param win integer
---@param run fun(): T
---@return T
function M.window(win, run)
  local outer = work
  work = { run = run }
  local mine = work
  vim.fn.win_execute(win, "noautocmd keepjumps lua require('beans.host.vim.inside').perform()")
  work = outer
  if not mine.ok then
    error(mine.result or 'could not enter the window', 0)
  end
  return mine.result
end

--- Runs `run` while a buffer is the current one, without autocommands.
---@generic T
---@param buf integer
---@param run fun(): T
---@return T
function M.buffer(buf, run)
  local win = call('win_findbuf', buf)[1]
  if win then
    return M.window(win, run)
  end
  local popup = call('popup_create', buf, { hidden = 1 })
  local ok, result = pcall(M.window, popup, run)
  vim.fn.popup_close(popup)
  if not ok then
    error(result, 0)
  end
  return result
end

return M
