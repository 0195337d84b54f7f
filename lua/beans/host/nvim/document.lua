-- Buffers of Neovim that are files, for host/nvim.lua.

local process = require('beans.host.process')
local write = require('beans.host.nvim.write')

local api, fn, uv = vim.api, vim.fn, vim.uv

local M = {}

local autocmds = api.nvim_create_augroup('beans.document', {})

function M.document_open(path)
  local buf = fn.bufadd(path)
  if not api.nvim_buf_is_loaded(buf) then
    vim.cmd(('silent noswapfile call bufload(%d)'):format(buf))
  end
  return buf
end

function M.document_begin(buf, lines)
  local bo = vim.bo[buf]
  bo.readonly, bo.undolevels = false, -1 -- where its folder can't be made it was read as read-only
  api.nvim_buf_set_lines(buf, 0, -1, true, lines)
  bo.undolevels = vim.go.undolevels
  bo.modified = false
end

function M.document_adopt(buf)
  local bo = vim.bo[buf]
  bo.bufhidden, bo.swapfile, bo.modeline, bo.undofile, bo.autoread = 'hide', false, false, false, false
  bo.filetype = 'beans'
end

--- By its resolved name: bufnr() with a name would look for a pattern in it.
function M.buf_of_file(path)
  path = fn.resolve(fn.fnamemodify(path, ':p'))
  for _, buf in ipairs(api.nvim_list_bufs()) do
    if api.nvim_buf_is_loaded(buf) and vim.bo[buf].buftype == '' and fn.resolve(api.nvim_buf_get_name(buf)) == path then
      return buf
    end
  end
end

function M.buf_wipe(buf)
  api.nvim_buf_delete(buf, { force = true })
end

function M.buf_path(buf)
  return api.nvim_buf_get_name(buf)
end

function M.buf_modified(buf)
  return vim.bo[buf].modified
end

local LINE_ENDS = { unix = '\n', dos = '\r\n', mac = '\r' }

--- Neovim hands out a NUL as a line feed, as it keeps it.
local function with_nuls(line)
  return line:find('\n', 1, true) and line:gsub('\n', '\0') or line
end

local function text_of(buf, patch)
  local lines = api.nvim_buf_get_lines(buf, 0, -1, false)
  if patch then
    lines[patch.line] = patch.text
  end
  for i, line in ipairs(lines) do
    lines[i] = with_nuls(line)
  end
  lines[#lines + 1] = ''
  return table.concat(lines, LINE_ENDS[vim.bo[buf].fileformat])
end

function M.document_write(buf, path, patch)
  path = uv.fs_realpath(path) or path
  local old = uv.fs_stat(path)
  return write.whole(path, text_of(buf, patch), { mode = old and old.mode % 4096, fleeting = true })
end

function M.on_write(buf, save)
  api.nvim_create_autocmd('BufWriteCmd', {
    group = autocmds,
    buffer = buf,
    callback = function(event)
      local written = save(fn.fnamemodify(event.match, ':p'), vim.v.cmdbang == 1)
      if written and event.match == api.nvim_buf_get_name(buf) then
        vim.bo[buf].modified = false
      end
    end,
  })
end

function M.on_changed_outside(buf, changed)
  api.nvim_create_autocmd('FileChangedShell', {
    group = autocmds,
    buffer = buf,
    callback = function()
      vim.v.fcs_choice = changed() and 'reload' or ''
    end,
  })
end

function M.on_quit(callback)
  api.nvim_create_autocmd({ 'QuitPre', 'ExitPre' }, {
    group = autocmds,
    callback = function()
      callback()
    end,
  })
end

M.sha256 = fn.sha256

M.process, M.process_alive = process.on(uv.os_getpid, function(pid)
  local sent, _, name = uv.kill(pid, 0)
  return sent == 0 or name == 'EPERM'
end)

return M
