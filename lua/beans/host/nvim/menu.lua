-- A menu of Neovim's that typing narrows, for users without a picker of their own: a floating window with one line to
-- type in, and below it one with the items that are left.

local clean = require('beans.host.clean')
local narrow = require('beans.host.narrow')

local api, fn = vim.api, vim.fn

local M = {}

---@class beans.NvimMenu
---@field list beans.Narrow
---@field prompt string
---@field input {buf: integer, win: integer}
---@field items {buf: integer, win: integer}
---@field back integer the window to go back to
---@field finish fun(index: integer|nil)
local Menu = {}
Menu.__index = Menu

local function float(geometry, enter)
  local buf = api.nvim_create_buf(false, true)
  vim.bo[buf].bufhidden = 'wipe'
  vim.b[buf].beans_disable = true
  local options = { relative = 'editor', style = 'minimal', border = 'single' }
  local win = api.nvim_open_win(buf, enter, vim.tbl_extend('error', options, geometry))
  vim.wo[win][0].wrap = false
  return { buf = buf, win = win }
end

function Menu:title()
  return (' %s (%s) '):format(self.prompt, self.list:count())
end

function Menu:draw()
  api.nvim_buf_set_lines(self.items.buf, 0, -1, false, self.list:left())
  api.nvim_win_set_cursor(self.items.win, { 1, 0 })
  api.nvim_win_set_config(self.input.win, { title = self:title() })
end

function Menu:open()
  local width = math.max(20, vim.o.columns - 6)
  local height = math.max(1, math.min(#self.list.lines, vim.o.lines - 8))
  local col = math.max(0, math.floor((vim.o.columns - width) / 2) - 1)
  local row = math.max(0, math.floor((vim.o.lines - height - 5) / 2))
  self.items =
    float({ row = row + 2, col = col, width = width, height = height, focusable = false, zindex = 60 }, false)
  self.input = float({ row = row, col = col, width = width, height = 1, title = self:title(), zindex = 61 }, true)
  vim.wo[self.items.win][0].cursorline = true
  self:draw()
end

--- Closes both windows and goes back, whence it came.
function Menu:close(index)
  if self.closed then
    return
  end
  self.closed = true
  vim.cmd('stopinsert')
  for _, part in ipairs({ self.input, self.items }) do
    pcall(api.nvim_win_close, part.win, true)
  end
  if api.nvim_win_is_valid(self.back) then
    api.nvim_set_current_win(self.back)
  end
  vim.schedule(function()
    self.finish(index)
  end)
end

--- Takes what is typed. Neovim tells of it only when no more keys wait, so each key asks, too.
function Menu:take()
  local typed = api.nvim_buf_get_lines(self.input.buf, 0, 1, false)[1]
  if typed ~= self.list.typed then
    self.list:type(typed)
    self:draw()
  end
end

function Menu:choose()
  self:take()
  local index = self.list.shown[api.nvim_win_get_cursor(self.items.win)[1]]
  if index then
    self:close(index)
  end
end

--- Moves by a key of Normal mode; `#` in it stands for the lines of a page.
function Menu:move(key)
  self:take()
  local page = math.max(1, api.nvim_win_get_height(self.items.win) - 1)
  api.nvim_win_call(self.items.win, function()
    vim.cmd.normal({ (key:gsub('#', page)), bang = true })
  end)
end

local KEYS = {
  ['<Down>'] = 'j',
  ['<C-n>'] = 'j',
  ['<C-j>'] = 'j',
  ['<Tab>'] = 'j',
  ['<Up>'] = 'k',
  ['<C-p>'] = 'k',
  ['<C-k>'] = 'k',
  ['<S-Tab>'] = 'k',
  ['<PageDown>'] = '#j',
  ['<PageUp>'] = '#k',
  ['<C-Home>'] = 'gg',
  ['<C-End>'] = 'G',
}

function Menu:map()
  local options = { buffer = self.input.buf, nowait = true }
  for key, moves in pairs(KEYS) do
    vim.keymap.set({ 'n', 'i' }, key, function()
      self:move(moves)
    end, options)
  end
  vim.keymap.set({ 'n', 'i' }, '<CR>', function()
    self:choose()
  end, options)
  for _, key in ipairs({ '<Esc>', '<C-c>' }) do
    vim.keymap.set({ 'n', 'i' }, key, function()
      self:close(nil)
    end, options)
  end
end

function Menu:watch()
  api.nvim_create_autocmd({ 'TextChangedI', 'TextChanged' }, {
    buffer = self.input.buf,
    callback = function()
      self:take()
    end,
  })
  api.nvim_create_autocmd('BufLeave', {
    buffer = self.input.buf,
    callback = function()
      self:close(nil)
    end,
  })
end

--- Lets the user choose one.
---@param items string[]
---@param prompt string
---@param on_choice fun(item: string|nil, index: integer|nil)
function M.open(items, prompt, on_choice)
  local self = setmetatable({ list = narrow.new(items, fn.tolower), prompt = clean.line(prompt) }, Menu)
  self.back = api.nvim_get_current_win()
  self.finish = function(index)
    on_choice(index and items[index], index)
  end
  self:open()
  self:map()
  self:watch()
  vim.cmd('startinsert')
end

return M
