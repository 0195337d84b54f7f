-- What is done to a chat as a file: given another title, taken away, copied up to a message. Where the chat is open in
-- this editor, its buffer is what counts.

local front_matter = require('beans.front_matter')
local host = require('beans.host')
local lines_in = require('beans.lines')
local store = require('beans.chat.store')
local transcript = require('beans.transcript')
local words = require('beans.words')

local M = {}

local VERSION = '1'

-- Lines ---------------------------------------------------------------------------------------------------------------

--- The head of a chat, a new one where it has none, and its last line.
local function head_of(lines)
  local bare = {}
  for i, line in ipairs(lines) do
    bare[i] = line:gsub('\r$', '')
    if i > 1 and bare[i] == '---' then
      break
    end
  end
  local head, last = front_matter.parse(bare)
  if not head then
    head = front_matter.new()
    front_matter.set(head, 'beans', VERSION)
  end
  return head, last
end

--- The lines of a head, with the line ends of the text below it.
local function render(head, lines, last)
  local rendered = front_matter.render(head)
  local line_end = (lines[1] or ''):find('\r$') and '\r' or ''
  if last == 0 then
    rendered[#rendered + 1] = ''
  end
  for i, line in ipairs(rendered) do
    rendered[i] = line .. line_end
  end
  return rendered
end

--- The lines of a chat: those of its buffer, or of its file.
---@return string[]|nil lines
---@return string|nil problem
local function lines_of(path)
  local buf = host.buf_of_file(path)
  if buf then
    return host.buf_lines(buf, 1, -1)
  end
  local text, message = host.read_file(path)
  if not text then
    return nil, message
  end
  return lines_in.of((text:gsub('\n$', ''):gsub('\r\n', '\n')))
end

-- Title ---------------------------------------------------------------------------------------------------------------

local function rename_in_buffer(buf, title)
  local lines = host.buf_lines(buf, 1, -1)
  local head, last = head_of(lines)
  front_matter.set(head, 'title', title)
  host.buf_set_lines(buf, 1, last, render(head, lines, last))
end

local function rename_in_file(path, title)
  local text, message = host.read_file(path)
  if not text then
    return false, message
  end
  local lines = lines_in.of(text)
  local head, last = head_of(lines)
  front_matter.set(head, 'title', title)
  local renamed = render(head, lines, last)
  for i = last + 1, #lines do
    renamed[#renamed + 1] = lines[i]
  end
  return host.write_file(host.real_path(path) or path, table.concat(renamed, '\n'))
end

--- Gives a chat another title: in its buffer where it is open (one step to undo), in its file otherwise.
---@param path string
---@param title string
---@return boolean done
---@return string|nil problem
function M.rename(path, title)
  title = words.line(title)
  local buf = host.buf_of_file(path)
  if buf then
    rename_in_buffer(buf, title)
    return true
  end
  return rename_in_file(path, title)
end

-- The end -------------------------------------------------------------------------------------------------------------

--- Deletes a chat: its file, its undo steps, its buffer.
---@param path string
---@return boolean done
---@return string|nil problem
function M.remove(path)
  local removed, problem = host.remove_file(path)
  if not removed then
    return false, problem
  end
  local undo = host.undo_file(path)
  if undo ~= '' and host.file_facts(undo) then
    host.remove_file(undo)
  end
  local buf = host.buf_of_file(path)
  if buf then
    host.buf_wipe(buf)
    -- What was still to be written may have been written while the buffer went.
    if host.file_facts(path) then
      return host.remove_file(path)
    end
  end
  return true
end

-- Fork ----------------------------------------------------------------------------------------------------------------

--- 'Title (fork)', 'Title (fork 2)', …
local function fork_title(title)
  local bare, count = title:match('^(.*) %(fork ?(%d*)%)$')
  if not bare then
    return title .. ' (fork)'
  end
  return ('%s (fork %d)'):format(bare, (tonumber(count) or 1) + 1)
end

local function forked(lines, messages, index)
  local head, last = head_of(lines)
  if (head.fields.title or '') ~= '' then
    front_matter.set(head, 'title', fork_title(head.fields.title))
  end
  front_matter.set(head, 'cost_micro_usd', '0')
  front_matter.set(head, 'created', os.date('!%Y-%m-%dT%H:%M:%SZ'))
  local copy = front_matter.render(head)
  if last == 0 then
    copy[#copy + 1] = ''
  end
  for i = last + 1, messages[index].last do
    copy[#copy + 1] = lines[i]
  end
  if messages[index].role ~= 'user' then
    if copy[#copy] ~= '' then
      copy[#copy + 1] = ''
    end
    copy[#copy + 1] = transcript.heading('user')
    copy[#copy + 1] = ''
    copy[#copy + 1] = ''
  end
  return copy
end

--- Copies a chat up to a message into a new one that has cost nothing yet; a question may follow.
---@param chat string|string[] path, or the lines of one that is in no file
---@param index integer of the message, as `transcript.parse` counts
---@return string|nil path of the new chat
---@return string|nil problem
function M.fork(chat, index)
  local lines, problem = chat, nil
  if type(chat) == 'string' then
    lines, problem = lines_of(chat)
  end
  if not lines then
    return nil, problem
  end
  local messages = transcript.parse(lines)
  if not messages[index] then
    return nil, 'there is no such message'
  end
  local text = table.concat(forked(lines, messages, index), '\n') .. '\n'
  local path, why = store.create(text, '-fork')
  return not why and path or nil, why
end

--- The messages of a chat, as `fork` counts them.
---@param path string
---@return beans.Message[]|nil messages
---@return string|nil problem
function M.messages(path)
  local lines, problem = lines_of(path)
  return lines and transcript.parse(lines), problem
end

return M
