-- Buffers of Vim that are files, for host/vim.lua.

local process = require('beans.host.process')
local value = require('beans.host.vim.value')

local call = value.call

local M = {}

function M.document_open(path)
  local buf = vim.fn.bufadd(path)
  if vim.fn.bufloaded(buf) == 0 then
    vim.command(('silent noswapfile call bufload(%d)'):format(buf))
  end
  return buf
end

function M.document_begin(buf, lines)
  vim.fn.setbufvar(buf, '&readonly', 0) -- as it was read where its folder can't be made
  vim.fn.setbufvar(buf, '&undolevels', -1)
  call('setbufline', buf, 1, value.lines(lines))
  vim.fn.setbufvar(buf, '&undolevels', -123456) -- the value that means the global one
  vim.fn.setbufvar(buf, '&modified', 0)
end

local OPTIONS = { bufhidden = 'hide', swapfile = 0, modeline = 0, undofile = 0, autoread = 0, filetype = 'beans' }

function M.document_adopt(buf)
  for name, setting in pairs(OPTIONS) do
    vim.fn.setbufvar(buf, '&' .. name, setting)
  end
end

--- By its resolved name: bufnr() with a name would look for a pattern in it.
function M.buf_of_file(path)
  path = vim.fn.resolve(vim.fn.fnamemodify(path, ':p'))
  for info in vim.fn.getbufinfo(value.to_vim({ bufloaded = 1 }))() do
    local name = info.name
    if name ~= '' and vim.fn.getbufvar(info.bufnr, '&buftype') == '' and vim.fn.resolve(name) == path then
      return info.bufnr
    end
  end
end

function M.buf_wipe(buf)
  vim.command(('silent %dbwipeout!'):format(buf))
end

function M.buf_path(buf)
  local name = vim.fn.bufname(buf)
  return name ~= '' and vim.fn.fnamemodify(name, ':p') or ''
end

function M.buf_modified(buf)
  return vim.fn.getbufvar(buf, '&modified') ~= 0
end

--- The lines stay in Vim: a long text is not made into Lua's strings and back.
local function lines_of(buf, patch)
  local lines = vim.fn.getbufline(buf, 1, '$')
  if patch then
    lines[patch.line] = patch.text
  end
  local format = vim.fn.getbufvar(buf, '&fileformat')
  if format == 'dos' then
    lines = vim.fn.map(lines, 'v:val .. "\\r"')
  elseif format == 'mac' then
    lines = value.list({ vim.fn.join(lines, '\r') })
  end
  return lines
end

local function write_private(path, lines, mode)
  value.try('mkdir', vim.fn.fnamemodify(path, ':h'), 'p', tonumber('700', 8))
  value.try('writefile', value.list({}), path)
  vim.fn.setfperm(path, 'rw-------')
  value.try('writefile', lines, path)
  if mode ~= '' then
    vim.fn.setfperm(path, mode)
  end
end

function M.document_write(buf, path, patch)
  path = vim.fn.resolve(path)
  local temporary = ('%s.%d.new'):format(path, vim.fn.getpid())
  local ok, message = pcall(write_private, temporary, lines_of(buf, patch), vim.fn.getfperm(path))
  if ok then
    ok, message = os.rename(temporary, path) -- not Vim's rename(), which deletes what stands there first
  end
  if not ok then
    vim.fn.delete(temporary)
    return false, tostring(message)
  end
  return true
end

function M.on_write(buf, write)
  local function write_now()
    local path = vim.fn.fnamemodify(vim.fn.expand('<amatch>'), ':p')
    if write(path, vim.eval('v:cmdbang') == 1) and path == M.buf_path(buf) then
      vim.fn.setbufvar(buf, '&modified', 0)
    end
  end
  vim.command(('autocmd beans BufWriteCmd <buffer=%d> %s'):format(buf, value.command(write_now)))
end

function M.on_changed_outside(buf, changed)
  local function decide()
    vim.command(("let v:fcs_choice = '%s'"):format(changed() and 'reload' or ''))
  end
  vim.command(('autocmd beans FileChangedShell <buffer=%d> %s'):format(buf, value.command(decide)))
end

function M.on_quit(callback)
  vim.command('autocmd beans QuitPre,ExitPre * ' .. value.command(callback))
end

function M.sha256(text)
  return vim.fn.sha256(text)
end

local function pid()
  return vim.fn.getpid()
end

--- Linux shows its processes as folders; elsewhere a program must be asked.
M.process, M.process_alive = process.on(pid, function(other)
  if vim.fn.isdirectory('/proc/self') == 1 then
    return vim.fn.isdirectory(('/proc/%d'):format(other)) == 1
  end
  vim.fn.system(('kill -0 %d'):format(other))
  return vim.eval('v:shell_error') == 0
end)

return M
