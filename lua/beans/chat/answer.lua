-- One answer on its way into a chat: from the question that was sent to the last word, and what is said where it ends
-- otherwise. Text stands at a mark, so the user may edit anything meanwhile.

local client = require('beans.client')
local host = require('beans.host')
local pacer = require('beans.pacer')
local transcript = require('beans.transcript')
local words = require('beans.words')

---@class beans.Answer
---@field buf integer
---@field state string for the window bar: what it is doing
---@field private mark integer where the next text stands
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
  length = 'the answer was cut off at the length limit (params.max_tokens)',
  content_filter = 'the answer was cut off by the content filter of the server',
}

---@class beans.AnswerOptions
---@field buf integer
---@field messages table[] the conversation
---@field model string
---@field params table
---@field on_state fun() `state` has changed
---@field on_end fun(facts: {cost_micro_usd: integer|nil, usage: table|nil}) the last text is in the buffer

--- Sends the conversation and streams what comes to the end of the buffer.
---@param options beans.AnswerOptions
---@return beans.Answer
function M.start(options)
  local self = setmetatable({ buf = options.buf, state = 'waits', options = options }, Answer)
  self.writer = transcript.writer()
  self.pacer = pacer.new({
    now = host.now_ms,
    defer = host.defer,
    draw = function(text)
      self:write(text)
    end,
  })
  self:open_heading()
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
  if self.ended or self.state == 'streams' or not host.buf_valid(self.buf) then
    return
  end
  local now = self.job:summary()
  self:set_state(self.thinking and 'thinks' or now.doing)
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

--- The end of the buffer, where text goes when the place it stood at was deleted.
function Answer:mark_end()
  local last = host.buf_line_count(self.buf)
  self.mark = host.mark_set(self.buf, last, #host.buf_lines(self.buf, last, last)[1])
end

--- Puts text at the mark. It joins our change before it to one undo step, unless the user changed something meanwhile.
function Answer:write(text)
  if text == '' or not host.buf_valid(self.buf) then
    return
  end
  local options = { join = self.tick ~= nil and self.tick == host.buf_tick(self.buf) }
  if not host.insert(self.buf, self.mark, text, options) then
    self:mark_end()
    host.insert(self.buf, self.mark, text, options)
  end
  self.tick = host.buf_tick(self.buf)
end

--- A heading below all there is, after one blank line.
function Answer:open_heading()
  local last = host.buf_line_count(self.buf)
  local bottom = host.buf_lines(self.buf, last, last)[1]
  self:mark_end()
  self:write((bottom == '' and '' or '\n') .. '\n' .. transcript.heading('assistant') .. '\n\n')
end

function Answer:take(text, kind)
  if kind == 'reasoning' then
    self.thinking = true
    return self:set_state('thinks')
  end
  -- A refusal is what the model answers: it stands where the answer stands.
  self:stop_waiting()
  self:set_state('streams')
  self.pacer:add(self.writer:feed(text))
end

--- Whether there is text above the place where the next would stand, in this answer.
function Answer:has_text()
  local line, col = host.mark_get(self.buf, self.mark)
  return line ~= nil and (col > 0 or host.buf_lines(self.buf, line - 1, line - 1)[1] ~= '')
end

--- The last text, then the place for the next question.
---@param notice? string
---@param facts {cost_micro_usd: integer|nil, usage: table|nil}
function Answer:finish(notice, facts)
  self.ended = true
  self:stop_waiting()
  if host.buf_valid(self.buf) then
    self.pacer:add(self.writer:finish())
    self.pacer:flush()
    if notice then
      self:write((self:has_text() and '\n\n' or '') .. transcript.notice(notice))
    end
    self:write('\n\n' .. transcript.heading('user') .. '\n\n')
    host.mark_del(self.buf, self.mark)
  else
    self.pacer:stop()
  end
  self.options.on_end(facts)
end

function Answer:done(result)
  local notice = INCOMPLETE[result.finish_reason]
  if not notice and not result.text:find('%S') and result.refusal == '' then
    notice = 'the model answered nothing'
  end
  self:finish(notice, result)
end

--- What is said of an error where the answer would stand. Support asks for id, model, time and status.
local function describe(err)
  local facts = { err.kind }
  if err.status then
    facts[#facts + 1] = 'status ' .. err.status
  end
  if err.model then
    facts[#facts + 1] = words.line(err.model)
  end
  if err.request_id then
    facts[#facts + 1] = 'request ' .. words.line(err.request_id)
  end
  facts[#facts + 1] = err.time
  return ('%s (%s)'):format(err.message, table.concat(facts, ', '))
end

function Answer:failed(err)
  if err.kind == 'cancelled' then
    self:finish('stopped', err)
  else
    self:finish(describe(err), err)
  end
end

--- Stops the answer; what has come stays.
function Answer:stop()
  self.job:cancel()
end

return M
