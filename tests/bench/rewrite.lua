-- A rewrite of 5,000 lines: the answer streams at 1,000 tokens a second into the place of the text, aligned with it.
-- How long the main thread is held at once, by each turn in which Beans is called, and by all that happens in one turn
-- of the loop, drawing too.

local part = require('tests.bench.part')
local bench_of = require('tests.editor.bench')
local watch = require('tests.bench.watch')

local LINES, TOKENS_A_SECOND = 5000, 1000

local function line_of(i)
  local forms =
    { '  local value_%d = compute(value_%d, %d)', '  if value_%d > limit then', '  end', '', '  -- step %d' }
  return (forms[i % #forms + 1]:gsub('%%d', tostring(i)))
end

--- What a model makes of them: every tenth line is another one, every fiftieth brings two more.
local function answer_of(i)
  local line = line_of(i)
  if i % 50 == 0 then
    return line .. '\n  log("at ' .. i .. '")\n  check()'
  end
  return i % 10 == 0 and line .. ' -- checked' or line
end

--- Tokens of about four characters, as models have them.
local function script()
  local commands = { 'header Content-Type: text/event-stream', 'pace ' .. TOKENS_A_SECOND }
  for i = 1, LINES do
    local text = answer_of(i) .. '\n'
    for token in text:gmatch('%s*[%w_]*[^%w%s_]?') do
      if token ~= '' then
        commands[#commands + 1] = ('delta "%s"'):format(token:gsub('"', '\\"'):gsub('\n', '\\n'))
      end
    end
  end
  return table.concat(commands, '\n') .. '\nfinish stop\nusage 60000 50000\ndone'
end

--- A timer that tells how long the main loop was not its own.
local TICK = [[
  local host = require('beans.host')
  STALLS = {}
  local before = host.now_ms()
  local function tick()
    if STALLS then
      table.insert(STALLS, math.max(0, host.now_ms() - before - 5))
      before = host.now_ms()
      _G.vim.fn.timer_start(5, tick)
    end
  end
  _G.vim.fn.timer_start(5, tick)
]]

return function()
  local bench = bench_of.start()
  bench:script('rewrite', script())
  local editor = bench:editor('rewrite', { size = { rows = 40, cols = 120 } })
  local lines = {}
  for i = 1, LINES do
    lines[i] = line_of(i)
  end
  local path = bench.dir .. '/long.lua'
  vim.fn.writefile(lines, path)
  editor:ex('edit ' .. path)
  watch.begin(editor)
  editor:lua([[
    local host = require('beans.host')
    local emit = host.emit
    function host.emit(event, data)
      READY = READY or event == 'BeansRewriteReady'
      emit(event, data)
    end
  ]])
  local began = vim.uv.hrtime()
  editor:ex('%Beans rewrite check every tenth')
  local command = (vim.uv.hrtime() - began) / 1e6
  editor:lua(TICK)
  editor:wait('the end', function()
    vim.wait(200)
    editor:keys('<Esc>') -- Vim, while timers run, may leave what its channel has brought until a key comes
    return editor:lua('return READY')
  end, 200000)
  vim.wait(500)
  local turns, stalls = watch.held(editor), editor:lua('local all = STALLS; STALLS = nil; return all')
  bench:stop()
  local what = ('rewrite of %d lines at %d tokens/s: '):format(LINES, TOKENS_A_SECOND)
  return {
    { what = what .. 'the command itself', unit = 'ms', values = { command } },
    { what = what .. 'main thread held, all turns', unit = 'ms', values = turns },
    { what = what .. 'main thread held, 99th percentile', unit = 'ms', values = { part(turns, 0.99) } },
    { what = what .. 'main thread held, worst turn', unit = 'ms', values = { part(turns, 1) } },
    { what = what .. 'loop not free, worst', unit = 'ms', values = { part(stalls, 1) } },
  }
end
