-- From `:Beans chats` to the picker with a thousand chats: the first time, again, and through a search of all their text;
-- and how long the main thread is held at once meanwhile.

local bench_of = require('tests.editor.bench')

local CHATS, ROUNDS = 1000, 7

local function write_chats(dir)
  vim.fn.mkdir(dir, 'p')
  for i = 1, CHATS do
    local lines = { '---', 'beans: 1', ('title: About the bean %d'):format(i), 'model: gpt-5.5' }
    vim.list_extend(lines, { ('cost_micro_usd: %d'):format(i * 321), 'created: 2026-11-25T10:00:00Z', '---', '' })
    for turn = 1, 8 do
      vim.list_extend(lines, { '# You', '', ('Question %d: what is größer than bean %d?'):format(turn, i), '' })
      vim.list_extend(lines, { '# Beans', '', ('A longer answer about beans. '):rep(20), '', '```lua' })
      vim.list_extend(lines, { 'local bean = ' .. i, '```', '' })
    end
    local path = ('%s/%04d.md'):format(dir, i)
    vim.fn.writefile(lines, path)
    vim.uv.fs_utime(path, 1700000000 + i * 100, 1700000000 + i * 100)
  end
end

--- Runs in the editor: times each call that holds the main thread, and when the picker is asked for.
local WATCH = [[
  local host = require('beans.host')
  BENCH = {}
  local defer, choose = host.defer, host.select
  function host.defer(ms, fn)
    return defer(ms, function()
      local began = host.now_ms()
      fn()
      table.insert(BENCH.held, host.now_ms() - began)
    end)
  end
  function host.select(...)
    choose(...)
    BENCH.took = host.now_ms() - BENCH.began
  end
  function BENCH.open(words)
    BENCH.held, BENCH.took, BENCH.began = {}, nil, host.now_ms()
    require('beans.chat.picker').open({ words = words, act = false })
  end
]]

local function open(editor, words)
  editor:lua('BENCH.open(...)', words)
  local took, held = unpack(editor:wait('the picker', function()
    return editor:lua('return BENCH.took and { BENCH.took, BENCH.held }')
  end, 30000))
  vim.wait(20)
  editor:keys('<Esc>')
  vim.wait(50)
  return took, math.max(unpack(held))
end

return function()
  local bench = bench_of.start()
  write_chats(bench.dir .. '/data/chats')
  local rows = {
    { what = ('%d chats, first time'):format(CHATS), unit = 'ms', values = {} },
    { what = 'the same again', unit = 'ms', values = {} },
    { what = 'two words in all their text', unit = 'ms', values = {} },
    { what = 'main thread held at once, list', unit = 'ms', values = {} },
    { what = 'main thread held at once, search', unit = 'ms', values = {} },
  }
  for i = 1, ROUNDS do
    local editor = bench:editor('hello', { beans = { data_dir = bench.dir .. '/data' } })
    editor:lua(WATCH)
    rows[1].values[i], rows[4].values[i] = open(editor, '')
    rows[2].values[i] = open(editor, '')
    rows[3].values[i], rows[5].values[i] = open(editor, 'GRÖßER BEAN')
    editor:stop()
  end
  bench:stop()
  return rows
end
