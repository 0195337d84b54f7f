-- How long to wait after a key before a completion is asked for. A request within a burst of keys is wasted, one that
-- comes late is useless: the wait follows the rhythm of typing, what the server is able to, and what it allows. Pure:
-- the caller tells the time.

local M = {}

-- Who has stopped, or types slowly, waits this long; who is within a burst at most that long.
local SHORTEST_MS, LONGEST_MS = 75, 350
-- For the first key after a pause: nobody knows yet whether a burst begins.
local FIRST_MS = 150
-- A longer interval is no part of a rhythm.
local PAUSE_MS = 1000
-- Weight of the last interval in the rhythm; of the last answer in the server's speed.
local INTERVAL_WEIGHT, ANSWER_WEIGHT = 0.25, 0.3
-- A burst is over when nothing came for so many usual intervals, or so many deviations beyond one.
local INTERVALS, DEVIATIONS = 2, 4
-- Of the time to the first text, the part that is waited: many requests of a slow server would be overtaken.
local ANSWER_PART = 0.25
-- Below this share of the rate limit the wait grows, to so many times as long.
local SCARCE, STRETCH = 0.3, 10
local SLOWEST_MS = 5000
-- After failures: doubled from the first to the longest.
local BACK_OFF_MS, BACK_OFF_MAX_MS = 1000, 60000

-- Nobody but the user can mend these.
local HOPELESS = { auth = true, quota = true, config = true, budget = true }
-- These say nothing about the server.
local OURS = { cancelled = true, shutdown = true }

---@class beans.Pace
---@field private debounce_ms number|nil
---@field private typed_ms number|nil when the last key came
---@field private interval_ms number|nil the usual time between two keys
---@field private deviation_ms number how far it is off, usually
---@field private answer_ms number the server's usual time to the first text
---@field private share number of the rate limit that is left
---@field private back_off_ms number
---@field private resumes_ms number|nil when to ask again after failures
local Pace = {}
Pace.__index = Pace

---@param options? {debounce_ms: number|nil} a fixed wait
---@return beans.Pace
function M.new(options)
  return setmetatable({
    debounce_ms = options and options.debounce_ms,
    deviation_ms = 0,
    answer_ms = 0,
    share = 1,
    back_off_ms = 0,
  }, Pace)
end

--- Takes what the user has set since.
---@param debounce_ms number|nil a fixed wait
function Pace:fix(debounce_ms)
  self.debounce_ms = debounce_ms
end

--- A key was typed.
---@param now_ms number
function Pace:typed(now_ms)
  local interval = self.typed_ms and now_ms - self.typed_ms
  self.typed_ms = now_ms
  if not interval or interval > PAUSE_MS then
    self.interval_ms, self.deviation_ms = nil, 0
  elseif not self.interval_ms then
    self.interval_ms, self.deviation_ms = interval, interval / 4
  else
    local off = math.abs(interval - self.interval_ms)
    self.deviation_ms = self.deviation_ms + INTERVAL_WEIGHT * (off - self.deviation_ms)
    self.interval_ms = self.interval_ms + INTERVAL_WEIGHT * (interval - self.interval_ms)
  end
end

--- An answer has begun.
---@param ms number since it was asked for
function Pace:answered(ms)
  self.answer_ms = self.answer_ms == 0 and ms or self.answer_ms + ANSWER_WEIGHT * (ms - self.answer_ms)
  self.back_off_ms, self.resumes_ms = 0, nil
end

--- A response told what is left of the rate limit.
---@param share_left number 0 to 1
function Pace:limited(share_left)
  self.share = math.max(0, math.min(1, share_left))
end

--- A request has failed.
---@param kind string of the error
---@param now_ms number
function Pace:failed(kind, now_ms)
  if OURS[kind] then
    return
  end
  local longer = self.back_off_ms == 0 and BACK_OFF_MS or self.back_off_ms * 2
  self.back_off_ms = HOPELESS[kind] and BACK_OFF_MAX_MS or math.min(BACK_OFF_MAX_MS, longer)
  self.resumes_ms = now_ms + self.back_off_ms
end

--- How long nothing is to be asked, after failures.
---@param now_ms number
---@return number ms 0 when it may
function Pace:held(now_ms)
  return math.max(0, self.resumes_ms and self.resumes_ms - now_ms or 0)
end

local function by_rhythm(self)
  local interval = self.interval_ms
  if not interval then
    return FIRST_MS
  elseif interval > LONGEST_MS then
    return SHORTEST_MS
  end
  local over = math.max(INTERVALS * interval, interval + DEVIATIONS * self.deviation_ms)
  return math.max(SHORTEST_MS, math.min(LONGEST_MS, over))
end

--- How long to wait from the last key on.
---@return number ms
function Pace:delay()
  local wait = self.debounce_ms
  if not wait then
    local scarce = math.max(0, SCARCE - self.share) / SCARCE
    wait = math.max(by_rhythm(self), ANSWER_PART * self.answer_ms)
    wait = math.min(SLOWEST_MS, wait * (1 + scarce * (STRETCH - 1)))
  end
  return math.max(wait, self.resumes_ms and self.resumes_ms - (self.typed_ms or 0) or 0)
end

return M
