-- The model picker: the list that is known at once, the fresh one for next time, and any id that is typed.

local address = require('beans.address')
local client = require('beans.client')
local config = require('beans.config')
local host = require('beans.host')
local log = require('beans.log')

local M = {}

local OTHER = 'other…'

-- The cached list --------------------------------------------------------------------------------------------------

--- One file per server. The name is the address with everything but letters, digits, dot and minus escaped, so that no
--- two addresses share a file.
local function cache_path(cfg)
  local name = address.without_user(cfg.base_url):gsub('^%a+://', ''):gsub('[^%w%.%-]', function(character)
    return ('_%02x'):format(character:byte())
  end)
  return ('%s/models/%s.txt'):format(cfg.data_dir or host.data_dir(), name)
end

---@return string[]
local function cached(cfg)
  local ids = {}
  for id in (host.read_file(cache_path(cfg)) or ''):gmatch('[^\r\n]+') do
    ids[#ids + 1] = id
  end
  return ids
end

--- The ids of a server's list. One with control characters could be neither shown nor kept in a line.
local function usable(list)
  local ids = {}
  for _, model in ipairs(list) do
    if model.id ~= '' and not model.id:find('%c') then
      ids[#ids + 1] = model.id
    end
  end
  return ids
end

local function store(cfg, ids)
  local ok, message = host.write_file(cache_path(cfg), table.concat(ids, '\n') .. '\n', true)
  if not ok then
    host.notify('beans: the list of models was not kept: ' .. tostring(message), 'warn')
  end
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

local function set(feature, id)
  if id:find('%c') then
    host.notify('beans: a model id is one line without control characters', 'error')
    return
  end
  config.pick_model(feature, id)
  local text = 'beans: %s uses %s for this session. To keep it: %s'
  host.notify(text:format(feature or 'everything', id, line_that_keeps(feature, id)), 'info')
end

-- Asking -----------------------------------------------------------------------------------------------------------

local function type_id(feature, current)
  host.input('Model id: ', current, function(text)
    local id = text and text:match('^%s*(.-)%s*$')
    if id and id ~= '' then
      set(feature, id)
    end
  end)
end

local function choose(feature, current, ids)
  local items = {}
  for i, id in ipairs(ids) do
    items[i] = log.line(id) .. (id == current and ' (current)' or '')
  end
  items[#items + 1] = OTHER
  local prompt = ('Model for %s (now %s)'):format(feature or 'everything', current)
  host.select(items, prompt, function(_, index)
    if index and index <= #ids then
      set(feature, ids[index])
    elseif index then
      type_id(feature, current)
    end
  end)
end

--- Asks the server when nothing is cached; what can't be listed can still be typed.
local function fetch_and_choose(feature, current, cfg)
  host.notify('beans: asking for the list of models…', 'info')
  client.models({
    on_done = function(list)
      local ids = usable(list)
      if #ids == 0 then
        host.notify('beans: the server lists no models; type the id of one', 'warn')
        return type_id(feature, current)
      end
      store(cfg, ids)
      choose(feature, current, ids)
    end,
    on_error = function(err)
      if err.kind ~= 'cancelled' and err.kind ~= 'shutdown' then
        host.notify(('beans: no list of models: %s. The id of a model can be typed'):format(err.message), 'error')
        type_id(feature, current)
      end
    end,
  })
end

--- For next time. A failure is no news now that a list is on the screen: it stands in the log.
local function refresh(cfg)
  client.models({
    on_done = function(list)
      local ids = usable(list)
      if #ids > 0 then
        store(cfg, ids)
      end
    end,
    on_error = function() end,
  })
end

--- Lets the user pick the model of a feature; with an id, sets it at once.
---@param feature beans.Feature|nil nil: of everything
---@param id? string need not be in any list
function M.pick(feature, id)
  if id and id ~= '' then
    return set(feature, id)
  end
  local cfg = config.get()
  local current = config.for_feature(feature, cfg).model
  local ids = cached(cfg)
  if #ids == 0 then
    return fetch_and_choose(feature, current, cfg)
  end
  choose(feature, current, ids)
  refresh(cfg)
end

--- The ids that are known without asking, for the completion of commands.
---@return string[]
function M.known()
  return cached(config.get())
end

return M
