-- A menu of Vim's that typing narrows: a popup with as many lines as fit, and a filter that takes every key.

local clean = require('beans.host.clean')
local narrow = require('beans.host.narrow')
local value = require('beans.host.vim.value')

local call = value.call

local M = {}

---@class beans.VimMenu
---@field win integer of the popup
---@field list beans.Narrow
---@field prompt string
local Menu = {}
Menu.__index = Menu

function Menu:title()
  local typed = self.list.typed ~= '' and self.list.typed or 'type to narrow'
  return (' %s (%s): %s '):format(self.prompt, self.list:count(), clean.line(typed))
end

--- Shows what is left when something else is typed.
function Menu:type(typed)
  self.list:type(typed)
  vim.fn.popup_settext(self.win, value.list(self.list:left()))
  call('popup_setoptions', self.win, { title = self:title(), firstline = 1 })
  vim.fn.win_execute(self.win, 'call cursor(1, 1)')
end

--- Moves by a key of Normal mode; `#` in it stands for the lines of a page.
function Menu:move(key)
  local page = ('%d'):format(math.max(1, vim.fn.winheight(self.win) - 1))
  vim.fn.win_execute(self.win, 'normal! ' .. key:gsub('#', page))
end

function Menu:choose()
  local line = vim.fn.line('.', self.win)
  if self.list.shown[line] then
    vim.fn.popup_close(self.win, line)
  end
end

local KEYS = {
  ['<CR>'] = Menu.choose,
  ['<Esc>'] = function(self)
    vim.fn.popup_close(self.win, -1)
  end,
  ['<BS>'] = function(self)
    self:type((self.list.typed:gsub('[^\128-\191][\128-\191]*$', '')))
  end,
  ['<C-u>'] = function(self)
    self:type('')
  end,
  ['<C-w>'] = function(self)
    self:type((self.list.typed:gsub('%S*%s*$', '')))
  end,
}

for key, move in pairs({
  ['<Down>'] = 'j',
  ['<Up>'] = 'k',
  ['<PageDown>'] = '#j',
  ['<PageUp>'] = '#k',
  ['<Home>'] = 'gg',
  ['<End>'] = 'G',
}) do
  KEYS[key] = function(self)
    self:move(move)
  end
end

for key, same in pairs({
  ['<C-c>'] = '<Esc>',
  ['<C-h>'] = '<BS>',
  ['<C-n>'] = '<Down>',
  ['<C-p>'] = '<Up>',
  ['<C-j>'] = '<Down>',
  ['<C-k>'] = '<Up>',
  ['<Tab>'] = '<Down>',
  ['<S-Tab>'] = '<Up>',
}) do
  KEYS[key] = KEYS[same]
end

--- The keys as Vim hands them to a filter; from Vim script, as only that knows them.
local by_code

local function action_of(code)
  if not by_code then
    by_code = {}
    for key, action in pairs(KEYS) do
      by_code[vim.eval(([["\%s"]]):format(key))] = action
    end
  end
  return by_code[code]
end

--- Takes a key: one of ours, or a character to type. All others do nothing; none goes to the window below.
function Menu:key(code)
  local action = action_of(code)
  if action then
    action(self)
  elseif not code:find('^[%c\128]') then
    self:type(self.list.typed .. code)
  end
end

--- Lets the user choose one.
---@param items string[]
---@param prompt string
---@param on_choice fun(item: string|nil, index: integer|nil)
function M.open(items, prompt, on_choice)
  local self = setmetatable({ list = narrow.new(items, vim.fn.tolower), prompt = clean.line(prompt) }, Menu)
  local columns, rows = vim.eval('&columns'), vim.eval('&lines')
  local width = math.max(20, columns - 6)
  self.win = call('popup_menu', self.list:left(), {
    title = self:title(),
    minwidth = width,
    maxwidth = width,
    maxheight = math.max(3, rows - 6),
    wrap = 0,
    mapping = 0,
    filter = function(_, code)
      self:key(code)
      return 1
    end,
    callback = function(_, line)
      local index = line > 0 and self.list.shown[line] or nil
      on_choice(index and items[index], index)
    end,
  })
end

return M
