-- The key: from the configuration, from a command that prints it, or from the environment. It is handed to the request
-- and kept nowhere else but in memory; log.lua hides it in all text from the moment it is known.

local address = require('beans.address')
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
---@type table<string, boolean> what the user was warned of
local warned = {}

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

-- What prints a file as it is.
local PRINTERS = { cat = true, head = true, tail = true, sed = true }

--- What is wrong with the file that the command prints: others can read it, too. nil when nothing is.
---@param cfg beans.Config
---@return string|nil # one line
function M.readable_file(cfg)
  local argv = cfg.api_key
  if type(argv) ~= 'table' or #argv < 2 or not PRINTERS[argv[1]:match('[^/]*$')] then
    return nil
  end
  local path = argv[#argv]
  local mode = host.file_mode(path) or ''
  if mode:sub(4, 4) == 'r' or mode:sub(7, 7) == 'r' then
    return ('others can read the file with the key (%s): chmod 600 %s'):format(mode, log.line(path))
  end
end

local function warn_of_file(cfg)
  local message = M.readable_file(cfg)
  if message and not warned[message] then
    warned[message] = true
    host.notify('beans: ' .. message, 'warn')
  end
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
    warn_of_file(cfg)
    return run(cfg.api_key, on_key)
  end
  local text, source = written(cfg)
  if text then
    return on_key(clean(text, source))
  end
  on_key(nil, not address.is_loopback(cfg.base_url) and MISSING or nil)
end

--- Whether `get` hands out the key, or that none is needed, at once, and runs no command for it.
---@param cfg beans.Config
---@return boolean
function M.is_known(cfg)
  if type(cfg.api_key) == 'table' then
    return printed[table.concat(cfg.api_key, '\0')] ~= nil
  end
  local text, source = written(cfg)
  return text and clean(text, source) ~= nil or not text and address.is_loopback(cfg.base_url)
end

--- Where the key comes from, for the status. Never the key, and no command is run for it.
---@param cfg beans.Config
---@return string
---@return boolean usable as far as one can see
function M.describe(cfg)
  if type(cfg.api_key) == 'table' then
    local id, name = table.concat(cfg.api_key, '\0'), command_name(cfg.api_key)
    local state = printed[id] and '' or waiting[id] and ', which is still running' or ', which has not run yet'
    return 'from ' .. name .. state, true
  end
  local text, source = written(cfg)
  if text then
    local _, message = clean(text, source)
    return message or 'from ' .. source, message == nil
  end
  if address.is_loopback(cfg.base_url) then
    return 'none; a server on this machine needs none', true
  end
  return MISSING, false
end

return M
