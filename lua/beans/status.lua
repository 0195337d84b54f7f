-- What is going on: as a table, as a word in the status line, and as a screen to read.

local address = require('beans.address')
local client = require('beans.client')
local config = require('beans.config')
local credentials = require('beans.credentials')
local host = require('beans.host')
local log = require('beans.log')
local session = require('beans.session')
local words = require('beans.words')

local M = {}

local FEATURES = { 'chat', 'rewrite', 'complete' }

---@return table<beans.Feature, string>
local function models(cfg)
  local ids = {}
  for _, feature in ipairs(FEATURES) do
    ids[feature] = config.for_feature(feature, cfg).model
  end
  return ids
end

---@class beans.Status
---@field running beans.RunningJob[] the oldest first
---@field models table<beans.Feature, string>
---@field session_cost_micro_usd integer millionths of a US dollar
---@field rate_limit table|nil as the server that answered last told it: {requests, tokens, retry_after_s}
---@field rate_limit_age_s number|nil seconds since all of it was so

--- Cheap: nothing is loaded and nobody is asked.
---@return beans.Status
function M.status()
  local now = session.summary()
  return {
    running = client.running(),
    models = models((config.get())),
    session_cost_micro_usd = now.cost_micro_usd,
    rate_limit = now.rate_limit,
    rate_limit_age_s = now.rate_limit_age_s,
  }
end

--- For a status line; '' while nothing runs and nothing was spent. No `%` is in it, so that no server can have its text
--- evaluated there.
---@return string
function M.statusline()
  local running, cost = client.running(), session.summary().cost_micro_usd
  local parts = {}
  if running[1] then
    local others = #running > 1 and (' +%d'):format(#running - 1) or ''
    local wait_s = running[1].retry_in_s or running[1].starts_in_s
    local verb = running[1].retry_in_s and 'retry' or 'start'
    local pause = wait_s and (' %s in %s'):format(verb, words.duration(wait_s)) or ''
    parts[1] = ('%s…%s%s'):format(running[1].model or running[1].feature, others, pause)
  end
  if cost > 0 then
    parts[#parts + 1] = words.money(cost)
  end
  return (log.line(table.concat(parts, ' ')):gsub('%%', ''))
end

-- The screen ----------------------------------------------------------------------------------------------------------

local function describe_running(job)
  local model = job.model and ' ' .. job.model or ''
  local why = job.reason and ': ' .. job.reason or ''
  return ('#%d %s%s, for %s: %s%s'):format(job.id, job.feature, model, words.duration(job.seconds), job.doing, why)
end

local function describe_limit(name, limit, age_s)
  if not limit then
    return nil
  end
  local text = ('%s %s of %s left'):format(name, limit.remaining or '?', limit.limit or '?')
  if limit.reset_s then
    local left_s = limit.reset_s - age_s
    text = left_s > 0 and ('%s, anew in %s'):format(text, words.duration(left_s)) or text .. ', anew by now'
  end
  return text
end

--- What the server told last, in words.
---@return string
function M.rate_limits()
  local now = session.summary()
  local limits, parts = now.rate_limit, {}
  if not limits then
    return 'not told by the server'
  end
  parts[#parts + 1] = describe_limit('requests', limits.requests, now.rate_limit_age_s)
  parts[#parts + 1] = describe_limit('tokens', limits.tokens, now.rate_limit_age_s)
  local wait_s = limits.retry_after_s and limits.retry_after_s - now.rate_limit_age_s
  if wait_s and wait_s > 0 then
    parts[#parts + 1] = 'the server asks to wait ' .. words.duration(wait_s)
  end
  return #parts > 0 and table.concat(parts, ' · ') or 'none at present'
end

local function describe_module()
  local core, message = client.core()
  if not core then
    return message
  end
  local version = core.version()
  return ('%s for %s, %s'):format(version.version, version.lua, version.curl)
end

--- Completions are the first to feel a limit; nil: they do not.
local function describe_pace(now)
  local wait_ms, why = 0, nil
  if now.limits then
    wait_ms, why = now.limits:wait('complete', host.now_ms())
  end
  return wait_ms > 0 and ('the next in %s: %s'):format(words.duration(wait_ms / 1000), why) or nil
end

local function describe_models(cfg)
  local ids, parts = models(cfg), {}
  for i, feature in ipairs(FEATURES) do
    parts[i] = feature .. ' ' .. ids[feature]
  end
  return table.concat(parts, ' · ')
end

local function running_lines(cfg)
  local running, lines = client.running(), {}
  for i, job in ipairs(running) do
    lines[i] = describe_running(job)
  end
  if not running[1] then
    lines[1] = cfg.problem and 'nothing, because of a wrong option: ' .. cfg.problem or 'nothing; no request is open'
  end
  return lines
end

--- Everything in words, for `:Beans status`. Loads the module to tell its version or why it can't be loaded.
---@param completion string why none shows in the buffer where the user is, or what shows
---@return string[]
function M.lines(completion)
  local cfg, problems = config.get()
  local now, last = session.summary(), log.last()
  local lines = {}
  local function add(label, text)
    lines[#lines + 1] = ('%-13s %s'):format(label, log.line(text))
  end
  local function add_list(label, list)
    for i, text in ipairs(list) do
      add(i == 1 and label or '', text)
    end
  end
  add_list('running', running_lines(cfg))
  add('last request', last and log.describe(last) or 'none yet')
  add('server', address.without_user(cfg.base_url))
  add('key', credentials.describe(cfg))
  add('models', describe_models(cfg))
  add('rate limits', M.rate_limits())
  add_list('completion', { completion, describe_pace(now) })
  add('session', words.cost(now.sum))
  add('module', describe_module())
  add('editor', host.missing() or host.version())
  add_list('problems', problems)
  return lines
end

return M
