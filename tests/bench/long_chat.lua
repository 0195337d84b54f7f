-- Streaming into a chat that is long already: 2,000 deltas at 500 a second, drawn as a chat draws them, above the place
-- for the next question and with the cursor there, so the window follows. What a token costs the editor at 5 MB should
-- be what it costs at 10 KB. The first request of a session, which loads the module, goes before what is measured.

local chat_text = require('tests.bench.chat_text')
local part = require('tests.bench.part')
local bench_of = require('tests.editor.bench')

local DELTAS = 2000
local ROUNDS = 5

--- Shows the chat. It is read from a file, as chats are: handed over as a list, its lines would be freed in mid-stream.
local OPEN = [[
  local host = require('beans.host')
  BENCH_BUF = host.document_open(...)
  host.document_adopt(BENCH_BUF)
  require('beans.chat.view').attach(BENCH_BUF)
  local win, last = host.win_open(BENCH_BUF, 'current'), host.buf_line_count(BENCH_BUF)
  host.win_option(win, 'wrap', true)
  host.win_option(win, 'linebreak', true)
  host.win_cursor(win, last, 0)
  BENCH_MARK = host.mark_set(BENCH_BUF, last - 4, 0)
]]

--- Begins an answer and wants no more of it.
local FIRST = [[
  local job
  job = require('beans').request({
    messages = 'x',
    on_delta = function()
      job:cancel()
    end,
    on_error = function(err)
      BENCH_FIRST = err.kind
    end,
  })
]]

--- Streams, with a timer that tells how long the main loop was not its own and how much the editor has worked since the
--- last turn, and a clock at each draw.
local STREAM = [[
  local host, late, work, draws = require('beans.host'), {}, {}, {}
  local before, clock, ended = host.now_ms(), os.clock(), false
  local function tick()
    late[#late + 1] = math.max(0, host.now_ms() - before - 5)
    work[#work + 1] = (os.clock() - clock) * 1000
    before, clock = host.now_ms(), os.clock()
    if not ended then
      host.defer(5, tick)
    end
  end
  host.defer(5, tick)
  local drawn = require('beans.pacer').new({
    now = host.now_ms,
    defer = host.defer,
    draw = function(text)
      local began = host.now_ms()
      host.insert(BENCH_BUF, BENCH_MARK, text, { join = true })
      draws[#draws + 1] = host.now_ms() - began
    end,
  })
  require('beans').request({
    messages = 'x',
    on_delta = function(text)
      drawn:add(text)
    end,
    on_done = function()
      drawn:flush()
      ended, BENCH = true, { late = late, work = work, draws = draws }
    end,
    on_error = function(err)
      ended, BENCH = true, { problem = err.message }
    end,
  })
]]

--- Milliseconds of processor time that a process has used.
local function cpu(pid)
  local file = assert(io.open(('/proc/%d/stat'):format(pid)))
  local fields = vim.split(file:read('*a'):match('%) (.*)$'), ' ')
  file:close()
  return (tonumber(fields[12]) + tonumber(fields[13])) * 10
end

local function measure(bench, bytes)
  local editor = bench:editor('tokens', { size = { rows = 40, cols = 120 } })
  editor:lua(FIRST)
  editor:wait('the first request', function()
    return editor:lua('return BENCH_FIRST') == 'cancelled'
  end)
  local path = bench.dir .. '/long.md'
  chat_text.write(path, bytes, {}, { '# Beans', '', '', '', '# You', '', '' })
  editor:lua(OPEN, path)
  vim.wait(500)
  local pid = editor:eval('getpid()')
  local began = cpu(pid)
  editor:lua(STREAM)
  vim.wait(DELTAS / 500 * 1000 + 200)
  local result = editor:wait('the end', function()
    return editor:lua('return BENCH')
  end, 60000)
  assert(not result.problem, result.problem)
  local used = cpu(pid) - began
  editor:stop()
  return { used, part(result.draws, 0.5), part(result.work, 0.99), part(result.work, 1), part(result.late, 1) }
end

-- The longest stall is often the work of another program: what the editor itself does in a turn tells more.
local WHAT = { 'processor', 'a draw', 'work in 99 of 100 turns', 'most work in a turn', 'longest stall' }

return function()
  local bench = bench_of.start()
  bench:script(
    'tokens',
    'header Content-Type: text/event-stream\npace 500\nrepeat '
      .. DELTAS / 10
      .. '\ndelta "Some "\ndelta "words "\ndelta "of `an` "\ndelta "answer, "\ndelta "**and** "\ndelta "more"\n'
      .. 'delta " of "\ndelta "them %d"\ndelta ".\\n"\ndelta "\\n"\nend\nfinish stop\ndone'
  )
  local rows = {}
  for i, size in ipairs(chat_text.SIZES) do
    for k, what in ipairs(WHAT) do
      local text = ('%s chat, %d deltas at 500/s: %s'):format(size[1], DELTAS, what)
      table.insert(rows, { what = text, unit = 'ms', values = {}, baseline = i > 1 and rows[k].values or nil })
    end
  end
  for _ = 1, ROUNDS do
    for i, size in ipairs(chat_text.SIZES) do
      for k, value in ipairs(measure(bench, size[2])) do
        table.insert(rows[(i - 1) * #WHAT + k].values, value)
      end
    end
  end
  bench:stop()
  return rows
end
