-- The rate limits of one server and key, and what they mean for the next request: now, or in how many milliseconds.
-- Completions slow down when little is left and pause before nothing is, so that what a person waits for always goes
-- through. Pure: the caller tells the time.

local retry = require('beans.retry')

local M = {}

-- Of a limit, the part that is kept for chats and rewrites, and the part below which completions slow down.
local RESERVED, SCARCE = 0.1, 0.3
-- The longest pause between two completions while they are slowed down.
local SLOWEST_MS = 5000
-- How long a server's word holds that tells no time of its reset: limits are per minute.
local UNDATED_MS = 60000

---@class beans.Window one limit, until it is reset
---@field limit integer|nil
---@field remaining integer as told, less what was sent since
---@field reset_ms number when it is over
---@field dated boolean the server told when

---@class beans.Limits
---@field private windows {requests: beans.Window|nil, tokens: beans.Window|nil}
---@field private heard {requests: table|nil, tokens: table|nil, retry_after_s: number|nil}|nil in the server's words
---@field private heard_ms number|nil when
---@field private closed_ms number|nil until then nobody may send: the server said so
---@field private completed_ms number|nil when the last completion was sent
local Limits = {}
Limits.__index = Limits

---@return beans.Limits
function M.new()
  return setmetatable({ windows = {} }, Limits)
end

local function window_of(told, now_ms)
  if not (told and told.remaining) then
    return nil
  end
  return {
    limit = told.limit,
    remaining = told.remaining,
    reset_ms = now_ms + (told.reset_s and told.reset_s * 1000 or UNDATED_MS),
    dated = told.reset_s ~= nil,
  }
end

--- Seconds that were told some time ago, as they would be told now.
local function later(seconds, age_s)
  return seconds and math.max(0, seconds - age_s)
end

local function aged(limit, age_s)
  return limit and { limit = limit.limit, remaining = limit.remaining, reset_s = later(limit.reset_s, age_s) }
end

--- Whether a response closes the server for everybody: a limit is reached, or it asks for a longer wait than a request
--- takes upon itself.
local function closes(response)
  local asked_s = response.retry_after_s
  if not asked_s or response.status == 429 then
    return asked_s ~= nil
  end
  local facts = { kind = 'http', status = response.status, should_retry = response.should_retry }
  return asked_s > retry.RETRY_AFTER_MAX_S and retry.retryable(facts)
end

--- Takes what a response told. A part that it did not tell stays as it was.
---@param response {status: integer, rate_limit: table|nil, retry_after_s: number|nil, should_retry: boolean|nil}
---@param now_ms number
function Limits:note(response, now_ms)
  local told = response.rate_limit
  if told then
    local before, age_s = self:told(now_ms)
    before = before or {}
    local heard = { retry_after_s = told.retry_after_s or later(before.retry_after_s, age_s) }
    for _, name in ipairs({ 'requests', 'tokens' }) do
      heard[name] = told[name] or aged(before[name], age_s)
      self.windows[name] = window_of(told[name], now_ms) or self.windows[name]
    end
    self.heard, self.heard_ms = heard, now_ms
  end
  if closes(response) then
    self.closed_ms = now_ms + response.retry_after_s * 1000
  end
end

--- What was told, in the server's words.
---@param now_ms number
---@return {requests: table|nil, tokens: table|nil, retry_after_s: number|nil}|nil told nil: nothing
---@return number|nil age_s how long ago all of it was so
function Limits:told(now_ms)
  return self.heard, self.heard and (now_ms - self.heard_ms) / 1000
end

--- Counts a request that is sent now.
---@param feature string
---@param now_ms number
function Limits:count(feature, now_ms)
  local requests = self.windows.requests
  if requests then
    requests.remaining = requests.remaining - 1
  end
  if feature == 'complete' then
    self.completed_ms = now_ms
  end
end

--- Of 1, how much is left above the reserve; without a known limit a handful counts as little.
local function share_left(window)
  return window.remaining / (window.limit and window.limit > 0 and window.limit or 20)
end

--- How long a completion waits for one window.
local function completion_wait(self, window, now_ms)
  local left = share_left(window)
  if left <= RESERVED then
    return window.reset_ms - now_ms
  elseif left >= SCARCE or not self.completed_ms then
    return 0
  end
  local pause_ms = SLOWEST_MS * (SCARCE - left) / (SCARCE - RESERVED)
  return self.completed_ms + pause_ms - now_ms
end

--- How long the next request of a feature has to wait.
---@param feature string
---@param now_ms number
---@return number wait_ms 0 when it may go
---@return string|nil why in words
function Limits:wait(feature, now_ms)
  local wait_ms, why = 0, nil
  local function consider(ms, reason)
    if ms > wait_ms then
      wait_ms, why = ms, reason
    end
  end
  if self.closed_ms then
    consider(self.closed_ms - now_ms, 'the server asks to wait')
  end
  for name, window in pairs(self.windows) do
    if window.remaining <= 0 and window.dated then
      consider(window.reset_ms - now_ms, ('the rate limit for %s is reached'):format(name))
    elseif feature == 'complete' and window.reset_ms > now_ms then
      consider(completion_wait(self, window, now_ms), ('few %s are left; chats go first'):format(name))
    end
  end
  return wait_ms, why
end

return M
