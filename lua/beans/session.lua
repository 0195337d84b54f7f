-- What this session of the editor has learnt from all answers together: what they cost, and the rate limits.

local host = require('beans.host')

local M = {}

---@class beans.Session
---@field cost_micro_usd integer millionths of a US dollar; 0 while no server told a cost
---@field rate_limit table|nil as the server told it last
---@field rate_limit_age_s number|nil how long ago that was

local cost_micro_usd = 0
local rate_limit, rate_limit_ms

--- Adds what an answer, whole or not, has cost.
---@param micro_usd integer|nil nil when the server told nothing
function M.add_cost(micro_usd)
  cost_micro_usd = cost_micro_usd + (micro_usd or 0)
end

--- Keeps the rate limits of a response.
---@param response table|nil of an event
function M.note_rate_limit(response)
  if response and response.rate_limit then
    rate_limit, rate_limit_ms = response.rate_limit, host.now_ms()
  end
end

---@return beans.Session
function M.summary()
  return {
    cost_micro_usd = cost_micro_usd,
    rate_limit = rate_limit,
    rate_limit_age_s = rate_limit and (host.now_ms() - rate_limit_ms) / 1000,
  }
end

return M
