-- What is in Vim's file system: folders, and what a path stands for. For host/vim.lua.

local value = require('beans.host.vim.value')

local call = value.call

local M = {}

local KINDS = { file = 'file', dir = 'directory' }

function M.list_dir(path)
  -- Vim says no more than that it can't; an empty folder and one that is not there look the same to readdirex().
  if vim.fn.isdirectory(path) == 0 then
    return nil, path .. ': no such folder'
  end
  local read, entries = pcall(call, 'readdirex', path, 1, { sort = 'none' })
  if not read then
    return nil, tostring(entries)
  end
  for _, entry in ipairs(entries) do
    entry.kind = KINDS[entry.type] or 'other'
  end
  return entries
end

function M.real_path(path)
  local real = vim.fn.resolve(vim.fn.fnamemodify(path, ':p'))
  if vim.fn.getftype(real) == '' then
    return nil
  end
  return real == '/' and real or (real:gsub('/+$', ''))
end

function M.file_facts(path)
  local real = M.real_path(path)
  if not real then
    return nil
  end
  local kind = KINDS[vim.fn.getftype(real)] or 'other'
  return { kind = kind, size = vim.fn.getfsize(real), modified = vim.fn.getftime(real) }
end

return M
