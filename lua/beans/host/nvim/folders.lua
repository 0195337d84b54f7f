-- What is in Neovim's file system: folders, and what a path stands for. For host/nvim.lua.

local fn, uv = vim.fn, vim.uv

local M = {}

local KINDS = { file = 'file', directory = 'directory' }

--- Some file systems don't tell the kind with the name.
local function kind_of(path, told)
  if told == nil or told == 'unknown' then
    local found = uv.fs_lstat(path)
    told = found and found.type
  end
  return KINDS[told] or 'other'
end

function M.list_names(path)
  local entries, message = uv.fs_scandir(path)
  if not entries then
    return nil, message
  end
  local names = {}
  local name = uv.fs_scandir_next(entries)
  while name do
    names[#names + 1] = name
    name = uv.fs_scandir_next(entries)
  end
  return names
end

function M.list_dir(path)
  local entries, message = uv.fs_scandir(path)
  if not entries then
    return nil, message
  end
  local list = {}
  local name, told = uv.fs_scandir_next(entries)
  while name do
    list[#list + 1] = { name = name, kind = kind_of(path .. '/' .. name, told) }
    name, told = uv.fs_scandir_next(entries)
  end
  return list
end

function M.real_path(path)
  return (uv.fs_realpath(path))
end

function M.file_facts(path)
  local found = uv.fs_stat(path)
  if not found then
    return nil
  end
  local modified = found.mtime.sec + found.mtime.nsec / 1e9
  return { kind = KINDS[found.type] or 'other', size = found.size, modified = modified }
end

function M.undo_file(path)
  return fn.undofile(fn.fnamemodify(path, ':p'))
end

return M
