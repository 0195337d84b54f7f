-- Paths as text, with slashes. Pure: nothing here looks at a disk.

local M = {}

--- The parts of a path between its slashes.
---@param path string
---@return string[]
function M.parts(path)
  local parts = {}
  for part in path:gmatch('[^/]+') do
    parts[#parts + 1] = part
  end
  return parts
end

--- A path from the root, without `.`, `..` and slashes too many.
---@param path string may begin with `~/`
---@param folder string what it is relative to
---@param home? string
---@return string
function M.absolute(path, folder, home)
  if home and (path == '~' or path:sub(1, 2) == '~/') then
    path = home .. path:sub(2)
  elseif path:sub(1, 1) ~= '/' then
    path = folder .. '/' .. path
  end
  local kept = {}
  for _, part in ipairs(M.parts(path)) do
    if part == '..' then
      kept[#kept] = nil
    elseif part ~= '.' then
      kept[#kept + 1] = part
    end
  end
  return '/' .. table.concat(kept, '/')
end

--- A path as seen from a folder that it lies in; any other stays as it is.
---@param path string
---@param folder string
---@return string
function M.relative(path, folder)
  local begin = folder == '/' and '/' or folder .. '/'
  return path:sub(1, #begin) == begin and path:sub(#begin + 1) or path
end

--- The folder that something lies in.
---@param path string absolute
---@return string
function M.folder(path)
  local folder = path:match('^(.*)/[^/]*$')
  return (folder == nil or folder == '') and '/' or folder
end

--- The last part of a path.
---@param path string
---@return string
function M.name(path)
  return path:match('[^/]*$')
end

return M
