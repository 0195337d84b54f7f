-- The keys of a chat buffer, and what they do there.

local host = require('beans.host')
local message_keys = require('beans.chat.message_keys')
local transcript = require('beans.transcript')

local M = {}

--- The fenced blocks: lines of both fences; the last may still be being written, and has only one.
local function fenced(lines)
  local blocks, open, fence = {}, nil, nil
  for i, line in ipairs(lines) do
    local mark = line:match('^%s*(```+)') or line:match('^%s*(~~~+)')
    if mark and not open then
      open, fence = i, mark
    elseif mark and mark:sub(1, #fence) == fence and line:match('^%s*[`~]+%s*$') then
      blocks[#blocks + 1] = { first = open, last = i }
      open = nil
    end
  end
  blocks[#blocks + 1] = open and { first = open }
  return blocks
end

--- The lines inside the fenced block around a line; nil when there is none.
local function block_around(lines, at)
  for _, block in ipairs(fenced(lines)) do
    if at >= block.first and at <= (block.last or #lines) then
      return block.first + 1, block.last and block.last - 1 or #lines
    end
  end
end

--- Goes to the next (1) or previous (-1) of some lines.
local function jump_to(lines, direction)
  local here, target = host.current(), nil
  for _, line in ipairs(lines) do
    if direction > 0 and line > here.line then
      target = target or line
    elseif direction < 0 and line < here.line then
      target = line
    end
  end
  if target then
    host.win_cursor(here.win, target, 0)
  end
end

local function firsts(list)
  local lines = {}
  for i, item in ipairs(list) do
    lines[i] = item.first
  end
  return lines
end

local function jump(chat, direction)
  jump_to(firsts(transcript.parse(chat:lines())), direction)
end

local function jump_block(chat, direction)
  jump_to(firsts(fenced(chat:lines())), direction)
end

local function yank_block(chat)
  local lines = chat:lines()
  local first, last = block_around(lines, host.current().line)
  if not first then
    host.notify('beans: there is no code block under the cursor', 'warn')
    return
  end
  host.yank(table.concat(lines, '\n', first, last) .. '\n')
  host.notify(('beans: yanked %d lines'):format(last - first + 1), 'info')
end

local function close(chat)
  for _, win in ipairs(host.buf_windows(chat.buf)) do
    if win == host.current().win then
      host.win_close(win)
    end
  end
end

local help

--- modes, key, what it does in words, what it does
local KEYS = {
  {
    'n',
    '<CR>',
    'send the message',
    function(chat)
      chat:send()
    end,
  },
  {
    'i',
    '<C-s>',
    'send the message',
    function(chat)
      host.stop_insert()
      host.schedule(function()
        chat:send()
      end)
    end,
  },
  {
    'ni',
    '<C-c>',
    'stop the answer',
    function(chat)
      if not chat:stop() then
        host.stop_insert()
      end
    end,
  },
  {
    'n',
    'gr',
    'take the last answer back and ask again',
    function(chat)
      chat:retry()
    end,
  },
  { 'n', 'gy', 'yank the code block under the cursor', yank_block },
  {
    'n',
    ']]',
    'next message',
    function(chat)
      jump(chat, 1)
    end,
  },
  {
    'n',
    '[[',
    'previous message',
    function(chat)
      jump(chat, -1)
    end,
  },
  {
    'n',
    ']b',
    'next code block',
    function(chat)
      jump_block(chat, 1)
    end,
  },
  {
    'n',
    '[b',
    'previous code block',
    function(chat)
      jump_block(chat, -1)
    end,
  },
  { 'n', 'gz', 'fold the message under the cursor, or unfold it', message_keys.fold },
  { 'n', 'gY', 'yank the message under the cursor, as it would be sent', message_keys.copy },
  { 'n', 'gX', 'delete the message under the cursor', message_keys.delete },
  { 'n', 'q', 'close the window; the chat goes on', close },
  {
    'n',
    'g?',
    'this list',
    function()
      help()
    end,
  },
}

function help()
  local lines = {}
  for _, key in ipairs(KEYS) do
    lines[#lines + 1] = ('%-6s %s%s'):format(key[2], key[3], key[1] == 'i' and ' (Insert mode)' or '')
  end
  host.show('beans://keys', lines)
end

--- Maps the keys in the buffer of a chat.
---@param chat beans.Chat
function M.map(chat)
  for _, key in ipairs(KEYS) do
    host.keymap(chat.buf, key[1], key[2], function()
      key[4](chat)
    end, 'Beans: ' .. key[3])
  end
end

return M
