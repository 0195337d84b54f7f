-- What a review of changes needs of Vim, for host/vim.lua: ranges of lines that move with the text, what is drawn over
-- them, and the undo tree. All are text properties.

local buffer = require('beans.host.vim.buffer')
local clean = require('beans.host.clean')
local inside = require('beans.host.vim.inside')
local value = require('beans.host.vim.value')

local call = value.call

local M = {}

local function property_type(name, options)
  if not next(call('prop_type_get', name)) then
    call('prop_type_add', name, options)
  end
end

-- Ranges --------------------------------------------------------------------------------------------------------------

-- A property goes when its line is deleted. So the lines of a range have one each, and where all of them are gone the
-- lines next to it tell where it was.
local BODY, ABOVE, BELOW = 'beans-range', 'beans-range-above', 'beans-range-below'

-- Of a longer range only so many lines at either end are marked.
local MARKED = 40

local last_range = 0

--- Those that were not deleted (an undo may bring back properties of others), and which end of the buffer they were at.
local alive = {}

local function put(buf, kind, range, line)
  call('prop_add', line, 1, { type = kind, bufnr = buf, id = range, length = 0 })
end

function M.range_set(buf, first, last)
  for _, kind in ipairs({ BODY, ABOVE, BELOW }) do
    property_type(kind, { start_incl = 0, end_incl = 0 })
  end
  last_range = last_range + 1
  alive[last_range] = { top = first == 1, bottom = last == buffer.buf_line_count(buf), is_empty = last < first }
  for line = first, last do
    if line < first + MARKED or line > last - MARKED then
      put(buf, BODY, last_range, line)
    end
  end
  if first > 1 then
    put(buf, ABOVE, last_range, first - 1)
  end
  if last < buffer.buf_line_count(buf) then
    put(buf, BELOW, last_range, last + 1)
  end
  return last_range
end

--- The line of the first property of a kind, or of the last one.
local function line_of(buf, kind, range, backwards)
  local from = { type = kind, id = range, both = 1, bufnr = buf, lnum = 1, col = 1 }
  if backwards then
    from.lnum, from.col = buffer.buf_line_count(buf), 2147483647
  end
  return call('prop_find', from, backwards and 'b' or 'f').lnum
end

--- Whether a line has a property: then where, as `look_for` has it.
local function has(buf, kind, range, line)
  if line < 1 or line > buffer.buf_line_count(buf) then
    return nil
  end
  local found = call('prop_list', line, { bufnr = buf, ids = { range }, types = { kind } })
  return found[1] and { line, line }
end

--- Where a range is, from the places of its properties. Setting a whole line takes the property of a neighbour away; at
--- the ends of a buffer there is only one, but there the place is known without.
local function place_of(at, ends, last_line)
  if at[BODY] then
    return at[BODY][1], at[BODY][2]
  elseif at[ABOVE] then
    return at[ABOVE][1] + 1, math.max(at[ABOVE][1], (at[BELOW] or at[ABOVE])[1] - 1)
  elseif at[BELOW] then
    return at[BELOW][1], at[BELOW][1] - 1
  elseif ends.top or ends.bottom then
    local first = ends.top and 1 or last_line + 1
    return first, first - 1
  end
end

--- Looks for the properties of one range. Those of neighbours are found without a search where lines are their own, and
--- looking for what is not there would be a walk through the whole buffer.
local function look_for(buf, range)
  local at = {}
  local first = not (alive[range] or {}).is_empty and line_of(buf, BODY, range)
  if first then
    at[BODY] = { first, line_of(buf, BODY, range, true) }
    at[ABOVE] = has(buf, ABOVE, range, first - 1)
    at[BELOW] = has(buf, BELOW, range, at[BODY][2] + 1)
    return at
  end
  for _, kind in ipairs({ ABOVE, BELOW }) do
    local line = line_of(buf, kind, range)
    at[kind] = line and { line, line }
  end
  return at
end

--- Looks for the properties of all ranges of a buffer at once.
local function look_for_all(buf)
  local all = {}
  local found = vim.fn.prop_list(1, value.to_vim({ bufnr = buf, end_lnum = -1, types = { BODY, ABOVE, BELOW } }))
  for property in found() do
    local id, kind, line = property.id, property.type, property.lnum
    all[id] = all[id] or {}
    all[id][kind] = all[id][kind] or { line, line }
    all[id][kind][2] = line
  end
  return all
end

--- Marks the neighbours of a range again where a line that was set anew has lost its property.
local function mark_neighbours(buf, range, at, first, last, last_line)
  if not at[ABOVE] and first > 1 then
    put(buf, ABOVE, range, first - 1)
    at[ABOVE] = { first - 1, first - 1 }
  end
  if not at[BELOW] and last < last_line then
    put(buf, BELOW, range, last + 1)
    at[BELOW] = { last + 1, last + 1 }
  end
end

-- After so many ranges of a buffer all are looked for at once, which takes as long as for some ten of them.
local ASKED_MAX = 10

--- What was found while the text was the same, by buffer.
local seen = {}

function M.range_get(buf, range)
  if not buffer.buf_valid(buf) then
    return nil
  end
  local tick = buffer.buf_tick(buf)
  if not seen[buf] or seen[buf].tick ~= tick then
    seen[buf] = { tick = tick, asked = 0, ranges = {} }
  end
  local known = seen[buf]
  if not known.ranges[range] then
    known.asked = known.asked + 1
    known.ranges[range] = look_for(buf, range)
    if known.asked == ASKED_MAX then
      known.ranges = look_for_all(buf)
    end
  end
  local at, last_line = known.ranges[range] or {}, buffer.buf_line_count(buf)
  known.ranges[range] = at
  local first, last = place_of(at, alive[range] or {}, last_line)
  if first and alive[range] then
    mark_neighbours(buf, range, at, first, last, last_line)
  end
  return first, last
end

function M.range_del(buf, range)
  alive[range] = nil
  if seen[buf] then
    seen[buf].ranges[range] = nil
  end
  if buffer.buf_valid(buf) then
    for _, kind in ipairs({ BODY, ABOVE, BELOW }) do
      call('prop_remove', { type = kind, id = range, both = 1, bufnr = buf, all = 1 })
    end
  end
end

-- Drawings ------------------------------------------------------------------------------------------------------------

local NEW, WORD, DELETED, BAR = 'beans-new', 'beans-word', 'beans-deleted', 'beans-bar'

local function define_types()
  property_type(NEW, { highlight = 'BeansDiffAdd', combine = 1, priority = 10, end_incl = 1 })
  property_type(WORD, { highlight = 'BeansDiffText', combine = 1, priority = 20 })
  property_type(DELETED, { highlight = 'BeansDiffDelete' })
  property_type(BAR, { highlight = 'BeansCost' })
end

--- Properties with text, by range: Vim gives them their own numbers.
local texts = {}

local function undraw(buf, range)
  if not texts[range] then
    return -- nothing is drawn there
  end
  for _, kind in ipairs({ NEW, WORD }) do
    call('prop_remove', { type = kind, id = range, both = 1, bufnr = buf, all = 1 })
  end
  for _, text in ipairs(texts[range]) do
    call('prop_remove', { type = text.type, id = text.id, both = 1, bufnr = buf, all = 1 })
  end
  texts[range] = nil
end

local function add_text(buf, range, line, kind, text, align)
  local id = call('prop_add', line, 0, { type = kind, bufnr = buf, text = text, text_align = align })
  table.insert(texts[range], { type = kind, id = id })
end

--- A virtual line has one highlight, and no more than its text.
local function plain(chunks)
  local parts = {}
  for i, chunk in ipairs(chunks) do
    parts[i] = clean.line(chunk[1])
  end
  local kind = chunks[1] and chunks[1][2] == 'BeansCost' and BAR or DELETED
  local text = table.concat(parts)
  return text == '' and ' ' or text, kind
end

local function draw_texts(buf, range, drawing)
  local behind = drawing.first > buffer.buf_line_count(buf)
  local line = drawing.first - (behind and 1 or 0)
  for _, chunks in ipairs(drawing.above) do
    local text, kind = plain(chunks)
    add_text(buf, range, line, kind, text, behind and 'below' or 'above')
  end
  if drawing.note then
    add_text(buf, range, line, BAR, ' ' .. clean.line(drawing.note), 'after')
  end
end

local redraw_waits = false

--- Vim does not see that properties change the screen; one redraw is enough for all of them.
local function redraw_soon()
  if not redraw_waits then
    redraw_waits = true
    vim.fn.timer_start(0, function()
      redraw_waits = false
      vim.command('redraw')
    end)
  end
end

function M.draw(buf, range, drawing)
  if not buffer.buf_valid(buf) then
    return
  end
  define_types()
  undraw(buf, range)
  if drawing then
    texts[range] = {}
    if drawing.last >= drawing.first then
      local length = #buffer.buf_lines(buf, drawing.last, drawing.last)[1]
      local all = { type = NEW, bufnr = buf, id = range, end_lnum = drawing.last, end_col = length + 1 }
      call('prop_add', drawing.first, 1, all)
    end
    for _, word in ipairs(drawing.words) do
      local length = word.to - word.from
      call('prop_add', word.line, word.from + 1, { type = WORD, bufnr = buf, id = range, length = length })
    end
    draw_texts(buf, range, drawing)
  end
  redraw_soon()
end

function M.draw_none(buf)
  if buffer.buf_valid(buf) then
    define_types()
    for _, kind in ipairs({ NEW, WORD, DELETED, BAR }) do
      call('prop_remove', { type = kind, bufnr = buf, all = 1 })
    end
    for range in pairs(look_for_all(buf)) do
      if not alive[range] then
        M.range_del(buf, range)
      end
    end
    redraw_soon()
  end
end

function M.virtual_max(buf)
  local least
  for _, win in ipairs(call('win_findbuf', buf)) do
    least = math.min(least or math.huge, vim.fn.winheight(win))
  end
  return math.max(1, math.floor((least or vim.eval('&lines')) / 2))
end

function M.text_width(buf)
  local least
  for _, win in ipairs(call('win_findbuf', buf)) do
    local info = call('getwininfo', win)[1]
    least = math.min(least or math.huge, info.width - info.textoff)
  end
  return least or vim.eval('&columns')
end

-- Marks ---------------------------------------------------------------------------------------------------------------

function M.named_marks(buf)
  local marks = {}
  for _, mark in ipairs(call('getmarklist', buf)) do
    local name = mark.mark:match("^'(%l)$")
    if name then
      marks[#marks + 1] = { name = name, line = mark.pos[2], col = mark.pos[3] - 1 }
    end
  end
  return marks
end

function M.name_mark(buf, mark)
  call('setpos', "'" .. mark.name, { buf, mark.line, mark.col + 1, 0 })
end

-- Undo ----------------------------------------------------------------------------------------------------------------

function M.undo_seq(buf)
  return inside.buffer(buf, function()
    return vim.fn.changenr()
  end)
end

--- To read an undo tree takes time with the square of its steps: some seconds for 20,000.
local STEPS_MAX = 1500

--- Whether the undo tree of the current buffer is too long to be read. To ask for it takes time, too.
local function is_long()
  return vim.eval('&undolevels') > STEPS_MAX and vim.eval('undotree().seq_last') > STEPS_MAX
end

function M.undo_keep(buf)
  local kept = { modified = vim.fn.getbufvar(buf, '&modified') }
  inside.buffer(buf, function()
    kept.seq = vim.fn.changenr()
    if not is_long() then
      kept.file = vim.fn.tempname()
      vim.command('silent! wundo! ' .. vim.fn.fnameescape(kept.file))
    end
  end)
  return kept
end

--- An undo tree with nothing in it.
local function forget_steps()
  local levels = vim.eval('&l:undolevels')
  vim.command('setlocal undolevels=-1')
  vim.fn.setline(1, vim.fn.getline(1))
  vim.command(('let &l:undolevels = %d'):format(levels))
end

function M.undo_back(buf, kept)
  inside.buffer(buf, function()
    vim.command('let w:beans_view = winsaveview()')
    vim.command(('silent undo %d'):format(kept.seq))
    if kept.file and vim.fn.filereadable(kept.file) == 1 then
      vim.command('silent! rundo ' .. vim.fn.fnameescape(kept.file))
    elseif kept.file then
      forget_steps()
    end
    vim.command('call winrestview(w:beans_view) | unlet w:beans_view')
  end)
  vim.fn.setbufvar(buf, '&modified', kept.modified)
  M.undo_drop(kept)
end

function M.undo_drop(kept)
  if kept.file then
    vim.fn.delete(kept.file)
  end
end

return M
