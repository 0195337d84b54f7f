-- Long work in short slices, so that the editor never waits: between two slices it takes keys, draws and reads events.

local host = require('beans.host')

local M = {}

-- How long a slice holds the main thread, but for its last step, unless told.
local SLICE_MS = 3

-- What the user waits for is there sooner with longer slices, of less than a frame of the screen.
M.FRAME_MS = 12

-- By a timer, not by host.schedule: what a scheduled call schedules, Neovim runs before it looks at the keys.
local PAUSE_MS = 1

---@class beans.Slices
---@field stop fun(self: beans.Slices) ends it, without a call of `on_end`; a second time does nothing

--- Works in slices until there is nothing left.
---@param step fun(): boolean does a little; returns whether there is more
---@param on_end fun() called once, never before this returns
---@param slice_ms? number
---@return beans.Slices
function M.run(step, on_end, slice_ms)
  local timer, slice
  local function pause()
    timer = host.defer(PAUSE_MS, slice)
  end
  function slice()
    local until_ms = host.now_ms() + (slice_ms or SLICE_MS)
    repeat
      if not step() then
        timer = nil
        return on_end()
      end
    until host.now_ms() >= until_ms
    pause()
  end
  timer = host.defer(0, slice)
  return {
    stop = function()
      if timer then
        timer:stop()
        timer = nil
      end
    end,
  }
end

return M
