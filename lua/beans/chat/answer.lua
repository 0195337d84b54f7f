-- One answer on its way into a chat: from the question that was sent to the last word, and what is said where it ends
-- otherwise. Text stands at a mark, so the user may edit anything meanwhile.

local client = require('beans.client')
local foot = require('beans.foot')
local host = require('beans.host')
local log = require('beans.log')
local pacer = require('beans.pacer')
local transcript = require('beans.transcript')

---@class beans.Answer
---@field buf integer
---@field state string for the window bar: what it is doing
---@field text string what has come of the answer itself, once it has ended
---@field private mark integer where the next text stands
---@field private heading integer mark of the heading above it
---@field private has_text boolean whether there is text of the answer above the mark
---@field private reasoning 'none'|'open'|'shut' what of the model's reasoning stands in the text
---@field private ticker beans.Timer|nil while there is nothing but waiting to show
---@field private tick integer|nil `changedtick` after our last change: whether the user changed anything since
---@field private job beans.Job
local Answer = {}
Answer.__index = Answer

local M = {}

-- When it is first said that an answer is still to come, and how often after that.
local FIRST_LOOK_MS, LOOK_MS = 300, 1000

--- Why an answer that ended well may still not be all there is.
local INCOMPLETE = {
  length = 'cut off: the answer reached the length limit (params.max_tokens); `g.` goes on with it',
  content_filter = 'cut off: by the content filter of the server',
}

---@class beans.AnswerOptions
---@field buf integer
---@field place beans.AnswerPlace where it goes; `column` when it goes on with a line
---@field store beans.Store keeps what comes
---@field messages table[] the conversation
---@field model string
---@field params table
---@field on_state fun() `state` has changed
---@field on_fold fun(first: integer, last: integer) these lines are better shown folded
---@field on_end fun(facts: beans.Result|beans.Error, answer: beans.Answer) the last text is in the buffer

--- Sends the conversation and streams what comes to its place.
---@param options beans.AnswerOptions
---@return beans.Answer
function M.start(options)
  local self = setmetatable({ buf = options.buf, state = 'waits', reasoning = 'none', options = options }, Answer)
  self.tick = host.buf_tick(self.buf)
  self.heading = host.mark_set(self.buf, options.place.heading, 0)
  self.mark = host.mark_set(self.buf, options.place.line, options.place.column or 0)
  self.has_text = options.place.column ~= nil
  self.writer = transcript.writer(self.has_text)
  self.late = {}
  self.pacer = pacer.new({
    now = host.now_ms,
    defer = host.defer,
    draw = function(text)
      self:write(text)
    end,
  })
  self.job = client.request({
    feature = 'chat',
    messages = options.messages,
    model = options.model,
    params = options.params,
    on_delta = function(text, kind)
      self:take(text, kind)
    end,
    on_retry = function()
      self:show_waiting()
    end,
    on_done = function(result)
      self:done(result)
    end,
    on_error = function(err)
      self:failed(err)
    end,
  })
  self.options.store:begin_answer(options.place) -- while the request is on its way: it may take a while
  self:look_again_in(FIRST_LOOK_MS)
  return self
end

-- Waiting -------------------------------------------------------------------------------------------------------------

function Answer:look_again_in(ms)
  self.ticker = host.defer(ms, function()
    self:show_waiting()
  end)
end

function Answer:stop_waiting()
  if self.ticker then
    self.ticker:stop()
    self.ticker = nil
    host.hint(self.buf, nil)
  end
end

--- Says, where the answer will stand, why nothing stands there yet, for how long and how to stop it.
function Answer:show_waiting()
  self:stop_waiting()
  if self.ended or self.state == 'streams' or self.state == 'thinks' or not host.buf_valid(self.buf) then
    return
  end
  local now = self.job:summary()
  self:set_state(now.doing)
  local why = now.reason and ': ' .. now.reason or ''
  host.hint(self.buf, host.mark_get(self.buf, self.mark), ('%s (<C-c> stops)%s'):format(self.state, why))
  self:look_again_in(LOOK_MS)
end

-- Text ----------------------------------------------------------------------------------------------------------------

function Answer:set_state(state)
  if self.state ~= state then
    self.state = state
    self.options.on_state()
  end
end

--- Whether the place of the text is still there, below its heading: the user may have deleted or undone either.
function Answer:is_placed()
  local line = host.mark_get(self.buf, self.mark)
  local heading = host.mark_get(self.buf, self.heading)
  if not line or not heading or heading >= line then
    return false
  end
  return host.buf_lines(self.buf, heading, heading)[1] == transcript.heading('assistant')
end

--- A new place, at the end of the conversation.
function Answer:place_anew()
  local last = host.buf_line_count(self.buf)
  local lines = { '', transcript.heading('assistant'), '', '', '', transcript.heading('user'), '', '' }
  host.buf_set_lines(self.buf, last + 1, last, lines)
  host.mark_del(self.buf, self.mark)
  host.mark_del(self.buf, self.heading)
  self.heading = host.mark_set(self.buf, last + 2, 0)
  self.mark = host.mark_set(self.buf, last + 4, 0)
  if self.reasoning == 'open' then
    self.reasoning = 'none'
  end
end

--- Puts text at the mark. It joins our change before it to one undo step, unless the user changed something meanwhile.
function Answer:write(text)
  if text == '' or self.left or not host.buf_valid(self.buf) then
    return
  end
  local options = { join = self.tick ~= nil and self.tick == host.buf_tick(self.buf) }
  local was_saved = not host.buf_modified(self.buf)
  if not self:is_placed() then
    self:place_anew()
  end
  host.insert(self.buf, self.mark, text, options)
  self.tick = host.buf_tick(self.buf)
  if options.join then
    self.options.store:need_no_writing(was_saved)
  end
  self.options.store:log(text)
end

--- What the model thinks is quoted in a notice above the answer. A CR in it would end the line and with it the quote.
function Answer:take_reasoning(text)
  if self.reasoning == 'shut' or self.has_text then
    self.late[#self.late + 1] = text
    return
  end
  self:stop_waiting()
  self:set_state('thinks')
  local first = self.reasoning == 'none'
  self.reasoning = 'open'
  local quoted = transcript.quote(text:gsub('\r', ''), not first)
  self.pacer:add(first and transcript.notice('Reasoning') .. '\n' .. quoted or quoted)
end

--- Ends what the model thinks, and has it folded.
function Answer:shut_reasoning()
  if self.reasoning ~= 'open' then
    return
  end
  self.pacer:flush()
  self.reasoning = 'shut'
  local heading, last = host.mark_get(self.buf, self.heading), host.mark_get(self.buf, self.mark)
  self.pacer:add('\n\n')
  self.pacer:flush()
  local lines = heading and last and host.buf_lines(self.buf, heading, last) or {}
  for i = #lines, 1, -1 do
    if lines[i] == transcript.notice('Reasoning') then
      return self.options.on_fold(heading + i - 1, last)
    end
  end
end

function Answer:take(text, kind)
  if self.left then
    return
  elseif kind == 'reasoning' then
    return self:take_reasoning(text)
  end
  -- A refusal is what the model answers: it stands where the answer stands.
  self:stop_waiting()
  self:set_state('streams')
  if not self.has_text then
    self:shut_reasoning()
    self.has_text = true
  end
  self.pacer:add(self.writer:feed(text))
end

-- The end -------------------------------------------------------------------------------------------------------------

--- What stands below the text: the rest of what the model thought, what happened, and the foot.
function Answer:notices(notice, facts)
  local list = {}
  if self.late[1] then
    local thought = table.concat(self.late):gsub('\r', '')
    list[#list + 1] = transcript.notice('Reasoning') .. '\n' .. transcript.quote(thought)
  end
  list[#list + 1] = notice and transcript.notice(notice)
  local line = foot.line(facts)
  list[#list + 1] = line and transcript.notice(line)
  return table.concat(list, '\n\n')
end

--- The last text, in one change.
---@param notice? string
---@param facts beans.Result|beans.Error
function Answer:finish(notice, facts)
  self.ended = true
  self:stop_waiting()
  if self.left or not host.buf_valid(self.buf) then
    self.pacer:stop()
    return self.options.on_end(facts, self)
  end
  self:shut_reasoning()
  self.pacer:add(self.writer:finish())
  local below = self:notices(notice, facts)
  self.pacer:add(below ~= '' and (self.has_text and '\n\n' or '') .. below or '')
  self.pacer:flush()
  host.mark_del(self.buf, self.mark)
  host.mark_del(self.buf, self.heading)
  self.options.on_end(facts, self)
end

function Answer:done(result)
  local notice = INCOMPLETE[result.finish_reason]
  if result.refusal ~= '' then
    notice = 'refused: the model declines to answer'
  elseif not notice and not result.text:find('%S') then
    notice = 'error: the model answered nothing'
  end
  self.text = result.text
  self:finish(notice, result)
end

--- What is said of an error where the answer would stand. Support asks for id, model, time and status.
local function describe(err)
  local facts = { err.kind }
  if err.status then
    facts[#facts + 1] = 'status ' .. err.status
  end
  if err.model then
    facts[#facts + 1] = log.line(err.model)
  end
  if err.request_id then
    facts[#facts + 1] = 'request ' .. log.line(err.request_id)
  end
  facts[#facts + 1] = err.time
  local what = err.partial ~= '' and 'cut off' or 'error'
  return ('%s: %s (%s)'):format(what, err.message, table.concat(facts, ', '))
end

function Answer:failed(err)
  self.failure = err.kind
  self:finish(err.kind == 'cancelled' and 'stopped' or describe(err), err)
end

--- Stops the answer; what has come stays.
function Answer:stop()
  self.job:cancel()
end

--- The buffer goes away: nothing more is written, what has come is kept by the store, and the request ends.
function Answer:leave()
  self.left = true
  self.options.store:log(self.pacer:take() .. self.writer:finish())
  self.options.store:leave_answer()
  self.job:cancel()
end

return M
