-- What is done with lists everywhere. Pure.

local M = {}

--- Appends the items first … last of a list to another one; all of them unless told.
---@generic T
---@param to T[]
---@param from T[]
---@param first? integer
---@param last? integer
---@return T[] to
function M.append(to, from, first, last)
  for i = first or 1, last or #from do
    to[#to + 1] = from[i]
  end
  return to
end

--- So many items of a list, from one on.
---@generic T
---@param list T[]
---@param first integer
---@param count integer
---@return T[] # a new list
function M.slice(list, first, count)
  return M.append({}, list, first, first + count - 1)
end

--- Whether two lists have the same items.
---@param one any[]
---@param other any[]
---@return boolean
function M.same(one, other)
  for i = 1, math.max(#one, #other) do
    if one[i] ~= other[i] then
      return false
    end
  end
  return true
end

return M
