-- What the keys of a chat do with the message under the cursor. A key may read the whole chat; a token may not.

local host = require('beans.host')
local transcript = require('beans.transcript')

local M = {}

--- The message at a line.
---@param messages beans.Message[]
---@param line integer
---@return integer|nil index nil above the first
function M.at(messages, line)
  for i, message in ipairs(messages) do
    if line >= message.first and line <= message.last then
      return i
    end
  end
end

--- The message under the cursor; says so when there is none.
local function here(chat)
  local messages = transcript.parse(chat:lines())
  local index = M.at(messages, host.current().line)
  if not index then
    host.notify('beans: there is no message under the cursor', 'warn')
  end
  return index and messages[index], messages, index
end

--- Folds the message under the cursor, but for the blank lines below it, or opens what is folded there.
---@param chat beans.Chat
function M.fold(chat)
  local message = here(chat)
  if not message then
    return
  end
  local lines, last = chat:lines(), message.last
  while last > message.first and lines[last] == '' do
    last = last - 1
  end
  if last > message.first and host.fold_toggle(message.first, last) == nil then
    host.notify("beans: a message is folded by hand only: 'foldmethod' is not manual", 'warn')
  end
end

--- Yanks the message under the cursor, as it would be sent.
---@param chat beans.Chat
function M.copy(chat)
  local message = here(chat)
  if message then
    host.yank(message.content .. '\n')
    local _, count = message.content:gsub('\n', '\n')
    host.notify(('beans: yanked a message of %d lines'):format(count + 1), 'info')
  end
end

--- What stands in the place of a deleted message: below the last answer there is always room for a question.
local function instead_of(messages, index)
  local above = messages[index - 1]
  if index < #messages or (above and above.role == 'user') then
    return {}
  end
  return { transcript.heading('user'), '', '' }
end

--- Deletes the message under the cursor, in one undo step. The cursor goes to what stands there then.
---@param chat beans.Chat
function M.delete(chat)
  local message, messages, index = here(chat)
  if not message or (index >= #messages - 1 and chat:is_answering()) then
    return
  end
  local lines = instead_of(messages, index)
  host.buf_set_lines(chat.buf, message.first, message.last, lines)
  local last = host.buf_line_count(chat.buf)
  local line = (lines[1] or index == #messages) and last or message.first
  host.win_cursor(host.current().win, math.min(line, last), 0)
end

return M
