-- From `:Beans chats` to the picker with a thousand chats: the first time ever, the first time in a session, again, and
-- through a search of all their text; and how long the main thread is held at once meanwhile.

local bench_of = require('tests.editor.bench')

local unpack = unpack or table.unpack -- luacheck: ignore

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
    BENCH.took, BENCH.busy = host.now_ms() - BENCH.began, (os.clock() - BENCH.clock) * 1000
  end
  --- What it costs at least: the beginnings of as many files, read in one go.
  function BENCH.read(dir)
    local began = host.now_ms()
    for i = 1, 1000 do
      local file = assert(io.open(('%s/%04d.md'):format(dir, i), 'rb'))
      file:read(2048)
      file:close()
    end
    return host.now_ms() - began
  end
  function BENCH.open(words)
    BENCH.held, BENCH.took, BENCH.began, BENCH.clock = {}, nil, host.now_ms(), os.clock()
    require('beans.chat.picker').open({ words = words, act = false })
  end
]]

--- The screen is waited for, not the editor asked: answering would take its time from what is measured.
local function open(editor, words)
  local shown = ('(%d)'):format(CHATS)
  editor:lua('BENCH.open(...)', words)
  editor:wait_screen(shown, 30000)
  local took, held, busy = unpack(editor:lua('return { BENCH.took, BENCH.held, BENCH.busy }'))
  editor:keys('<Esc>')
  editor:wait('the picker to go', function()
    return not table.concat(editor:screen(), '\n'):find(shown, 1, true)
  end)
  return took, math.max(unpack(held)), busy
end

local function start(bench)
  local editor = bench:editor('hello', { beans = { data_dir = bench.dir .. '/data' } })
  editor:lua(WATCH)
  return editor
end

--- A first list when nothing is known of the chats; waits until what it has found is kept for the next session.
local function open_first(bench)
  local index = bench.dir .. '/data/chats.tsv'
  vim.fn.delete(index)
  local editor = start(bench)
  local took = open(editor, '')
  editor:wait('what is known to be kept', function()
    return vim.uv.fs_stat(index) ~= nil
  end)
  editor:stop()
  return took
end

return function()
  local bench = bench_of.start()
  write_chats(bench.dir .. '/data/chats')
  local rows = {}
  for i, what in ipairs({
    ('the beginnings of %d files (baseline)'):format(CHATS),
    ('%d chats listed, first time ever'):format(CHATS),
    'first time in a session',
    'listed again',
    'two words in all their text',
    'main thread held at once, list',
    'main thread held at once, search',
    'processor time of the first list in a session',
  }) do
    rows[i] = { what = what, unit = 'ms', values = {} }
  end
  for i = 1, ROUNDS do
    rows[2].values[i] = open_first(bench)
    local editor = start(bench)
    rows[1].values[i] = editor:lua('return BENCH.read(...)', bench.dir .. '/data/chats')
    rows[3].values[i], rows[6].values[i], rows[8].values[i] = open(editor, '')
    rows[4].values[i] = open(editor, '')
    rows[5].values[i], rows[7].values[i] = open(editor, 'GRÖßER BEAN')
    editor:stop()
  end
  for i = 2, 5 do
    rows[i].baseline = rows[1].values
  end
  bench:stop()
  return rows
end
