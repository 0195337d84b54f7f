-- Chats that are long already, for scenarios that need one.

local M = {}

-- Of each scenario: what to call it, and its bytes.
M.SIZES = { { '10 KB', 10e3 }, { '1 MB', 1e6 }, { '5 MB', 5e6 } }

local EXCHANGE = {
  '# You',
  '',
  'How do I **sort** a list in `lua`?',
  '',
  '# Beans',
  '',
  '> [!BEANS] Reasoning',
  '> The user asks for sorting.',
  '> So table.sort it is.',
  '',
  'With `table.sort`, in place:',
  '',
  '```lua',
  'local list = { 3, 1, 2 }',
  'table.sort(list, function(a, b)',
  '  return a < b',
  'end)',
  '```',
  '',
  '- it is *not* stable',
  '- the function must be a strict order',
  '',
  'Numbers and strings need no function.',
  '',
  '> [!BEANS] gpt-5.5 · 1,234 → 567 tokens · first after 0.4 s · 98 tokens/s · $0.0123',
  '',
}

--- Writes a chat of about so many bytes.
---@param path string
---@param bytes number
---@param head string[] the lines above the exchanges
---@param foot string[] those below
function M.write(path, bytes, head, foot)
  local lines = vim.list_slice(head)
  for _ = 1, math.ceil(bytes / (#table.concat(EXCHANGE, '\n') + 1)) do
    vim.list_extend(lines, EXCHANGE)
  end
  vim.fn.writefile(vim.list_extend(lines, foot), path)
end

return M
