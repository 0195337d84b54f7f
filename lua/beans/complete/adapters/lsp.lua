-- A language server within Neovim that offers the candidate to `vim.lsp.inline_completion`, which shows and accepts it
-- in the place of the ghost text:
--   require('beans.complete.adapters.lsp').start()

local host = require('beans.host')

local M = {}

--- Attaches it to a buffer; a second time does nothing. What it asks for is the same as in menu_item.lua.
---@param buf? integer the current one unless told
---@return boolean # false, with a message, where the editor knows no such servers
function M.start(buf)
  if not host.inline_server then
    host.notify('beans: inline completion by a language server needs Neovim 0.12 or newer', 'warn')
    return false
  end
  return host.inline_server(buf or host.current().buf, function(on_candidate)
    return require('beans.complete').offer(on_candidate)
  end)
end

return M
