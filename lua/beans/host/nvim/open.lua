-- Opening files and texts in Neovim, and which windows and keys there are for them: for host/nvim.lua.

local clean = require('beans.host.clean')

local api, fn, uv = vim.api, vim.fn, vim.uv

local M = {}

-- Files ---------------------------------------------------------------------------------------------------------------

function M.file_type(path)
  local stat = uv.fs_lstat(path)
  return stat and (stat.type == 'directory' and 'dir' or stat.type)
end

-- Buffers -------------------------------------------------------------------------------------------------------------

function M.buf_state(buf)
  local bo = vim.bo[buf]
  return {
    path = api.nvim_buf_get_name(buf),
    filetype = bo.filetype,
    buftype = bo.buftype,
    modifiable = bo.modifiable,
    tabstop = bo.tabstop,
    indent = bo.expandtab and (' '):rep(bo.shiftwidth > 0 and bo.shiftwidth or bo.tabstop) or '\t',
  }
end

function M.buf_open(path)
  local buf = fn.bufadd(path)
  local ok, message = pcall(fn.bufload, buf)
  if not ok then
    return nil, tostring(message)
  end
  vim.bo[buf].buflisted = true
  return buf
end

function M.buf_new(lines)
  local buf = api.nvim_create_buf(true, false)
  api.nvim_buf_set_lines(buf, 0, -1, true, lines)
  return buf
end

-- Windows -------------------------------------------------------------------------------------------------------------

--- The windows of the tab page, the one the user came from first, then by when they showed something new.
local function recent_windows()
  local previous, wins, used = fn.win_getid(fn.winnr('#')), {}, {}
  for _, win in ipairs(api.nvim_tabpage_list_wins(0)) do
    if api.nvim_win_get_config(win).relative == '' then
      wins[#wins + 1] = win
      local buf = api.nvim_win_get_buf(win)
      used[win] = win == previous and math.huge or fn.getbufinfo(buf)[1].lastused
    end
  end
  table.sort(wins, function(a, b)
    return used[a] == used[b] and a < b or used[a] > used[b]
  end)
  return wins
end

function M.last_window(fits)
  for _, win in ipairs(recent_windows()) do
    local buf = api.nvim_win_get_buf(win)
    if fits(buf) then
      local cursor = api.nvim_win_get_cursor(win)
      return { win = win, buf = buf, line = cursor[1], col = cursor[2] }
    end
  end
end

function M.popup(title, lines)
  local back = api.nvim_get_current_win()
  local buf = api.nvim_create_buf(false, true)
  local shown, width = {}, #title + 2
  for i, line in ipairs(lines) do
    shown[i] = clean.line(line)
    width = math.max(width, fn.strdisplaywidth(shown[i]))
  end
  api.nvim_buf_set_lines(buf, 0, -1, true, shown)
  vim.bo[buf].modifiable, vim.bo[buf].bufhidden = false, 'wipe'
  width = math.min(width, vim.o.columns - 4)
  local height = math.max(1, math.min(#lines, vim.o.lines - 6))
  local win = api.nvim_open_win(buf, true, {
    relative = 'editor',
    row = math.floor((vim.o.lines - height) / 2) - 1,
    col = math.floor((vim.o.columns - width) / 2),
    width = width,
    height = height,
    style = 'minimal',
    border = 'single',
    title = ' ' .. clean.line(title) .. ' ',
  })
  for _, key in ipairs({ 'q', '<Esc>' }) do
    vim.keymap.set('n', key, function()
      api.nvim_win_close(win, true)
      pcall(api.nvim_set_current_win, back)
    end, { buffer = buf, nowait = true })
  end
end

-- Keys ----------------------------------------------------------------------------------------------------------------

function M.key_for(plug)
  for _, map in ipairs(api.nvim_get_keymap('n')) do
    if map.rhs == plug then
      return (map.lhs:gsub(' ', '<Space>'))
    end
  end
end

return M
