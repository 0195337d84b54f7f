-- Requests from the first word to the last: who is sent when, which event belongs to whom, what is tried again. The only
-- file that knows the module. Everything runs on the main thread; no listener is called inside request, models or cancel.

local body = require('beans.body')
local config = require('beans.config')
local credentials = require('beans.credentials')
local host = require('beans.host')
local job_of = require('beans.job')
local log = require('beans.log')
local retry = require('beans.retry')

local M = {}

-- Events taken from the module at once, and handled in one turn of the loop before the editor has its turn.
local BATCH, TURN = 64, 256

-- Who goes first when more wait than may be sent at once. The list of models stands behind what a person waits for in
-- mid-sentence, a completion behind everything: the next key is its retry.
local PRIORITY = { models = 2, complete = 3 }

local core, waker
local closing = false
local watching_exit = false

---@type table<integer, beans.Job> all that have not ended, by their id
local jobs = {}
---@type beans.Job[] waiting to be sent, in order
local queue = {}
---@type table<integer, beans.Job> on the wire, by the id of the request
local flying = {}
local flying_count = 0

local session = { cost_micro_usd = 0, rate_limit = nil, rate_limit_ms = nil }

-- The end of a job ----------------------------------------------------------------------------------------------------

local function emit(event, job, more)
  local facts = { id = job.id, feature = job.feature, model = job.model }
  for name, value in pairs(more) do
    facts[name] = value
  end
  job_of.protected(event, host.emit, event, facts)
end

local function write_log(job, kind, outcome)
  log.add({
    time = os.date('!%Y-%m-%dT%H:%M:%SZ'),
    id = job.id,
    feature = job.feature,
    model = job.model,
    host = job.host,
    kind = kind,
    status = job.response.status,
    message = outcome.message,
    finish_reason = outcome.finish_reason,
    attempts = job.attempts,
    timing = job.timing,
    cost_micro_usd = job.cost_micro_usd,
    request_id = job.response.request_id,
  })
end

--- Ends a job, once: the log, the listener, the autocommand.
local function finish(job, listener, outcome)
  if job.state == 'ended' then
    return
  end
  job.state = 'ended'
  jobs[job.id] = nil
  local kind = listener == 'on_done' and 'done' or outcome.kind
  write_log(job, kind, outcome)
  job:call(listener, outcome)
  if job.announced then
    emit('BeansRequestFinished', job, {
      kind = kind,
      status = job.response.status,
      request_id = job.response.request_id,
      attempts = job.attempts,
      cost_micro_usd = job.cost_micro_usd,
      usage = job.usage,
      timing = job.timing,
    })
  end
end

local function fail(job, kind, message)
  finish(job, 'on_error', job:error({ kind = kind, message = message }))
end

local function fail_cancelled(job)
  fail(job, 'cancelled', 'cancelled')
end

-- Sending -------------------------------------------------------------------------------------------------------------

local function send(job)
  local id, message, kind = job.send()
  if not id then
    return fail(job, kind or 'config', message)
  end
  job:begin_attempt()
  job.state, job.request = 'sent', id
  flying[id] = job
  flying_count = flying_count + 1
  waker:busy(true)
end

--- Sends what may be sent.
local function pump()
  while queue[1] and flying_count < queue[1].max_concurrent do
    send(table.remove(queue, 1))
  end
end

local function goes_before(a, b)
  local first, second = PRIORITY[a.feature] or 1, PRIORITY[b.feature] or 1
  return first < second or (first == second and a.id < b.id)
end

local function enqueue(job)
  job.state = 'queued'
  local place = #queue + 1
  while place > 1 and goes_before(job, queue[place - 1]) do
    place = place - 1
  end
  table.insert(queue, place, job)
  pump()
end

local function leave_queue(job)
  for place, waiting in ipairs(queue) do
    if waiting == job then
      table.remove(queue, place)
      return
    end
  end
end

-- Events --------------------------------------------------------------------------------------------------------------

local function pause(job, delay_ms, event)
  local err = job:error(event)
  job.state, job.reason, job.due_ms = 'paused', err.message, host.now_ms() + delay_ms
  job.timer = host.defer(delay_ms, function()
    job.timer = nil
    enqueue(job)
  end)
  job:call('on_retry', { attempt = job.attempts, delay_ms = delay_ms, err = err })
end

--- The clock's fraction of a millisecond: as good as chance for the jitter, and nobody's random numbers are touched.
local function chance()
  return host.now_ms() % 1
end

local function note_response(response)
  if response and response.rate_limit and next(response.rate_limit) then
    session.rate_limit, session.rate_limit_ms = response.rate_limit, host.now_ms()
  end
end

--- A transfer has ended: so does the job, unless it is tried again.
local function settle(job, event)
  job:account(event)
  session.cost_micro_usd = session.cost_micro_usd + (job.response.cost_micro_usd or 0)
  if job.cancelled then
    return fail_cancelled(job)
  elseif event.type == 'done' then
    return finish(job, 'on_done', job:result(event))
  end
  local delay_ms = not closing and retry.decide(job:facts(event), job.attempts, job.max_retries, chance())
  if delay_ms then
    pause(job, delay_ms, event)
  else
    finish(job, 'on_error', job:error(event))
  end
end

local function dispatch(event)
  local job = flying[event.id]
  if not job then
    return
  end
  note_response(event.response)
  if event.type ~= 'done' and event.type ~= 'error' then
    return job:take(event)
  end
  flying[event.id], job.request = nil, nil
  flying_count = flying_count - 1
  settle(job, event)
  pump()
end

local batch, place = {}, 0

--- The next event, or nil. What was taken stays in `batch` until its turn, so that a listener that runs the loop, and
--- with it another drain, finds the events in their order.
local function next_event()
  place = place + 1
  if place > #batch then
    batch, place = core.stream_poll(BATCH), 1
  end
  return batch[place]
end

local function drain()
  for _ = 1, TURN do
    local event = next_event()
    if not event then
      waker:busy(flying_count > 0)
      return
    end
    dispatch(event)
  end
  host.schedule(drain)
end

-- Start and end of the session ----------------------------------------------------------------------------------------

--- Jobs in the order of their requests; a copy, because listeners may end some.
local function in_order()
  local list = {}
  for _, job in pairs(jobs) do
    list[#list + 1] = job
  end
  table.sort(list, function(a, b)
    return a.id < b.id
  end)
  return list
end

local function shutdown()
  closing, queue = true, {}
  for _, job in ipairs(in_order()) do
    job.muted = true
    if job.timer then
      job.timer:stop()
    end
    if job.cancelled and not job.request then
      fail_cancelled(job)
    elseif not job.request then
      fail(job, 'shutdown', 'the editor is quitting')
    end
  end
  if not core then
    return
  end
  core.shutdown()
  local event = next_event()
  while event do
    dispatch(event)
    event = next_event()
  end
  waker:close()
end

--- Loads the module when it is first needed.
---@return table|nil core, string|nil message
local function load_core()
  if core then
    return core
  end
  local missing = host.missing()
  if missing then
    return nil, missing
  end
  local loaded, message = require('beans.core').load(host.null, host.object_mt)
  if not loaded then
    return nil, message
  end
  core = loaded
  waker = host.waker(core.wakeup_fd(), drain)
  return core
end

-- Making jobs ---------------------------------------------------------------------------------------------------------

local function cancel(job)
  if job.state == 'ended' or job.cancelled then
    return
  end
  job.cancelled, job.muted = true, true
  if job.request then
    core.cancel(job.request)
    return
  end
  leave_queue(job)
  if job.timer then
    job.timer:stop()
  end
  host.schedule(function()
    fail_cancelled(job)
  end)
end

--- What is sent each time. It lives in a closure, so that nothing that prints a job prints the key.
local function sender(method, cfg, key, content)
  local path = method == 'models' and '/models' or '/chat/completions'
  local spec = {
    url = cfg.base_url .. path,
    key = key,
    proxy = cfg.proxy,
    ca_file = cfg.ca_file,
    body = content,
    connect_timeout_ms = cfg.connect_timeout_ms,
    first_byte_timeout_ms = cfg.first_byte_timeout_ms,
    idle_timeout_ms = cfg.idle_timeout_ms,
  }
  return function()
    return core[method](spec)
  end
end

--- The first turn after the call: everything that can be wrong before anything is sent, then the key, then the queue.
local function begin(job, method, cfg, content)
  if job.cancelled or job.state == 'ended' then
    return
  end
  job.announced = true
  emit('BeansRequestStarted', job, {})
  local ready, message = load_core()
  if closing then
    return fail(job, 'shutdown', 'the editor is quitting')
  elseif not ready or cfg.problem then
    return fail(job, 'config', message or cfg.problem)
  end
  job.state = 'key'
  credentials.get(cfg, function(key, problem)
    if job.cancelled or job.state == 'ended' then
      return
    elseif problem then
      return fail(job, 'config', problem)
    end
    job.send = sender(method, cfg, key, content)
    enqueue(job)
  end)
end

local function watch_exit()
  if not watching_exit then
    watching_exit = true
    host.on_exit(shutdown)
  end
end

local function submit(job, method, cfg, content)
  job.host = cfg.base_url:match('^%a+://([^/]+)'):gsub('^.*@', '')
  job.max_concurrent = cfg.max_concurrent
  job.max_retries = job.feature == 'complete' and 0 or cfg.retry.max
  jobs[job.id] = job
  watch_exit()
  host.schedule(function()
    begin(job, method, cfg, content)
  end)
  return job
end

--- Sends a chat request. Raises on wrong types of arguments only; everything else comes as `on_error`, later.
---@param options beans.RequestOptions
---@return beans.Job
function M.request(options)
  body.check(options)
  local cfg = config.get()
  local job = job_of.new(options.feature or 'request', options, cancel)
  local content = body.build(options, config.for_feature(options.feature, cfg))
  job.model = type(content.model) == 'string' and content.model or nil
  return submit(job, 'request', cfg, content)
end

--- Asks the server for its models.
---@param options {on_done?: fun(list: table[]), on_error?: fun(err: beans.Error), on_retry?: function}
---@return beans.Job
function M.models(options)
  body.check_listeners('beans.models', options)
  return submit(job_of.new('models', options, cancel), 'models', config.get())
end

--- Cancels jobs.
---@param what? beans.Job|fun(job: beans.Job): boolean one job, or those for which it returns true; nil: all
---@return integer # how many
function M.stop(what)
  local count = 0
  for _, job in ipairs(in_order()) do
    local chosen = what == nil or what == job or type(what) == 'function' and what(job)
    if chosen and not job.cancelled then
      job:cancel()
      count = count + 1
    end
  end
  return count
end

-- For status and the public API ---------------------------------------------------------------------------------------

---@class beans.RunningJob
---@field id integer
---@field feature string
---@field model string|nil
---@field state string see beans.Job
---@field seconds number since it was asked for
---@field retry_in_s number|nil while it is paused
---@field reason string|nil why it is paused

--- What has not ended, the oldest first.
---@return beans.RunningJob[]
function M.running()
  local list, now = {}, host.now_ms()
  for i, job in ipairs(in_order()) do
    local paused = job.state == 'paused'
    list[i] = {
      id = job.id,
      feature = job.feature,
      model = job.model,
      state = job.state,
      seconds = (now - job.since_ms) / 1000,
      retry_in_s = paused and math.max(0, (job.due_ms - now) / 1000) or nil,
      reason = paused and job.reason or nil,
    }
  end
  return list
end

--- What this session has cost, and the rate limits the server told last.
---@return {cost_micro_usd: integer, rate_limit: table|nil, rate_limit_age_s: number|nil}
function M.session()
  return {
    cost_micro_usd = session.cost_micro_usd,
    rate_limit = session.rate_limit,
    rate_limit_age_s = session.rate_limit and (host.now_ms() - session.rate_limit_ms) / 1000,
  }
end

--- The module, loaded now if need be: for its version and its marks (`null`, `object`).
---@return table|nil core, string|nil message
M.core = load_core

return M
