-- Requests from the first word to the last: who is sent when, which event belongs to whom, what is tried again. The
-- only file that knows the module. Everything runs on the main thread; no listener is called inside request, models or
-- cancel.

local address = require('beans.address')
local batch_of = require('beans.batch')
local body = require('beans.body')
local budget = require('beans.budget')
local config = require('beans.config')
local connections = require('beans.connections')
local credentials = require('beans.credentials')
local dialect = require('beans.dialect')
local host = require('beans.host')
local job_of = require('beans.job')
local log = require('beans.log')
local memory = require('beans.memory')
local ledger = require('beans.ledger')
local retry = require('beans.retry')
local scheduler_of = require('beans.scheduler')
local session = require('beans.session')

local M = {}

-- For how long events are handled before the editor has its turn.
local TURN_MS = 3

local core, waker
local closing = false
local watching_exit = false

---@type table<integer, beans.Job> all that have not ended, by their id
local jobs = {}
---@type table<integer, beans.Job> on the wire, by the id of the request
local flying = {}
---@type beans.Scheduler
local scheduler

-- The end of a job ----------------------------------------------------------------------------------------------------

--- Ends a job, once: the log, the listener, the autocommand.
local function finish(job, listener, outcome)
  if job.state == 'ended' then
    return
  end
  job.state = 'ended'
  jobs[job.id] = nil
  local facts = job:facts_of_end(listener == 'on_done' and 'done' or outcome.kind)
  log.add(facts, job.host, outcome.finish_reason or outcome.message, job.note)
  if facts.status or facts.cost_micro_usd then
    session.add(facts)
    ledger.add(facts)
  end
  job:call(listener, outcome)
  if job.announced then
    job_of.protected('BeansRequestFinished', host.emit, 'BeansRequestFinished', facts)
  end
end

local function fail(job, kind, message)
  finish(job, 'on_error', job:error({ kind = kind, message = message }))
end

local function fail_cancelled(job)
  fail(job, 'cancelled', 'cancelled')
end

local function fail_quitting(job)
  fail(job, 'shutdown', 'the editor is quitting')
end

-- Sending -------------------------------------------------------------------------------------------------------------

--- Returns whether it was sent; otherwise it has ended.
local function send(job)
  local refusal = job.feature ~= 'models' and budget.refusal(config.get(), job.feature)
  if refusal then
    fail(job, 'budget', refusal)
    return false
  end
  local id, message, kind = job.send()
  if not id then
    fail(job, kind or 'config', message)
    return false
  end
  job:begin_attempt()
  job.state, job.request = 'sent', id
  flying[id] = job
  connections.used(job.host)
  waker:busy(true)
  return true
end

scheduler = scheduler_of.new(send)

local function enqueue(job)
  job.state = 'queued'
  scheduler:enter(job)
end

-- Events --------------------------------------------------------------------------------------------------------------

local function pause(job, delay_ms, event)
  local err = job:error(event)
  job.fresh = event.kind == 'timeout' -- the connection may be dead, and the others that were kept with it
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

--- When a failed job goes on; nil when it does not. A parameter the model does not take is dropped at once, and once.
local function next_try(job, event)
  if closing then
    return nil
  end
  if job.adapt and not job.note then
    job.note = job.adapt(event)
    if job.note then
      memory.keep()
      return 0
    end
  end
  return retry.decide(job:facts(event), job.attempts, job.max_retries, chance())
end

--- A transfer has ended: so does the job, unless it is tried again.
local function settle(job, event)
  job:account(event)
  session.add_cost(job.response.cost_micro_usd)
  if job.cancelled then
    return fail_cancelled(job)
  elseif event.type == 'done' then
    return finish(job, 'on_done', job:result(event))
  end
  local delay_ms = next_try(job, event)
  if delay_ms then
    pause(job, delay_ms, event)
  else
    finish(job, 'on_error', job:error(event))
  end
end

--- What a response tells of the limits was true when its header came: later events only repeat it.
local function note_limits(job, response)
  if response and response.status ~= 0 and job.noted ~= job.attempts then
    job.noted = job.attempts
    session.note(job.limits, response)
  end
end

local function dispatch(event)
  local job = flying[event.id]
  if not job then
    return connections.take(event)
  end
  note_limits(job, event.response)
  if event.type ~= 'done' and event.type ~= 'error' then
    return job:take(event)
  end
  flying[event.id], job.request = nil, nil
  connections.used(job.host)
  scheduler:came_back()
  settle(job, event)
  scheduler:look()
end

local batch = batch_of.new(dispatch)

--- Returns whether anything waited.
local function drain()
  if closing then
    return false
  end
  local count, all = batch:handle(core, host.now_ms() + TURN_MS)
  if all then
    waker:busy(scheduler:busy() or connections.opening())
  else
    host.schedule(drain)
  end
  return count > 0
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

--- Takes a job that is not on the wire out of all waiting.
local function withdraw(job)
  scheduler:leave(job)
  if job.timer then
    job.timer:stop()
    job.timer = nil
  end
end

local function shutdown()
  closing = true
  for _, job in ipairs(in_order()) do
    job.muted = true
    if not job.request then
      withdraw(job)
      local fail_as = job.cancelled and fail_cancelled or fail_quitting
      fail_as(job)
    end
  end
  if core then
    core.shutdown()
    batch:handle(core, math.huge)
    waker:close()
  end
end

local function watch_exit()
  if not watching_exit then
    watching_exit = true
    host.on_exit(shutdown)
  end
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
  watch_exit()
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
  withdraw(job)
  host.schedule(function()
    fail_cancelled(job)
  end)
end

--- The first turn after the call: everything that can be wrong before anything is sent, then the key, then the queue.
local function begin(job, endpoint, cfg, content)
  if job.cancelled or job.state == 'ended' then
    return
  elseif closing then
    return fail_quitting(job)
  end
  job.announced = true
  local facts = { id = job.id, feature = job.feature, model = job.model }
  job_of.protected('BeansRequestStarted', host.emit, 'BeansRequestStarted', facts)
  local _, missing = load_core()
  local wrong = missing or cfg.problem or content and body.problem(content)
  if wrong then
    return fail(job, 'config', wrong)
  end
  job.state = 'key'
  credentials.get(cfg, function(key, problem)
    if job.cancelled or job.state == 'ended' then
      return
    elseif problem then
      return fail(job, 'config', problem)
    end
    job.limits = session.limits(cfg.base_url, key)
    -- The key lives in this closure, so that nothing that prints a job prints it.
    local spec = body.spec(endpoint, cfg, key, content)
    job.send = function()
      spec.fresh = job.fresh
      return (content and core.request or core.models)(spec)
    end
    enqueue(job)
  end)
end

local function submit(job, endpoint, cfg, content)
  job.host = not cfg.problem and address.server(cfg.base_url) or nil
  job.max_concurrent = cfg.max_concurrent
  job.max_retries = job.feature == 'complete' and 0 or cfg.retry.max
  jobs[job.id] = job
  watch_exit()
  host.schedule(function()
    budget.prepare(cfg, function()
      begin(job, endpoint, cfg, content)
    end)
  end)
  return job
end

--- Sends a request that a model answers. Raises on wrong types of arguments only; everything else comes as `on_error`,
--- later.
---@param options beans.RequestOptions
---@return beans.Job
function M.request(options)
  body.check(options)
  local cfg = config.get()
  local job = job_of.new(options.feature or 'request', options, cancel)
  local content = body.build(options, config.for_feature(options.feature, cfg))
  job.model = type(content.model) == 'string' and content.model or nil
  local endpoint = options.endpoint or 'chat'
  local where = dialect.where(address.without_user(cfg.base_url), job.model, endpoint)
  memory.recall()
  dialect.apply(where, content)
  job.adapt = dialect.learner(where, content)
  return submit(job, endpoint, cfg, content)
end

--- Asks the server for its models.
---@param options {on_done?: fun(list: table[]), on_error?: fun(err: beans.Error), on_retry?: function, fresh?: boolean}
---`fresh`: over a connection of its own making
---@return beans.Job
function M.models(options)
  body.check_listeners('beans.models', options)
  local job = job_of.new('models', options, cancel)
  job.fresh = options.fresh
  return submit(job, 'models', (config.get()))
end

--- Opens a connection to the server, and lets it be. Nobody waits for it, it is no request of the user's, and it takes
--- no place of one.
---@param cfg beans.Config without a problem
---@param key string|nil
function M.connect(cfg, key)
  if closing or not load_core() then
    return
  end
  local id = core.models(body.spec('models', cfg, key))
  if id then
    connections.open(id, address.server(cfg.base_url))
    waker:busy(true)
  end
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

--- What has not ended, the oldest first.
---@return beans.RunningJob[]
function M.running()
  local list = {}
  for _, job in ipairs(in_order()) do
    if not job.cancelled then
      list[#list + 1] = job:summary()
    end
  end
  return list
end

--- The module, loaded now if need be: for its version and its marks (`null`, `object`).
---@return table|nil core, string|nil message
M.core = load_core

return M
