-- Windows of Vim, for host/vim.lua.

local clean = require('beans.host.clean')
local value = require('beans.host.vim.value')

local call = value.call

local M = {}

function M.current()
  return {
    buf = vim.fn.bufnr(),
    win = vim.fn.win_getid(),
    line = vim.fn.line('.'),
    col = vim.fn.col('.') - 1,
  }
end

function M.buf_windows(buf)
  return call('win_findbuf', buf)
end

local SPLITS = {
  right = 'botright vertical',
  left = 'topleft vertical',
  above = 'topleft',
  below = 'botright',
  tab = 'tab',
}

function M.win_open(buf, position)
  if SPLITS[position] then
    vim.command(('silent keepalt %s sbuffer %d'):format(SPLITS[position], buf))
  else
    vim.command(('silent keepalt hide buffer %d'):format(buf))
  end
  return vim.fn.win_getid()
end

function M.win_buf(win)
  local buf = vim.fn.winbufnr(win)
  return buf > 0 and buf or nil
end

function M.win_focus(win)
  vim.fn.win_gotoid(win)
end

function M.win_close(win)
  -- The last window of the last tab page can't be closed: it shows something else instead.
  local command = vim.fn.winnr('$') == 1 and vim.fn.tabpagenr('$') == 1 and 'enew' or 'close'
  vim.fn.win_execute(win, command)
end

function M.win_cursor(win, line, col)
  vim.fn.win_execute(win, ('call cursor(%d, %d)'):format(line, col + 1))
  vim.fn.line('w0', win) -- scrolls, also where it is not the current window
end

function M.win_line(win)
  return vim.fn.line('.', win)
end

function M.win_option(win, name, setting)
  vim.fn.setwinvar(win, '&' .. name, value.number(setting))
end

M.fold_toggle = require('beans.host.fold_toggle').on(vim.fn, vim.command)

--- At most half of the screen.
function M.win_height(win, lines)
  vim.fn.win_execute(win, ('resize %d'):format(math.min(lines, math.floor(vim.eval('&lines') / 2))))
end

--- The status line is the window's, not the buffer's: it is taken back when the window shows something else.
local bars_watched = false

local function watch_bars()
  if bars_watched then
    return
  end
  bars_watched = true
  vim.command(
    "autocmd beans BufWinEnter * if exists('w:beans_bar') && w:beans_bar != bufnr()"
      .. ' | unlet w:beans_bar | setlocal statusline< | endif'
  )
end

function M.win_bar(win, text)
  watch_bars()
  vim.fn.setwinvar(win, 'beans_bar', vim.fn.winbufnr(win))
  vim.fn.setwinvar(win, '&statusline', clean.bar(text))
end

return M
