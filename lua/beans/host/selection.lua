-- What is selected, and what an operator works on: the same in both editors, once they are asked in their own way.

local columns_of = require('beans.host.columns')

local M = {}

---@class beans.SelectionEditor what a host is asked
---@field characters beans.Characters
---@field line fun(buf: integer, line: integer): string
---@field current fun(): integer the current buffer
---@field inside fun(buf: integer, run: fun()) runs `run` while a buffer is the current one
---@field mark fun(name: string): integer[] of the current buffer, as getpos() gives it
---@field kind fun(): string of what was selected last in the current buffer, as visualmode() gives it
---@field option fun(name: string): string in the current window
---@field wanted_column fun(): integer of what is selected, selected once more for a moment; as in getcurpos()

-- Behind all columns there are: what `$` makes the editor want.
local END_OF_LINE = 2147483647

local KINDS = { v = 'char', V = 'line', ['\22'] = 'block' }

---@class beans.Mark
---@field line integer
---@field col integer
---@field off integer cells behind that column, where virtual editing has put it

---@return beans.Mark|nil
local function mark(editor, name)
  local at = editor.mark("'" .. name)
  return at[2] > 0 and { line = at[2], col = math.max(0, at[3] - 1), off = at[4] } or nil
end

--- Whether the block that was selected last reaches to the ends of its lines. Only the editor knows, once it is
--- selected again; so it is asked only where it may be: where a corner is at the end of its line.
local function reaches_ends(editor, columns, corners)
  for _, corner in ipairs(corners) do
    local _, to = columns:character(corner.text, corner.col)
    if to == #corner.text then
      return editor.wanted_column() >= END_OF_LINE
    end
  end
  return false
end

local function between(kind, first, last)
  return { kind = kind, first = first.line, last = last.line, first_col = first.col, last_col = last.col }
end

--- The block that was selected last in the current buffer.
local function selected_block(editor, columns, buf, first, last)
  local corners = {}
  for i, at in ipairs({ first, last }) do
    corners[i] = { text = editor.line(buf, at.line), col = at.col, off = at.off }
  end
  local edit = editor.option('virtualedit')
  local found = between('block', first, last)
  found.left, found.right = columns:block(buf, corners[1], corners[2], {
    virtual = edit:find('all') ~= nil or edit:find('block') ~= nil,
    exclusive = editor.option('selection') == 'exclusive',
  })
  if reaches_ends(editor, columns, corners) then
    found.right = nil
  end
  return found
end

--- Characters whose last one is before a mark: that may be the end of the line above.
local function without_last(editor, buf, first, last)
  if first.line == last.line and first.col == last.col then
    return between('char', first, last)
  elseif last.col > 0 then
    return between('char', first, { line = last.line, col = last.col - 1 })
  end
  return between('char', first, { line = last.line - 1, col = #editor.line(buf, last.line - 1) })
end

--- What was selected last in the current buffer.
local function selected(editor, columns, buf)
  local first, last = mark(editor, '<'), mark(editor, '>')
  if not first or not last then
    return nil
  end
  local kind = KINDS[editor.kind()] or 'line'
  if kind == 'block' then
    return selected_block(editor, columns, buf, first, last)
  elseif kind == 'char' and editor.option('selection') == 'exclusive' then
    return without_last(editor, buf, first, last)
  end
  return between(kind, first, last)
end

--- Adds what init.lua describes to a host.
---@param host table
---@param editor beans.SelectionEditor
function M.add_to(host, editor)
  local columns = columns_of.new(editor.characters)
  -- Of the block that an operator has worked on last; nil: it reached to the ends of its lines.
  local width

  function host.character(text, col)
    return columns:character(text, col)
  end

  function host.span(buf, text, left, right)
    return columns:span(buf, text, left, right)
  end

  function host.selection(buf)
    local found
    editor.inside(buf, function()
      found = selected(editor, columns, buf)
    end)
    return found
  end

  function host.operated(kind, again)
    local buf = editor.current()
    if kind == 'block' and not again then
      local found = selected(editor, columns, buf)
      width = found.right and found.right - found.left
      return found
    end
    -- The editor has put these on the last character, whatever 'selection' says.
    local first, last = mark(editor, '['), mark(editor, ']')
    if not first or not last then
      return nil
    elseif kind == 'block' then
      -- Its lower corner is where that line ends, at the furthest; the upper one is the cursor.
      local found = between(kind, first, last)
      found.left = columns:at(buf, editor.line(buf, first.line), first.col) + first.off
      found.right = width and found.left + width
      return found
    elseif kind == 'char' and (last.line < first.line or last.line == first.line and last.col < first.col) then
      return nil
    end
    return between(kind, first, last)
  end
end

return M
