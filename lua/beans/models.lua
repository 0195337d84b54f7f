-- The model picker: the list that is known at once, the fresh one for next time, and any id that is typed.

local address = require('beans.address')
local client = require('beans.client')
local config = require('beans.config')
local host = require('beans.host')
local log = require('beans.log')
local sum_of = require('beans.sum')

local M = {}

local OTHER = 'other…'

-- The cached list --------------------------------------------------------------------------------------------------

--- One file per server. The name is the address with everything but letters, digits, dot and minus escaped, so that no
--- two addresses share a file.
local function cache_path(cfg)
  local name = address.without_user(cfg.base_url):gsub('^%a+://', ''):gsub('[^%w%.%-]', function(character)
    return ('_%02x'):format(character:byte())
  end)
  return ('%s/models/%s.txt'):format(config.data_dir(cfg), name)
end

--- What is kept of a server's list: a line a model, its id and, behind a tab, how many tokens it takes, where that is
--- known.
---@return string[] ids
---@return table<string, integer> limits by id
local function cached(cfg)
  local ids, limits = {}, {}
  for line in (host.read_file(cache_path(cfg)) or ''):gmatch('[^\r\n]+') do
    local id, limit = line:match('^([^\t]+)\t?(%d*)')
    if id then
      ids[#ids + 1] = id
      limits[id] = tonumber(limit)
    end
  end
  return ids, limits
end

--- Where servers write how many tokens a model takes: OpenRouter and many others, Groq, LM Studio and Mistral, vLLM,
--- llama.cpp (what it was started with goes over what the model was trained for).
local LIMITS = {
  { 'context_length' },
  { 'context_window' },
  { 'max_context_length' },
  { 'max_model_len' },
  { 'meta', 'n_ctx' },
  { 'meta', 'n_ctx_train' },
}

---@param model table an entry of the server's list
---@return integer|nil
local function limit_of(model)
  for _, path in ipairs(LIMITS) do
    local value = model
    for _, name in ipairs(path) do
      value = type(value) == 'table' and value[name] or nil
    end
    local limit = sum_of.whole(value)
    if limit and limit > 0 then
      return limit
    end
  end
end

--- The ids of a server's list. One with control characters could be neither shown nor kept in a line.
---@return string[] ids
---@return table<string, integer> limits by id
local function usable(list)
  local ids, limits = {}, {}
  for _, model in ipairs(list) do
    if model.id ~= '' and not model.id:find('%c') then
      ids[#ids + 1] = model.id
      limits[model.id] = limit_of(model)
    end
  end
  return ids, limits
end

--- Keeps a server's list, unless it is empty.
---@return string[] ids
local function store(cfg, list)
  local ids, limits = usable(list)
  if #ids == 0 then
    return ids
  end
  local lines = {}
  for i, id in ipairs(ids) do
    lines[i] = limits[id] and ('%s\t%.0f'):format(id, limits[id]) or id
  end
  local ok, message = host.write_file(cache_path(cfg), table.concat(lines, '\n') .. '\n', true)
  if not ok then
    host.notify('beans: the list of models was not kept: ' .. tostring(message), 'warn')
  end
  return ids
end

-- Setting a model --------------------------------------------------------------------------------------------------

local function in_vim_script(feature, quoted)
  local readable, user = pcall(host.user_config)
  local exists = readable and next(user) ~= nil
  local section = exists and feature and type(user[feature]) == 'table'
  if section then
    return ('let g:beans.%s.model = %s'):format(feature, quoted)
  end
  local value = feature and ("{'model': %s}"):format(quoted) or quoted
  local name = feature or 'model'
  return exists and ('let g:beans.%s = %s'):format(name, value) or ("let g:beans = {'%s': %s}"):format(name, value)
end

--- The line of configuration that keeps a model, fit for where this user's configuration stands.
local function line_that_keeps(feature, id)
  if host.name == 'vim' and not config.has_setup() then
    return in_vim_script(feature, ("'%s'"):format(id:gsub("'", "''")))
  end
  local option = ('model = %q'):format(id)
  option = feature and ('%s = { %s }'):format(feature, option) or option
  if config.has_setup() then
    return ("%s (among the options of require('beans').setup)"):format(option)
  end
  return ("vim.g.beans = vim.tbl_deep_extend('force', vim.g.beans or {}, { %s })"):format(option)
end

---@class beans.ModelTarget whose model is picked
---@field name string in words: 'chat', 'everything', 'this chat'
---@field current string
---@field use fun(id: string)
---@field kept fun(id: string): string how it stays so after the session

--- The model of a feature, or of everything.
---@return beans.ModelTarget
local function target_of(feature, cfg)
  return {
    name = feature or 'everything',
    current = config.for_feature(feature, cfg).model,
    use = function(id)
      config.pick_model(feature, id)
    end,
    kept = function(id)
      return ('for this session. To keep it: %s'):format(line_that_keeps(feature, id))
    end,
  }
end

local function set(target, id)
  if id:find('%c') then
    host.notify('beans: a model id is one line without control characters', 'error')
    return
  end
  target.use(id)
  host.notify(('beans: %s uses %s %s'):format(target.name, id, target.kept(id)), 'info')
end

-- Asking -----------------------------------------------------------------------------------------------------------

local function type_id(target)
  host.input('Model id: ', target.current, function(text)
    local id = text and text:match('^%s*(.-)%s*$')
    if id and id ~= '' then
      set(target, id)
    end
  end)
end

local function choose(target, ids)
  local items = {}
  for i, id in ipairs(ids) do
    items[i] = log.line(id) .. (id == target.current and ' (current)' or '')
  end
  items[#items + 1] = OTHER
  local prompt = ('Model for %s (now %s)'):format(target.name, target.current)
  host.select(items, prompt, function(_, index)
    if index and index <= #ids then
      set(target, ids[index])
    elseif index then
      type_id(target)
    end
  end)
end

--- Asks the server when nothing is cached; what can't be listed can still be typed.
local function fetch_and_choose(target, cfg)
  host.notify('beans: asking for the list of models…', 'info')
  client.models({
    on_done = function(list)
      local ids = store(cfg, list)
      if #ids == 0 then
        host.notify('beans: the server lists no models; type the id of one', 'warn')
        return type_id(target)
      end
      choose(target, ids)
    end,
    on_error = function(err)
      if err.kind ~= 'cancelled' and err.kind ~= 'shutdown' then
        host.notify(('beans: no list of models: %s. The id of a model can be typed'):format(err.message), 'error')
        type_id(target)
      end
    end,
  })
end

--- For next time. A failure is no news now that a list is on the screen: it stands in the log.
---@param on_end? fun()
local function refresh(cfg, on_end)
  on_end = on_end or function() end
  client.models({
    on_done = function(list)
      store(cfg, list)
      on_end()
    end,
    on_error = on_end,
  })
end

--- Lets the user pick the model of a feature, or of something else; with an id, sets it at once.
---@param feature beans.Feature|nil nil: of everything
---@param id? string need not be in any list
---@param target? beans.ModelTarget whose model it is, when not the feature's
function M.pick(feature, id, target)
  local cfg = config.get()
  target = target or target_of(feature, cfg)
  if id and id ~= '' then
    return set(target, id)
  end
  local ids = cached(cfg)
  if #ids == 0 then
    return fetch_and_choose(target, cfg)
  end
  choose(target, ids)
  refresh(cfg)
end

--- The ids that are known without asking, for the completion of commands.
---@return string[]
function M.known()
  return (cached(config.get()))
end

--- How many tokens a model takes, as the server's list had it when it was last asked for.
---@param id string
---@return integer|nil # nil: not known
function M.limit(id)
  local _, limits = cached(config.get())
  return limits[id]
end

--- Servers whose list was asked for in this session, to learn what their models take.
local asked = {}

--- Asks the server for its list, once a session, so that `limit` knows more. Says nothing when that fails.
---@param on_end? fun() called later, whether the list has come or not
---@return boolean # whether it was asked for
function M.learn_limits(on_end)
  local cfg = config.get()
  if asked[cfg.base_url] then
    return false
  end
  asked[cfg.base_url] = true
  refresh(cfg, on_end)
  return true
end

return M
