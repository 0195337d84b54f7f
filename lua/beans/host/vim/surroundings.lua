-- What is around a chat, for host/vim.lua: folders, the buffers of files, what is selected, what was found wrong.

local omni = require('beans.host.omni')
local inside = require('beans.host.vim.inside')
local value = require('beans.host.vim.value')

local call = value.call

local M = {}

function M.cwd()
  return vim.fn.getcwd()
end

-- Buffers -------------------------------------------------------------------------------------------------------------

--- bufadd() gives the number of a buffer that is there, without looking for patterns in the name.
function M.buf_named(path)
  return vim.fn.bufexists(path) == 1 and vim.fn.bufadd(path) or nil
end

--- Whether a buffer is one that the user edits, not a tool's and not a chat.
local function is_ordinary(buf)
  return vim.fn.getbufvar(buf, '&buftype') == '' and vim.fn.getbufvar(buf, '&filetype') ~= 'beans'
end

--- Not by value.call: of each buffer three of some thirty fields are wanted.
local function listed_bufs()
  local infos = {}
  for info in vim.fn.getbufinfo(value.to_vim({ buflisted = 1 }))() do
    if info.loaded == 1 or info.lastused > 0 then
      infos[#infos + 1] = { bufnr = info.bufnr, lastused = info.lastused }
    end
  end
  return infos
end

function M.ordinary_bufs()
  local infos, bufs = listed_bufs(), {}
  table.sort(infos, function(a, b)
    if a.lastused ~= b.lastused then
      return a.lastused > b.lastused
    end
    return a.bufnr < b.bufnr
  end)
  for _, info in ipairs(infos) do
    if is_ordinary(info.bufnr) then
      bufs[#bufs + 1] = info.bufnr
    end
  end
  return bufs
end

--- The buffers that the user may come from, the likeliest first: this window, the one before, those on the screen, the
--- alternate file, and the rest as they were used.
local function candidates()
  local bufs = { vim.fn.bufnr(), vim.fn.winbufnr(vim.fn.winnr('#')) }
  for _, buf in ipairs(call('tabpagebuflist')) do
    bufs[#bufs + 1] = buf
  end
  bufs[#bufs + 1] = vim.fn.bufnr('#')
  for _, buf in ipairs(M.ordinary_bufs()) do
    bufs[#bufs + 1] = buf
  end
  return bufs
end

local function cursor_in(buf)
  local previous = vim.fn.win_getid(vim.fn.winnr('#'))
  local win = vim.fn.winbufnr(previous) == buf and previous or vim.fn.bufwinid(buf)
  win = buf == vim.fn.bufnr() and vim.fn.win_getid() or win
  if win > 0 then
    local at = call('getcurpos', win)
    return at[2], at[3] - 1
  end
  return call('getbufinfo', buf)[1].lnum, 0
end

function M.origin()
  for _, buf in ipairs(candidates()) do
    if buf > 0 and vim.fn.bufloaded(buf) == 1 and is_ordinary(buf) then
      local line, col = cursor_in(buf)
      return { buf = buf, line = math.max(1, line), col = math.max(0, col) }
    end
  end
end

require('beans.host.selection').add_to(M, {
  characters = {
    split = function(text)
      return call('split', (text:gsub('%z', '\n')), '\\zs')
    end,
    cells = function(character)
      return vim.fn.strdisplaywidth(character) -- not strwidth(): that counts one for ^A
    end,
    tabstops = function(buf)
      local several, widths = vim.fn.getbufvar(buf, '&vartabstop'), {}
      for width in tostring(several):gmatch('%d+') do
        widths[#widths + 1] = tonumber(width)
      end
      return widths[1] and widths or { vim.fn.getbufvar(buf, '&tabstop') }
    end,
  },
  line = function(buf, line)
    return vim.buffer(buf)[line] or ''
  end,
  current = function()
    return vim.fn.bufnr()
  end,
  inside = inside.buffer,
  mark = function(name)
    return call('getpos', name)
  end,
  kind = function()
    return vim.fn.visualmode()
  end,
  option = function(name)
    return vim.eval('&' .. name)
  end,
  wanted_column = function()
    local view = vim.fn.winsaveview()
    vim.command('noautocmd normal! gv')
    local column = call('getcurpos')[5]
    vim.command('noautocmd normal! \27')
    vim.fn.winrestview(view)
    return column
  end,
})

-- What was found wrong ------------------------------------------------------------------------------------------------

local function entry_of(item)
  local path = item.bufnr > 0 and vim.fn.fnamemodify(vim.fn.bufname(item.bufnr), ':p') or nil
  return { buf = item.bufnr, path = path, line = item.lnum, col = item.col, kind = item.type, text = item.text }
end

function M.quickfix()
  local entries = {}
  for i, item in ipairs(call('getqflist')) do
    entries[i] = entry_of(item)
  end
  return { title = call('getqflist', { title = 1 }).title or '', entries = entries }
end

local SEVERITIES = { E = 'error', W = 'warning', I = 'info', N = 'hint' }

local function add_of(buf, items, found)
  for _, item in ipairs(items) do
    local entry = entry_of(item)
    if entry.buf == buf and entry.line > 0 then
      entry.kind = SEVERITIES[entry.kind:upper()] or 'error'
      found[#found + 1] = entry
    end
  end
  return found
end

--- Vim has no diagnostics of its own: linters and compilers write their findings into the location list of a window, or
--- into the quickfix list.
function M.diagnostics(buf)
  local found = {}
  for _, win in ipairs(call('win_findbuf', buf)) do
    if #found == 0 then
      add_of(buf, call('getloclist', win), found)
    end
  end
  return #found > 0 and found or add_of(buf, call('getqflist'), found)
end

-- Completion ----------------------------------------------------------------------------------------------------------

local OMNI = [[{first, base -> luaeval('require("beans.host.vim.surroundings").complete(_A)', first)}]]

function M.omnifunc(buf, source)
  omni.set(buf, source)
  vim.fn.setbufvar(buf, '&omnifunc', OMNI)
end

--- What 'omnifunc' calls.
---@param is_first integer
function M.complete(is_first)
  local line = vim.fn.getline('.'):sub(1, vim.fn.col('.') - 1)
  local answer = omni.complete(vim.fn.bufnr(), is_first == 1, line)
  return type(answer) == 'table' and value.list(answer) or answer
end

return M
