-- Asking for an instruction: one line, with the history of the editor's own input, and completed from the prompt
-- library, the targets, and what a mention can bring.

local context = require('beans.context')
local host = require('beans.host')
local prompts = require('beans.prompts')
local scope = require('beans.rewrite.scope')
local warm = require('beans.warm')

local M = {}

local function targets(lead)
  local items = {}
  for _, target in ipairs(scope.TARGETS) do
    local word = '++' .. target
    if word:sub(1, #lead) == lead then
      items[#items + 1] = { word = word }
    end
  end
  return items
end

--- What an instruction may become.
---@param text string up to the cursor
---@return string[] # texts in the place of this one
function M.complete(text)
  local col, items
  local after_target = text:match('^%s*%+%+%l+%s+()') or 1
  if text:find('^%+%S*$') then
    col, items = 0, targets(text)
  elseif text:find('^/%S*$', after_target) then
    col, items = after_target - 1, prompts.complete(text:sub(after_target), 'rewrite')
  else
    col, items = context.omni(text)
  end
  local texts = {}
  for i, item in ipairs(items or {}) do
    texts[i] = text:sub(1, col) .. item.word
  end
  return texts
end

--- Asks for an instruction. Meanwhile the connection to the server is opened.
---@param on_instruction fun(text: string|nil) nil when the user gives it up, or types nothing
---@param default? string what stands there to begin with
function M.ask(on_instruction, default)
  warm.up()
  host.input('Rewrite: ', default or '', function(text)
    on_instruction(text and text:match('^%s*(.-%S)%s*$'))
  end, M.complete)
end

return M
