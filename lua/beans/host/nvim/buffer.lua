-- Buffers and windows of Neovim, for host/nvim.lua. Marks are extmarks.

local added_of = require('beans.host.added')
local clean = require('beans.host.clean')
local folding = require('beans.host.folding')
local highlight = require('beans.host.nvim.highlight')

local api, fn = vim.api, vim.fn

local M = {}

local namespace = api.nvim_create_namespace('beans')
local hints = api.nvim_create_namespace('beans.hints')
local autocmds = api.nvim_create_augroup('beans', {})

--- Marks whose last piece ended in a CR: its LF may come with the next one. By buffer and mark.
local held = {}

--- Highlights the Markdown of a chat.
M.highlight = highlight.start

-- Buffers -------------------------------------------------------------------------------------------------------------

function M.buf_create(options)
  local buf = api.nvim_create_buf(false, false)
  local bo = vim.bo[buf]
  bo.buftype, bo.bufhidden, bo.swapfile, bo.modeline, bo.undofile = 'nofile', 'hide', false, false, false
  pcall(api.nvim_buf_set_name, buf, options.name)
  if options.lines then
    bo.undolevels = -1 -- the first text is no step to undo
    api.nvim_buf_set_lines(buf, 0, -1, true, options.lines)
    bo.undolevels = vim.go.undolevels
  end
  bo.filetype = options.filetype
  return buf
end

M.buf_valid = api.nvim_buf_is_loaded
M.buf_line_count = api.nvim_buf_line_count
M.buf_tick = api.nvim_buf_get_changedtick

function M.buf_bytes(buf)
  return math.max(0, api.nvim_buf_get_offset(buf, api.nvim_buf_line_count(buf)))
end

function M.buf_switch(buf, name)
  local value = vim.b[buf][name]
  if value == nil then
    return nil
  end
  return value ~= false and value ~= 0 and value ~= ''
end

function M.buf_lines(buf, first, last)
  return api.nvim_buf_get_lines(buf, first - 1, last, false)
end

function M.file_of(buf)
  local path = api.nvim_buf_get_name(buf)
  local disabled = vim.b[buf].beans_disable
  return {
    name = path == '' and 'unnamed buffer' or fn.fnamemodify(path, ':.'),
    filetype = vim.bo[buf].filetype,
    disabled = disabled ~= nil and disabled ~= false and disabled ~= 0,
  }
end

function M.buf_option(buf, name, value)
  vim.bo[buf][name] = value
end

--- Windows whose cursor stands on the last line: they follow what is appended.
local function followers(buf)
  local last, wins = api.nvim_buf_line_count(buf), {}
  for _, win in ipairs(fn.win_findbuf(buf)) do
    if api.nvim_win_get_cursor(win)[1] == last then
      wins[#wins + 1] = win
    end
  end
  return wins
end

--- The line that must be the first for the last one to be at the bottom of the current window, were no line wrapped.
local function top_for(last)
  local top = last
  for _ = 2, api.nvim_win_get_height(0) do
    local fold = fn.foldclosed(top)
    top = (fold > 0 and fold or top) - 1
    if top <= 1 then
      return 1
    end
  end
  return top
end

--- Keeps windows on the last line. Neovim scrolls by as many lines as it takes, but for more than a screen of them at
--- once it would put the cursor in the middle: then the most of the way is gone before.
local function follow(buf, wins, added)
  local last = api.nvim_buf_line_count(buf)
  for _, win in ipairs(wins) do
    if added >= api.nvim_win_get_height(win) then
      api.nvim_win_call(win, function()
        fn.winrestview({ topline = top_for(last) })
      end)
    end
    if api.nvim_win_get_cursor(win)[1] ~= last then
      api.nvim_win_set_cursor(win, { last, #M.buf_lines(buf, last, last)[1] })
    else
      fn.line('w0', win) -- scrolls
    end
  end
end

--- Joins the next change to the undo step before it; fails after an undo of the user's, which then begins a new step.
local function join_step(buf)
  api.nvim_buf_call(buf, function()
    pcall(vim.cmd, 'silent undojoin')
  end)
end

--- Ends the undo step before the next change, be it the user's typing or another change of ours in the same command.
local function end_step(buf)
  vim.bo[buf].undolevels = vim.bo[buf].undolevels -- documented to do just that
end

--- Changes the buffer, 'modifiable' or not. Of a file that is 'readonly' Neovim would warn, and wait for a second.
local function change(buf, options, edit)
  local modifiable, readonly = vim.bo[buf].modifiable, vim.bo[buf].readonly
  vim.bo[buf].modifiable, vim.bo[buf].readonly = true, false
  local step = options and options.join and join_step or end_step
  step(buf)
  local ok, message = pcall(edit)
  vim.bo[buf].modifiable, vim.bo[buf].readonly = modifiable, readonly
  if not ok then
    error(message, 0)
  end
end

--- What of a replacement changes anything. Neovim 0.12 makes a fold shorter that ends in the last replaced line.
local function narrowed(buf, first, last, lines)
  local old = M.buf_lines(buf, first, last)
  local top, bottom, most = 0, 0, math.min(#old, #lines)
  while top < most and old[top + 1] == lines[top + 1] do
    top = top + 1
  end
  while bottom < most - top and old[#old - bottom] == lines[#lines - bottom] do
    bottom = bottom + 1
  end
  return first + top, last - bottom, vim.list_slice(lines, top + 1, #lines - bottom)
end

function M.buf_set_lines(buf, first, last, lines, options)
  first, last, lines = narrowed(buf, first, last, lines)
  change(buf, options, function()
    api.nvim_buf_set_lines(buf, first - 1, last, false, lines)
  end)
end

function M.mark_set(buf, line, col)
  return api.nvim_buf_set_extmark(buf, namespace, line - 1, col, { right_gravity = true })
end

function M.mark_get(buf, mark)
  local place = api.nvim_buf_get_extmark_by_id(buf, namespace, mark, {})
  if not place[1] then
    return nil
  end
  -- Where the last lines were deleted or undone, the mark may be left below the end.
  local line = math.min(place[1] + 1, api.nvim_buf_line_count(buf))
  local length = #M.buf_lines(buf, line, line)[1]
  return line, line == place[1] + 1 and math.min(place[2], length) or length
end

function M.mark_del(buf, mark)
  held[buf .. ':' .. mark] = nil
  if api.nvim_buf_is_valid(buf) then
    api.nvim_buf_del_extmark(buf, namespace, mark)
  end
end

function M.hint(buf, line, text)
  if not api.nvim_buf_is_valid(buf) then
    return
  end
  api.nvim_buf_clear_namespace(buf, hints, 0, -1)
  if line then
    api.nvim_buf_set_extmark(buf, hints, line - 1, 0, { virt_text = { { clean.line(text), 'BeansCost' } } })
  end
end

local unseen
M.on_added, unseen = added_of.on({
  watch = function(buf, changed, gone)
    api.nvim_buf_attach(buf, false, {
      on_lines = function(_, _, _, before, last_old, last_new)
        changed(before + 1, last_old, last_new)
      end,
      on_reload = function() end, -- goes on
      on_detach = gone,
    })
  end,
  flush = function() end,
  on_buf = function(...)
    M.on_buf(...)
  end,
  schedule = vim.schedule,
})

function M.insert(buf, mark, text, options)
  local line, col = M.mark_get(buf, mark)
  if not line then
    return false
  end
  local wins, key = followers(buf), buf .. ':' .. mark
  text, held[key] = clean.piece(text, held[key])
  local lines = vim.split(text, '\n', { plain = true })
  unseen(buf, function()
    change(buf, options, function()
      api.nvim_buf_set_text(buf, line - 1, col, line - 1, col, lines)
    end)
  end)
  follow(buf, wins, #lines - 1)
  return true
end

function M.on_buf(buf, event, callback)
  api.nvim_create_autocmd(event, {
    group = autocmds,
    buffer = buf,
    callback = function()
      callback() -- takes no table, and what it returns does not end the autocommand
    end,
  })
end

function M.keymap(buf, modes, lhs, callback, desc)
  vim.keymap.set(vim.split(modes, ''), lhs, callback, { buffer = buf, nowait = true, silent = true, desc = desc })
end

-- Windows -------------------------------------------------------------------------------------------------------------

function M.current()
  local cursor = api.nvim_win_get_cursor(0)
  return { buf = api.nvim_get_current_buf(), win = api.nvim_get_current_win(), line = cursor[1], col = cursor[2] }
end

function M.buf_windows(buf)
  return fn.win_findbuf(buf)
end

local SPLITS = {
  right = 'botright vsplit',
  left = 'topleft vsplit',
  above = 'topleft split',
  below = 'botright split',
  tab = 'tab split',
}

function M.win_open(buf, position)
  if SPLITS[position] then
    vim.cmd('keepalt ' .. SPLITS[position])
  end
  local win = api.nvim_get_current_win()
  api.nvim_win_set_buf(win, buf)
  return win
end

--- The buffer that a window shows; nil when the window is gone.
---@param win integer
---@return integer|nil
function M.win_buf(win)
  return api.nvim_win_is_valid(win) and api.nvim_win_get_buf(win) or nil
end

M.fold = folding.on({ fn = fn, ex = vim.cmd, inside = api.nvim_win_call })

function M.folded()
  return { buf = api.nvim_get_current_buf(), first = vim.v.foldstart, last = vim.v.foldend }
end

M.win_focus = api.nvim_set_current_win

function M.win_close(win)
  -- The last window of the last tab page can't be closed: it shows something else instead.
  if not pcall(api.nvim_win_close, win, false) and api.nvim_win_is_valid(win) then
    api.nvim_win_call(win, function()
      vim.cmd('enew')
    end)
  end
end

function M.win_cursor(win, line, col)
  api.nvim_win_set_cursor(win, { line, col })
end

function M.win_line(win)
  return api.nvim_win_get_cursor(win)[1]
end

function M.win_option(win, name, value)
  vim.wo[win][0][name] = value
end

--- At most half of the screen.
function M.win_height(win, lines)
  api.nvim_win_set_height(win, math.min(lines, math.floor(vim.o.lines / 2)))
end

function M.win_bar(win, text)
  vim.wo[win][0].winbar = clean.bar(text)
end

M.fold_toggle = require('beans.host.fold_toggle').on(fn, vim.cmd)

function M.stop_insert()
  vim.cmd('stopinsert')
end

function M.yank(text)
  fn.setreg('"', text, 'l')
  fn.setreg('0', text, 'l')
  if vim.o.clipboard:find('unnamedplus') then
    fn.setreg('+', text, 'l')
  end
end

function M.highlights(groups)
  for group, target in pairs(groups) do
    api.nvim_set_hl(0, group, { link = target, default = true })
  end
end

return M
