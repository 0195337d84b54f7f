-- Inline completion: from a key to ghost text, requests for a burst of keys, and how long the main thread is held by a
-- key, without an answer and with one, in a file of 50,000 lines.

local part = require('tests.bench.part')
local bench_of = require('tests.editor.bench')

local ROUNDS, LINES = 40, 50000
local STREAM = 'header Content-Type: text/event-stream\n'

--- Runs in the editor: notes when the next ghost text comes after a key, and what each key costs.
local WATCH = [[
  local host = require('beans.host')
  local ghost, on_typing = host.ghost, host.on_typing
  BENCH = { costs = {}, shown = nil, key = nil }

  function host.ghost(buf, line, col, lines)
    ghost(buf, line, col, lines)
    if lines and BENCH.key and not BENCH.shown then
      BENCH.shown = host.now_ms() - BENCH.key
    end
  end

  function host.on_typing(listeners)
    local typed = listeners and listeners.typed
    if typed then
      listeners.typed = function(place)
        local began = host.now_ms()
        BENCH.key, BENCH.shown = began, nil
        typed(place)
        table.insert(BENCH.costs, host.now_ms() - began)
      end
    end
    on_typing(listeners)
  end
]]

local function start(bench, complete)
  complete.auto = true
  local editor = bench:editor(
    'complete',
    { size = { rows = 40, cols = 120 }, beans = { complete = complete }, config = { 'set hidden' } }
  )
  editor:wait('its start', function()
    return editor:eval('v:vim_did_enter') == 1
  end)
  editor:lua(WATCH)
  return editor
end

local function type_line(editor, text, a_second)
  for key in text:gmatch('.') do
    editor:keys(key)
    vim.wait(1000 / a_second)
  end
end

--- Key to ghost text: the key is counted from when the editor hands it out.
local function latency(bench, script, complete)
  bench:script('complete', STREAM .. script)
  local editor, times = start(bench, complete), {}
  editor:keys('i')
  vim.wait(300)
  editor:keys('\27i') -- the first time, the engine is loaded while Insert mode goes on
  vim.wait(300)
  for i = 1, ROUNDS do
    editor:lua('BENCH.shown = nil')
    editor:keys(i % 2 == 0 and 'x' or ' ')
    times[i] = editor:wait('ghost text', function()
      return editor:lua('return BENCH.shown')
    end)
    vim.wait(20)
  end
  editor:stop()
  return times
end

local KEYS = 'local function count(list) local sum = 0 for i = 1, #list do'

--- Requests for 60 keys at 8 a second.
local function requests(bench)
  bench:script('complete', STREAM .. 'delay 150\npace 60\ndelta "return"\ndelta " sum"\nfinish stop\ndone')
  local before, editor = #bench:requests(), start(bench, {})
  editor:keys('i')
  vim.wait(300)
  type_line(editor, KEYS, 8)
  vim.wait(800)
  local count = #bench:requests() - before
  editor:stop()
  return { count }
end

--- What keys cost in a long file: those that ask for nothing that is known, and those that go over ghost text.
local function costs(bench)
  -- No Lua: Neovim 0.10 alone would take seconds for each key, for tree-sitter.
  local path = bench.dir .. '/long.py'
  local lines = {}
  for i = 1, LINES do
    lines[i] = ('  values[%d] = compute(%d)'):format(i, i)
  end
  vim.fn.writefile(lines, path)
  bench:script('complete', STREAM .. ('delta "%s"\nfinish stop\ndone'):format(('value = '):rep(8)))
  local editor = start(bench, { debounce_ms = 60 })
  editor:ex(('edit %s | setlocal nofoldenable | %d'):format(path, LINES / 2))
  editor:keys('o')
  vim.wait(500)
  editor:lua('BENCH.costs = {}')
  type_line(editor, KEYS, 30)
  local without = editor:lua('return BENCH.costs')
  editor:wait('ghost text', function()
    return editor:lua("return require('beans').complete.is_visible()")
  end)
  editor:lua('BENCH.costs = {}')
  type_line(editor, ('value = '):rep(7), 30)
  local with = editor:lua('return BENCH.costs')
  editor:stop()
  return without, with
end

return function()
  local bench = bench_of.start()
  local at_once = latency(bench, 'delta "(ghost, text)"\nfinish stop\ndone', { debounce_ms = 0 })
  local thinking = 'delay 150\npace 60\ndelta "("\ndelta "ghost, "\ndelta "text"\ndelta ")"\nfinish stop\ndone'
  local first = latency(bench, thinking, { debounce_ms = 0 })
  local count = requests(bench)
  local without, with = costs(bench)
  bench:stop()
  local of_key = ('a key in %d lines, main thread: '):format(LINES)
  return {
    { what = 'key to ghost text, no debounce', unit = 'ms', values = at_once },
    { what = 'the same, a model that thinks 150 ms and streams 60/s', unit = 'ms', values = first },
    { what = 'requests for 60 keys at 8/s', unit = '', values = count },
    { what = of_key .. 'without an answer', unit = 'ms', values = without },
    { what = of_key .. 'without an answer, worst', unit = 'ms', values = { part(without, 1) } },
    { what = of_key .. 'over ghost text', unit = 'ms', values = with },
    { what = of_key .. 'over ghost text, worst', unit = 'ms', values = { part(with, 1) } },
  }
end
