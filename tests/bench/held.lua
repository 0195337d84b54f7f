-- How long the editor's main thread is held at once, by each turn in which events are taken and handed out, while
-- servers misbehave: floods, cuts, stalls, refusals, endless lines.

local bench_of = require('tests.editor.bench')

local STREAM = 'header Content-Type: text/event-stream\n'
local FAULTS = {
  flood = STREAM .. 'repeat 20000\ndelta "token %d "\nend\nfinish stop\ndone',
  cut = STREAM .. 'repeat 200\ndelta "%d "\nend\ncut rst',
  stall = STREAM .. 'delta "x"\nstall',
  busy = 'status 429\nsend "{\\"error\\":{\\"message\\":\\"slow down\\"}}"',
  broken = STREAM .. 'event "{\\"choices\\":"\ndone',
  line = STREAM .. 'delta "x"\nsend "data: "\nrepeat 300\nsend "' .. ('x'):rep(60000) .. '"\nend',
  silent = 'cut fin',
}
local ROUNDS = 8

--- Runs in the editor, before anything is loaded: times each drain.
local WATCH = [[
  local host = require('beans.host')
  BENCH = { held = {}, ended = 0 }
  local waker = host.waker
  function host.waker(fd, drain)
    return waker(fd, function()
      local began = host.now_ms()
      local any = drain()
      table.insert(BENCH.held, host.now_ms() - began)
      return any
    end)
  end
]]

local ASK = [[
  local url = ...
  require('beans').setup({ base_url = url })
  require('beans').request({
    messages = 'x',
    on_delta = function() end,
    on_done = function() BENCH.ended = BENCH.ended + 1 end,
    on_error = function() BENCH.ended = BENCH.ended + 1 end,
  })
]]

return function()
  local bench = bench_of.start()
  local options = { retry = { max = 0 }, idle_timeout_ms = 300, max_concurrent = 64 }
  local count = 0
  for name, script in pairs(FAULTS) do
    bench:script(name, script)
  end
  local editor = bench:editor('flood', { beans = options })
  editor:lua(WATCH)
  for _ = 1, ROUNDS do
    for name in pairs(FAULTS) do
      editor:lua(ASK, bench:url(name))
      count = count + 1
    end
  end
  local held = editor:wait('the ends', function()
    vim.wait(100)
    return editor:lua('return BENCH.ended') == count and editor:lua('return BENCH.held')
  end, 60000)
  bench:stop()
  return { { what = ('main thread held per turn, %d requests with faults'):format(count), unit = 'ms', values = held } }
end
