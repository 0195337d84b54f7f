-- How long the editor's main thread is held at once, by all that Beans does on it, while servers misbehave: floods,
-- cuts, stalls, refusals, endless lines. Requests by the dozen, and chats.

local bench_of = require('tests.editor.bench')
local watch = require('tests.bench.watch')

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

return function()
  local bench = bench_of.start()
  for name, script in pairs(FAULTS) do
    bench:script(name, script)
  end
  local options = { retry = { max = 1 }, idle_timeout_ms = 300, max_concurrent = 64 }
  local editor = bench:editor('hello', { beans = options })
  watch.begin(editor)
  editor:lua(CHAT, bench:url('hello')) -- loads all there is
  wait_idle(editor)
  watch.held(editor)
  local names, commands = vim.tbl_keys(FAULTS), {}
  for _ = 1, ROUNDS do
    for _, name in ipairs(names) do
      editor:lua(ASK, bench:url(name))
    end
  end
  wait_idle(editor)
  local requests = watch.held(editor)
  for i, name in ipairs(names) do
    commands[i] = editor:lua(CHAT, bench:url(name))
    wait_idle(editor)
  end
  local chats = watch.held(editor)
  bench:stop()
  local what = 'main thread held per turn, %d %s with faults'
  return {
    { what = what:format(ROUNDS * #names, 'requests'), unit = 'ms', values = requests },
    { what = what:format(#names, 'chats'), unit = 'ms', values = chats },
    { what = 'main thread held by the command `:Beans! chat` itself', unit = 'ms', values = commands },
  }
end
