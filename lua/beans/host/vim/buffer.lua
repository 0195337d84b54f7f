-- Buffers of Vim, for host/vim.lua. Marks are text properties (mark.lua); what must happen inside a buffer
-- leaves the user's window, cursor and mode as they are (inside.lua).

local added_of = require('beans.host.added')
local changes = require('beans.host.vim.changes')
local clean = require('beans.host.clean')
local folding = require('beans.host.folding')
local inside = require('beans.host.vim.inside')
local marks = require('beans.host.vim.mark')
local syntax = require('beans.host.syntax')
local value = require('beans.host.vim.value')
local windows = require('beans.host.vim.window')

local call = value.call

local M = {}

local HINT = 'beans-hint'

-- Highlighting --------------------------------------------------------------------------------------------------------

local chats = syntax.new({
  ex = value.ex,
  inside = inside.buffer,
  is_on = function()
    return vim.fn.exists('g:syntax_on') == 1
  end,
  has_file = function(path)
    for folder in (vim.eval('&runtimepath') .. ','):gmatch('([^,]*),') do
      if vim.fn.filereadable(folder .. '/' .. path) == 1 then
        return true
      end
    end
    return false
  end,
})

--- The lines that a window shows, without those in closed folds.
local function shown_lines(buf, win)
  return inside.window(win, function()
    local lines, line, last = {}, vim.fn.line('w0'), M.buf_line_count(buf)
    for _ = 1, vim.fn.winheight(0) do
      local fold_end = vim.fn.foldclosedend(line)
      if fold_end < 0 and line <= last then
        lines[#lines + 1] = vim.buffer(buf)[line]
      end
      line = math.max(line, fold_end) + 1
    end
    return lines
  end)
end

local function look_at_shown(buf)
  for _, win in ipairs(chats.known[buf] and windows.buf_windows(buf) or {}) do
    chats:look(buf, shown_lines(buf, win))
  end
end

local watched = {}

function M.highlight(buf)
  if chats.known[buf] then
    return
  end
  chats:start(buf)
  look_at_shown(buf)
  if watched[buf] then
    return
  end
  watched[buf] = true
  M.on_buf(buf, 'BufWinEnter,WinScrolled,TextChanged,TextChangedI', function()
    look_at_shown(buf)
  end)
  M.on_buf(buf, 'Syntax', function() -- `:syntax on` and its like begin anew
    chats:start(buf)
    look_at_shown(buf)
  end)
  M.on_buf(buf, 'BufUnload', function()
    chats:forget(buf)
  end)
  M.on_buf(buf, 'BufWipeout', function()
    watched[buf] = nil
  end)
end

-- Buffers -------------------------------------------------------------------------------------------------------------

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
    call('setbufline', buf, 1, value.lines(options.lines))
    vim.fn.setbufvar(buf, '&undolevels', -123456) -- the value that means the global one
  end
  inside.buffer(buf, function()
    vim.command('setlocal filetype=' .. options.filetype)
  end)
  return buf
end

function M.buf_valid(buf)
  return vim.fn.bufloaded(buf) == 1
end

function M.buf_lines(buf, first, last)
  local lines = {}
  if M.buf_valid(buf) then
    local text = vim.buffer(buf)
    for i = math.max(1, first), last == -1 and #text or math.min(last, #text) do
      lines[#lines + 1] = text[i]
    end
  end
  return lines
end

M.buf_line_count = marks.count

function M.buf_tick(buf)
  return vim.fn.getbufvar(buf, 'changedtick')
end

--- The number of the byte behind the last one; -1 in an empty buffer.
local function byte_behind()
  return vim.eval("line2byte(line('$') + 1)")
end

function M.buf_bytes(buf)
  local behind = buf == vim.fn.bufnr() and byte_behind() or inside.buffer(buf, byte_behind)
  return math.max(0, behind - 1)
end

-- A value that nobody gives to a variable.
local UNSET = '\1'

function M.buf_switch(buf, name)
  local setting = vim.fn.getbufvar(buf, name, UNSET)
  if setting == UNSET then
    return nil
  end
  return setting ~= false and setting ~= 0 and setting ~= ''
end

function M.buf_option(buf, name, setting)
  vim.fn.setbufvar(buf, '&' .. name, value.number(setting))
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
  local ok, message = pcall(inside.buffer, buf, function()
    value.ex(options and options.join and JOIN_STEP or END_STEP)
    edit()
  end)
  vim.fn.setbufvar(buf, '&modifiable', modifiable)
  if not ok then
    error(message, 0)
  end
end

--- Not by deletebufline(): that moves the cursors of other windows twice, and scrolls them to the first line.
local function delete(buf, first, last)
  local text = vim.buffer(buf)
  for line = last, first, -1 do
    text[line] = nil
  end
end

function M.buf_set_lines(buf, first, last, lines, options)
  lines = value.lines(lines)
  change(buf, options, function()
    local kept = math.min(#lines, last - first + 1)
    for i = 1, kept do
      vim.fn.setline(first + i - 1, lines[i])
    end
    if #lines > kept then
      vim.fn.append(first + kept - 1, value.list(lines, kept + 1))
    elseif last - first + 1 > kept then
      delete(buf, first + kept, last)
    end
  end)
end

M.mark_set, M.mark_get, M.mark_del = marks.set, marks.get, marks.del

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

--- The line that must be the first for the last one to be at the bottom of the current window, were no line wrapped.
local function top_for(last)
  local top = last
  for _ = 2, vim.fn.winheight(0) do
    local fold = vim.fn.foldclosed(top)
    top = (fold > 0 and fold or top) - 1
    if top <= 1 then
      return 1
    end
  end
  return top
end

--- Keeps windows on the last line. Vim scrolls by as many lines as it takes, but for more than a screen of them at once
--- it would put the cursor in the middle: then the most of the way is gone before.
local function follow(buf, wins, added)
  local last = M.buf_line_count(buf)
  for _, win in ipairs(wins) do
    if vim.fn.line('.', win) ~= last then
      vim.fn.win_execute(win, ('noautocmd keepjumps call cursor(%d, 2147483647)'):format(last))
    end
    if added >= vim.fn.winheight(win) then
      inside.window(win, function()
        call('winrestview', { topline = top_for(last) })
      end)
    end
    vim.fn.line('w0', win) -- scrolls
  end
end

local function split(text)
  local lines = {}
  for line in (text .. '\n'):gmatch('([^\n]*)\n') do
    lines[#lines + 1] = line
  end
  return lines
end

---@type table<integer, {line: integer, count: integer}> where the hint of each buffer was put
local hints = {}

local function take_hint(buf)
  local place = hints[buf]
  hints[buf] = nil
  for _, line in ipairs(place and marks.near(buf, place) or {}) do
    if
      line >= 1
      and line <= M.buf_line_count(buf)
      and next(call('prop_list', line, { bufnr = buf, types = { HINT } }))
    then
      call('prop_remove', { type = HINT, bufnr = buf, all = 1 }, line)
      return
    end
  end
  if place then
    call('prop_remove', { type = HINT, bufnr = buf, all = 1 })
  end
end

function M.hint(buf, line, text)
  if not M.buf_valid(buf) then
    return
  end
  if not next(call('prop_type_get', HINT)) then
    call('prop_type_add', HINT, { highlight = 'BeansCost' })
  end
  take_hint(buf)
  if line then
    call('prop_add', line, 0, { type = HINT, bufnr = buf, text = clean.line(text), text_align = 'after' })
    hints[buf] = { line = line, count = M.buf_line_count(buf) }
  end
  vim.command('redraw') -- Vim does not see that this changes the screen
end

local unseen
M.on_added, unseen = added_of.on({
  watch = function(buf, changed, gone)
    changes.watch(buf, changed)
    M.on_buf(buf, 'BufWipeout', gone)
  end,
  flush = changes.flush,
  on_buf = function(...)
    M.on_buf(...)
  end,
  schedule = function(callback)
    call('timer_start', 0, callback)
  end,
})

function M.insert(buf, mark, text, options)
  local line, col = M.mark_get(buf, mark)
  if not line then
    return false
  end
  local wins = followers(buf)
  local cleaned, held = clean.piece(text, marks.held(mark))
  marks.hold(mark, held)
  local lines = split(cleaned)
  local whole = M.buf_lines(buf, line, line)[1]
  local end_line = line + #lines - 1
  local end_col = #lines[#lines] + (#lines == 1 and col or 0)
  lines[1] = whole:sub(1, col) .. lines[1]
  lines[#lines] = lines[#lines] .. whole:sub(col + 1)
  unseen(buf, function()
    M.buf_set_lines(buf, line, line, lines, options)
  end)
  marks.move(buf, mark, line, end_line, end_col)
  chats:look(buf, lines)
  follow(buf, wins, #lines - 1)
  return true
end

-- Events and keys -----------------------------------------------------------------------------------------------------

function M.on_buf(buf, event, callback)
  vim.command(('autocmd beans %s <buffer=%d> %s'):format(event, buf, value.command(callback)))
end

function M.keymap(buf, modes, lhs, callback)
  local command = value.command(callback)
  inside.buffer(buf, function()
    for mode in modes:gmatch('.') do
      vim.command(('%snoremap <buffer> <silent> <nowait> %s <Cmd>%s<CR>'):format(mode, lhs, command))
    end
  end)
end

-- Folds ---------------------------------------------------------------------------------------------------------------

local fold = folding.on({ fn = vim.fn, ex = value.ex, inside = inside.window })

function M.fold(win, ranges)
  fold(win, ranges)
  if #ranges > 0 then
    look_at_shown(vim.fn.winbufnr(win)) -- what is below the folds has come into view
  end
end

function M.folded()
  return { buf = vim.fn.bufnr(), first = vim.eval('v:foldstart'), last = vim.eval('v:foldend') }
end

return M
