-- Ghost text in Neovim, for typing.lua: one extmark in the buffer where the user types.

local ghost_text = require('beans.host.ghost_text')

local api, fn = vim.api, vim.fn

local M = {}

local namespace = api.nvim_create_namespace('beans.ghost')
local MARK = 1

---@class beans.NvimGhost
---@field buf integer
---@field line integer
---@field col integer
---@field lines string[]
---@field below integer rows of the screen below that of the cursor

---@type beans.NvimGhost|nil
local shown

local function take_away()
  if shown and api.nvim_buf_is_valid(shown.buf) then
    api.nvim_buf_del_extmark(shown.buf, namespace, MARK)
  end
  shown = nil
end

--- Neovim does not scroll for lines that are no text: they would be out of sight below a window's last line.
local function scroll_for(below)
  local wanted = below - (api.nvim_win_get_height(0) - fn.winline())
  local line, top = fn.line('.'), fn.line('w0')
  if wanted > 0 and top < line then
    fn.winrestview({ topline = math.min(top + wanted, line) })
  end
end

--- Cells for text in a row, where the window wraps lines; Neovim would cut those that are no text.
local function wrap_width()
  if not vim.wo.wrap then
    return math.huge
  end
  return api.nvim_win_get_width(0) - fn.getwininfo(api.nvim_get_current_win())[1].textoff
end

--- The rows of the screen that a line takes.
local function add_rows(rows, line, width)
  while #line > width and fn.strdisplaywidth(line) > width do
    local row = fn.printf('%.' .. width .. 'S', line)
    rows[#rows + 1] = { { row, 'BeansGhost' } }
    line = line:sub(math.max(#row, 1) + 1)
  end
  rows[#rows + 1] = { { line, 'BeansGhost' } }
end

--- Puts the mark at a place whose line is `prefix` up to it, or will be.
local function put(ghost, prefix)
  local lines, below = ghost_text.shown(ghost.lines, prefix, fn.strdisplaywidth), {}
  local width = lines[2] and wrap_width()
  for i = 2, #lines do
    add_rows(below, lines[i], width)
  end
  ghost.below = #below
  api.nvim_buf_set_extmark(ghost.buf, namespace, ghost.line - 1, ghost.col, {
    id = MARK,
    virt_text = { { lines[1], 'BeansGhost' } },
    virt_text_pos = 'inline',
    virt_lines = below[1] and below or nil,
    hl_mode = 'combine',
    undo_restore = false,
  })
end

--- `host.ghost`.
---@param buf integer
---@param line integer
---@param col integer
---@param lines string[]|nil
function M.show(buf, line, col, lines)
  if not lines or (shown and shown.buf ~= buf) then
    take_away()
  end
  local text = lines and api.nvim_buf_get_lines(buf, line - 1, line, false)[1]
  if not text or #text < col then
    return take_away()
  end
  local before = shown and shown.below or 0
  shown = { buf = buf, line = line, col = col, lines = lines, below = 0 }
  put(shown, text:sub(1, col))
  if shown.below > before and api.nvim_get_current_buf() == buf then
    scroll_for(shown.below)
  end
end

--- Goes on before text is inserted: Neovim may draw once before its events tell that the text has changed. The
--- mark moves with the text.
---@param place beans.TypingPlace
---@param lines string[]
function M.follow(place, lines)
  local text = lines[1]
  local rest = shown and not lines[2] and ghost_text.follow(shown, place, text)
  if not rest then
    return take_away()
  end
  shown.lines = rest
  put(shown, api.nvim_get_current_line():sub(1, place.col) .. text)
  shown.col = place.col + #text
end

return M
