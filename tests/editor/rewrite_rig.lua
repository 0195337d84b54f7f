-- An editor where a spec is the server of rewrites: it sees what is asked, and says what is answered, and when.

local busted = require('busted')

local host_rig = require('tests.editor.host_rig')

local M = {}

local editor

-- What specs rewrite: a file, and lines between others.
M.FILE = { 'local a = 1', 'local b = 2', 'local c = 3', 'return a + b', '' }
M.BETWEEN = { 'above', 'local a = 1', 'local b = 2', 'local c = 3', 'return a', 'below' }

local SERVE = [[
  requests, events = {}, {}
  local client = require('beans.client')
  client.request = function(options)
    table.insert(requests, options)
    local number = #requests
    local job = { ended = false }
    function job.cancel()
      if not job.ended then
        job.ended = true
        host.schedule(function()
          options.on_error({ kind = 'cancelled', message = 'cancelled', partial = partial[number] or '' })
        end)
      end
    end
    function job.summary()
      return { doing = 'waits for the answer' }
    end
    options.job = job
    return job
  end
  local emit = host.emit
  host.emit = function(event, data)
    table.insert(events, { event, data })
    emit(event, data)
  end
  partial = {}
  --- A piece of the answer to a request, the last one unless told.
  function delta(text, kind, number)
    number = number or #requests
    if not requests[number].job.ended then
      partial[number] = (partial[number] or '') .. text
      requests[number].on_delta(text, kind or 'content')
    end
  end
  function done(facts, number)
    number = number or #requests
    local result = { finish_reason = 'stop', refusal = '', text = partial[number] or '', model = 'gpt-5.5' }
    result.usage, result.cost_micro_usd = { prompt_tokens = 12, completion_tokens = 34 }, 1200
    result.timing = { first_delta_ms = 100, total_ms = 1100 }
    for name, value in pairs(facts or {}) do
      result[name] = value
    end
    if not requests[number].job.ended then
      requests[number].job.ended = true
      requests[number].on_done(result)
    end
  end
  function fail(kind, message, number)
    number = number or #requests
    requests[number].job.ended = true
    requests[number].on_error({ kind = kind, message = message, partial = partial[number] or '' })
  end
]]
local FORGET = 'requests, events, partial, got = {}, {}, {}, {}'

--- Starts the editor that all functions here mean.
---@param config? string[] lines of Vim script
---@return tests.Child
function M.start(config)
  editor = host_rig.start(config)
  editor:lua(SERVE)
  return editor
end

--- The editor of a describe block, which all functions here mean.
---@param config? string[] lines of Vim script
---@return tests.Child
function M.shared(config)
  editor = host_rig.unharmed({ config = config })
  busted.setup(function()
    editor:lua(SERVE)
  end)
  busted.before_each(function()
    editor:lua(FORGET)
  end)
  return editor
end

--- Makes it as good as new.
function M.reset()
  host_rig.reset(editor)
  editor:lua(FORGET)
end

--- A file with these lines, as if just opened.
---@param lines string[]
---@param name? string
function M.open_file(lines, name)
  local path = editor.dir .. '/' .. (name or 'file.lua')
  vim.fn.writefile(lines, path)
  editor:ex('edit! ' .. path)
end

---@return string[]
function M.lines()
  return editor:eval("getline(1, '$')")
end

--- Lines with some of them changed.
---@param changes table<integer, string>
---@param from? string[] `FILE` unless told
---@return string[]
function M.with(changes, from)
  local text = vim.deepcopy(from or M.FILE)
  for i, line in pairs(changes) do
    text[i] = line
  end
  return text
end

--- Types, as soon as the editor is ready to take it.
---@param keys string
---@param wanted string what the text has then, plain
function M.type_keys(keys, wanted)
  editor:keys(keys)
  editor:wait('what was typed', function()
    return table.concat(M.lines(), '\n'):find(wanted, 1, true)
  end)
end

--- Waits until the editor asks for an instruction.
function M.wait_prompt()
  -- The screen may still show the line that was typed before.
  editor:wait('the prompt', function()
    return editor:eval('mode()') == 'c'
  end)
end

--- Waits until the editor asks for an instruction, and types it.
---@param text string
function M.type_instruction(text)
  M.wait_prompt()
  editor:keys(text .. '<CR>')
end

--- Waits until the buffer has these lines.
---@param wanted string[]
function M.await(wanted)
  local ok, message = pcall(editor.wait, editor, 'the lines', function()
    return vim.deep_equal(wanted, M.lines())
  end)
  if not ok then
    error(('%s\nwanted %s\nthere are %s'):format(message, vim.inspect(wanted), vim.inspect(M.lines())), 0)
  end
end

--- Waits for the request with a number.
local function wait_asked(number)
  editor:wait('the request', function()
    return editor:lua('return #requests') >= number
  end)
end

--- Waits for the request with a number, and gives its messages.
---@param number? integer 1 unless told
---@return table[]
function M.asked(number)
  wait_asked(number or 1)
  return editor:lua('return requests[...].messages', number or 1)
end

--- A piece of the answer.
---@param text string
---@param kind? string
---@param number? integer of the request, the last one unless told
function M.delta(text, kind, number)
  editor:lua('delta(...)', text, kind or 'content', number)
end

--- The end of the answer.
---@param facts? table
---@param number? integer
function M.done(facts, number)
  editor:lua('done(...)', facts or { finish_reason = 'stop' }, number)
end

---@param kind string
---@param message string
function M.fail(kind, message)
  editor:lua('fail(...)', kind, message)
end

--- The whole answer at once, when the request is there.
---@param text string
---@param number? integer of the request
function M.answer(text, number)
  wait_asked(number or 1)
  M.delta(text, 'content', number)
  M.done(nil, number)
end

--- What an event had, the last one with that name.
---@param event string
---@return table|nil
function M.event(event)
  local found
  for _, each in ipairs(editor:lua('return events')) do
    found = each[1] == event and each[2] or found
  end
  return found
end

--- Waits until the user has been told of something.
---@param wanted string plain
function M.told(wanted)
  editor:wait(('the message "%s"'):format(wanted), function()
    return editor:ex('messages'):find(wanted, 1, true)
  end)
end

--- Where the buffer is in its undo tree, and the tree.
---@return any[]
function M.undo_tree()
  return editor:eval('[undotree().seq_cur, string(undotree().entries)]')
end

return M
