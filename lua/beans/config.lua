-- Options: what `setup` got, over `g:beans`, over the environment, over the defaults. Read anew for each request, since
-- all of them may change at any time.

local address = require('beans.address')
local host = require('beans.host')
local schema = require('beans.schema')
local types = require('beans.types')

local M = {}

---@alias beans.Feature 'chat'|'rewrite'|'complete'

local FEATURES = { 'chat', 'rewrite', 'complete' }

--- What `setup` got last.
local setup_options = {}
--- Models picked for this session, by feature; '' is what belongs to none.
local picked = {}
--- Problems the user was told of.
local told = {}

-- Reading -------------------------------------------------------------------------------------------------------------

local by_key, sections = {}, {}
for _, option in ipairs(schema.options) do
  by_key[option.key] = option
  local section = option.key:match('^(.*)%.')
  if section then
    sections[section] = true
  end
end

--- The number of single-character edits between two names.
local function distance(a, b)
  local row = {}
  for j = 0, #b do
    row[j] = j
  end
  for i = 1, #a do
    local diagonal
    diagonal, row[0] = row[0], i
    for j = 1, #b do
      local substituted = diagonal + (a:byte(i) == b:byte(j) and 0 or 1)
      diagonal, row[j] = row[j], math.min(row[j] + 1, row[j - 1] + 1, substituted)
    end
  end
  return row[#b]
end

local function nearest(key)
  local best, best_distance = nil, math.max(2, math.floor(#key / 3)) + 1
  for _, option in ipairs(schema.options) do
    local d = distance(key, option.key)
    if d < best_distance then
      best, best_distance = option.key, d
    end
  end
  return best
end

--- What is wrong with a key that is not in the schema.
local function unknown(key, value)
  if sections[key] then
    return ('%s%s: expected a table of options'):format(key, types.shown(nil, value))
  end
  local near = nearest(key)
  local hint = near and ('did you mean %s?'):format(near) or 'see :help beans-options'
  return ('%s%s: there is no such option; %s'):format(key, types.shown(by_key[near], value), hint)
end

--- Puts the options of a source under their dotted names into `found`, where no earlier source has put one.
local function flatten(source, prefix, found, problems)
  for name, value in pairs(source) do
    local key = prefix .. tostring(name)
    if by_key[key] then
      if found[key] == nil and value ~= host.null then
        found[key] = value
      end
    elseif sections[key] and type(value) == 'table' then
      flatten(value, key .. '.', found, problems)
    else
      problems[#problems + 1] = unknown(key, value)
    end
  end
end

local function put(cfg, key, value)
  local section, name = key:match('^(.*)%.(.*)$')
  if section then
    cfg[section][name] = value
  else
    cfg[key] = value
  end
end

--- The value of one option; where it is wrong, the default and what is wrong with it.
local function resolve(option, found)
  local value, name = found[option.key], option.key
  if value == nil and option.env and not option.secret then
    value, name = host.env(option.env), option.env
  end
  if value == nil then
    return option.default
  end
  local checked = types.check(option, value)
  if checked == nil then
    return option.default, types.problem(option, name, value)
  end
  return checked
end

local function tell(text, level)
  if text and not told[text] then
    told[text] = true
    host.schedule(function()
      host.notify('beans: ' .. text, level)
    end)
  end
end

--- What to know of an address to which nothing goes encrypted; nil for any other, and for this machine.
---@param cfg beans.Config
---@return string|nil # one line
function M.exposed(cfg)
  if address.is_exposed(cfg.base_url) then
    local shown = address.without_user(cfg.base_url)
    return ('base_url = "%s": without https the key and all text can be read on the way'):format(shown)
  end
end

---@class beans.Config
---@field base_url string without a slash at the end
---@field api_key string|string[]|nil as configured; the environment is left to credentials.lua
---@field problem string|nil a wrong value that must stop requests
---(and every other option of schema.lua, those with a dot in tables: `cfg.chat.position`)

--- The options as they are now. A wrong value counts as its default; the user is told of each problem once.
---@return beans.Config cfg
---@return string[] problems each one line: key, value, what was expected
function M.get()
  local cfg, found, problems = {}, {}, {}
  for section in pairs(sections) do
    cfg[section] = {}
  end
  flatten(setup_options, '', found, problems)
  local readable, user = pcall(host.user_config)
  if readable then
    flatten(user, '', found, problems)
  else
    cfg.problem = tostring(user)
    problems[#problems + 1] = cfg.problem
  end
  for _, option in ipairs(schema.options) do
    local value, problem = resolve(option, found)
    put(cfg, option.key, value)
    if problem then
      problems[#problems + 1] = problem
      cfg.problem = cfg.problem or option.strict and problem or nil
    end
  end
  for _, problem in ipairs(problems) do
    tell(problem, 'error')
  end
  tell(M.exposed(cfg), 'warn')
  return cfg, problems
end

--- Takes the options of `require('beans').setup`; they replace those of an earlier call.
---@param options table
function M.setup(options)
  setup_options = options
  M.get()
end

-- Per feature ---------------------------------------------------------------------------------------------------------

--- Sets the model of a feature for the rest of the session.
---@param feature beans.Feature|nil nil: of everything
---@param id string
function M.pick_model(feature, id)
  picked[feature or ''] = id
  if not feature then
    for _, name in ipairs(FEATURES) do
      picked[name] = id
    end
  end
end

---@class beans.FeatureConfig
---@field model string
---@field params table a new table
---@field system_prompt string|nil

--- What the options say for one feature, or for a request that belongs to none.
---@param feature beans.Feature|nil
---@param cfg? beans.Config as `get` returned it
---@return beans.FeatureConfig
function M.for_feature(feature, cfg)
  cfg = cfg or M.get()
  local own = feature and cfg[feature] or {}
  local params = {}
  for _, layer in ipairs({ cfg.params or {}, own.params or {} }) do
    for name, value in pairs(layer) do
      params[name] = value
    end
  end
  local prompt = own.system_prompt or cfg.system_prompt or schema.prompts[feature or '']
  return {
    model = picked[feature or ''] or own.model or cfg.model,
    params = params,
    system_prompt = prompt ~= '' and prompt or nil,
  }
end

--- Whether options came from `setup`, which goes over `g:beans`.
---@return boolean
function M.has_setup()
  return next(setup_options) ~= nil
end

--- The folder for what is kept: chats, ledger, caches.
---@param cfg? beans.Config as it is known already
---@return string
function M.data_dir(cfg)
  return (cfg or M.get()).data_dir or host.data_dir()
end

return M
