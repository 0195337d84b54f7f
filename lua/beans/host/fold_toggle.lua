-- Opening and closing a fold made by hand: the same in both editors.

local M = {}

--- Takes away the fold that begins in a line; those inside of it stay.
local function unfold(fn, ex, line)
  local view = fn.winsaveview()
  ex(('keepjumps %d'):format(line))
  ex('silent! normal! zd') -- fails where folds are not made by hand
  fn.winrestview(view)
end

--- Makes `host.fold_toggle`.
---@param fn table the editor's functions
---@param ex fun(command: string)
---@return fun(first: integer, last: integer): boolean|nil
function M.on(fn, ex)
  return function(first, last)
    if fn.foldclosed(first) ~= -1 then
      ex(('%dfoldopen'):format(first))
      return false
    end
    -- The one from before is made anew: the lines may have become more since.
    if fn.foldlevel(first) > fn.foldlevel(first - 1) then
      unfold(fn, ex, first)
    end
    ex(('silent! %d,%dfold'):format(first, last))
    return fn.foldclosed(first) ~= -1 or nil
  end
end

return M
