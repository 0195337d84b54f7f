-- Folds made by hand, in one window at a time: the same in both editors.

local M = {}

---@class beans.FoldEditor what differs between the editors
---@field fn table Vim's functions
---@field ex fun(command: string)
---@field inside fun(win: integer, run: fun()) runs something while the window is the current one

--- Takes away the fold at a line, without moving the cursor for anyone to see.
local function take(editor, line)
  editor.ex('let w:beans_view = winsaveview()')
  editor.ex(('keepjumps call cursor(%d, 1) | silent! normal! zd'):format(line))
  editor.ex('call winrestview(w:beans_view) | unlet w:beans_view')
end

--- What stands in the way of a fold: whether it is there already, and whether one that is no longer right.
local function look(fn, range)
  local closed = fn.foldclosed(range.first)
  if closed == range.first then
    local is_same = fn.foldclosedend(range.first) == range.last
    return is_same and 'same' or 'closed'
  elseif closed ~= -1 then
    -- Inside a larger one, which is not ours to open; else one whose text went elsewhere while no window showed it.
    return fn.foldclosedend(range.first) >= range.last and 'same' or 'closed'
  elseif fn.foldlevel(range.first) == 0 then
    return 'none'
  end
  return fn.foldlevel(range.last) > 0 and 'same' or 'open'
end

local function put(editor, range)
  local fn, ex = editor.fn, editor.ex
  local state = look(fn, range)
  if state == 'same' then
    return
  elseif state ~= 'none' then
    take(editor, range.first)
  end
  ex(('silent! %d,%dfold'):format(range.first, range.last))
  local at = fn.line('.')
  if state == 'open' or (at > range.first and at <= range.last) then
    ex(('silent! %dfoldopen'):format(range.first))
  end
end

--- Makes `host.fold`.
---@param editor beans.FoldEditor
---@return fun(win: integer, ranges: beans.Range[])
function M.on(editor)
  return function(win, ranges)
    if #ranges > 0 then
      editor.inside(win, function()
        for _, range in ipairs(ranges) do
          put(editor, range)
        end
      end)
    end
  end
end

return M
