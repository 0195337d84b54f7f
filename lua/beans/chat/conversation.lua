-- The conversation in a buffer: what its head and its messages say, and where the next ones go. Nothing is kept beside
-- the text; it is read anew each time something is sent.

local branches = require('beans.chat.branches')
local config = require('beans.config')
local front_matter = require('beans.front_matter')
local host = require('beans.host')
local json = require('beans.json')
local lines_in = require('beans.lines')
local lists = require('beans.lists')
local transcript = require('beans.transcript')

local M = {}

local VERSION = 1

-- A head is short; a text that begins with dashes and never ends them has none.
local HEAD_LINES = 100

-- The head ------------------------------------------------------------------------------------------------------------

--- The head of a new chat.
---@param model string
---@return string[]
function M.new_head(model)
  local head = front_matter.new()
  front_matter.set(head, 'beans', tostring(VERSION))
  front_matter.set(head, 'title', '')
  if not model:find('%c') then -- one of several lines is refused when it is to be sent
    front_matter.set(head, 'model', model)
  end
  front_matter.set(head, 'created', os.date('!%Y-%m-%dT%H:%M:%SZ'))
  front_matter.set(head, 'cost_micro_usd', '0')
  return front_matter.render(head)
end

--- What stands in the head.
---@param buf integer
---@return table<string, string> fields the text behind each key
---@return integer last its last line, 0 when there is none
function M.head(buf)
  local head, last = front_matter.parse(host.buf_lines(buf, 1, HEAD_LINES))
  return head and head.fields or {}, last
end

--- The line with the cost as it is now, for the file alone: in the buffer it would be part of the answer's undo step,
--- and an undo would go to the head.
---@param buf integer
---@param cost integer millionths of a US dollar
---@return beans.Patch|nil # nil: the head has no such line
function M.cost_line(buf, cost)
  local lines = host.buf_lines(buf, 1, HEAD_LINES)
  local _, last = front_matter.parse(lines)
  for i = 1, last do
    if lines[i]:find('^cost_micro_usd:') then
      return { line = i, text = ('cost_micro_usd: %.0f'):format(cost) }
    end
  end
end

--- Sets a field of the head, and makes one where there is none.
---@param buf integer
---@param key string
---@param text string|nil one line
---@param options? beans.InsertOptions
function M.set_field(buf, key, text, options)
  local head, last = front_matter.parse(host.buf_lines(buf, 1, HEAD_LINES))
  if head and head.fields[key] == text then
    return
  end
  head = head or front_matter.new()
  front_matter.set(head, key, text and text:gsub('%c', ' '))
  local lines = front_matter.render(head)
  if last == 0 then
    lines[#lines + 1] = ''
  end
  host.buf_set_lines(buf, 1, last, lines, options)
end

--- The version of the format that the head names.
local function version_of(fields)
  return tonumber(fields.beans) or 0
end

--- Brings the head of an older format to this one.
---@param buf integer
function M.upgrade(buf)
  if version_of(M.head(buf)) < VERSION then
    M.set_field(buf, 'beans', tostring(VERSION))
  end
end

--- Why this Beans can only show a chat.
---@param buf integer
---@return string|nil # nil: it can more
function M.newer(buf)
  local version = version_of(M.head(buf))
  if version > VERSION then
    return ('a newer Beans has written this chat (format %d, this one knows %d)'):format(version, VERSION)
  end
end

---@class beans.ChatSettings what this chat is sent with
---@field model string
---@field params table
---@field system_prompt string|nil

--- A value in JSON from the head, when it is of the right type.
local function value_of(fields, key, wanted, problems)
  if not fields[key] or fields[key] == '' then
    return nil
  end
  local value, problem = json.decode(fields[key])
  if type(value) ~= wanted then
    problems[#problems + 1] = ('%s in the head of the chat: %s'):format(key, problem or 'expected ' .. wanted)
    return nil
  end
  return value
end

--- What the chat is sent with: its own head over the configuration.
---@param buf integer
---@return beans.ChatSettings settings
---@return string|nil problem what is wrong with the head
function M.settings(buf)
  local defaults, fields, problems = config.for_feature('chat'), (M.head(buf)), { M.newer(buf) }
  local params = {}
  for _, layer in ipairs({ defaults.params, value_of(fields, 'params', 'table', problems) or {} }) do
    for name, value in pairs(layer) do
      params[name] = value
    end
  end
  local prompt = value_of(fields, 'system_prompt', 'string', problems) or defaults.system_prompt
  local model = fields.model and fields.model ~= '' and fields.model or defaults.model
  return { model = model, params = params, system_prompt = prompt ~= '' and prompt or nil }, problems[1]
end

-- Messages ------------------------------------------------------------------------------------------------------------

---@class beans.Reading a conversation as it was read; nobody changes it
---@field tick integer of the buffer
---@field lines string[]
---@field messages beans.Message[]

--- What was read last, for as long as somebody holds it: what is asked in one go reads a long chat once.
---@type table<integer, beans.Reading> by buffer
local readings = setmetatable({}, { __mode = 'v' })

--- Reads the conversation.
---@param buf integer
---@return beans.Reading
function M.read(buf)
  local reading, tick = readings[buf], host.buf_tick(buf)
  if not reading or reading.tick ~= tick then
    local lines = host.buf_lines(buf, 1, -1)
    reading = { tick = tick, lines = lines, messages = transcript.parse(lines) }
    readings[buf] = reading
  end
  return reading
end

---@param buf integer
---@return beans.Message[]
function M.messages(buf)
  return M.read(buf).messages
end

local function says_something(message)
  return message.content:find('%S') ~= nil
end

--- The last message, when it is a question that says something.
---@param messages beans.Message[]
---@return integer|nil index
function M.question(messages)
  local last = messages[#messages]
  return last and last.role == 'user' and says_something(last) and #messages or nil
end

--- The question of the message at a line: itself, or the one that it answers. Where the next question is written it is
--- the last one before, as it is without a line.
---@param messages beans.Message[]
---@param line integer|nil
---@return integer|nil index
function M.question_at(messages, line)
  local last = messages[#messages]
  if #messages > 1 and last.role == 'user' and (not line or line >= last.first) then
    line = last.first - 1
  end
  for i = #messages, 1, -1 do
    local message = messages[i]
    if (not line or message.first <= line) and message.role == 'user' and says_something(message) then
      return i
    end
  end
end

--- The message that begins at a line.
---@param messages beans.Message[]
---@param line integer|nil of its heading
---@return integer|nil index
function M.message_at(messages, line)
  for i, message in ipairs(messages) do
    if message.first == line then
      return i
    end
  end
end

--- The last answer that says something.
---@param messages beans.Message[]
---@return integer|nil index
function M.last_answer(messages)
  for i = #messages, 1, -1 do
    if messages[i].role == 'assistant' and says_something(messages[i]) then
      return i
    end
  end
end

--- What goes to the server: the system prompt unless the conversation has one, and every message up to one that says
--- something.
---@param messages beans.Message[]
---@param upto integer
---@param system_prompt string|nil
---@return {role: string, content: string}[]
function M.outgoing(messages, upto, system_prompt)
  local sent, has_system = {}, false
  for i = 1, upto do
    local message = messages[i]
    if says_something(message) then
      sent[#sent + 1] = { role = message.role, content = message.content }
      has_system = has_system or message.role == 'system'
    end
  end
  if system_prompt and not has_system then
    table.insert(sent, 1, { role = 'system', content = system_prompt })
  end
  return sent
end

-- Writing -------------------------------------------------------------------------------------------------------------

--- Adds text to the question that is being written at the end.
---@param buf integer
---@param text string
function M.add_to_question(buf, text)
  local messages = M.messages(buf)
  local last = messages[#messages]
  local lines = {}
  if not last or last.role ~= 'user' then
    lines = { '', transcript.heading('user'), '' }
  elseif says_something(last) then
    lines = { '' }
  end
  lists.append(lines, lines_in.of(transcript.escape(text)))
  local at = host.buf_line_count(buf)
  local bottom = host.buf_lines(buf, at, at)[1]
  host.buf_set_lines(buf, bottom == '' and at or at + 1, at, lines)
end

--- Puts another text in the place of a message's.
---@param buf integer
---@param message beans.Message
---@param text string
function M.replace_text(buf, message, text)
  local lines = lines_in.of(transcript.escape(text))
  table.insert(lines, 1, '')
  lines[#lines + 1] = ''
  host.buf_set_lines(buf, message.first + 1, message.last, lines)
end

--- The lines without those at their end that are blank.
local function last_text_line(lines, first, last)
  while last > first and lines[last] == '' do
    last = last - 1
  end
  return last
end

--- What was begun below the answer to a question, where nothing but that answer follows it.
local function draft_below(messages, question)
  local draft = messages[question + 2]
  if draft and question + 2 == #messages and draft.role == 'user' then
    return draft
  end
end

--- What stands between a question and the next one once another answer is on its way: a heading, and below it the
--- continuations there were, unless nothing was ever said there.
local function head_of_answer(messages, lines, question, upto)
  local answer = messages[question + 1]
  local heading = transcript.heading('assistant')
  if not answer then
    return { heading, '' }
  end
  local _, alternatives = branches.place(answer)
  local alone = draft_below(messages, question) or question + 1 == #messages
  if alone and alternatives == 1 and not says_something(answer) then
    return { heading, '' } -- an error, or a stop before the first word
  end
  local tail = {}
  for i = answer.first, upto do
    tail[#tail + 1] = lines[i]
  end
  return branches.begin(tail, heading)
end

---@class beans.AnswerPlace
---@field index integer of the answer among the messages
---@field heading integer its line
---@field line integer where its text goes

--- Makes room for the answer to a question, below it, with a place for the next question behind. What answered it
--- before, and all that followed, is kept as an alternative; a question that was begun below the last answer stays.
---@param buf integer
---@param question integer index
---@param options? beans.InsertOptions
---@return beans.AnswerPlace
function M.make_room(buf, question, options)
  local reading = M.read(buf)
  local messages, lines = reading.messages, reading.lines
  local asked = messages[question]
  local draft = draft_below(messages, question)
  local below = draft and draft.first - 1 or #lines
  local answer = head_of_answer(messages, lines, question, below)
  local at = last_text_line(lines, asked.first, asked.last)
  local new = lists.append({ '' }, answer)
  local heading, line = at + 2, at + #new + 1
  lists.append(new, { '', '' })
  if not draft then
    lists.append(new, { transcript.heading('user'), '', '' })
  end
  host.buf_set_lines(buf, at + 1, below, new, options)
  return { index = question + 1, heading = heading, line = line }
end

--- Opens an answer again, for more text behind its last word: what stands below it is taken away.
---@param buf integer
---@param messages beans.Message[]
---@param index integer of one that says something
---@return beans.AnswerPlace
function M.reopen(buf, messages, index)
  local message = messages[index]
  local lines = host.buf_lines(buf, 1, message.last)
  local last = message.last
  for i = #message.notices, 1, -1 do
    local notice = message.notices[i]
    if last_text_line(lines, notice.last, last) == notice.last then
      last = notice.first - 1
    end
  end
  last = last_text_line(lines, message.first, last)
  host.buf_set_lines(buf, last + 1, message.last, index < #messages and { '' } or {})
  return { index = index, heading = message.first, line = last, column = #lines[last] }
end

return M
