-- Beans against llama.cpp's server, inside the editor that runs this: see run. Prints TAP. What the model says means
-- nothing; what counts is that the two speak the same protocol.

local beans = require('beans')
local host = require('beans.host')

local PATIENCE_MS = 30000
local count, failed = 0, 0

local function check(ok, name, detail)
  count = count + 1
  failed = failed + (ok and 0 or 1)
  io.write(('%s %d - %s\n'):format(ok and 'ok' or 'not ok', count, name))
  if not ok then
    io.write('# ', tostring(detail):gsub('\n', '\n# '), '\n')
  end
end

-- Starts something that ends with on_done or on_error, and waits for the end: the result or nil, the error or nil, and
-- the text that came by on_delta.
local function await(start, spec)
  local deltas, result, err = {}, nil, nil
  spec.on_delta = spec.on_delta or function(text)
    deltas[#deltas + 1] = text
  end
  spec.on_done = function(value)
    result = value
  end
  spec.on_error = function(value)
    err = value
  end
  start(spec)
  host.wait(PATIENCE_MS, function()
    return result ~= nil or err ~= nil
  end)
  return result, err or { kind = 'none', message = 'no answer in time' }, table.concat(deltas)
end

local WEATHER = {
  type = 'function',
  ['function'] = {
    name = 'get_weather',
    description = 'The weather of the coming days',
    parameters = {
      type = 'object',
      properties = { city = { type = 'string' }, days = { type = 'integer' } },
      required = { 'city', 'days' },
    },
  },
}

local function lists_models()
  local list, err = await(beans.models, {})
  check(list and list[1] and list[1].id == 'tiny', 'models lists the model', err.message)
end

local function streams()
  local result, err, text = await(beans.request, { messages = 'Hello' })
  check(result ~= nil, 'a streamed chat is answered', err.message)
  check(result and #text > 0 and result.text == text, 'its text is what the deltas were', text)
  check(result and result.finish_reason == 'stop', 'it finishes with a reason', result and result.finish_reason)
  check(result and result.model == 'tiny', 'it names the model', result and result.model)
  check(result and result.usage and result.usage.completion_tokens > 0, 'its usage is known')
  check(result and result.timing.first_delta_ms > 0, 'its first delta is timed')
end

local function answers_whole()
  local result, err = await(beans.request, { messages = 'Hello', stream = false })
  check(result and #result.text > 0, 'a chat without streaming is answered', err.message)
end

local function remembers()
  local result, err = await(beans.request, {
    messages = {
      { role = 'system', content = 'Speak of beans.' },
      { role = 'user', content = 'Grüß Gott 🫘' },
      { role = 'assistant', content = 'every bean sings.' },
      { role = 'user', content = 'Again?' },
    },
    params = { temperature = 0, max_tokens = 5 },
  })
  check(result and result.finish_reason == 'length', 'a conversation goes along, and its parameters do', err.message)
end

local function cancels()
  local job, deltas, after = nil, 0, 0
  local result, err
  job = beans.request({
    messages = 'Hello',
    params = { ignore_eos = true, max_tokens = 8000 },
    on_delta = function()
      deltas = deltas + 1
      after = err and after + 1 or after
      job:cancel()
    end,
    on_done = function(value)
      result = value
    end,
    on_error = function(value)
      err = value
    end,
  })
  host.wait(PATIENCE_MS, function()
    return result ~= nil or err ~= nil
  end)
  check(err and err.kind == 'cancelled', 'a cancelled chat ends as cancelled', result and 'done' or (err and err.kind))
  check(deltas == 1 and after == 0, 'no delta comes after cancel', deltas)
  check(err and err.partial and #err.partial > 0, 'what had come is kept')
end

local function calls_tools()
  local question = { role = 'user', content = 'What is the weather?' }
  local result, err = await(beans.request, { messages = { question }, tools = { WEATHER } })
  local call = result and result.tool_calls and result.tool_calls[1]
  check(call and call.name == 'get_weather', 'a tool is called', result and result.text or err.message)
  check(result and result.finish_reason == 'tool_calls', 'the finish reason says so')
  local args = call and call.args or {}
  check(type(args.city) == 'string' and type(args.days) == 'number', 'its arguments are whole', call and call.arguments)
  if not call then
    return
  end
  local answer = {
    role = 'assistant',
    content = '',
    tool_calls = {
      { id = call.id, type = 'function', ['function'] = { name = call.name, arguments = call.arguments } },
    },
  }
  local tool = { role = 'tool', tool_call_id = call.id, content = 'sunny' }
  result, err = await(beans.request, { messages = { question, answer, tool }, tools = { WEATHER } })
  check(result and #result.text > 0, 'the result of the tool is answered in text', err.message)
end

-- Text that is filled in, at both endpoints that do so.
local function completes(api)
  local input = {
    system = '',
    file = { name = 'a.lua', filetype = 'lua', indent = '  ' },
    before = { 'local garden = {}' },
    prefix = 'local bean =',
    suffix = '',
    after = { 'return bean' },
    snippets = { { name = 'b.lua', lines = { 'local pod = 1' } } },
  }
  local result, err, text = await(beans.request, require('beans.complete.prompt').request(api, input))
  check(result and #text > 0 and result.text == text, api .. ' answers with text', err.message)
  check(result and result.model == 'tiny', api .. ' names the model', result and result.model)
  check(result and result.usage and result.usage.completion_tokens > 0, api .. ' tells the usage')
  local request = require('beans.complete.prompt').request(api, input)
  request.params = { max_tokens = 1, ignore_eos = true }
  result, err = await(beans.request, request)
  check(result and result.finish_reason == 'length', api .. ' ends at max_tokens', err.message)
  request.stream = false
  result, err = await(beans.request, request)
  check(result and #result.text > 0, api .. ' answers in one piece', err.message)
end

local function tells_why_nothing_is_filled_in()
  local _, err = await(beans.request, { endpoint = 'infill', body = { input_prefix = 'local' } })
  check(err.kind == 'http' and err.status == 400, 'what /infill refuses is an error', err.kind .. ': ' .. err.message)
  check(err.message:find('input_suffix', 1, true), "its message is the server's", err.message)
end

local function refuses_a_wrong_key()
  beans.setup({ model = 'tiny', api_key = 'not-the-key', retry = { max = 0 } })
  local _, err = await(beans.request, { messages = 'Hello' })
  check(err.kind == 'auth' and err.status == 401, 'a wrong key is an auth error', err.kind .. ': ' .. err.message)
  check(not err.message:find('not-the-key', 1, true), 'its message does not show the key')
end

beans.setup({ model = 'tiny' })
lists_models()
streams()
answers_whole()
remembers()
cancels()
calls_tools()
completes('chat')
completes('completions')
completes('infill')
tells_why_nothing_is_filled_in()
refuses_a_wrong_key()
io.write(('1..%d\n'):format(count))
io.flush();
(_G.vim.cmd or _G.vim.command)(failed == 0 and 'qall!' or 'cquit')
