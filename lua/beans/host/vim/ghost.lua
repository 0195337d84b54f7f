-- Ghost text in Vim, for typing.lua: text properties, one at the cursor and one for each line below.

local ghost_text = require('beans.host.ghost_text')
local marks = require('beans.host.vim.mark')
local value = require('beans.host.vim.value')

local call = value.call

local M = {}

local INLINE, BELOW = 'beans-ghost', 'beans-ghost-below'

---@class beans.VimGhost
---@field buf integer
---@field line integer
---@field col integer
---@field count integer lines of the buffer when it was put there
---@field tick integer and its `changedtick`; that of the character that is inserted next, when it went before that
---@field lines string[]
---@field inline string what is shown at the cursor
---@field at_end boolean whether nothing of the buffer follows it
---@field below string all that is shown below

---@type beans.VimGhost|nil
local shown

local function define_types()
  for _, kind in ipairs({ INLINE, BELOW }) do
    if not next(call('prop_type_get', kind)) then
      call('prop_type_add', kind, { highlight = 'BeansGhost' })
    end
  end
end

--- Takes the properties of a kind away where they must be by now.
---@return boolean # false: their line was deleted or undone
local function remove(kind)
  local wanted = { type = kind, bufnr = shown.buf, all = 1 }
  for _, line in ipairs(marks.near(shown.buf, shown)) do
    if line >= 1 and line <= marks.count(shown.buf) and call('prop_remove', wanted, line) > 0 then
      return true
    end
  end
  return false
end

--- An undo brings a line back with the properties that it had. Vim shows none whose text was freed, as removing does,
--- nor those whose type is gone; but then it draws the whole screen.
local function take_away()
  if shown and vim.fn.bufloaded(shown.buf) == 1 then
    local inline_gone = shown.inline == '' or remove(INLINE)
    local below_gone = shown.below == '' or remove(BELOW)
    if not (inline_gone and below_gone) then
      call('prop_type_delete', INLINE)
      call('prop_type_delete', BELOW)
    end
  end
  shown = nil
end

local function wrapping()
  return vim.eval('&wrap') == 1 and 'wrap' or 'truncate'
end

--- Vim 9.0 counts the rows of a line wrongly when it has text at its very end and lines below: so that one is 'after'.
local function put_inline(ghost)
  if ghost.inline == '' then
    return
  end
  local options = { type = INLINE, bufnr = ghost.buf, text = ghost.inline }
  if ghost.at_end then
    options.text_align, options.text_wrap = 'after', wrapping()
  end
  call('prop_add', ghost.line, ghost.at_end and 0 or ghost.col + 1, options)
end

local function put_below(ghost, rows)
  local options = { type = BELOW, bufnr = ghost.buf, text_align = 'below', text_wrap = wrapping() }
  for i = 2, #rows do
    options.text = rows[i] == '' and ' ' or rows[i]
    call('prop_add', ghost.line, 0, options)
  end
end

local function cells(text, col)
  return vim.fn.strdisplaywidth(text, col)
end

--- What is to be shown, and its rows.
local function ghost_of(buf, line, col, lines, text)
  local rows = ghost_text.shown(lines, text:sub(1, col), cells)
  return {
    buf = buf,
    line = line,
    col = col,
    count = marks.count(buf),
    tick = vim.fn.getbufvar(buf, 'changedtick'),
    lines = lines,
    inline = rows[1],
    at_end = col == #text,
    below = table.concat(rows, '\n', 2),
  },
    rows
end

--- Shows what is to be shown, and while nobody else has changed the text touches only what looks different.
local function change_to(ghost, rows)
  if shown and (shown.line ~= ghost.line or shown.tick ~= ghost.tick) then
    take_away()
  end
  local before = shown or { inline = '', below = '' }
  if not shown then
    define_types()
  end
  if before.inline ~= ghost.inline or before.col ~= ghost.col or before.at_end ~= ghost.at_end then
    if before.inline ~= '' then
      remove(INLINE)
    end
    put_inline(ghost)
  end
  if before.below ~= ghost.below then
    if before.below ~= '' then
      remove(BELOW)
    end
    put_below(ghost, rows)
  end
  shown = ghost
end

--- Whether the screen is drawn after what runs now; Vim does not see that properties change it.
local drawn_later = false

local waits = false

--- Vim 9.0 may draw a line before it has counted the rows below it: it is drawn once more, on the next turn.
local function draw_again()
  if not waits then
    waits = true
    vim.fn.timer_start(0, function()
      waits = false
      vim.command('redraw')
    end)
  end
end

--- Runs what happens between a key and the drawing of the screen.
---@param run fun()
function M.before_drawing(run)
  drawn_later = true
  local ok, message = pcall(run)
  drawn_later = false
  if not ok then
    error(message, 0)
  end
end

--- `host.ghost`.
---@param buf integer
---@param line integer
---@param col integer
---@param lines string[]|nil
function M.show(buf, line, col, lines)
  local was_shown, below = shown ~= nil, shown and shown.below or ''
  if not lines or (shown and shown.buf ~= buf) then
    take_away()
  end
  local text = lines and vim.fn.bufloaded(buf) == 1 and vim.buffer(buf)[line]
  if text and #text >= col then
    change_to(ghost_of(buf, line, col, lines, text))
  else
    take_away()
  end
  if (was_shown or shown) and not drawn_later then
    vim.command('redraw')
  elseif below ~= (shown and shown.below or '') then
    draw_again()
  end
end

--- Goes on before text is inserted: Vim may draw once before its events tell that the text has changed. The
--- property moves with the text.
---@param place beans.TypingPlace
---@param lines string[]
function M.follow(place, lines)
  local text = lines[1]
  local rest = shown and not lines[2] and ghost_text.follow(shown, place, text)
  if not rest then
    return take_away()
  end
  if shown.inline ~= '' then
    remove(INLINE)
  end
  local typed = vim.fn.getline('.'):sub(1, place.col) .. text
  shown.lines = rest
  shown.inline = ghost_text.shown({ rest[1] }, typed, cells)[1]
  put_inline(shown)
  shown.col, shown.tick = place.col + #text, place.tick + 1
end

return M
