-- What requests have cost, on disk: a record a request, in files of the month (month_files.lua).
--
-- Its fields: time (seconds since 1970), feature, model, cost in millionths of a US dollar, tokens in, tokens out, how
-- it ended. '-' is what the server did not tell.

local host = require('beans.host')
local log = require('beans.log')
local month_files = require('beans.month_files')
local price_of = require('beans.price')
local sum_of = require('beans.sum')

local M = {}

local FIELDS = '^(%d+)\t([^\t]*)\t([^\t]*)\t([%d-]+)\t([%d-]+)\t([%d-]+)\t([^\t]*)$'

---@class beans.Month: beans.MonthRead
---@field days table<string, beans.Sum> by '2026-01-31'
---@field models table<string, beans.Sum>
---@field features table<string, beans.Sum>
---@field prices table<string, beans.Price> by model
---@field all beans.Sum

local function fresh()
  return { days = {}, models = {}, features = {}, prices = {}, all = sum_of.new() }
end

local function sum_in(sums, name)
  sums[name] = sums[name] or sum_of.new()
  return sums[name]
end

---@param month beans.Month
local function take(month, fields)
  local time, feature, model, cost, tokens_in, tokens_out = fields:match(FIELDS)
  if not time then
    return false
  end
  cost, tokens_in, tokens_out = tonumber(cost), tonumber(tokens_in), tonumber(tokens_out)
  for _, sum in ipairs({
    month.all,
    sum_in(month.days, month_files.day(tonumber(time))),
    sum_in(month.models, model),
    sum_in(month.features, feature),
  }) do
    sum_of.count(sum, cost, tokens_in, tokens_out)
  end
  month.prices[model] = month.prices[model] or price_of.new()
  price_of.count(month.prices[model], cost, tokens_in, tokens_out)
  return true
end

local files = month_files.new('', fresh, take)

--- The folder with the ledger's files.
M.folder = month_files.folder

-- Writing -------------------------------------------------------------------------------------------------------------

local function shown(number)
  number = sum_of.whole(number)
  return number and ('%.0f'):format(number) or '-'
end

local function fields_of(facts, time)
  local usage = type(facts.usage) == 'table' and facts.usage or {}
  return {
    ('%.0f'):format(time),
    log.line(facts.feature),
    log.line(facts.model or '-'),
    shown(facts.cost_micro_usd),
    shown(usage.prompt_tokens),
    shown(usage.completion_tokens),
    facts.kind,
  }
end

local told = false

--- Keeps a request that a server has answered, be it with an error. A list of models counts only if it cost something.
---@param facts table as `job:facts_of_end` gives them
function M.add(facts)
  if facts.feature == 'models' and not facts.cost_micro_usd then
    return
  end
  local time = os.time()
  local ok, message = files:append(time, { fields_of(facts, time) })
  if not ok and not told then
    told = true
    host.notify(('beans: costs are not kept: %s: %s'):format(files:path(time), message), 'warn')
  end
end

-- Reading -------------------------------------------------------------------------------------------------------------

--- Reads the files of the last days as far as they are not known yet, in slices, so that a long month holds nothing up.
---@param days integer at most 30
---@param on_ready fun() at once, where little is left to be read
function M.catch_up(days, on_ready)
  files:catch_up(days, on_ready)
end

--- What this month's file has.
---@return beans.Month
function M.month()
  return (files:read(os.time()))
end

--- What a model's tokens have cost this month, in all editors.
---@param model string
---@return beans.Price|nil # nil: it was not used
function M.price(model)
  return M.month().prices[log.line(model)]
end

--- What was spent today, in all editors.
---@return beans.Sum
function M.today()
  return M.month().days[month_files.day(os.time())] or sum_of.new()
end

--- The last days, the oldest first, today last.
---@param count integer at most 30
---@return {day: string, sum: beans.Sum}[]
function M.days(count)
  local days = {}
  for i, time in ipairs(month_files.noons(count)) do
    local day = month_files.day(time)
    days[i] = { day = day, sum = files:read(time).days[day] or sum_of.new() }
  end
  return days
end

return M
