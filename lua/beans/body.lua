-- What a caller asks for, as the body of a request: arguments checked, copied and merged with the options. Pure.

local M = {}

---@alias beans.Endpoint 'chat'|'completions'|'infill' `/chat/completions`, `/completions`, llama.cpp's `/infill`

---@class beans.RequestOptions
---@field messages? string|table[] a text is one message of the user; only a chat has them
---@field endpoint? beans.Endpoint 'chat' unless told; what answers is `content` in any case
---@field body? table what the body has of its own, as a `prompt`, which other endpoints need; all params go over it
---@field model? string
---@field stream? boolean true unless false
---@field tools? table[] handed on as they are; the caller runs them
---@field params? table go into the body as they are, over everything but `messages`
---@field on_delta? fun(text: string, kind: 'content'|'reasoning'|'refusal')
---@field on_retry? fun(info: {attempt: integer, delay_ms: number, err: beans.Error})
---@field on_done? fun(result: beans.Result)
---@field on_error? fun(err: beans.Error) without it errors other than `cancelled` and `shutdown` are notified
---@field feature? beans.Feature for features of Beans: whose model, params and place in the queue

local LISTENERS = { 'on_delta', 'on_retry', 'on_done', 'on_error' }
local OPTIONAL =
  { model = 'string', stream = 'boolean', tools = 'table', params = 'table', feature = 'string', body = 'table' }
-- Where they are below `base_url`. `/infill` stands beside the version.
local PATHS = { models = '/models', chat = '/chat/completions', completions = '/completions' }

-- Deeper values are left to the module's encoder, which refuses them with a message.
local MAX_DEPTH = 200

local function expect(caller, name, value, wanted)
  if type(value) ~= wanted then
    error(('%s: %s: expected %s, got %s'):format(caller, name, wanted, type(value)), 0)
  end
end

--- Raises unless the listeners are functions.
---@param caller string for the message: 'beans.models'
---@param options any
function M.check_listeners(caller, options)
  expect(caller, 'options', options, 'table')
  for _, name in ipairs(LISTENERS) do
    if options[name] ~= nil then
      expect(caller, name, options[name], 'function')
    end
  end
end

--- Of an endpoint that completes text.
local function check_text(caller, options)
  if options.endpoint ~= 'completions' and options.endpoint ~= 'infill' then
    error(('%s: endpoint: expected "chat", "completions" or "infill"'):format(caller), 0)
  end
  expect(caller, 'body', options.body, 'table')
end

--- Raises on a wrong type of argument, and on nothing else.
---@param options any
function M.check(options)
  local caller = 'beans.request'
  M.check_listeners(caller, options)
  for name, wanted in pairs(OPTIONAL) do
    if options[name] ~= nil then
      expect(caller, name, options[name], wanted)
    end
  end
  if (options.endpoint or 'chat') ~= 'chat' then
    return check_text(caller, options)
  elseif type(options.messages) == 'string' then
    return
  end
  expect(caller, 'messages', options.messages, 'table')
  for i, message in ipairs(options.messages) do
    expect(caller, ('messages[%d]'):format(i), message, 'table')
    expect(caller, ('messages[%d].role'):format(i), message.role, 'string')
  end
end

--- The caller may change its tables while the request waits; marks (metatables, the null) stay the same ones. A table
--- that occurs twice, be it within itself, is copied once.
---@param value any
---@param depth? integer
---@param twins? table<table, table> the copies made so far
---@return any
local function copy(value, depth, twins)
  depth, twins = depth or 0, twins or {}
  if type(value) ~= 'table' or depth > MAX_DEPTH then
    return value
  elseif twins[value] then
    return twins[value]
  end
  local twin = setmetatable({}, getmetatable(value))
  twins[value] = twin
  for key, item in pairs(value) do
    rawset(twin, key, copy(item, depth + 1, twins))
  end
  return twin
end

--- Builds the body.
---@param options beans.RequestOptions
---@param defaults beans.FeatureConfig
---@return table body nothing in it is shared with the caller
function M.build(options, defaults)
  local body = copy(options.body or {})
  body.model = options.model or defaults.model
  body.stream = options.stream ~= false
  body.tools = copy(options.tools)
  for _, params in ipairs({ defaults.params, options.params or {} }) do
    if params.max_completion_tokens then
      body.max_tokens = nil -- the same limit by its older name
    end
    for name, value in pairs(params) do
      body[name] = copy(value)
    end
  end
  if body.stream == true and body.stream_options == nil and options.endpoint ~= 'infill' then
    body.stream_options = { include_usage = true }
  end
  local messages = options.messages
  body.messages = type(messages) == 'string' and { { role = 'user', content = messages } } or copy(messages)
  return body
end

--- What is wrong with a body, wherever its parts came from; nil when nothing is. A model's name of several lines would
--- break the lines in which it is shown and kept.
---@param body table
---@return string|nil
function M.problem(body)
  if type(body.model) == 'string' and body.model:find('%c') then
    return ('model = "%s": expected one line without control characters'):format(body.model)
  end
end

local function url_of(endpoint, base_url)
  if endpoint == 'infill' then
    return base_url:gsub('/v%d+$', '') .. '/infill'
  end
  return base_url .. PATHS[endpoint]
end

--- What the module is asked for: csrc/lua_core.h says what each field means.
---@param endpoint beans.Endpoint|'models'
---@param cfg beans.Config
---@param key string|nil
---@param content table|nil the body of a request
---@return table
function M.spec(endpoint, cfg, key, content)
  return {
    url = url_of(endpoint, cfg.base_url),
    key = key,
    proxy = cfg.proxy,
    ca_file = cfg.ca_file,
    body = content,
    format = content and endpoint,
    connect_timeout_ms = cfg.connect_timeout_ms,
    first_byte_timeout_ms = cfg.first_byte_timeout_ms,
    idle_timeout_ms = cfg.idle_timeout_ms,
  }
end

return M
