-- Asking for a text in Vim, with what completes it.

local value = require('beans.host.vim.value')

local M = {}

---@type fun(text: string): string[] of what is asked now
local completes

-- input() takes the name of a function, and of no other kind than this.
local FUNCTION = [[
function! BeansCompleteInput(text, ...) abort
  return luaeval('require("beans.host.vim.input").complete(_A)', a:text)
endfunction]]

--- What BeansCompleteInput() returns: it gets the whole text up to the cursor.
---@param text string
function M.complete(text)
  return value.list(completes(text))
end

---@param prompt string
---@param default string
---@param complete? fun(text: string): string[]
---@return string|nil
function M.ask(prompt, default, complete)
  local text
  if complete then
    completes = complete
    vim.fn.execute(value.list(vim.fn.split(FUNCTION, '\n')))
    text = vim.fn.input(prompt, default, 'customlist,BeansCompleteInput')
  else
    text = vim.fn.input(prompt, default)
  end
  return text ~= '' and text or nil
end

return M
