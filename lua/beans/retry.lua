-- Whether to try again, and when: as the official clients of the API do. Pure.

local M = {}

local FIRST_MS, LONGEST_MS = 500, 8000

-- The first wait is 0.375 to 0.5 s, so that clients that failed together do not come back together.
local JITTER = 0.25

-- A longer Retry-After is left to the user: the error names the time.
M.RETRY_AFTER_MAX_S = 60

local STATUSES = { [408] = true, [409] = true, [429] = true }
-- Without a status line: the connection failed, or nothing came in time. TLS errors, bad answers and our own refusals
-- would only repeat.
local KINDS = { network = true, timeout = true }
local OURS = { cancelled = true, shutdown = true, config = true, budget = true, no_memory = true }

---@class beans.RetryFacts
---@field kind string of the error
---@field status integer|nil HTTP status, nil when there was no status line
---@field should_retry boolean|nil what the server said in `x-should-retry`
---@field retry_after_s number|nil what the server asked for
---@field delivered boolean|nil text of the answer was handed out already

--- Whether the same request may succeed later. Once there is a status line it decides alone.
---@param facts beans.RetryFacts
---@return boolean
function M.retryable(facts)
  if OURS[facts.kind] then
    return false
  end
  if facts.should_retry ~= nil then
    return facts.should_retry
  end
  if facts.status then
    return STATUSES[facts.status] == true or facts.status >= 500
  end
  return KINDS[facts.kind] == true
end

--- When to try again.
---@param facts beans.RetryFacts
---@param attempt integer tries made so far, 1 after the first
---@param max integer tries after the first
---@param random number 0 ≤ random < 1
---@return integer|nil delay_ms nil: not at all
function M.decide(facts, attempt, max, random)
  if facts.delivered or attempt > max or not M.retryable(facts) then
    return nil
  end
  local asked_s = facts.retry_after_s
  if asked_s and asked_s > M.RETRY_AFTER_MAX_S then
    return nil
  elseif asked_s and asked_s >= 0 then
    return math.floor(asked_s * 1000)
  end
  return math.floor(math.min(LONGEST_MS, FIRST_MS * 2 ^ (attempt - 1)) * (1 - JITTER * random))
end

return M
