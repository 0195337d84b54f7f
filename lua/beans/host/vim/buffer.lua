-- Buffers and windows of Vim, for host/vim.lua. Marks are text properties; what must happen inside a buffer happens in
-- a window that shows it, or in a hidden popup when none does, so that the user's window, cursor and mode stay as they
-- are.

local clean = require('beans.host.clean')
local value = require('beans.host.vim.value')

local call = value.call

local M = {}

local MARK, HINT = 'beans-mark', 'beans-hint'
local last_mark = 0

--- Marks whose last piece ended in a CR: its LF may come with the next one.
local held = {}

-- Inside a buffer -----------------------------------------------------------------------------------------------------

local work

--- What `inside` runs in the other window. A raised error is carried over.
function M.perform()
  work.ok, work.result = pcall(work.run)
end

--- Runs `run` while a buffer is the current one, without autocommands.
local function inside(buf, run)
  local win = call('win_findbuf', buf)[1]
  local popup = not win and call('popup_create', buf, { hidden = 1 }) or nil
  local outer = work
  work = { run = run }
  local mine = work
  vim.fn.win_execute(win or popup, "noautocmd keepjumps lua require('beans.host.vim.buffer').perform()")
  work = outer
  if popup then
    vim.fn.popup_close(popup)
  end
  if not mine.ok then
    error(mine.result or 'could not enter the buffer', 0)
  end
  return mine.result
end

-- Buffers -------------------------------------------------------------------------------------------------------------

--- A NUL in a line is a line end to Vim, in strings as in its memory.
local function replace_in_each(lines, pattern, character)
  local replaced = {}
  for i, line in ipairs(lines) do
    replaced[i] = line:gsub(pattern, character)
  end
  return replaced
end

local function to_vim_lines(lines)
  return replace_in_each(lines, '%z', '\n')
end

function M.buf_create(options)
  local buf = vim.fn.bufadd(options.name)
  for name, setting in pairs({ buftype = 'nofile', bufhidden = 'hide', swapfile = 0, buflisted = 0 }) do
    vim.fn.setbufvar(buf, '&' .. name, setting)
  end
  vim.fn.bufload(buf)
  for name, setting in pairs({ modeline = 0, undofile = 0 }) do
    vim.fn.setbufvar(buf, '&' .. name, setting)
  end
  if options.lines then
    vim.fn.setbufvar(buf, '&undolevels', -1) -- the first text is no step to undo
    call('setbufline', buf, 1, to_vim_lines(options.lines))
    vim.fn.setbufvar(buf, '&undolevels', -123456) -- the value that means the global one
  end
  inside(buf, function()
    vim.command('setlocal filetype=' .. options.filetype)
    if options.filetype == 'beans' then
      vim.command('setlocal syntax=markdown')
    end
  end)
  return buf
end

function M.buf_valid(buf)
  return vim.fn.bufloaded(buf) == 1
end

function M.buf_lines(buf, first, last)
  return replace_in_each(call('getbufline', buf, first, last == -1 and '$' or last), '\n', '\0')
end

function M.buf_line_count(buf)
  return call('getbufinfo', buf)[1].linecount
end

function M.buf_tick(buf)
  return vim.fn.getbufvar(buf, 'changedtick')
end

--- Vim's options take numbers for switches.
local function number(setting)
  if type(setting) == 'boolean' then
    return setting and 1 or 0
  end
  return setting
end

function M.buf_option(buf, name, setting)
  vim.fn.setbufvar(buf, '&' .. name, number(setting))
end

function M.file_of(buf)
  local path = vim.fn.bufname(buf)
  local disabled = vim.fn.getbufvar(buf, 'beans_disable', 0)
  return {
    name = path == '' and 'unnamed buffer' or vim.fn.fnamemodify(path, ':.'),
    filetype = vim.fn.getbufvar(buf, '&filetype'),
    disabled = disabled ~= 0 and disabled ~= false and disabled ~= '',
  }
end

--- Joins the next change to the undo step before it; fails after an undo of the user's, which then begins a new step.
local JOIN_STEP = 'silent! undojoin'

--- Ends the undo step before the next change, be it the user's typing or another change of ours in the same command.
local END_STEP = 'let &l:undolevels = &l:undolevels' -- documented to do just that

--- Changes the buffer, 'modifiable' or not.
local function change(buf, options, edit)
  local modifiable = vim.fn.getbufvar(buf, '&modifiable')
  vim.fn.setbufvar(buf, '&modifiable', 1)
  local ok, message = pcall(inside, buf, function()
    vim.command(options and options.join and JOIN_STEP or END_STEP)
    edit()
  end)
  vim.fn.setbufvar(buf, '&modifiable', modifiable)
  if not ok then
    error(message, 0)
  end
end

function M.buf_set_lines(buf, first, last, lines, options)
  lines = to_vim_lines(lines)
  change(buf, options, function()
    local kept = math.min(#lines, last - first + 1)
    for i = 1, kept do
      vim.fn.setline(first + i - 1, lines[i])
    end
    if #lines > kept then
      call('append', first + kept - 1, { value.unpack(lines, kept + 1) })
    elseif last - first + 1 > kept then
      vim.fn.deletebufline(buf, first + kept, last)
    end
  end)
end

-- Marks ---------------------------------------------------------------------------------------------------------------

local function put_mark(buf, mark, line, col)
  call('prop_add', line, col + 1, { type = MARK, bufnr = buf, id = mark, length = 0 })
end

function M.mark_set(buf, line, col)
  if not next(call('prop_type_get', MARK)) then
    call('prop_type_add', MARK, { start_incl = 0, end_incl = 0 })
  end
  last_mark = last_mark + 1
  put_mark(buf, last_mark, line, col)
  return last_mark
end

function M.mark_get(buf, mark)
  local from = { type = MARK, id = mark, both = 1, bufnr = buf, lnum = M.buf_line_count(buf), col = 2147483647 }
  local found = call('prop_find', from, 'b')
  if found.lnum then
    return found.lnum, found.col - 1
  end
end

function M.mark_del(buf, mark)
  held[mark] = nil
  if M.buf_valid(buf) then
    call('prop_remove', { type = MARK, id = mark, both = 1, bufnr = buf })
  end
end

-- Inserting -----------------------------------------------------------------------------------------------------------

--- Windows whose cursor stands on the last line: they follow what is appended.
local function followers(buf)
  local last, wins = M.buf_line_count(buf), {}
  for _, win in ipairs(call('win_findbuf', buf)) do
    if vim.fn.line('.', win) == last then
      wins[#wins + 1] = win
    end
  end
  return wins
end

local function follow(buf, wins)
  local last = M.buf_line_count(buf)
  for _, win in ipairs(wins) do
    if vim.fn.line('.', win) ~= last then
      vim.fn.win_execute(win, ('noautocmd keepjumps call cursor(%d, 2147483647) | redraw'):format(last))
    end
  end
end

local function split(text)
  local lines = {}
  for line in (text .. '\n'):gmatch('([^\n]*)\n') do
    lines[#lines + 1] = line
  end
  return lines
end

function M.hint(buf, line, text)
  if not M.buf_valid(buf) then
    return
  end
  if not next(call('prop_type_get', HINT)) then
    call('prop_type_add', HINT, { highlight = 'BeansCost' })
  end
  call('prop_remove', { type = HINT, bufnr = buf, all = 1 })
  if line then
    call('prop_add', line, 0, { type = HINT, bufnr = buf, text = clean.line(text), text_align = 'after' })
  end
  vim.command('redraw') -- Vim does not see that this changes the screen
end

function M.insert(buf, mark, text, options)
  local line, col = M.mark_get(buf, mark)
  if not line then
    return false
  end
  local wins = followers(buf)
  text, held[mark] = clean.piece(text, held[mark])
  local lines = split(text)
  local whole = M.buf_lines(buf, line, line)[1]
  local end_line = line + #lines - 1
  local end_col = #lines[#lines] + (#lines == 1 and col or 0)
  lines[1] = whole:sub(1, col) .. lines[1]
  lines[#lines] = lines[#lines] .. whole:sub(col + 1)
  M.buf_set_lines(buf, line, line, lines, options)
  call('prop_remove', { type = MARK, id = mark, both = 1, bufnr = buf })
  put_mark(buf, mark, end_line, end_col)
  follow(buf, wins)
  return true
end

-- Events and keys -----------------------------------------------------------------------------------------------------

function M.on_buf(buf, event, callback)
  vim.command(('autocmd beans %s <buffer=%d> %s'):format(event, buf, value.command(callback)))
end

function M.keymap(buf, modes, lhs, callback)
  local command = value.command(callback)
  inside(buf, function()
    for mode in modes:gmatch('.') do
      vim.command(('%snoremap <buffer> <silent> <nowait> %s <Cmd>%s<CR>'):format(mode, lhs, command))
    end
  end)
end

-- Windows -------------------------------------------------------------------------------------------------------------

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
end

function M.win_option(win, name, setting)
  vim.fn.setwinvar(win, '&' .. name, number(setting))
end

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
