-- The key: from the configuration, from a command that prints it, or from the environment. It is handed to the request
-- and kept nowhere else but in memory; log.lua hides it in all text from the moment it is known.

local host = require('beans.host')
local log = require('beans.log')

local M = {}

local ENVIRONMENT = 'BEANS_API_KEY'
local MISSING = 'no API key: set the environment variable '
  .. ENVIRONMENT
  .. ', or the option api_key (a string, or a list: the command that prints it); a server without keys takes any word'

---@type table<string, string> key by command
local printed = {}
---@type table<string, fun(key: string|nil, message: string|nil)[]> who waits for a command that runs
local waiting = {}

--- A key fit for a header, or nil and what is wrong with it. The key itself is never in the message.
local function clean(text, source)
  local key = text:gsub('^%s+', ''):gsub('%s+$', '')
  log.secret(key)
  if key:find('%c') then
    return nil, ('%s holds control characters or more than one line: a key is a single line'):format(source)
  end
  return key
end

-- What follows the program may itself be secret, so only its name is shown.
local function command_name(argv)
  return ('the api_key command "%s"'):format(log.line(argv[1]))
end

--- The key a command printed, or nil and why there is none.
local function read_output(argv, result)
  local name = command_name(argv)
  if result.code ~= 0 then
    local how = result.code == -1 and 'could not be started' or ('failed with exit status %d'):format(result.code)
    local said = log.line(result.stderr)
    return nil, ('%s %s%s'):format(name, how, said ~= '' and ': ' .. said or '')
  end
  local key, message = clean(result.stdout, 'what ' .. name .. ' printed')
  if key == '' then
    return nil, name .. ' printed nothing'
  end
  return key, message
end

--- Runs the command, once however many requests wait for it. A failure is not kept: the next request tries again.
local function run(argv, on_key)
  local id = table.concat(argv, '\0')
  if printed[id] then
    return on_key(printed[id])
  elseif waiting[id] then
    table.insert(waiting[id], on_key)
    return
  end
  waiting[id] = { on_key }
  host.spawn(argv, function(result)
    local key, message = read_output(argv, result)
    local callers = waiting[id]
    printed[id], waiting[id] = key, nil
    for _, caller in ipairs(callers) do
      caller(key, message)
    end
  end)
end

local function is_loopback(base_url)
  local authority = base_url:lower():match('^%a+://([^/]+)'):gsub('^.*@', '')
  local name = authority:match('^(%b[])') or authority:match('^[^:]*')
  return name == 'localhost' or name == '[::1]' or name:find('^127%.%d+%.%d+%.%d+$') ~= nil
end

--- The text that holds the key and where it stands; nil when there is none.
local function written(cfg)
  if type(cfg.api_key) == 'string' and cfg.api_key:find('%S') then
    return cfg.api_key, 'the option api_key'
  end
  local text = host.env(ENVIRONMENT)
  if text and text:find('%S') then
    return text, 'the environment variable ' .. ENVIRONMENT
  end
end

--- Finds the key and hands it to `on_key`: at once, or when the command has ended.
---@param cfg beans.Config
---@param on_key fun(key: string|nil, message: string|nil) neither: none is needed (a server on this machine). A message
---is a `config` error, with what to do
function M.get(cfg, on_key)
  if type(cfg.api_key) == 'table' then
    return run(cfg.api_key, on_key)
  end
  local text, source = written(cfg)
  if text then
    return on_key(clean(text, source))
  end
  on_key(nil, not is_loopback(cfg.base_url) and MISSING or nil)
end

--- Where the key comes from, for the status. Never the key, and no command is run for it.
---@param cfg beans.Config
---@return string
function M.describe(cfg)
  if type(cfg.api_key) == 'table' then
    local id, name = table.concat(cfg.api_key, '\0'), command_name(cfg.api_key)
    local state = printed[id] and '' or waiting[id] and ', which is still running' or ', which has not run yet'
    return 'from ' .. name .. state
  end
  local text, source = written(cfg)
  if text then
    local _, message = clean(text, source)
    return message or 'from ' .. source
  end
  return is_loopback(cfg.base_url) and 'none; a server on this machine needs none' or MISSING
end

return M
