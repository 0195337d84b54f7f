-- Asking for a text in Neovim, with what completes it.

local M = {}

---@type fun(text: string): string[] of what is asked now
local completes

--- What `completion` names: it gets the whole text up to the cursor.
---@param text string
---@return string[]
function M.complete(text)
  return completes(text)
end

---@param prompt string
---@param default string
---@param on_input fun(text: string|nil)
---@param complete? fun(text: string): string[]
function M.open(prompt, default, on_input, complete)
  local options = { prompt = prompt, default = default }
  if complete then
    completes = complete
    options.completion = "customlist,v:lua.require'beans.host.nvim.input'.complete"
  end
  vim.ui.input(options, on_input)
end

return M
