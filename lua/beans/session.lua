-- What this session of the editor has learnt from all answers together: what they cost, and the rate limits.

local host = require('beans.host')
local limits_of = require('beans.limits')
local sum_of = require('beans.sum')

local M = {}

---@class beans.Session
---@field cost_micro_usd integer millionths of a US dollar, of all that was sent; 0 while no server told a cost
---@field sum beans.Sum of all requests that have ended
---@field completions beans.Sum of those for inline completion
---@field limits beans.Limits|nil of the server and key that answered last
---@field rate_limit table|nil as that server told it
---@field rate_limit_age_s number|nil how long ago that was

local cost_micro_usd, sum, completions = 0, sum_of.new(), sum_of.new()
local latest

---@type table<string, table<string, beans.Limits>> by base URL and key
local known = {}

--- The rate limits of a server and key.
---@param base_url string
---@param key string|nil
---@return beans.Limits
function M.limits(base_url, key)
  known[base_url] = known[base_url] or {}
  local by_key = known[base_url]
  by_key[key or ''] = by_key[key or ''] or limits_of.new()
  return by_key[key or '']
end

--- Adds what an answer, whole or not, has cost.
---@param micro_usd integer|nil nil when the server told nothing
function M.add_cost(micro_usd)
  cost_micro_usd = cost_micro_usd + (micro_usd or 0)
end

--- Adds a request that has ended, whose cost was added before.
---@param facts table as `job:facts_of_end` gives them
function M.add(facts)
  sum_of.add(sum, facts)
  if facts.feature == 'complete' then
    sum_of.add(completions, facts)
  end
end

--- Keeps what a response told of the rate limits.
---@param limits beans.Limits of its server and key
---@param response table of an event
function M.note(limits, response)
  limits:note(response, host.now_ms())
  latest = limits
end

---@return beans.Session
function M.summary()
  local summary = { cost_micro_usd = cost_micro_usd, sum = sum, completions = completions, limits = latest }
  if latest then
    summary.rate_limit, summary.rate_limit_age_s = latest:told(host.now_ms())
  end
  return summary
end

return M
