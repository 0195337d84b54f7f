-- Folders and what is known of files, for host/nvim.lua.

local fn, uv = vim.fn, vim.uv

local M = {}

--- What a link, or an entry of a file system that tells no kinds, is in the end.
local function kind_of(path, kind)
  if kind ~= 'file' and kind ~= 'directory' then
    local stat = uv.fs_stat(path)
    kind = stat and stat.type
  end
  return (kind == 'file' or kind == 'directory') and kind or 'other'
end

function M.list_dir(path)
  local handle, message = uv.fs_scandir(path)
  if not handle then
    return nil, message
  end
  local entries = {}
  for name, kind in uv.fs_scandir_next, handle do
    entries[#entries + 1] = { name = name, kind = kind_of(path .. '/' .. name, kind) }
  end
  return entries
end

function M.file_stat(path)
  local stat = uv.fs_stat(path)
  return stat and { mtime = stat.mtime.sec + stat.mtime.nsec / 1e9, size = stat.size }
end

function M.undo_file(path)
  return fn.undofile(fn.fnamemodify(path, ':p'))
end

return M
