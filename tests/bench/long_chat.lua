-- Streaming into a chat that is long already: 2,000 deltas at 500 a second, drawn as a chat draws them, above the place
-- for the next question and with the cursor there, so the window follows. What a token costs the editor at 5 MB should
-- be what it costs at 10 KB.

local bench_of = require('tests.editor.bench')

local DELTAS = 2000
local SIZES = { { '10 KB', 10e3 }, { '1 MB', 1e6 }, { '5 MB', 5e6 } }
  or { { '10 KB', 10e3 }, { '1 MB', 1e6 }, { '5 MB', 5e6 } }
local ROUNDS = 3

--- Makes the chat and shows it.
local OPEN = [[
  local bytes = ...
  local host = require('beans.host')
  local message = {
    '# You', '', 'How do I **sort** a list in `lua`?', '', '# Beans', '', 'With `table.sort`, in place:', '',
    '```lua', 'local list = { 3, 1, 2 }', 'table.sort(list, function(a, b)', '  return a < b', 'end)', '```', '',
    '- it is *not* stable', '- the function must be a strict order', '', 'Numbers and strings need no function.', '',
    '> [!BEANS] Reasoning', '> The user asks for sorting.', '> So table.sort it is.', '',
  }
  local size = #table.concat(message, '\n') + 1
  local lines = {}
  for _ = 1, math.ceil(bytes / size) do
    for _, line in ipairs(message) do
      lines[#lines + 1] = line
    end
  end
  for _, line in ipairs({ '# Beans', '', '', '', '# You', '', '' }) do
    lines[#lines + 1] = line
  end
  BENCH_BUF = host.buf_create({ name = 'beans://long', filetype = 'beans', lines = lines })
  require('beans.chat.view').attach(BENCH_BUF)
  local win = host.win_open(BENCH_BUF, 'current')
  host.win_option(win, 'wrap', true)
  host.win_option(win, 'linebreak', true)
  host.win_cursor(win, #lines, 0)
  BENCH_MARK = host.mark_set(BENCH_BUF, #lines - 4, 0)
]]

--- Streams, with a timer that tells how long the main loop was not its own.
local STREAM = [[
  local host, longest = require('beans.host'), 0
  BENCH = nil
  local before, ended = host.now_ms(), false
  local function tick()
    longest = math.max(longest, host.now_ms() - before - 5)
    before = host.now_ms()
    if not ended then
      host.defer(5, tick)
    end
  end
  host.defer(5, tick)
  local drawn = require('beans.pacer').new({
    now = host.now_ms,
    defer = host.defer,
    draw = function(text)
      host.insert(BENCH_BUF, BENCH_MARK, text, { join = true })
    end,
  })
  require('beans').request({
    messages = 'x',
    on_delta = function(text)
      drawn:add(text)
    end,
    on_done = function()
      drawn:flush()
      ended, BENCH = true, { longest = longest, lines = host.buf_line_count(BENCH_BUF) }
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
  editor:lua(OPEN, bytes)
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
  return used, result.longest
end

return function()
  local bench = bench_of.start()
  bench:script(
    'tokens',
    'header Content-Type: text/event-stream\npace 500\nrepeat '
      .. DELTAS / 10
      .. '\ndelta "Some "\ndelta "words "\ndelta "of `an` "\ndelta "answer, "\ndelta "**and** "\ndelta "more"\n'
      .. 'delta " of "\ndelta "them %d"\ndelta ".\\n"\ndelta "\\n"\nend\nfinish stop\ndone'
  )
  local rows, baseline = {}, nil
  for _, size in ipairs(SIZES) do
    local used, longest = {}, {}
    for i = 1, ROUNDS do
      used[i], longest[i] = measure(bench, size[2])
    end
    baseline = baseline or { used, longest }
    local what = ('%s chat, %d deltas at 500/s: '):format(size[1], DELTAS)
    table.insert(rows, { what = what .. 'processor', unit = 'ms', values = used, baseline = baseline[1] })
    table.insert(rows, { what = what .. 'longest stall', unit = 'ms', values = longest, baseline = baseline[2] })
  end
  bench:stop()
  return rows
end
