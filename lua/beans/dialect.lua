-- Parameters that a model does not take, learnt from its answers with status 400: left out from then on, or sent under
-- the name the server asks for (`max_tokens` became `max_completion_tokens`).

local M = {}

-- Without these a request is another one.
local ESSENTIAL = {
  model = true,
  messages = true,
  stream = true,
  tools = true,
  prompt = true,
  suffix = true,
  input_prefix = true,
  input_suffix = true,
}

local COMPLAINTS = { 'unsupported', 'not support', 'unknown', 'unrecogni', 'unexpected keyword', 'not permitted' }

---@type table<string, table<string, string|false>> by server and model: parameter → new name, or false to leave it out
local learnt = {}

--- Who takes or does not take a parameter: the same model may take others where it completes text.
---@param server string
---@param model string|nil
---@param endpoint beans.Endpoint
---@return string
function M.where(server, model, endpoint)
  return ('%s %s'):format(server, tostring(model)) .. (endpoint ~= 'chat' and ' /' .. endpoint or '')
end

local function complains(failure)
  local text = ((failure.code or '') .. ' ' .. failure.message):lower()
  for _, word in ipairs(COMPLAINTS) do
    if text:find(word, 1, true) then
      return true
    end
  end
  return false
end

--- The parameter of `body` that the server names: in `param`, else as a word of the message.
local function named(failure, body)
  local param = failure.param and failure.param:match('^[%w_]+')
  if param and body[param] ~= nil then
    return param
  end
  for word in failure.message:gmatch('[%w_]+') do
    if body[word] ~= nil and not ESSENTIAL[word] then
      return word
    end
  end
end

local function replacement(failure, body)
  local name = failure.message:match('[Uu]se [\'"`]?([%w_]+)[\'"`]? instead')
  return name and body[name] == nil and not ESSENTIAL[name] and name or false
end

local function change(body, param, name)
  local value = body[param]
  body[param] = nil
  if name and value ~= nil then
    body[name] = value
  end
end

--- Changes a body as the model's earlier answers asked for.
---@param where string server and model
---@param body table
function M.apply(where, body)
  for param, name in pairs(learnt[where] or {}) do
    change(body, param, name)
  end
end

--- Learns from a failure, and changes the body that failed.
---@param where string server and model
---@param failure {message: string, code: string|nil, param: string|nil}
---@param status integer|nil HTTP status
---@param body table
---@return string|nil note what was changed, in words; nil when there is nothing to learn
function M.learn(where, failure, status, body)
  local param = status == 400 and complains(failure) and named(failure, body)
  if not param or ESSENTIAL[param] then
    return nil
  end
  local name = replacement(failure, body)
  learnt[where] = learnt[where] or {}
  learnt[where][param] = name
  change(body, param, name)
  return name and ('sent %s as %s'):format(param, name) or ('sent without %s'):format(param)
end

--- All that was learnt, as text: a line for each, server and model, parameter and new name by tabs ('' leaves it out).
---@return string
function M.text()
  local lines = {}
  for where, params in pairs(learnt) do
    for param, name in pairs(params) do
      lines[#lines + 1] = ('%s\t%s\t%s\n'):format(where, param, name or '')
    end
  end
  table.sort(lines)
  return table.concat(lines)
end

--- Takes what an earlier session learnt; what this one has learnt goes over it.
---@param text string
function M.recall(text)
  for where, param, name in text:gmatch('([^\t\n]+)\t([%w_]+)\t([%w_]*)\n') do
    learnt[where] = learnt[where] or {}
    if learnt[where][param] == nil and not ESSENTIAL[param] then
      learnt[where][param] = name ~= '' and name or false
    end
  end
end

--- Learns for one body.
---@param where string server and model
---@param body table
---@return fun(event: table): string|nil takes an `error` event; see `learn`
function M.learner(where, body)
  return function(event)
    return M.learn(where, event, event.response.status, body)
  end
end

return M
