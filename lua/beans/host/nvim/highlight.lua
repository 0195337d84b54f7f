-- Highlighting of chats in Neovim. What is shown is parsed, never the whole buffer, so its cost does not grow with the
-- chat: a decoration provider cuts the lines around those that are drawn into pieces (markup.lua) and parses each piece
-- by itself, as Markdown with all that is in it. A piece whose text has not changed is not parsed again.

local markup = require('beans.host.markup')
local syntax = require('beans.host.syntax')

local api, ts = vim.api, vim.treesitter

local M = {}

local namespace = api.nvim_create_namespace('beans.highlight')

-- How far above the lines that are drawn the start of their message is looked for, in lines; and how many lines around
-- them are parsed with them, because a paragraph or a list is more than a line.
local LOOK, STEP, ABOVE, BELOW = 2000, 200, 20, 10
-- What stands further right in a line has no colours, as with 'synmaxcol'.
local MAX_COLUMN = 3000
-- Above tree-sitter's own (100).
local OURS = 110

---@class beans.Span what is shown in one line in one group
---@field col integer
---@field end_col integer
---@field group integer|string|nil nil: a link alone
---@field priority integer
---@field spell boolean|nil
---@field url string|nil

---@alias beans.Rows table<integer, beans.Span[]> by the number of the line, from 0

---@class beans.Painter one chat buffer
---@field buf integer
---@field tick integer `changedtick` of what `rows` holds
---@field rows beans.Rows of the lines looked at since the last change
---@field parsed table<string, beans.Rows> by text: pieces of now
---@field before table<string, beans.Rows> and of before the last change
---@field height integer lines of the window that is drawn

---@type table<integer, beans.Painter>
local painters = {}

-- Parsing -------------------------------------------------------------------------------------------------------------

---@type table<string, vim.treesitter.Query|false>
local queries = {}

local function query_of(lang)
  if queries[lang] == nil then
    local ok, query = pcall(ts.query.get, lang, 'highlights')
    queries[lang] = ok and query or false
  end
  return queries[lang]
end

--- One range of a capture as spans, a line each.
local function add_range(rows, lines, range, span)
  local first_row, first_col, last_row, last_col = range[1], range[2], range[3], range[4]
  for row = first_row, math.min(last_row, #lines - 1) do
    local col = row == first_row and first_col or 0
    local end_col = row == last_row and last_col or #lines[row + 1]
    if end_col > col then
      rows[row] = rows[row] or {}
      table.insert(rows[row], {
        col = col,
        end_col = math.min(end_col, #lines[row + 1]),
        group = span.group,
        priority = span.priority,
        spell = span.spell,
        url = span.url,
      })
    end
  end
end

local function is_before(row, col, other_row, other_col)
  return row < other_row or (row == other_row and col < other_col)
end

--- What two ranges have in common; nil when nothing.
local function common(one, other)
  local starts = is_before(one[1], one[2], other[1], other[2]) and other or one
  local ends = is_before(one[3], one[4], other[3], other[4]) and one or other
  if is_before(starts[1], starts[2], ends[3], ends[4]) then
    return { starts[1], starts[2], ends[3], ends[4] }
  end
end

local SPELL = { spell = true, nospell = false }

local function span_of(name, lang, metadata, own)
  local priority = tonumber(metadata.priority or own and own.priority) or 100
  return {
    group = name:sub(1, 1) ~= '_' and api.nvim_get_hl_id_by_name('@' .. name .. '.' .. lang) or nil,
    priority = priority + (name == 'nospell' and 1 or 0), -- it wins over spell
    spell = SPELL[name],
  }
end

--- Where a link leads: the query names the text itself or the capture that has it.
local function url_of(own, match, metadata, text)
  local url = own and own.url
  if type(url) ~= 'number' then
    return url
  end
  local nodes = match:captures()[url]
  return nodes and ts.get_node_text(nodes[1], text, { metadata = metadata[url] })
end

--- The captures of one tree, within what the tree is of: an injected text may have gaps.
local function add_tree(rows, lines, text, tree, lang)
  local query = query_of(lang)
  if not query then
    return
  end
  local regions = tree:included_ranges(false)
  for id, node, metadata, match in query:iter_captures(tree:root(), text) do
    local span = span_of(query.captures[id], lang, metadata, metadata[id])
    span.url = url_of(metadata[id], match, metadata, text)
    if span.group or span.url then
      local range = ts.get_range(node, text, metadata[id])
      for _, region in ipairs(regions) do
        local part = common(region, { range[1], range[2], range[4], range[5] })
        if part then
          add_range(rows, lines, part, span)
        end
      end
    end
  end
end

--- Highlights a text, its first line counted as 0.
local function parse(lines, text)
  local rows = {}
  local parser = ts.get_string_parser(text, 'markdown')
  parser:parse(true)
  parser:for_each_tree(function(tree, language_tree)
    add_tree(rows, lines, text, tree, language_tree:lang())
  end)
  return rows
end

-- Pieces --------------------------------------------------------------------------------------------------------------

--- The spans of a text of Markdown, from before where it has not changed.
local function rows_of(painter, lines)
  local text = table.concat(lines, '\n') .. '\n'
  local rows = painter.parsed[text] or painter.before[text]
  if not rows then
    local ok, parsed = pcall(parse, lines, text)
    rows = ok and parsed or {} -- without colours rather than with an error at each redraw
  end
  painter.parsed[text] = rows
  return rows
end

--- The lines of a piece from `first` on, none of them endless.
local function lines_of(lines, base, first, last)
  local taken = {}
  for line = first, last do
    local text = lines[line - base + 1]
    taken[#taken + 1] = #text > MAX_COLUMN and text:sub(1, MAX_COLUMN) or text
  end
  return taken
end

local function paint_markdown(painter, piece, lines, base, wanted)
  local first, shift = piece.first, 0
  if piece.kind == 'prose' then
    first = piece.safe or first
  elseif wanted > piece.first then
    first, shift = wanted, 1 -- a long block of code is not parsed from its start, but it is known what is in it
  end
  local taken = lines_of(lines, base, first, piece.last)
  if shift == 1 then
    table.insert(taken, 1, piece.opener)
  end
  local rows = rows_of(painter, taken)
  for line = first, piece.last do
    painter.rows[line] = rows[line - first + shift] or {}
  end
end

local GROUPS = { head = 'Comment', role = 'BeansRole' }

local function paint_whole(painter, piece, lines, base)
  for line = piece.first, piece.last do
    local span = { col = 0, end_col = #lines[line - base + 1], priority = OURS, spell = false }
    span.group = piece.group or GROUPS[piece.kind]
    painter.rows[line] = { span }
  end
end

--- The first line of the message that a line is in, or that of the buffer; else, as far as is looked, some line above.
local function message_start(buf, line)
  local first = line
  while first > 0 and line - first < LOOK do
    local from = math.max(0, first - STEP)
    local lines = api.nvim_buf_get_lines(buf, from, first, false)
    for i = #lines, 1, -1 do
      if markup.is_role(lines[i]) then
        return from + i - 1
      end
    end
    first = from
  end
  return first
end

--- Fills `rows` for a line that is drawn and those that will be with it.
local function paint(painter, line)
  local base = message_start(painter.buf, line)
  local lines = api.nvim_buf_get_lines(painter.buf, base, line + painter.height + BELOW, false)
  local wanted = math.max(base, line - ABOVE)
  for _, piece in ipairs(markup.cut(lines, base, wanted, base == 0)) do
    if piece.kind == 'prose' or piece.kind == 'fence' then
      paint_markdown(painter, piece, lines, base, wanted)
    else
      paint_whole(painter, piece, lines, base)
    end
  end
end

-- Drawing -------------------------------------------------------------------------------------------------------------

local function refresh(painter)
  local tick = api.nvim_buf_get_changedtick(painter.buf)
  if tick ~= painter.tick then
    painter.tick, painter.rows = tick, {}
    painter.before, painter.parsed = painter.parsed, {}
  end
end

local function draw(painter, line, spell_only)
  local ok = painter.rows[line] ~= nil or pcall(paint, painter, line)
  painter.rows[line] = painter.rows[line] or {}
  for _, span in ipairs(ok and painter.rows[line] or {}) do
    if not spell_only or span.spell ~= nil then
      pcall(api.nvim_buf_set_extmark, painter.buf, namespace, line, span.col, {
        end_row = line,
        end_col = span.end_col,
        hl_group = span.group,
        priority = span.priority,
        spell = span.spell,
        url = span.url,
        ephemeral = true,
      })
    end
  end
end

--- Some configurations start tree-sitter in every buffer: that would parse the whole chat at each change.
local function stop_other(buf)
  if ts.highlighter.active[buf] then
    vim.schedule(function()
      pcall(ts.stop, buf)
    end)
  end
end

local function on_win(_, win, buf)
  local painter = painters[buf]
  if not painter then
    return false
  end
  stop_other(buf)
  refresh(painter)
  painter.height = api.nvim_win_get_height(win)
end

local function on_line(_, _, buf, line)
  if painters[buf] then
    draw(painters[buf], line)
  end
end

--- `]s` asks where there is text to check.
local function on_spell(_, _, buf, first, _, last)
  local painter = painters[buf]
  if painter then
    refresh(painter)
    for line = first, math.min(last, api.nvim_buf_line_count(buf) - 1) do
      draw(painter, line, true)
    end
  end
end

--- A line may change the looks of those above it, back to the beginning of its paragraph (a table, a heading with a
--- line under it), and of all below (a fence).
local function redraw_around(buf, first)
  local from = math.max(0, first - 30)
  local lines = api.nvim_buf_get_lines(buf, from, first, false)
  local start = from
  for i = #lines, 1, -1 do
    if lines[i] == '' then
      start = from + i - 1
      break
    end
  end
  api.nvim__redraw({ buf = buf, range = { start, api.nvim_buf_line_count(buf) } })
end

local function forget(_, buf)
  painters[buf] = nil
end

local function watch(buf)
  api.nvim_buf_attach(buf, false, {
    on_lines = function(_, _, _, first)
      if not painters[buf] then
        return true
      end
      redraw_around(buf, first)
    end,
    on_detach = forget,
    on_reload = function() end, -- stays attached
  })
end

local provided = false

local function provide()
  if not provided then
    provided = true
    api.nvim_set_decoration_provider(namespace, { on_win = on_win, on_line = on_line, _on_spell_nav = on_spell })
  end
end

local function has_parser()
  return pcall(ts.get_string_parser, '', 'markdown')
end

local by_syntax = syntax.new({
  ex = vim.cmd,
  inside = api.nvim_buf_call,
  is_on = function()
    return vim.g.syntax_on == 1
  end,
  has_file = function(path)
    return api.nvim_get_runtime_file(path, false)[1] ~= nil
  end,
})

--- Without a parser.
local function start_syntax(buf)
  if by_syntax.known[buf] then
    return
  end
  by_syntax:start(buf)
  by_syntax:look(buf, api.nvim_buf_get_lines(buf, 0, STEP, false))
  api.nvim_buf_attach(buf, false, {
    on_lines = function(_, _, _, first, _, last)
      vim.schedule(function()
        if by_syntax.known[buf] then
          by_syntax:look(buf, api.nvim_buf_get_lines(buf, first, math.min(last, first + STEP), false))
        end
      end)
    end,
    on_detach = function()
      by_syntax:forget(buf)
    end,
  })
  api.nvim_create_autocmd({ 'BufWinEnter', 'WinScrolled' }, {
    buffer = buf,
    callback = function()
      local first = vim.fn.line('w0')
      local last = math.min(vim.fn.line('w$'), first + STEP)
      by_syntax:look(buf, api.nvim_buf_get_lines(buf, first - 1, last, false))
    end,
  })
end

--- Highlights a chat, whatever else would. A second time does nothing.
---@param buf integer
function M.start(buf)
  if painters[buf] then
    return
  elseif not has_parser() then
    return start_syntax(buf)
  end
  ts.language.register('markdown', 'beans')
  pcall(ts.stop, buf)
  vim.bo[buf].syntax = ''
  api.nvim_buf_call(buf, function()
    vim.opt_local.spelloptions:append('noplainbuffer')
  end)
  painters[buf] = { buf = buf, tick = -1, rows = {}, parsed = {}, before = {}, height = 0 }
  watch(buf)
  provide()
end

return M
