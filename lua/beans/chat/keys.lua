-- The keys of a chat buffer, and what they do there.

local blocks = require('beans.chat.blocks')
local host = require('beans.host')
local message_keys = require('beans.chat.message_keys')
local transcript = require('beans.transcript')
local use = require('beans.chat.use')

local M = {}

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

local function lines_of(list, field)
  local lines = {}
  for i, item in ipairs(list) do
    lines[i] = item[field]
  end
  return lines
end

local function jump(chat, direction)
  jump_to(lines_of(transcript.parse(chat:lines()), 'first'), direction)
end

local function jump_block(chat, direction)
  jump_to(lines_of(blocks.all(chat:lines()), 'fence'), direction)
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
    'answer the question under the cursor, or the last one, anew',
    function(chat)
      chat:retry(host.current().line)
    end,
  },
  {
    'n',
    'g.',
    'go on with an answer that was cut off',
    function(chat)
      chat:go_on()
    end,
  },
  {
    'n',
    'gb',
    'next alternative of the answer under the cursor',
    function(chat)
      chat:turn(host.current().line, 1)
    end,
  },
  {
    'n',
    'gB',
    'previous alternative',
    function(chat)
      chat:turn(host.current().line, -1)
    end,
  },
  {
    'n',
    'gF',
    'fork: a new chat with all up to the message under the cursor',
    function(chat)
      chat:fork(host.current().line)
    end,
  },
  { 'n', 'gy', 'yank the code block under the cursor', use.yank },
  { 'n', 'gp', 'put the code block into the window you came from', use.put },
  { 'n', 'go', 'open the code block as a new buffer', use.open },
  { 'n', 'ga', 'apply the code block to its file, as a review', use.apply },
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
    'gs',
    'show what will be sent',
    function(chat)
      chat:preview()
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
