-- The chat: which chats there are, and what commands ask of them.

local attachment = require('beans.attachment')
local buffer = require('beans.chat.buffer')
local config = require('beans.config')
local conversation = require('beans.chat.conversation')
local host = require('beans.host')
local store = require('beans.chat.store')
local transcript = require('beans.transcript')
local warm = require('beans.warm')

local M = {}

---@type table<integer, beans.Chat> by buffer
local chats = {}
---@type beans.Chat|nil the one that `:Beans chat` goes on with
local last

local function alive(chat)
  return chat and host.buf_valid(chat.buf)
end

local watching = false

--- Nobody is asked whether to save a chat: it is saved.
local function watch_quitting()
  if watching then
    return
  end
  watching = true
  host.on_quit(function()
    for _, chat in pairs(chats) do
      chat.store:save_if_changed()
    end
  end)
end

local function add(chat)
  chats[chat.buf] = chat
  watch_quitting()
  host.on_buf(chat.buf, 'BufEnter', function()
    last = chat
  end)
  host.on_buf(chat.buf, 'BufWipeout', function()
    chats[chat.buf] = nil
  end)
  return chat
end

--- A file has been read that is a chat: makes it one, or takes note that its text is another now.
---@param buf integer
---@return beans.Chat
function M.attach(buf)
  if chats[buf] then
    chats[buf]:was_read()
    return chats[buf]
  end
  return add(buffer.adopt(buf))
end

--- The chat in a file, read now if need be.
local function chat_in(path)
  local buf = host.document_open(path)
  return chats[buf] or M.attach(buf) -- the plugin has attached it, unless it is not loaded
end

--- Opens the chat in a file, in the window where it is shown already or a new one.
---@param path string
---@param position? beans.Position in a new one there
function M.open_file(path, position)
  last = chat_in(path)
  last:focus(position)
  warm.up()
end

--- A new chat, in a file of its own.
local function new()
  local lines = conversation.new_head(config.for_feature('chat').model)
  for _, line in ipairs({ '', transcript.heading('user'), '', '' }) do
    lines[#lines + 1] = line
  end
  local path, problem = store.create(table.concat(lines, '\n') .. '\n')
  local chat = chat_in(path)
  chat.store.is_new = true
  if problem then
    host.document_begin(chat.buf, lines)
    chat.store:failed(problem)
  end
  return chat
end

---@class beans.ChatOptions
---@field prompt? string sent at once
---@field excerpt? beans.Excerpt goes along: lines of a buffer
---@field fresh? boolean a new chat, whatever there is

--- Opens the chat, or goes to it.
---@param options beans.ChatOptions
function M.open(options)
  local here = chats[host.current().buf]
  local chat = not options.fresh and (here or alive(last) and last) or new()
  last = chat
  chat:focus()
  if options.excerpt then
    chat:add_to_question(attachment.excerpt(options.excerpt) .. '\n')
  end
  if options.prompt then
    chat:add_to_question(options.prompt)
    chat:send()
  else
    warm.up()
  end
end

--- The chat in a buffer.
---@param buf integer
---@return beans.Chat|nil
function M.of(buf)
  return chats[buf]
end

--- Stops the answer of a chat.
---@param buf integer
---@return boolean # whether there was one
function M.stop(buf)
  return chats[buf] ~= nil and chats[buf]:stop()
end

--- Answers the last question of a chat anew.
---@param buf integer
---@return boolean # whether the buffer is a chat
function M.retry(buf)
  if not chats[buf] then
    return false
  end
  chats[buf]:retry()
  return true
end

return M
