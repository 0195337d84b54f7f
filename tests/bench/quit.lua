-- From `:qall!` to the end of the process, with nothing in flight and with ten streams that never end.

local bench_of = require('tests.editor.bench')

local ROUNDS = 7

local function quit_with(bench, streams)
  local editor = bench:editor('endless', { beans = { max_concurrent = 10 } })
  editor:lua(
    [[
      BENCH = 0
      for i = 1, ... do
        local first = true
        require('beans').request({
          messages = 'x',
          on_delta = function()
            BENCH, first = BENCH + (first and 1 or 0), false
          end,
          on_error = function() end,
        })
      end
    ]],
    streams
  )
  editor:wait('the streams', function()
    return editor:lua('return BENCH') == streams
  end)
  return editor:quit()
end

return function()
  local bench = bench_of.start()
  bench:script('endless', 'header Content-Type: text/event-stream\npace 20\nrepeat 100000\ndelta "%d "\nend')
  local idle, busy = {}, {}
  for i = 1, ROUNDS do
    idle[i], busy[i] = quit_with(bench, 0), quit_with(bench, 10)
  end
  bench:stop()
  return {
    { what = 'quit, nothing in flight (baseline)', unit = 'ms', values = idle },
    { what = 'quit with ten streams', unit = 'ms', values = busy, baseline = idle },
  }
end
