-- What is in Vim's file system: folders, and what a path stands for. For host/vim.lua.

local value = require('beans.host.vim.value')

local call = value.call

local M = {}

local KINDS = { file = 'file', dir = 'directory' }

function M.list_names(path)
  -- Vim says no more than that it can't; an empty folder and one that is not there look the same to readdir().
  if vim.fn.isdirectory(path) == 0 then
    return nil, path .. ': no such folder'
  end
  -- Not readdirex(): of each entry it also looks up the owner's name, which makes it ten times as slow.
  local read, names = pcall(call, 'readdir', path, 1, { sort = 'none' })
  if not read then
    return nil, tostring(names)
  end
  return names
end

function M.list_dir(path)
  local names, problem = M.list_names(path)
  if not names then
    return nil, problem
  end
  local entries = {}
  for i, name in ipairs(names) do
    entries[i] = { name = name, kind = KINDS[vim.fn.getftype(path .. '/' .. name)] or 'other' }
  end
  return entries
end

function M.real_path(path)
  local ok, real = pcall(vim.fn.resolve, vim.fn.fnamemodify(path, ':p')) -- links may lead in a circle
  if not ok or vim.fn.getftype(real) == '' then
    return nil
  end
  return real == '/' and real or (real:gsub('/+$', ''))
end

function M.file_facts(path)
  local modified, size = vim.fn.getftime(path), vim.fn.getfsize(path)
  if size > 0 then -- as nothing but a file has, and each look takes its time
    return { kind = 'file', size = size, modified = modified }
  end
  local kind = vim.fn.getftype(path)
  if kind == 'link' then
    kind = vim.fn.getftype(vim.fn.resolve(path))
  end
  if kind == '' or modified < 0 then
    return nil
  end
  return { kind = KINDS[kind] or 'other', size = size, modified = modified }
end

function M.undo_file(path)
  return vim.fn.undofile(vim.fn.fnamemodify(path, ':p'))
end

return M
