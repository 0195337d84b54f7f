-- How long the editor's main thread is held at once, by all that Beans does on it, while servers misbehave: floods,
-- cuts, stalls, refusals, endless lines. Requests by the dozen, and chats.

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

--- Runs in the editor, before anything is loaded: times each turn in which Beans is called, by whatever calls it. What
--- is called within a turn is a part of it.
local WATCH = [[
  local host = require('beans.host')
  local waker, schedule, defer = host.waker, host.schedule, host.defer
  local inside = false
  BENCH = {}

  function BENCH_TURN(fn)
    return function(...)
      if inside then
        return fn(...)
      end
      inside = true
      local began = host.now_ms()
      local result = fn(...)
      table.insert(BENCH, host.now_ms() - began)
      inside = false
      return result
    end
  end

  function host.waker(fd, drain)
    return waker(fd, BENCH_TURN(drain))
  end

  function host.schedule(fn)
    schedule(BENCH_TURN(fn))
  end

  function host.defer(ms, fn)
    return defer(ms, BENCH_TURN(fn))
  end
]]

local ASK = [[
  local url = ...
  require('beans').setup({ base_url = url })
  BENCH_TURN(require('beans').request)({
    messages = 'x',
    on_delta = function() end,
    on_error = function() end,
  })
]]

local CHAT = [[
  local url = ...
  require('beans').setup({ base_url = url })
  local host = require('beans.host')
  local began = host.now_ms()
  require('beans.command').run('chat! hi', false, 0, 1, 1)
  return host.now_ms() - began
]]

local function wait_idle(editor)
  editor:wait('the ends', function()
    vim.wait(100)
    return editor:lua("return #require('beans').status().running") == 0
  end, 120000)
end

--- What was measured since the last time.
local function held(editor)
  return editor:lua('local held = BENCH; BENCH = {}; return held')
end

return function()
  local bench = bench_of.start()
  for name, script in pairs(FAULTS) do
    bench:script(name, script)
  end
  local options = { retry = { max = 1 }, idle_timeout_ms = 300, max_concurrent = 64 }
  local editor = bench:editor('hello', { beans = options })
  editor:lua(WATCH)
  editor:lua(CHAT, bench:url('hello')) -- loads all there is
  wait_idle(editor)
  held(editor)
  local names, commands = vim.tbl_keys(FAULTS), {}
  for _ = 1, ROUNDS do
    for _, name in ipairs(names) do
      editor:lua(ASK, bench:url(name))
    end
  end
  wait_idle(editor)
  local requests = held(editor)
  for i, name in ipairs(names) do
    commands[i] = editor:lua(CHAT, bench:url(name))
    wait_idle(editor)
  end
  local chats = held(editor)
  bench:stop()
  local what = 'main thread held per turn, %d %s with faults'
  return {
    { what = what:format(ROUNDS * #names, 'requests'), unit = 'ms', values = requests },
    { what = what:format(#names, 'chats'), unit = 'ms', values = chats },
    { what = 'main thread held by the command `:Beans! chat` itself', unit = 'ms', values = commands },
  }
end
