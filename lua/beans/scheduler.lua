-- Who is sent when: so many at once, in the order of the queue, as the rate limits allow.

local host = require('beans.host')
local queue_of = require('beans.queue')

---@class beans.ScheduledJob what the scheduler has to know of a job
---@field id integer
---@field feature string
---@field max_concurrent integer
---@field limits beans.Limits
---@field starts_ms number|nil set while it waits for a limit: when that ends
---@field reason string|nil and which it is
---@field cancel fun(self: beans.ScheduledJob)

---@class beans.Scheduler
---@field private queue beans.Queue
---@field private on_wire integer
---@field private send fun(job: beans.ScheduledJob): boolean
---@field private timer beans.Timer|nil while somebody waits for a limit
local Scheduler = {}
Scheduler.__index = Scheduler

local M = {}

---@param send fun(job: table): boolean sends a job; false when it could not be sent and has ended
---@return beans.Scheduler
function M.new(send)
  return setmetatable({ queue = queue_of.new(), on_wire = 0, send = send }, Scheduler)
end

---@private
function Scheduler:go(job, now_ms)
  job.starts_ms, job.reason = nil, nil
  -- It may have left while a listener of another one ran.
  if self.queue:leave(job) and self.send(job) then
    self.on_wire = self.on_wire + 1
    job.limits:count(job.feature, now_ms)
  end
end

--- Sends what may be sent, and comes back when the next one may.
---@private
function Scheduler:pump()
  if self.timer then
    self.timer:stop()
    self.timer = nil
  end
  local soonest_ms
  for _, job in ipairs(self.queue:list()) do
    if self.on_wire >= job.max_concurrent then
      break
    end
    local now_ms = host.now_ms()
    local wait_ms, why = job.limits:wait(job.feature, now_ms)
    if wait_ms <= 0 then
      self:go(job, now_ms)
    else
      job.starts_ms, job.reason = now_ms + wait_ms, why
      soonest_ms = math.min(soonest_ms or wait_ms, wait_ms)
    end
  end
  if soonest_ms then
    self.timer = host.defer(soonest_ms, function()
      self.timer = nil
      self:pump()
    end)
  end
end

--- What a completion was asked for has been typed over when the next one is asked for: only the newest waits. One that
--- comes back to be tried again may be the older one.
---@private
---@return boolean # whether it is this one
function Scheduler:keep_newest_completion(job)
  for _, waiting in ipairs(self.queue:list()) do
    if waiting.feature == 'complete' and waiting.id > job.id then
      job:cancel()
      return false
    elseif waiting.feature == 'complete' then
      waiting:cancel()
    end
  end
  return true
end

--- A job wants to be sent.
---@param job beans.ScheduledJob
function Scheduler:enter(job)
  if job.feature ~= 'complete' or self:keep_newest_completion(job) then
    self.queue:enter(job)
    self:pump()
  end
end

--- A job does not want to be sent any more.
---@param job beans.ScheduledJob one that does not wait is ignored
function Scheduler:leave(job)
  self.queue:leave(job)
end

--- A job that was sent has come back.
function Scheduler:came_back()
  self.on_wire = self.on_wire - 1
end

--- What waits may go, if there is a place or a limit has changed.
function Scheduler:look()
  if self.queue:first() then
    self:pump()
  end
end

--- Whether anything is on the wire.
---@return boolean
function Scheduler:busy()
  return self.on_wire > 0
end

return M
