-- One chat: its buffer, its answer on the way, its keys and its window bar. It goes as a whole when the buffer goes.

local answer = require('beans.chat.answer')
local config = require('beans.config')
local host = require('beans.host')
local keys = require('beans.chat.keys')
local sum_of = require('beans.sum')
local transcript = require('beans.transcript')
local words = require('beans.words')

---@class beans.Chat
---@field buf integer
---@field answer beans.Answer|nil while one is on its way
---@field sum beans.Sum of all answers
local Chat = {}
Chat.__index = Chat

local M = {}

local count = 0

--- Makes a chat in a buffer of its own; no window shows it yet.
---@return beans.Chat
function M.new()
  count = count + 1
  local buf = host.buf_create({
    name = ('beans://chat/%d'):format(count),
    filetype = 'beans',
    lines = { transcript.heading('user'), '', '' },
  })
  local self = setmetatable({ buf = buf, sum = sum_of.new() }, Chat)
  keys.map(self)
  host.on_buf(buf, 'BufWinEnter', function()
    self:draw_bar()
  end)
  host.on_buf(buf, 'BufWipeout', function()
    self:stop()
  end)
  return self
end

-- Windows -------------------------------------------------------------------------------------------------------------

function Chat:bar()
  local parts = { 'Beans', words.line(config.for_feature('chat').model) }
  if self.answer then
    parts[#parts + 1] = self.answer.state .. ' (<C-c> stops)'
  end
  if self.sum.unknown < self.sum.requests then
    parts[#parts + 1] = words.money(self.sum.cost_micro_usd)
  end
  return table.concat(parts, ' · ')
end

function Chat:draw_bar()
  if not host.buf_valid(self.buf) then
    return
  end
  for _, win in ipairs(host.buf_windows(self.buf)) do
    host.win_bar(win, self:bar())
  end
end

--- Shows the chat: goes to its window, or opens one, with the cursor at the end.
function Chat:focus()
  local win = host.buf_windows(self.buf)[1]
  if win then
    host.win_focus(win)
    return
  end
  win = host.win_open(self.buf, config.get().chat.position)
  host.win_option(win, 'wrap', true)
  host.win_option(win, 'linebreak', true)
  host.win_cursor(win, host.buf_line_count(self.buf), 0)
  self:draw_bar()
end

-- Messages ------------------------------------------------------------------------------------------------------------

function Chat:lines()
  return host.buf_lines(self.buf, 1, -1)
end

function Chat:messages()
  return transcript.parse(self:lines())
end

--- What goes to the server: the system prompt unless the conversation has one, and every message that says something.
local function conversation(messages, system_prompt)
  local sent, has_system = {}, false
  for _, message in ipairs(messages) do
    if message.content:find('%S') then
      sent[#sent + 1] = { role = message.role, content = message.content }
      has_system = has_system or message.role == 'system'
    end
  end
  if system_prompt and not has_system then
    table.insert(sent, 1, { role = 'system', content = system_prompt })
  end
  return sent
end

--- Adds text to the question that is being written at the end of the buffer.
---@param text string
function Chat:add_to_question(text)
  local messages = self:messages()
  local last = messages[#messages]
  local lines = {}
  if not last or last.role ~= 'user' then
    lines = { '', transcript.heading('user'), '' }
  end
  local escaped = transcript.escape(text)
  for line in (escaped .. '\n'):gmatch('([^\n]*)\n') do
    lines[#lines + 1] = line
  end
  local at = host.buf_line_count(self.buf)
  local bottom = host.buf_lines(self.buf, at, at)[1]
  host.buf_set_lines(self.buf, bottom == '' and at or at + 1, at, lines)
  for _, win in ipairs(host.buf_windows(self.buf)) do
    host.win_cursor(win, host.buf_line_count(self.buf), 0)
  end
end

local function refuse(text)
  host.notify('beans: ' .. text, 'warn')
end

--- Whether an answer is on its way; says so.
---@return boolean
function Chat:is_answering()
  if self.answer then
    refuse('still answering: wait for the end, or stop it with <C-c>')
  end
  return self.answer ~= nil
end

--- Sends the conversation, when its last message is a question.
function Chat:send()
  if self:is_answering() then
    return
  end
  local messages = self:messages()
  local last = messages[#messages]
  if not last or last.role ~= 'user' or not last.content:find('%S') then
    return refuse(('nothing to send: write below the last "%s"'):format(transcript.heading('user')))
  end
  local options = config.for_feature('chat')
  self.answer = answer.start({
    buf = self.buf,
    messages = conversation(messages, options.system_prompt),
    model = options.model,
    params = options.params,
    on_state = function()
      self:draw_bar()
    end,
    on_end = function(facts)
      self:ended(facts)
    end,
  })
  self:draw_bar()
end

---@param facts {cost_micro_usd: integer|nil, usage: table|nil}
function Chat:ended(facts)
  self.answer = nil
  sum_of.add(self.sum, facts)
  self:draw_bar()
  if host.buf_valid(self.buf) then
    host.emit('BeansChatFinished', { buf = self.buf, cost_micro_usd = facts.cost_micro_usd })
  end
end

--- Stops the answer that is on its way.
---@return boolean # whether there was one
function Chat:stop()
  if not self.answer then
    return false
  end
  self.answer:stop()
  return true
end

--- Takes back the last answer, and what was begun below it, and asks again.
function Chat:retry()
  if self:is_answering() then
    return
  end
  local messages = self:messages()
  while messages[1] and (messages[#messages].role ~= 'user' or not messages[#messages].content:find('%S')) do
    messages[#messages] = nil
  end
  local question = messages[#messages]
  if not question then
    return refuse('there is no question to ask again')
  end
  host.buf_set_lines(self.buf, question.last + 1, host.buf_line_count(self.buf), {})
  self:send()
end

return M
