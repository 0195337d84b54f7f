-- What is known of files, for host/vim.lua.

local M = {}

function M.file_stat(path)
  local mtime = vim.fn.getftime(path)
  if mtime < 0 then
    return nil
  end
  return { mtime = mtime, size = vim.fn.getfsize(path) }
end

function M.undo_file(path)
  return vim.fn.undofile(vim.fn.fnamemodify(path, ':p'))
end

return M
