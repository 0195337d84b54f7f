-- What requests have cost, on disk: a file a month in the data folder, a line a request, only ever appended to, by as
-- many editors as there are. What others append is seen, and a line that is damaged costs nobody the rest.
--
-- A line: version, time (seconds since 1970), feature, model, cost in millionths of a US dollar, tokens in, tokens out,
-- how it ended, and the number of bytes before this last field; by tabs. '-' is what the server did not tell.

local config = require('beans.config')
local host = require('beans.host')
local log = require('beans.log')
local price_of = require('beans.price')
local sum_of = require('beans.sum')

local M = {}

local VERSION = 1
local LINE = '^1\t(%d+)\t([^\t]*)\t([^\t]*)\t([%d-]+)\t([%d-]+)\t([%d-]+)\t([^\t]*)\t()(%d+)$'

---@class beans.Month what is known of one file
---@field read integer bytes read so far
---@field days table<string, beans.Sum> by '2026-01-31'
---@field models table<string, beans.Sum>
---@field prices table<string, beans.Price> by model
---@field all beans.Sum
---@field damaged integer lines

---@type table<string, beans.Month> by path
local months = {}

--- The folder with the ledger's files.
---@return string
function M.folder()
  return config.data_dir() .. '/ledger'
end

local function path_of(time)
  return ('%s/%s.tsv'):format(M.folder(), os.date('%Y-%m', time))
end

-- Writing -------------------------------------------------------------------------------------------------------------

local function shown(number)
  number = sum_of.whole(number)
  return number and ('%.0f'):format(number) or '-'
end

local function line_of(facts, time)
  local usage = type(facts.usage) == 'table' and facts.usage or {}
  local line = table.concat({
    VERSION,
    ('%.0f'):format(time),
    log.line(facts.feature),
    log.line(facts.model or '-'),
    shown(facts.cost_micro_usd),
    shown(usage.prompt_tokens),
    shown(usage.completion_tokens),
    facts.kind,
    '',
  }, '\t')
  return line .. #line
end

local told = false

--- Keeps a request that a server has answered, be it with an error. A list of models counts only if it cost something.
---@param facts table as `job:facts_of_end` gives them
function M.add(facts)
  if facts.feature == 'models' and not facts.cost_micro_usd then
    return
  end
  local time = os.time()
  local path = path_of(time)
  local ok, message = host.append_line(path, line_of(facts, time))
  if not ok and not told then
    told = true
    host.notify(('beans: costs are not kept: %s: %s'):format(path, message), 'warn')
  end
end

-- Reading -------------------------------------------------------------------------------------------------------------

-- os.date() is slow; all time zones differ by whole quarters of an hour.
local QUARTER_S, DAY_S = 900, 86400
local day_of_quarter = {}

local function day_of(time)
  local quarter = math.floor(time / QUARTER_S)
  day_of_quarter[quarter] = day_of_quarter[quarter] or os.date('%Y-%m-%d', time)
  return day_of_quarter[quarter]
end

local function take(month, line)
  local time, _, model, cost, tokens_in, tokens_out, _, place, length = line:match(LINE)
  if not time or tonumber(length) ~= place - 1 then
    month.damaged = month.damaged + 1
    return
  end
  local day = day_of(tonumber(time))
  month.days[day] = month.days[day] or sum_of.new()
  month.models[model] = month.models[model] or sum_of.new()
  month.prices[model] = month.prices[model] or price_of.new()
  cost, tokens_in, tokens_out = tonumber(cost), tonumber(tokens_in), tonumber(tokens_out)
  for _, sum in ipairs({ month.all, month.days[day], month.models[model] }) do
    sum_of.count(sum, cost, tokens_in, tokens_out)
  end
  price_of.count(month.prices[model], cost, tokens_in, tokens_out)
end

--- Reads what was appended since the last time. A line that is being written is left for the next.
---@param max integer|nil bytes at most
---@return beans.Month
---@return boolean more whether there is more to read
local function read(path, max)
  local month = months[path]
  local text, size = host.read_file_from(path, month and month.read or 0, max)
  if not month or size < month.read then
    month = { read = 0, days = {}, models = {}, prices = {}, all = sum_of.new(), damaged = 0 }
    months[path] = month
    text = host.read_file_from(path, 0, max)
  end
  local whole_lines = text:match('^.*\n') or ''
  for line in whole_lines:gmatch('([^\n]+)\n') do
    take(month, line)
  end
  month.read = month.read + #whole_lines
  return month, whole_lines ~= '' and month.read < size
end

-- What Vim takes in within 3 ms, on a machine of today.
local SLICE = 8192

--- Reads the files of the last days as far as they are not known yet, in slices, so that a long month holds nothing up.
---@param days integer at most 30
---@param on_ready fun() at once, where little is left to be read
function M.catch_up(days, on_ready)
  local now = os.time()
  for _, time in ipairs({ now - (days - 1) * DAY_S, now }) do
    local _, more = read(path_of(time), SLICE)
    if more then
      host.schedule(function()
        M.catch_up(days, on_ready)
      end)
      return
    end
  end
  on_ready()
end

--- What this month's file has.
---@return beans.Month
function M.month()
  return read(path_of(os.time()))
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
  return M.month().days[day_of(os.time())] or sum_of.new()
end

--- The last days, the oldest first, today last.
---@param count integer at most 30
---@return {day: string, sum: beans.Sum}[]
function M.days(count)
  local now, days = os.time(), {}
  local noon = os.time({
    year = os.date('%Y', now) + 0,
    month = os.date('%m', now) + 0,
    day = os.date('%d', now) + 0,
    hour = 12,
  })
  for back = count - 1, 0, -1 do
    local time = noon - back * DAY_S
    local day = day_of(time)
    days[#days + 1] = { day = day, sum = read(path_of(time)).days[day] or sum_of.new() }
  end
  return days
end

return M
