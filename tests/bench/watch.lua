-- How long the editor's main thread is held by all that Beans does on it.

local M = {}

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

--- Begins to watch an editor that has loaded nothing of Beans.
---@param editor tests.Child
function M.begin(editor)
  editor:lua(WATCH)
end

--- Milliseconds of each turn since the last time.
---@param editor tests.Child
---@return number[]
function M.held(editor)
  return editor:lua('local held = BENCH; BENCH = {}; return held')
end

return M
