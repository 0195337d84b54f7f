-- From `:Beans retry` in a chat that is long already to the request that is handed to the client: what the user waits
-- for before anything is on the wire.

local chat_text = require('tests.bench.chat_text')
local bench_of = require('tests.editor.bench')

local ROUNDS = 5

local HEAD = { '---', 'beans: 1', 'title: Sorting', 'model: gpt-5.5', 'cost_micro_usd: 1', '---', '' }

local WATCH = [[
  local client, host = require('beans.client'), require('beans.host')
  local request = client.request
  client.request = function(...)
    BENCH = host.now_ms() - BENCH_BEGAN
    return request(...)
  end
]]

local ASK = [[
  BENCH, BENCH_BEGAN = nil, require('beans.host').now_ms()
  local run = vim.command or vim.cmd
  run('Beans retry')
]]

--- Milliseconds from the command to the request, each time in a chat that was just read.
local function measure(bench, bytes)
  local path = bench.dir .. '/long.md'
  local editor =
    bench:editor('hello', { size = { rows = 40, cols = 120 }, beans = { data_dir = bench.dir .. '/data' } })
  editor:lua(WATCH)
  local times = {}
  for i = 1, ROUNDS do
    chat_text.write(path, bytes, HEAD, { '# You', '', 'And now?', '' })
    editor:ex('silent edit! ' .. path)
    vim.wait(1000) -- folds are made, and colours
    editor:lua(ASK)
    times[i] = editor:wait('the request', function()
      return editor:lua('return BENCH')
    end, 60000)
    editor:wait('the answer', function()
      return not editor:lua("return require('beans.chat').of(require('beans.host').current().buf).answer ~= nil")
    end, 60000)
  end
  editor:stop()
  return times
end

return function()
  local bench = bench_of.start()
  local rows, baseline = {}, nil
  for _, size in ipairs(chat_text.SIZES) do
    local times = measure(bench, size[2])
    baseline = baseline or times
    table.insert(
      rows,
      { what = size[1] .. ' chat: `:Beans retry` to the request', unit = 'ms', values = times, baseline = baseline }
    )
  end
  bench:stop()
  return rows
end
