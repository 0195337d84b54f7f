-- `make try` without a terminal: asks one question and prints the transcript. Ends the editor, with an exit status that
-- tells whether an answer came.

local beans = require('beans')
local clean = require('beans.host.clean')
local host = require('beans.host')

local QUESTION = 'In two sentences: what makes Vim worth learning?'
local PATIENCE_MS = 180000

local function show(name, value)
  io.write(('%-12s %s\n'):format(name .. ':', clean.line(value)))
end

local function cost(micro_usd)
  return micro_usd and ('$%.6f'):format(micro_usd / 1e6) or 'not told by the server'
end

local function print_result(result)
  io.write('\n\n')
  show('model', result.model or 'not told by the server')
  show('first token', ('%.1f ms'):format(result.timing.first_delta_ms))
  show('cost', cost(result.cost_micro_usd))
end

local function ask()
  local answered, ended, held = false, false, nil
  show('editor', host.version())
  show('question', QUESTION)
  io.write('answer:\n')
  beans.request({
    messages = QUESTION,
    on_delta = function(text, kind)
      if kind == 'content' then
        text, held = clean.piece(text, held)
        io.write(text)
        io.flush()
      end
    end,
    on_done = function(result)
      print_result(result)
      answered, ended = result.text ~= '', true
    end,
    on_error = function(err)
      io.write('\n')
      show('failed', ('%s: %s'):format(err.kind, err.message))
      ended = true
    end,
  })
  if not host.wait(PATIENCE_MS, function()
    return ended
  end) then
    show('failed', 'no answer in time')
  end
  return answered
end

local answered = ask()
io.flush();
(_G.vim.cmd or _G.vim.command)(answered and 'qall!' or 'cquit')
