-- Folders and what is known of files, for host/vim.lua.

local value = require('beans.host.vim.value')

local M = {}

local KINDS = { file = 'file', link = 'file', dir = 'directory', linkd = 'directory' }

local function entries_of(path)
  local entries = {}
  -- Not by value.to_lua: of each entry only two of ten fields are wanted.
  for entry in vim.fn.readdirex(path, '1', value.to_vim({ sort = 'none' }))() do
    local kind = KINDS[entry.type] or 'other'
    if entry.type == 'link' and vim.fn.filereadable(path .. '/' .. entry.name) == 0 then
      kind = 'other' -- it leads nowhere
    end
    entries[#entries + 1] = { name = entry.name, kind = kind }
  end
  return entries
end

function M.list_dir(path)
  if vim.fn.isdirectory(path) == 0 then
    return nil, path .. ': no such folder'
  end
  local ok, entries = pcall(entries_of, path)
  if not ok then
    return nil, tostring(entries)
  end
  return entries
end

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
