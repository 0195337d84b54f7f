-- Asks the server for its models, and tells what that shows: whether it answers, how long each step took, its clock.

local client = require('beans.client')
local report = require('beans.health.report')
local words = require('beans.words')

local M = {}

local TITLE = 'Server'

-- A clock that is wrong by more makes certificates and time limits fail.
local CLOCK_MAX_S = 60

local STEPS = {
  { 'dns_ms', 'name lookup' },
  { 'connect_ms', 'TCP' },
  { 'tls_ms', 'TLS' },
  { 'first_byte_ms', 'first byte after' },
  { 'total_ms', 'in all' },
}

--- The times in words; nil where none is known.
local function describe_times(timing)
  local parts = {}
  for _, step in ipairs(STEPS) do
    local ms = timing[step[1]]
    parts[#parts + 1] = ms and ('%s %.1f ms'):format(step[2], ms) or nil
  end
  return parts[1] and table.concat(parts, ', ')
end

--- Tells how the clock of this machine differs from the server's, as its `Date` had it when the header came.
local function add_clock(add, job)
  local timing, date = job.timing, job.response.date
  if not date then
    return
  end
  local since_s = math.max(0, (timing.total_ms or 0) - (timing.first_byte_ms or 0)) / 1000
  local ahead_s = os.time() - since_s - date
  if math.abs(ahead_s) <= CLOCK_MAX_S then
    add('ok', "clock: as the server's")
    return
  end
  local how = ahead_s > 0 and 'ahead of' or 'behind'
  local by = words.duration(math.abs(ahead_s))
  add('warn', ("clock: this machine's is %s %s the server's: certificates may fail"):format(by, how))
end

local function add_facts(add, job)
  local times = describe_times(job.timing)
  if times then
    add('info', times)
  end
  add_clock(add, job)
end

local function describe_answer(job, list)
  local version = job.response.http_version
  local over = version and (' over HTTP/' .. version) or ''
  return ('answers%s, with %d model%s'):format(over, #list, #list == 1 and '' or 's')
end

--- What to show until the answer is there.
---@return beans.HealthSection
function M.waiting()
  local section, add = report.section(TITLE)
  add('info', 'asked for its models, waiting for the answer …')
  return section
end

--- What to show when one no longer waits.
---@param seconds number how long it was
---@return beans.HealthSection
function M.silent(seconds)
  local section, add = report.section(TITLE)
  add('warn', ('no answer within %s; :Beans health waits longer'):format(words.duration(seconds)))
  return section
end

--- Sends the request, on a new connection, for each step of it to be seen and timed. It is not repeated: the first
--- failure is what is to be known.
---@param on_end fun(section: beans.HealthSection) called once, later; not after `cancel`
---@return beans.Job
function M.run(on_end)
  local section, add = report.section(TITLE)
  local job
  local ended = false
  local function finish(level, text)
    if not ended then
      ended = true
      add(level, text)
      add_facts(add, job)
      on_end(section)
    end
  end
  job = client.models({
    fresh = true,
    on_done = function(list)
      finish('ok', describe_answer(job, list))
    end,
    on_retry = function(info)
      finish('error', info.err.message)
      job:cancel()
    end,
    on_error = function(err)
      if err.kind ~= 'cancelled' and err.kind ~= 'shutdown' then
        finish('error', err.message)
      end
    end,
  })
  return job
end

return M
