-- What is around a chat, for host/nvim.lua: folders, the buffers of files, what is selected, what was found wrong.

local omni = require('beans.host.omni')

local api, fn = vim.api, vim.fn

local M = {}

function M.cwd()
  return fn.getcwd()
end

-- Buffers -------------------------------------------------------------------------------------------------------------

function M.buf_named(path)
  return fn.bufexists(path) == 1 and fn.bufadd(path) or nil
end

--- Whether a buffer is one that the user edits, not a tool's and not a chat.
local function is_ordinary(buf)
  return vim.bo[buf].buftype == '' and vim.bo[buf].filetype ~= 'beans'
end

function M.ordinary_bufs()
  local infos = {}
  for _, info in ipairs(fn.getbufinfo({ buflisted = 1 })) do
    if is_ordinary(info.bufnr) and (info.loaded == 1 or info.lastused > 0) then
      infos[#infos + 1] = info
    end
  end
  table.sort(infos, function(a, b)
    if a.lastused ~= b.lastused then
      return a.lastused > b.lastused
    end
    return a.bufnr < b.bufnr
  end)
  return vim.tbl_map(function(info)
    return info.bufnr
  end, infos)
end

--- The buffers that the user may come from, the likeliest first: this window, the one before, those on the screen, the
--- alternate file, and the rest as they were used.
local function candidates()
  local bufs = { api.nvim_get_current_buf(), fn.winbufnr(fn.winnr('#')) }
  for _, win in ipairs(api.nvim_tabpage_list_wins(0)) do
    bufs[#bufs + 1] = api.nvim_win_get_buf(win)
  end
  bufs[#bufs + 1] = fn.bufnr('#')
  return vim.list_extend(bufs, M.ordinary_bufs())
end

function M.origin()
  for _, buf in ipairs(candidates()) do
    if buf > 0 and api.nvim_buf_is_loaded(buf) and is_ordinary(buf) then
      local previous = fn.win_getid(fn.winnr('#'))
      local win = fn.winbufnr(previous) == buf and previous or fn.bufwinid(buf)
      win = buf == api.nvim_get_current_buf() and 0 or win
      local at = win >= 0 and api.nvim_win_get_cursor(win) or api.nvim_buf_get_mark(buf, '"')
      return { buf = buf, line = math.max(1, at[1]), col = at[2] }
    end
  end
end

require('beans.host.selection').add_to(M, {
  characters = {
    split = function(text)
      return fn.split((text:gsub('%z', '\n')), '\\zs')
    end,
    cells = function(character)
      return fn.strdisplaywidth(character) -- not strwidth(): that counts one for ^A
    end,
    tabstops = function(buf)
      local several = vim.bo[buf].vartabstop
      return vim.tbl_map(tonumber, vim.split(several ~= '' and several or tostring(vim.bo[buf].tabstop), ','))
    end,
  },
  line = function(buf, line)
    return api.nvim_buf_get_lines(buf, line - 1, line, false)[1] or ''
  end,
  current = api.nvim_get_current_buf,
  inside = api.nvim_buf_call,
  mark = fn.getpos,
  kind = fn.visualmode,
  option = function(name)
    return vim.o[name]
  end,
  wanted_column = function()
    local view = fn.winsaveview()
    vim.cmd('noautocmd normal! gv')
    local column = fn.getcurpos()[5]
    vim.cmd('noautocmd normal! \27')
    fn.winrestview(view)
    return column
  end,
})

-- What was found wrong ------------------------------------------------------------------------------------------------

function M.quickfix()
  local list = fn.getqflist({ title = 1, items = 1 })
  local entries = {}
  for i, item in ipairs(list.items) do
    local path = item.bufnr > 0 and api.nvim_buf_get_name(item.bufnr) or nil
    entries[i] = { path = path, line = item.lnum, col = item.col, kind = item.type, text = item.text }
  end
  return { title = list.title, entries = entries }
end

local SEVERITIES = { 'error', 'warning', 'info', 'hint' }

function M.diagnostics(buf)
  local found = {}
  for i, item in ipairs(vim.diagnostic.get(buf)) do
    found[i] = {
      line = item.lnum + 1,
      col = item.col + 1,
      kind = SEVERITIES[item.severity],
      text = item.message,
      source = item.source,
    }
  end
  return found
end

-- Completion ----------------------------------------------------------------------------------------------------------

function M.omnifunc(buf, source)
  omni.set(buf, source)
  vim.bo[buf].omnifunc = "v:lua.require'beans.host.nvim.surroundings'.complete"
end

--- What 'omnifunc' calls.
---@param is_first integer
function M.complete(is_first)
  local line = api.nvim_get_current_line():sub(1, api.nvim_win_get_cursor(0)[2])
  return omni.complete(api.nvim_get_current_buf(), is_first == 1, line)
end

return M
