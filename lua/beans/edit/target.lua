-- Which file a path means that a model has named, and whether it may be opened: the text is not trusted. What looks at
-- the disk comes as an argument. Pure.

local M = {}

---@class beans.TargetFiles what is needed of the host
---@field real_path fun(path: string): string|nil
---@field file_type fun(path: string): string|nil

---@class beans.Target
---@field path string absolute, without links
---@field inside boolean it lies in the project
---@field is_new boolean there is no such file yet
---@field folder_missing boolean nor the folder for it

--- Folders and files that make an editor or git run what stands in them.
local FORBIDDEN = {
  ['.git'] = true,
  ['.hg'] = true,
  ['.svn'] = true,
  ['.vim'] = true,
  ['.nvim'] = true,
  ['.vscode'] = true,
  ['.idea'] = true,
  ['.vimrc'] = true,
  ['_vimrc'] = true,
  ['.gvimrc'] = true,
  ['_gvimrc'] = true,
  ['.exrc'] = true,
  ['_exrc'] = true,
  ['.nvimrc'] = true,
  ['.nvim.lua'] = true,
  ['.lazy.lua'] = true,
}

local function parent_of(path)
  local parent = path:match('^(.*)/[^/]*$')
  return parent == '' and '/' or parent
end

--- The nearest folder with a `.git`, at a folder or above it.
---@param files beans.TargetFiles
---@param folder string absolute
---@return string|nil
function M.root(files, folder)
  local at = folder
  while at do
    if files.file_type((at == '/' and '' or at) .. '/.git') then
      return at
    end
    at = at ~= '/' and parent_of(at) or nil
  end
end

--- A path with the links of all that exists of it resolved; and whether its folder exists.
local function resolved(files, path)
  local parent, rest = parent_of(path), path:match('[^/]*$')
  local real, missing = files.real_path(parent), false
  while not real and parent and parent ~= '/' do
    missing = true
    rest = parent:match('[^/]*$') .. '/' .. rest
    parent = parent_of(parent)
    real = files.real_path(parent)
  end
  for part in rest:gmatch('[^/]+') do
    if part == '..' or part == '.' then
      return nil
    end
  end
  return real and ((real == '/' and '' or real) .. '/' .. rest), missing
end

local function forbidden_part(path)
  for part in path:gmatch('[^/]+') do
    if FORBIDDEN[part:lower()] then
      return part
    end
  end
end

--- What a path means.
---@param files beans.TargetFiles
---@param root string of the project, absolute
---@param path string absolute, or relative to the root
---@return beans.Target|nil
---@return string|nil why not
function M.resolve(files, root, path)
  local full, missing = resolved(files, path:sub(1, 1) == '/' and path or root .. '/' .. path)
  if not full or path:find('%c') then
    return nil, 'it is no path of a file'
  end
  local kind = files.file_type(full)
  local real = kind and files.real_path(full)
  if kind and not real then
    return nil, 'it is a link that leads nowhere'
  end
  kind, full = real and files.file_type(real), real or full
  if kind and kind ~= 'file' then
    return nil, 'it is no ordinary file'
  end
  local part = forbidden_part(full)
  if part then
    return nil, ('%s is never changed'):format(part)
  end
  local real_root = files.real_path(root) or root
  local inside = real_root == '/' or full:sub(1, #real_root + 1) == real_root .. '/'
  return { path = full, inside = inside, is_new = kind == nil, folder_missing = missing }
end

return M
