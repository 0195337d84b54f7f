-- A ring of recent requests for `:Beans log`, in memory only, and the one place that hides secrets.

local words = require('beans.words')

local M = {}

local CAPACITY = 200

-- A shorter key (as in 'none' for a local server) is no secret, and hiding it would eat into ordinary words.
local SECRET_MIN = 4
-- What begins with `sk-` and is at least this long looks like a key, known to us or not ('sk-learn' is none).
local KEY_MIN = 11

---@class beans.LogEntry
---@field id integer the job's
---@field feature string 'chat', 'models', …
---@field model string|nil
---@field kind string 'done', or the kind of the error
---@field status integer|nil HTTP status
---@field request_id string|nil
---@field attempts integer transfers made
---@field timing table of the last transfer
---@field cost_micro_usd integer|nil
---@field time string when it ended, UTC
---@field host string|nil of the URL it went to
---@field outcome string|nil finish reason or message
---@field note string|nil what was changed for the model

---@type beans.LogEntry[]
local entries = {}
---@type string[] the longest first, so that a key which begins with another one is hidden whole
local secrets = {}

--- From now on `text` is hidden wherever text passes `redact`.
---@param text string
function M.secret(text)
  if #text < SECRET_MIN then
    return
  end
  for _, secret in ipairs(secrets) do
    if secret == text then
      return
    end
  end
  secrets[#secrets + 1] = text
  table.sort(secrets, function(a, b)
    return #a > #b
  end)
end

local function replace_plain(text, part, replacement)
  local pieces, from = {}, 1
  while true do
    local first, last = text:find(part, from, true)
    if not first then
      break
    end
    pieces[#pieces + 1] = text:sub(from, first - 1)
    pieces[#pieces + 1] = replacement
    from = last + 1
  end
  pieces[#pieces + 1] = text:sub(from)
  return table.concat(pieces)
end

--- Hides the keys we know and whatever looks like one.
---@param text string
---@return string
function M.redact(text)
  for _, secret in ipairs(secrets) do
    text = replace_plain(text, secret, '***')
  end
  return (text:gsub('%f[%w]sk%-[%w_%-]+', function(word)
    return #word >= KEY_MIN and 'sk-***' or word
  end))
end

--- Foreign text for a message: redacted, then one clean line.
---@param text string
---@return string
function M.line(text)
  return words.line(M.redact(text))
end

--- Adds a request that has ended.
---@param facts table what the job knows of its end
---@param server string|nil host of the URL
---@param outcome string|nil finish reason or message
---@param note string|nil what was changed for the model
function M.add(facts, server, outcome, note)
  local entry = { host = server, outcome = outcome, note = note }
  for name, value in pairs(facts) do
    entry[name] = value
  end
  entries[#entries + 1] = entry
  if #entries > CAPACITY then
    table.remove(entries, 1)
  end
end

---@return beans.LogEntry|nil # the request that ended last
function M.last()
  return entries[#entries]
end

local function milliseconds(label, value)
  return value and ('%s %.0f ms'):format(label, value) or nil
end

--- One request in words.
---@param entry beans.LogEntry
---@return string
function M.describe(entry)
  local timing = entry.timing
  local parts = {}
  local function add(part)
    if part and part ~= '' then
      parts[#parts + 1] = tostring(part)
    end
  end
  add(entry.time)
  add(('#%d %s'):format(entry.id, entry.feature))
  add(entry.model)
  add(entry.host)
  add(entry.status and 'status ' .. entry.status)
  add(entry.kind)
  add(milliseconds('first byte', timing.first_byte_ms))
  add(milliseconds('first text', timing.first_delta_ms))
  add(milliseconds('total', timing.total_ms))
  add(timing.reused and 'warm' or nil)
  add(entry.attempts > 1 and entry.attempts .. ' attempts' or nil)
  add(entry.cost_micro_usd and words.money(entry.cost_micro_usd))
  add(entry.request_id and 'request id ' .. entry.request_id)
  add(entry.note)
  add(entry.outcome)
  return M.line(table.concat(parts, ' · '))
end

--- The ring in words, the latest first.
---@return string[]
function M.lines()
  local lines = {}
  for i = #entries, 1, -1 do
    lines[#lines + 1] = M.describe(entries[i])
  end
  if #lines == 0 then
    lines[1] = 'no request has ended yet'
  end
  return lines
end

return M
