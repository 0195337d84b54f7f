-- Money and tokens in words, for `:Beans usage`.

local host = require('beans.host')
local ledger = require('beans.ledger')
local lists = require('beans.lists')
local log = require('beans.log')
local session = require('beans.session')
local status = require('beans.status')
local sum_of = require('beans.sum')
local words = require('beans.words')

local M = {}

local DAYS, BAR = 30, 30

local function row(name, sum)
  local unknown = sum.unknown > 0 and sum.unknown < sum.requests and ('  (%d unknown)'):format(sum.unknown) or ''
  local cells = ('%-26s %11s %9d %12d %12d'):format(name, words.cost(sum), sum.requests, sum.tokens_in, sum.tokens_out)
  return cells .. unknown
end

--- The models of a month, the dearest first.
local function models_of(month)
  local names = {}
  for name in pairs(month.models) do
    names[#names + 1] = name
  end
  table.sort(names, function(a, b)
    local one, other = month.models[a], month.models[b]
    return one.cost_micro_usd > other.cost_micro_usd or (one.cost_micro_usd == other.cost_micro_usd and a < b)
  end)
  return names
end

local function add_days(lines)
  local days, most = ledger.days(DAYS), 0
  for _, day in ipairs(days) do
    most = math.max(most, day.sum.cost_micro_usd)
  end
  for _, day in ipairs(days) do
    local cost = day.sum.cost_micro_usd
    local bar = cost > 0 and ('█'):rep(math.max(1, math.floor(BAR * cost / most + 0.5))) or ''
    lines[#lines + 1] = (('  %s %11s %s'):format(day.day, words.cost(day.sum), bar):gsub('%s+$', ''))
  end
end

--- The sums, a row each.
local function add_sums(lines, chat, month)
  local last, now = log.last(), session.summary()
  local function add(name, sum)
    lines[#lines + 1] = row(name, sum)
  end
  local function add_completions(sum)
    if sum and sum.requests > 0 then
      add('  for completion', sum)
    end
  end
  if last then
    local sum = sum_of.new()
    sum_of.add(sum, last)
    add('last request', sum)
  end
  if chat then
    add('this chat', chat)
  end
  add('this session', now.sum)
  add_completions(now.completions)
  add('today, all editors', ledger.today())
  add('this month, all editors', month.all)
  add_completions(month.features.complete)
  for _, name in ipairs(models_of(month)) do
    add('  ' .. log.line(name), month.models[name])
  end
end

--- The whole table.
---@param chat beans.Sum|nil of the chat it is asked in
---@param completions string[] a table of how often they were asked for, …; empty: none
---@return string[]
function M.lines(chat, completions)
  local month = ledger.month()
  local lines = { ('%-26s %11s %9s %12s %12s'):format('', 'cost', 'requests', 'tokens in', 'tokens out') }
  add_sums(lines, chat, month)
  if completions[1] then
    lines[#lines + 1] = ''
  end
  lists.append(lines, completions)
  lines[#lines + 1] = ''
  lines[#lines + 1] = ('The last %d days'):format(DAYS)
  add_days(lines)
  lines[#lines + 1] = ''
  lines[#lines + 1] = 'Rate limits: ' .. status.rate_limits()
  lines[#lines + 1] = 'Kept in ' .. ledger.folder()
  if month.damaged > 0 then
    lines[#lines + 1] = ('Damaged lines in the file of this month, left out: %d'):format(month.damaged)
  end
  return lines
end

--- Shows it, as soon as the ledger is read.
---@param chat beans.Sum|nil of the chat it is asked in
---@param completions fun(): string[] as `lines` takes them
function M.open(chat, completions)
  ledger.catch_up(DAYS, function()
    host.show('beans://usage', M.lines(chat, completions()))
  end)
end

return M
