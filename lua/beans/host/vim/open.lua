-- Opening files and texts in Vim, and which windows and keys there are for them: for host/vim.lua.

local clean = require('beans.host.clean')
local value = require('beans.host.vim.value')

local call = value.call

local M = {}

-- Files ---------------------------------------------------------------------------------------------------------------

function M.file_type(path)
  local kind = vim.fn.getftype(path)
  return kind ~= '' and kind or nil
end

-- Buffers -------------------------------------------------------------------------------------------------------------

function M.buf_state(buf)
  local function option(name)
    return vim.fn.getbufvar(buf, '&' .. name)
  end
  local name, width = vim.fn.bufname(buf), math.floor(option('shiftwidth'))
  return {
    path = name == '' and '' or vim.fn.fnamemodify(name, ':p'),
    filetype = option('filetype'),
    buftype = option('buftype'),
    modifiable = option('modifiable') == 1,
    tabstop = math.floor(option('tabstop')),
    indent = option('expandtab') == 1 and (' '):rep(width > 0 and width or math.floor(option('tabstop'))) or '\t',
  }
end

function M.buf_open(path)
  local buf = vim.fn.bufadd(path)
  local ok, message = pcall(vim.fn.bufload, buf)
  if not ok then
    return nil, tostring(message)
  end
  vim.fn.setbufvar(buf, '&buflisted', 1)
  return buf
end

function M.buf_new(lines)
  local buf = vim.fn.bufadd('')
  vim.fn.bufload(buf)
  vim.fn.setbufvar(buf, '&buflisted', 1)
  call('setbufline', buf, 1, value.lines(lines))
  return buf
end

-- Windows -------------------------------------------------------------------------------------------------------------

--- The windows of the tab page, the one the user came from first, then by when they showed something new.
local function recent_windows()
  local previous, wins, used = vim.fn.win_getid(vim.fn.winnr('#')), {}, {}
  for number = 1, vim.fn.winnr('$') do
    local win = vim.fn.win_getid(number)
    wins[number] = win
    used[win] = win == previous and math.huge or call('getbufinfo', vim.fn.winbufnr(win))[1].lastused
  end
  table.sort(wins, function(a, b)
    return used[a] == used[b] and a < b or used[a] > used[b]
  end)
  return wins
end

function M.last_window(fits)
  for _, win in ipairs(recent_windows()) do
    local buf = vim.fn.winbufnr(win)
    if fits(buf) then
      return { win = win, buf = buf, line = vim.fn.line('.', win), col = call('getcurpos', win)[3] - 1 }
    end
  end
end

local SCROLL = { j = 'normal! \5', k = 'normal! \25', [' '] = 'normal! \6', G = 'normal! G', g = 'normal! gg' }

function M.popup(title, lines)
  local shown = {}
  for i, line in ipairs(lines) do
    shown[i] = clean.line(line)
  end
  call('popup_create', shown, {
    title = ' ' .. clean.line(title) .. ' ',
    border = value.list({}),
    mapping = 0,
    wrap = 0,
    maxheight = math.max(3, vim.eval('&lines') - 6),
    maxwidth = math.max(10, vim.eval('&columns') - 4),
    filter = function(popup, key)
      if key == 'q' or key == '\27' then
        vim.fn.popup_close(popup)
      elseif SCROLL[key] then
        vim.fn.win_execute(popup, SCROLL[key])
      else
        return false
      end
      return true
    end,
  })
  vim.command('redraw')
end

-- Keys ----------------------------------------------------------------------------------------------------------------

function M.key_for(plug)
  for _, map in ipairs(call('maplist')) do
    if map.rhs == plug and map.mode:find('[n ]') then
      return map.lhs
    end
  end
end

return M
