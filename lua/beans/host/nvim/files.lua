-- What is known of files, for host/nvim.lua.

local fn, uv = vim.fn, vim.uv

local M = {}

function M.file_stat(path)
  local stat = uv.fs_stat(path)
  return stat and { mtime = stat.mtime.sec + stat.mtime.nsec / 1e9, size = stat.size }
end

function M.undo_file(path)
  return fn.undofile(fn.fnamemodify(path, ':p'))
end

return M
