-- One job: what `beans.request` and `beans.models` return. It gathers what its transfers bring, calls the caller's
-- listeners, and words the end. When it is sent, repeated and ended is client.lua's business.

local host = require('beans.host')
local log = require('beans.log')
local retry = require('beans.retry')
local words = require('beans.words')

local M = {}

local last_id = 0

--- The time of day, UTC, as ISO 8601 has it.
local function utc()
  return os.date('!%Y-%m-%dT%H:%M:%SZ')
end

-- What the module calls `text` is `content` to callers, as in the API.
local DELTA_KINDS = { text = 'content', reasoning = 'reasoning', refusal = 'refusal' }

---@class beans.Result
---@field text string
---@field reasoning string '' when there was none
---@field refusal string '' when there was none
---@field finish_reason string|nil
---@field tool_calls {id: string, name: string, arguments: string, args: table|nil}[]
---@field usage table|nil the server's
---@field cost_micro_usd integer|nil of all attempts, in millionths of a US dollar
---@field rate_limit {requests: table|nil, tokens: table|nil, retry_after_s: number|nil}
---@field model string as the server named it, else as asked for
---@field request_id string|nil
---@field attempts integer transfers made
---@field timing {first_byte_ms: number|nil, first_delta_ms: number|nil, total_ms: number|nil, reused: boolean|nil}

---@class beans.Error
---@field kind string one of the closed list of error kinds
---@field message string one line, without secrets
---@field status integer|nil HTTP status
---@field code string|nil the server's error code
---@field param string|nil the parameter the server complains of
---@field request_id string|nil
---@field attempts integer transfers made
---@field retryable boolean whether the same request may succeed later
---@field partial string the text that had arrived
---@field reasoning string the reasoning that had arrived
---@field model string|nil
---@field time string when, UTC: '2026-01-31T12:00:00Z'
---@field usage table|nil
---@field cost_micro_usd integer|nil
---@field rate_limit table|nil
---@field timing table

---@class beans.Job
---@field id integer
---@field feature string 'chat', 'rewrite', 'complete', 'models', or 'request' for one that belongs to none
---@field model string|nil
---@field state 'new'|'key'|'queued'|'sent'|'paused'|'ended' what it waits for
---@field attempts integer transfers made
---@field cancelled boolean|nil
---@field muted boolean|nil no more on_delta
---@field fresh boolean|nil the next transfer makes a connection of its own
local Job = {}
Job.__index = Job

---@param feature string
---@param options table with the listeners
---@param cancel fun(job: beans.Job)
---@return beans.Job
function M.new(feature, options, cancel)
  last_id = last_id + 1
  return setmetatable({
    id = last_id,
    feature = feature,
    state = 'new',
    attempts = 0,
    since_ms = host.now_ms(),
    on_delta = options.on_delta,
    on_retry = options.on_retry,
    on_done = options.on_done,
    on_error = options.on_error,
    on_cancel = cancel,
    pieces = { content = {}, reasoning = {}, refusal = {} },
    tool_calls = {},
    response = {},
    timing = {},
  }, Job)
end

--- Ends the job: `on_error` with kind `cancelled` follows, and no further `on_delta`. After the end it does nothing.
function Job:cancel()
  self.on_cancel(self)
end

--- Calls foreign code, which must not break other jobs: what it raises is shown with its traceback.
---@param name string of what is called
---@param fn function
---@param first any
---@param second any
function M.protected(name, fn, first, second)
  local ok, trace = xpcall(function()
    fn(first, second)
  end, debug.traceback)
  if not ok then
    host.notify(('beans: error in %s: %s'):format(name, log.redact(tostring(trace))), 'error')
  end
end

---@param name 'on_delta'|'on_retry'|'on_done'|'on_error'
---@param first any
---@param second any
function Job:call(name, first, second)
  if self[name] then
    M.protected(name, self[name], first, second)
  elseif name == 'on_error' and first.kind ~= 'cancelled' and first.kind ~= 'shutdown' then
    host.notify('beans: ' .. first.message, 'error')
  end
end

--- Takes an event that is not the last one.
---@param event table
function Job:take(event)
  local kind = DELTA_KINDS[event.type]
  if kind then
    table.insert(self.pieces[kind], event.text)
    self.delivered = true
    if not self.muted then
      self:call('on_delta', event.text, kind)
    end
  elseif event.type == 'tool_call' then
    table.insert(
      self.tool_calls,
      { id = event.call_id, name = event.name, arguments = event.arguments, args = event.args }
    )
  elseif event.type == 'headers' then
    self.response, self.timing = event.response, event.timing
  end
end

--- Forgets what an earlier transfer told, before the next one.
function Job:begin_attempt()
  self.attempts = self.attempts + 1
  self.response, self.timing, self.usage = {}, {}, nil
end

--- Takes the facts of a transfer's last event, whichever it is.
---@param event table
function Job:account(event)
  self.response, self.timing = event.response, event.timing
  self.usage, self.answered_by = event.usage, event.model
  local cost = self.response.cost_micro_usd
  if cost then
    self.cost_micro_usd = (self.cost_micro_usd or 0) + cost
  end
end

--- HTTP status of the last transfer; nil when there was no answer.
---@return integer|nil
function Job:status()
  local status = self.response.status
  return status ~= 0 and status or nil
end

--- What the server's support asks for. A server may repeat anything in it, the key too.
---@private
function Job:request_id()
  local id = self.response.request_id
  return id and log.line(id)
end

---@private
function Job:text(kind)
  return table.concat(self.pieces[kind])
end

---@param event table 'done'
---@return beans.Result|table[] # of a models job the list
function Job:result(event)
  if self.feature == 'models' then
    return event.models
  end
  return {
    text = self:text('content'),
    reasoning = self:text('reasoning'),
    refusal = self:text('refusal'),
    finish_reason = event.finish_reason,
    tool_calls = self.tool_calls,
    usage = self.usage,
    cost_micro_usd = self.cost_micro_usd,
    rate_limit = self.response.rate_limit or {},
    model = self.answered_by or self.model,
    request_id = self:request_id(),
    attempts = self.attempts,
    timing = self.timing,
  }
end

--- What the retry policy has to know.
---@param failure {kind: string}
---@return beans.RetryFacts
function Job:facts(failure)
  return {
    kind = failure.kind,
    status = self:status(),
    should_retry = self.response.should_retry,
    retry_after_s = self.response.retry_after_s,
    delivered = self.delivered,
  }
end

--- Words a failure for the caller.
---@param failure {kind: string, message: string, code: string|nil, param: string|nil} an `error` event, or our own
---@return beans.Error
function Job:error(failure)
  local response, message = self.response, failure.message
  if response.retry_after_s and response.retry_after_s > retry.RETRY_AFTER_MAX_S then
    message = ('the server asks to wait %s: %s'):format(words.duration(response.retry_after_s), message)
  end
  return {
    kind = failure.kind,
    message = log.line(message),
    status = self:status(),
    code = failure.code,
    param = failure.param,
    request_id = self:request_id(),
    attempts = self.attempts,
    retryable = retry.retryable(self:facts(failure)),
    partial = self:text('content'),
    reasoning = self:text('reasoning'),
    model = self.answered_by or self.model,
    time = utc(),
    usage = self.usage,
    cost_micro_usd = self.cost_micro_usd,
    rate_limit = response.rate_limit,
    timing = self.timing,
  }
end

--- For the log and for `BeansRequestFinished`: facts without any text of the conversation.
---@param kind string 'done', or the kind of the error
---@return table
function Job:facts_of_end(kind)
  return {
    id = self.id,
    feature = self.feature,
    model = self.model,
    kind = kind,
    status = self:status(),
    request_id = self:request_id(),
    attempts = self.attempts,
    cost_micro_usd = self.cost_micro_usd,
    usage = self.usage,
    timing = self.timing,
    time = utc(),
  }
end

---@class beans.RunningJob
---@field id integer
---@field feature string
---@field model string|nil
---@field state string as in beans.Job, or 'streaming'
---@field seconds number since it was asked for
---@field retry_in_s number|nil while it is paused
---@field starts_in_s number|nil while it waits for a rate limit
---@field reason string|nil why it is paused, or which limit
---@field doing string in words, without the reason

local DOING = {
  new = 'begins',
  key = 'waits for the command that prints the key',
  queued = 'waits until another request ends (max_concurrent)',
  sent = 'waits for the answer',
  streaming = 'streams',
  ended = 'has ended',
}

local function in_words(summary)
  if summary.retry_in_s then
    return 'tries again in ' .. words.duration(summary.retry_in_s)
  elseif summary.starts_in_s then
    return 'starts in ' .. words.duration(summary.starts_in_s)
  end
  return DOING[summary.state]
end

--- What it is doing, for the status and for where its answer will stand.
---@return beans.RunningJob
function Job:summary()
  local now, paused = host.now_ms(), self.state == 'paused'
  local limited = self.state == 'queued' and self.starts_ms
  local summary = {
    id = self.id,
    feature = self.feature,
    model = self.model,
    state = self.state == 'sent' and self.delivered and 'streaming' or self.state,
    seconds = (now - self.since_ms) / 1000,
    retry_in_s = paused and math.max(0, (self.due_ms - now) / 1000) or nil,
    starts_in_s = limited and math.max(0, (limited - now) / 1000) or nil,
    reason = (paused or limited) and self.reason or nil,
  }
  summary.doing = in_words(summary)
  return summary
end

return M
