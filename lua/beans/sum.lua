-- Sums of what requests cost: money in whole millionths of a US dollar, so that every sum is exact, and tokens. Pure.

local M = {}

---@class beans.Sum
---@field cost_micro_usd integer millionths of a US dollar
---@field requests integer
---@field unknown integer requests whose cost nobody told
---@field tokens_in integer
---@field tokens_out integer

---@return beans.Sum
function M.new()
  return { cost_micro_usd = 0, requests = 0, unknown = 0, tokens_in = 0, tokens_out = 0 }
end

--- Adds a request.
---@param sum beans.Sum
---@param cost integer|nil nil: not told
---@param tokens_in integer|nil
---@param tokens_out integer|nil
function M.count(sum, cost, tokens_in, tokens_out)
  sum.requests = sum.requests + 1
  sum.cost_micro_usd = sum.cost_micro_usd + (cost or 0)
  sum.unknown = sum.unknown + (cost and 0 or 1)
  sum.tokens_in = sum.tokens_in + (tokens_in or 0)
  sum.tokens_out = sum.tokens_out + (tokens_out or 0)
end

--- A count of the server's, if it is one.
---@param number any
---@return integer|nil
function M.whole(number)
  return type(number) == 'number' and number >= 0 and number < 2 ^ 53 and number % 1 == 0 and number or nil
end

--- Adds a request by its facts.
---@param sum beans.Sum
---@param facts {cost_micro_usd: integer|nil, usage: table|nil}
function M.add(sum, facts)
  local usage = type(facts.usage) == 'table' and facts.usage or {}
  M.count(sum, facts.cost_micro_usd, M.whole(usage.prompt_tokens), M.whole(usage.completion_tokens))
end

return M
