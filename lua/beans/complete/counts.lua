-- How often completions were asked for, shown and accepted, by language: of this session, and kept by day beside the
-- ledger. Nothing of any text is in it. A record is written a minute after the first that it counts, and when the
-- editor quits; a crash costs a minute.
--
-- Its fields: time (seconds since 1970), file type, and the counts in the order of KINDS.

local host = require('beans.host')
local log = require('beans.log')
local month_files = require('beans.month_files')

local M = {}

---@alias beans.CompletionKind 'asked'|'shown'|'accepted'|'cached'|'cancelled'
---@alias beans.CompletionCounts table<beans.CompletionKind, integer>

-- asked: requests sent · shown: candidates on the screen, wherever from · accepted: of those, at least in part ·
-- cached: of those, found in the cache · cancelled: requests ended before their answer was whole
local KINDS = { 'asked', 'shown', 'accepted', 'cached', 'cancelled' }
local FIELDS = '^(%d+)\t([^\t]*)\t(%d+)\t(%d+)\t(%d+)\t(%d+)\t(%d+)$'
local WRITES_MS = 60000
local DAYS = 30

---@return beans.CompletionCounts
local function zero()
  local counts = {}
  for _, kind in ipairs(KINDS) do
    counts[kind] = 0
  end
  return counts
end

local function add(to, counts)
  for _, kind in ipairs(KINDS) do
    to[kind] = to[kind] + counts[kind]
  end
end

local function counts_in(list, name)
  list[name] = list[name] or zero()
  return list[name]
end

-- On disk -------------------------------------------------------------------------------------------------------------

local function fresh()
  return { all = zero(), days = {}, languages = {} }
end

local function take(month, fields)
  local found = { fields:match(FIELDS) }
  if not found[1] then
    return false
  end
  local counts = {}
  for i, kind in ipairs(KINDS) do
    counts[kind] = tonumber(found[i + 2])
  end
  add(month.all, counts)
  add(counts_in(month.days, month_files.day(tonumber(found[1]))), counts)
  add(counts_in(month.languages, found[2]), counts)
  return true
end

local files = month_files.new('completions-', fresh, take)

---@type table<string, beans.CompletionCounts> of this session, by language
local session = {}
---@type table<string, beans.CompletionCounts> what is not written yet
local unwritten = {}
local timer, is_watching

local function sorted(list)
  local names = {}
  for name in pairs(list) do
    names[#names + 1] = name
  end
  table.sort(names, function(a, b)
    return list[a].asked > list[b].asked or (list[a].asked == list[b].asked and a < b)
  end)
  return names
end

--- Writes what is not written yet. Where the disk does not take it, ledger.lua has said so; it is tried again.
local function write()
  timer = nil
  local time, records = os.time(), {}
  for i, language in ipairs(sorted(unwritten)) do
    records[i] = { ('%.0f'):format(time), language }
    for _, kind in ipairs(KINDS) do
      table.insert(records[i], ('%d'):format(unwritten[language][kind]))
    end
  end
  if records[1] and files:append(time, records) then
    unwritten = {}
  end
end

--- Counts one.
---@param kind beans.CompletionKind
---@param filetype string
function M.add(kind, filetype)
  local language = filetype == '' and '-' or log.line(filetype)
  for _, list in ipairs({ session, unwritten }) do
    local counts = counts_in(list, language)
    counts[kind] = counts[kind] + 1
  end
  timer = timer or host.defer(WRITES_MS, write)
  if not is_watching then
    is_watching = true
    host.on_exit(write)
  end
end

-- In words ------------------------------------------------------------------------------------------------------------

local function row(name, counts)
  local rate = counts.shown > 0 and ('%.0f %%'):format(100 * counts.accepted / counts.shown) or '-'
  local form = '%-26s %11d %9d %12d %6s %8d %9d'
  return form:format(name, counts.asked, counts.shown, counts.accepted, rate, counts.cached, counts.cancelled)
end

local function add_languages(lines, list)
  for _, language in ipairs(sorted(list)) do
    lines[#lines + 1] = row('  ' .. (language == '-' and 'no file type' or language), list[language])
  end
end

local function total(list)
  local all = zero()
  for _, counts in pairs(list) do
    add(all, counts)
  end
  return all
end

--- A table for `:Beans usage`: of this session, today and this month, by language; empty where nothing was ever asked.
---@return string[]
function M.lines()
  write()
  local month = files:read(os.time())
  if not next(month.languages) and not next(session) then
    return {}
  end
  local form = '%-26s %11s %9s %12s %6s %8s %9s'
  local lines = { form:format('Completions', 'asked', 'shown', 'accepted', 'rate', 'cached', 'cancelled') }
  lines[2] = row('this session', total(session))
  add_languages(lines, session)
  lines[#lines + 1] = row('today, all editors', month.days[month_files.day(os.time())] or zero())
  lines[#lines + 1] = row('this month, all editors', month.all)
  add_languages(lines, month.languages)
  return lines
end

--- Reads the file of this month, in slices.
---@param on_ready fun() at once, where little is left to be read
function M.catch_up(on_ready)
  files:catch_up(DAYS, on_ready)
end

return M
