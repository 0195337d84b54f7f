-- The public API. Nothing is required before it is used.

local M = {}

--- Sets options (see |beans-options|), over those of `g:beans`; they replace those of an earlier call.
---@param options? table
function M.setup(options)
  if options ~= nil and type(options) ~= 'table' then
    error('beans.setup: options: expected table, got ' .. type(options), 2)
  end
  require('beans.config').setup(options or {})
end

--- Sends a chat request. Raises on wrong types of arguments only; everything else comes as `on_error`. No listener is
--- called before this returns.
---@param options beans.RequestOptions
---@return beans.Job # with `cancel()`
function M.request(options)
  return require('beans.client').request(options)
end

--- Asks the server for its models; `on_done` gets a list of `{id, …}`.
---@param options {on_done?: fun(list: table[]), on_error?: fun(err: beans.Error)}
---@return beans.Job
function M.models(options)
  return require('beans.client').models(options)
end

--- What is running, the models, the session's cost and the rate limits.
---@return beans.Status
function M.status()
  return require('beans.status').status()
end

--- The same as a short text for a status line; '' while there is nothing to say.
---@return string
function M.statusline()
  return require('beans.status').statusline()
end

--- Raises when the module can't be loaded.
local function core()
  local loaded, message = require('beans.client').core()
  if not loaded then
    error(message, 0)
  end
  return loaded
end

--- Marks a table (or a new one) as a JSON object: `{}` rather than `[]` when it is empty.
---@param fields? table
---@return table # the same table
function M.object(fields)
  return core().object(fields or {})
end

--- `beans.null` is JSON's null: the editor's own mark where it has one. `beans.complete` is inline completion.
return setmetatable(M, {
  __index = function(_, name)
    if name == 'complete' then
      return require('beans.complete')
    elseif name == 'null' then
      local null = require('beans.host').null
      return null ~= nil and null or core().null
    end
  end,
})
