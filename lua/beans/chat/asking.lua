-- How a chat asks: what is gathered for a question, what is said before it is sent, and where the answer goes. The
-- methods of a chat that have to do with that.

local answer = require('beans.chat.answer')
local conversation = require('beans.chat.conversation')
local host = require('beans.host')
local preview = require('beans.chat.preview')
local question_of = require('beans.chat.question')
local title = require('beans.chat.title')
local transcript = require('beans.transcript')
local view = require('beans.chat.view')

---@class beans.Chat
local Chat = {}

local function refuse(text)
  host.notify('beans: ' .. text, 'warn')
end

--- Whether the chat is busy with a question; says so.
---@return boolean
function Chat:is_answering()
  if self.answer or self.gathering then
    refuse('still answering: wait for the end, or stop it with <C-c>')
  end
  return self.answer ~= nil or self.gathering ~= nil
end

--- Gathers what goes along with a question, which stays where it is however long that takes.
---@private
---@param index integer
---@param on_done fun(gathered: beans.Gathered, messages: beans.Message[], index: integer)
function Chat:gather(index, on_done)
  local reading = conversation.read(self.buf) -- held until the question is sent
  local message = reading.messages[index]
  local gathering = { mark = host.mark_set(self.buf, message.first, 0) }
  self.gathering = gathering
  self:draw_bar()
  question_of.gather(self.buf, message.content, function(gathered, problem)
    if self.gathering ~= gathering then
      return -- stopped, or the buffer has gone
    end
    self.gathering = nil
    self:draw_bar()
    local line = host.mark_get(self.buf, gathering.mark)
    host.mark_del(self.buf, gathering.mark)
    local messages = conversation.messages(self.buf)
    local at = conversation.message_at(messages, line)
    if problem then
      return refuse('nothing is sent: ' .. problem)
    elseif not at or messages[at].content ~= reading.messages[index].content then
      return refuse('nothing is sent: the question has changed meanwhile')
    end
    on_done(gathered, messages, at)
  end)
end

--- Sends the conversation up to a question, and streams the answer to its place.
---@param index integer
function Chat:ask(index)
  self:gather(index, function(gathered, messages, at)
    if messages[at].content ~= gathered.text then
      self:put_text(messages[at], gathered.text)
      messages = conversation.messages(self.buf)
    end
    local outgoing = question_of.outgoing(messages, at, gathered)
    if outgoing.problems[1] then
      return refuse('nothing is sent: ' .. table.concat(outgoing.problems, '; '))
    end
    self:send_what_fits(outgoing, gathered.settings, at)
  end)
end

--- Puts the whole text of a question, with what goes along, into the chat.
---@private
function Chat:put_text(message, text)
  conversation.replace_text(self.buf, message, text)
  self:follow_from(message.first)
end

--- Sends all, or, where the model can't take all, what the user agrees to.
---@private
function Chat:send_what_fits(outgoing, settings, index)
  local plan = question_of.plan(outgoing, settings)
  if not plan then
    return self:begin_answer(outgoing.messages, settings, index)
  elseif not plan.fits then
    return refuse('nothing is sent: ' .. plan.text)
  end
  local tick = host.buf_tick(self.buf)
  host.select({ 'send it without them', 'send nothing' }, plan.text, function(_, choice)
    if choice ~= 1 or self:is_answering() then
      return
    elseif not host.buf_valid(self.buf) or host.buf_tick(self.buf) ~= tick then
      return refuse('nothing is sent: the chat has changed meanwhile')
    end
    self:begin_answer(question_of.kept(outgoing, plan), settings, index)
  end)
end

---@private
function Chat:begin_answer(messages, settings, index)
  local tick = host.buf_tick(self.buf)
  conversation.upgrade(self.buf)
  self:give_title()
  local reading = conversation.read(self.buf)
  local from = reading.messages[index].first
  local place = conversation.make_room(self.buf, index, { join = tick ~= host.buf_tick(self.buf) })
  self:start(place, { messages = messages, settings = settings, from = from })
end

--- A chat without a title gets one from its first question, at once.
---@private
function Chat:give_title()
  if ((conversation.head(self.buf)).title or '') ~= '' then
    return
  end
  for _, message in ipairs(conversation.messages(self.buf)) do
    local found = message.role == 'user' and title.local_title(message.content)
    if found then
      self.first_question = message.content
      return conversation.set_field(self.buf, 'title', found)
    end
  end
end

--- The model may find a better title, once the first answer is there.
---@private
---@param text string the answer
function Chat:ask_for_title(text)
  local question = self.first_question
  if not question or not text or not text:find('%S') then
    return
  end
  self.first_question = nil
  local given = conversation.head(self.buf).title
  title.ask(question, text, (conversation.settings(self.buf)).model, function(found)
    -- Not over one that the user has written meanwhile.
    if host.buf_valid(self.buf) and conversation.head(self.buf).title == given then
      conversation.set_field(self.buf, 'title', found, { join = self.end_tick == host.buf_tick(self.buf) })
      self.store:changed()
    end
  end)
end

---@private
---@param place beans.AnswerPlace
---@param request {messages: table[], settings: beans.ChatSettings, from: integer}
function Chat:start(place, request)
  self.answer = answer.start({
    buf = self.buf,
    place = place,
    store = self.store,
    messages = request.messages,
    model = request.settings.model,
    params = request.settings.params,
    on_state = function()
      self:draw_bar()
    end,
    on_fold = function(first, last)
      view.fold(self.buf, first, last)
    end,
    on_end = function(facts, ended)
      self:ended(facts, ended)
    end,
  })
  self:follow_from(request.from)
  self:draw_bar()
end

--- Sends the question at the end; while an answer is on its way, when that has ended.
function Chat:send()
  local messages = conversation.messages(self.buf)
  local index = conversation.question(messages)
  if not index then
    local text = 'nothing to send: write below the last "%s", or answer an earlier question anew with gr'
    return refuse(text:format(transcript.heading('user')))
  elseif self.answer or self.gathering then
    self.queued = true
    host.notify('beans: this question is sent when the answer has ended (<C-c> stops both)', 'info')
    return self:draw_bar()
  end
  self:ask(index)
end

--- Answers a question anew: that at a line, the last one without. What was answered before is kept, and walked to by
--- `turn`.
---@param line? integer
function Chat:retry(line)
  if self:is_answering() then
    return
  end
  local index = conversation.question_at(conversation.messages(self.buf), line)
  if not index then
    return refuse('there is no question to ask again')
  end
  self:ask(index)
end

-- The words with which a model goes on where it was cut off. They are sent, and stand nowhere.
local GO_ON = 'Continue exactly where you stopped, without repeating anything and without a preamble.'

--- Goes on with the last answer, in its place, where it was cut off.
function Chat:go_on()
  if self:is_answering() then
    return
  end
  local messages = conversation.messages(self.buf)
  local index = conversation.last_answer(messages)
  local settings, problem = conversation.settings(self.buf)
  if not index or problem then
    return refuse(problem or 'there is no answer to go on with')
  end
  local outgoing = question_of.outgoing(messages, index, { settings = settings })
  table.insert(outgoing.messages, { role = 'user', content = GO_ON })
  local place = conversation.reopen(self.buf, messages, index)
  self:start(place, { messages = outgoing.messages, settings = settings, from = messages[index].first })
end

--- Shows what would be sent now.
function Chat:preview()
  if self:is_answering() then
    return
  end
  local messages = conversation.messages(self.buf)
  local index = conversation.question(messages) or conversation.question_at(messages)
  if not index then
    return refuse('there is no question yet')
  end
  self:gather(index, function(gathered, now, at)
    local settings, parts = gathered.settings, question_of.parts(question_of.outgoing(now, at, gathered))
    preview.show({ model = settings.model, params = settings.params, parts = parts })
  end)
end

return Chat
