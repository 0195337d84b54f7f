-- What a model's tokens have cost so far, told by the server's own sums: never a price list, never a guess. Pure.
--
-- A request tells one sum for two counts of tokens, in and out. With several, the price of each kind is the one that
-- fits all sums best (least squares). Requests that are all alike tell only what such a request costs.

local M = {}

---@class beans.Price
---@field requests integer those whose cost and tokens are known
---@field cost number millionths of a US dollar
---@field tokens_in integer
---@field tokens_out integer
---@field private in_in number sums of products, for the fit
---@field private in_out number
---@field private out_out number
---@field private in_cost number
---@field private out_cost number

---@return beans.Price
function M.new()
  return {
    requests = 0,
    cost = 0,
    tokens_in = 0,
    tokens_out = 0,
    in_in = 0,
    in_out = 0,
    out_out = 0,
    in_cost = 0,
    out_cost = 0,
  }
end

--- Adds a request; one whose cost or tokens nobody told says nothing of a price.
---@param price beans.Price
---@param cost integer|nil millionths of a US dollar
---@param tokens_in integer|nil
---@param tokens_out integer|nil
function M.count(price, cost, tokens_in, tokens_out)
  if not cost or not tokens_in or not tokens_out or tokens_in + tokens_out == 0 then
    return
  end
  price.requests = price.requests + 1
  price.cost = price.cost + cost
  price.tokens_in = price.tokens_in + tokens_in
  price.tokens_out = price.tokens_out + tokens_out
  price.in_in = price.in_in + tokens_in * tokens_in
  price.in_out = price.in_out + tokens_in * tokens_out
  price.out_out = price.out_out + tokens_out * tokens_out
  price.in_cost = price.in_cost + tokens_in * cost
  price.out_cost = price.out_cost + tokens_out * cost
end

--- Requests that are nearly alike would give prices that a rounded cent turns over.
local ALIKE = 1e-4

--- The price of a token in and of one out; nil where the requests don't tell them apart.
local function each_kind(price)
  local both = price.in_in * price.out_out
  local spread = both - price.in_out * price.in_out
  if spread <= ALIKE * both then
    return nil
  end
  local one_in = (price.in_cost * price.out_out - price.out_cost * price.in_out) / spread
  local one_out = (price.out_cost * price.in_in - price.in_cost * price.in_out) / spread
  if one_in < 0 or one_out < 0 then
    return nil
  end
  return one_in, one_out
end

---@class beans.Estimate in millionths of a US dollar
---@field total number
---@field tokens_in number|nil of the text that is sent; nil where only the total is known
---@field tokens_out number|nil of the answer
---@field answer integer tokens of that answer
---@field requests integer it is told from

--- What a request will cost.
---@param price beans.Price
---@param tokens_in integer
---@param tokens_out? integer unless told, the answer is as long as answers were so far
---@return beans.Estimate|nil # nil: nothing is known
function M.estimate(price, tokens_in, tokens_out)
  if price.requests == 0 then
    return nil
  end
  local answer = tokens_out or math.floor(price.tokens_out / price.requests + 0.5)
  local one_in, one_out = each_kind(price)
  if one_in then
    local part_in, part_out = one_in * tokens_in, one_out * answer
    return {
      total = part_in + part_out,
      tokens_in = part_in,
      tokens_out = part_out,
      answer = answer,
      requests = price.requests,
    }
  end
  local one = price.cost / (price.tokens_in + price.tokens_out)
  return { total = one * (tokens_in + answer), answer = answer, requests = price.requests }
end

return M
