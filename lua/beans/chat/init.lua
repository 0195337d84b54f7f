-- The chat: which chats there are, and what commands ask of them.

local buffer = require('beans.chat.buffer')
local host = require('beans.host')

local M = {}

---@type table<integer, beans.Chat> by buffer
local chats = {}
---@type beans.Chat|nil the one that `:Beans chat` goes on with
local last

local function alive(chat)
  return chat and host.buf_valid(chat.buf)
end

local function new()
  local chat = buffer.new()
  chats[chat.buf], last = chat, chat
  host.on_buf(chat.buf, 'BufEnter', function()
    last = chat
  end)
  host.on_buf(chat.buf, 'BufWipeout', function()
    chats[chat.buf] = nil
  end)
  return chat
end

--- A fence longer than any in the text.
local function fence_for(lines)
  local longest = 2
  for _, line in ipairs(lines) do
    for run in line:gmatch('`+') do
      longest = math.max(longest, #run)
    end
  end
  return ('`'):rep(longest + 1)
end

---@class beans.Excerpt lines of a buffer that go along with a question
---@field name string of the file
---@field filetype string
---@field first integer
---@field last integer
---@field lines string[]

local function quote(excerpt)
  local fence = fence_for(excerpt.lines)
  local title = ('%s, lines %d to %d:'):format(excerpt.name, excerpt.first, excerpt.last)
  return table.concat({ title, '', fence .. excerpt.filetype, table.concat(excerpt.lines, '\n'), fence, '', '' }, '\n')
end

---@class beans.ChatOptions
---@field prompt? string sent at once
---@field excerpt? beans.Excerpt goes along
---@field fresh? boolean a new chat, whatever there is

--- Opens the chat, or goes to it.
---@param options beans.ChatOptions
function M.open(options)
  local chat = not options.fresh and alive(last) and last or new()
  chat:focus()
  if (options.prompt or options.excerpt) and chat:is_answering() then
    return
  end
  if options.excerpt then
    chat:add_to_question(quote(options.excerpt))
  end
  if options.prompt then
    chat:add_to_question(options.prompt)
    chat:send()
  end
end

--- What a chat has cost.
---@param buf integer
---@return beans.Sum|nil # nil: the buffer is no chat
function M.sum(buf)
  return chats[buf] and chats[buf].sum
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
