-- What a review of changes needs of Neovim, for host/nvim.lua: ranges of lines that move with the text, what is drawn
-- over them, and the undo tree.

local clean = require('beans.host.clean')

local api, fn = vim.api, vim.fn

local M = {}

local ranges = api.nvim_create_namespace('beans.ranges')
local drawings = api.nvim_create_namespace('beans.drawings')

-- Ranges --------------------------------------------------------------------------------------------------------------

--- Marks that stay before what is typed at the beginning of a range, by range: they tell that from a line that was
--- joined to the one above.
local guards = {}

--- Of a place between lines, a mark in the line above. A line that is set anew is deleted and put again for a mark: the
--- range then moves down when it is the line below, its guard up when it is the line above, and this mark tells which.
local above = {}

local function mark_above(buf, key, row)
  if row > 0 then
    local options = { id = above[key], right_gravity = false }
    above[key] = api.nvim_buf_set_extmark(buf, ranges, row - 1, 0, options)
  end
end

--- What is put right above or below a range is not its own.
function M.range_set(buf, first, last)
  local empty, row = last < first, first - 1
  local range = api.nvim_buf_set_extmark(buf, ranges, row, 0, {
    end_row = empty and row or last,
    end_col = 0,
    right_gravity = true,
    end_right_gravity = empty,
  })
  local key = buf .. ':' .. range
  guards[key] = api.nvim_buf_set_extmark(buf, ranges, row, 0, { right_gravity = false })
  if empty then
    mark_above(buf, key, row)
  end
  return range
end

local function is_joined(buf, range, row)
  local guard = guards[buf .. ':' .. range]
  local place = guard and api.nvim_buf_get_extmark_by_id(buf, ranges, guard, {})
  return not (place and place[1] == row and place[2] == 0)
end

--- Lines that were put right above the range are not its own.
local function follow_down(buf, range, row)
  if is_joined(buf, range, row) then
    local options = { id = guards[buf .. ':' .. range], right_gravity = false }
    api.nvim_buf_set_extmark(buf, ranges, row, 0, options)
  end
end

local function row_of(buf, mark)
  return mark and api.nvim_buf_get_extmark_by_id(buf, ranges, mark, {})[1]
end

--- The row of a place between lines, whose marks are put there again.
local function row_between(buf, range, row)
  local key = buf .. ':' .. range
  local guard, line_above = row_of(buf, guards[key]), row_of(buf, above[key])
  if guard and guard ~= row and guard ~= line_above then
    row = guard
    local options = { id = range, end_row = row, end_col = 0, right_gravity = true, end_right_gravity = true }
    api.nvim_buf_set_extmark(buf, ranges, row, 0, options)
  end
  mark_above(buf, key, row)
  return row
end

function M.range_get(buf, range)
  local place = api.nvim_buf_get_extmark_by_id(buf, ranges, range, { details = true })
  if not place[1] then
    return nil
  end
  local finish = place[3]
  if finish.end_right_gravity and place[2] == 0 then
    place[1] = row_between(buf, range, place[1])
    finish.end_row = place[1]
  end
  local first = place[1] + 1
  local last = finish.end_col > 0 and finish.end_row + 1 or finish.end_row
  if place[2] == 0 then
    follow_down(buf, range, place[1])
  elseif is_joined(buf, range, place[1]) then
    first = first + 1
  end
  last = math.min(last, api.nvim_buf_line_count(buf))
  return first, math.max(last, first - 1)
end

function M.range_del(buf, range)
  local key = buf .. ':' .. range
  if api.nvim_buf_is_valid(buf) then
    api.nvim_buf_del_extmark(buf, ranges, range)
    api.nvim_buf_del_extmark(buf, ranges, guards[key] or 0)
    api.nvim_buf_del_extmark(buf, ranges, above[key] or 0)
  end
  guards[key], above[key] = nil, nil
end

-- Drawings ------------------------------------------------------------------------------------------------------------

--- Extmarks by buffer and range.
local drawn = {}

--- Virtual lines, each as wide as the screen.
local function padded(lines)
  local virtual = {}
  for i, chunks in ipairs(lines) do
    local line = {}
    for k, chunk in ipairs(chunks) do
      line[k] = { clean.line(chunk[1]), chunk[2] }
    end
    line[#line + 1] = { (' '):rep(vim.o.columns), chunks[#chunks] and chunks[#chunks][2] or 'BeansDiffDelete' }
    virtual[i] = line
  end
  return virtual
end

--- Lines above the first line of a buffer are scrolled out of sight unless a window is told to show them.
local function show_above_first(buf, count)
  for _, win in ipairs(fn.win_findbuf(buf)) do
    api.nvim_win_call(win, function()
      if fn.line('w0') == 1 then
        fn.winrestview({ topfill = count })
      end
    end)
  end
end

local function undraw(buf, range)
  for _, id in ipairs(drawn[buf .. ':' .. range] or {}) do
    api.nvim_buf_del_extmark(buf, drawings, id)
  end
  drawn[buf .. ':' .. range] = nil
end

function M.draw(buf, range, drawing)
  if not api.nvim_buf_is_valid(buf) then
    return
  end
  undraw(buf, range)
  if not drawing then
    return
  end
  local ids = {}
  local function mark(row, col, options)
    ids[#ids + 1] = api.nvim_buf_set_extmark(buf, drawings, row, col, options)
  end
  if drawing.last >= drawing.first then
    local new = { end_row = drawing.last, end_col = 0, hl_group = 'BeansDiffAdd', hl_eol = true, priority = 110 }
    mark(drawing.first - 1, 0, new)
  end
  for _, word in ipairs(drawing.words) do
    mark(word.line - 1, word.from, { end_col = word.to, hl_group = 'BeansDiffText', priority = 120 })
  end
  local behind = drawing.first > api.nvim_buf_line_count(buf)
  local row = drawing.first - (behind and 2 or 1)
  if #drawing.above > 0 then
    mark(row, 0, { virt_lines = padded(drawing.above), virt_lines_above = not behind })
    if row == 0 and not behind then
      show_above_first(buf, #drawing.above)
    end
  end
  if drawing.note then
    mark(row, 0, { virt_text = { { clean.line(drawing.note), 'BeansCost' } } })
  end
  drawn[buf .. ':' .. range] = ids
end

function M.draw_none(buf)
  if api.nvim_buf_is_valid(buf) then
    api.nvim_buf_clear_namespace(buf, drawings, 0, -1)
  end
end

function M.virtual_max(buf)
  local least
  for _, win in ipairs(fn.win_findbuf(buf)) do
    least = math.min(least or math.huge, api.nvim_win_get_height(win) - 2)
  end
  return math.max(1, least or vim.o.lines)
end

function M.text_width(buf)
  local least
  for _, win in ipairs(fn.win_findbuf(buf)) do
    local info = fn.getwininfo(win)[1]
    least = math.min(least or math.huge, info.width - info.textoff)
  end
  return least or vim.o.columns
end

-- Marks ---------------------------------------------------------------------------------------------------------------

function M.named_marks(buf)
  local marks = {}
  for _, mark in ipairs(fn.getmarklist(buf)) do
    local name = mark.mark:match("^'(%l)$")
    if name then
      marks[#marks + 1] = { name = name, line = mark.pos[2], col = mark.pos[3] - 1 }
    end
  end
  return marks
end

function M.name_mark(buf, mark)
  pcall(api.nvim_buf_set_mark, buf, mark.name, mark.line, mark.col, {}) -- no line is there any more
end

-- Undo ----------------------------------------------------------------------------------------------------------------

--- Runs `run` in the buffer without moving the cursor or view of the window that shows it.
local function inside(buf, run)
  api.nvim_buf_call(buf, function()
    local view = fn.winsaveview()
    run()
    fn.winrestview(view)
  end)
end

function M.undo_seq(buf)
  return api.nvim_buf_call(buf, fn.changenr)
end

--- To read an undo tree takes time with the square of its steps: some seconds for 20,000.
local STEPS_MAX = 1500

--- Whether the undo tree of the current buffer is too long to be read. To ask for it takes time, too.
local function is_long()
  return fn.eval('&undolevels') > STEPS_MAX and fn.undotree().seq_last > STEPS_MAX
end

function M.undo_keep(buf)
  local kept = { seq = M.undo_seq(buf), modified = vim.bo[buf].modified }
  inside(buf, function()
    if not is_long() then
      kept.file = fn.tempname()
      vim.cmd('silent! wundo! ' .. fn.fnameescape(kept.file))
    end
  end)
  return kept
end

--- An undo tree with nothing in it.
local function forget_steps(buf)
  local levels = vim.bo[buf].undolevels
  vim.bo[buf].undolevels = -1
  api.nvim_buf_set_lines(buf, 0, 1, true, api.nvim_buf_get_lines(buf, 0, 1, true))
  vim.bo[buf].undolevels = levels
end

function M.undo_back(buf, kept)
  inside(buf, function()
    vim.cmd('silent noautocmd undo ' .. kept.seq)
    if kept.file and fn.filereadable(kept.file) == 1 then
      vim.cmd('silent! rundo ' .. fn.fnameescape(kept.file))
    elseif kept.file then
      forget_steps(buf)
    end
    vim.bo[buf].modified = kept.modified
  end)
  M.undo_drop(kept)
end

function M.undo_drop(kept)
  if kept.file then
    fn.delete(kept.file)
  end
end

return M
