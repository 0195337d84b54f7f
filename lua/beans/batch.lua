-- Events of the module, taken in batches and handled in their order, a turn at a time.

local host = require('beans.host')

local M = {}

-- Events taken at once.
local BATCH = 64

---@class beans.Batch
---@field private dispatch fun(event: table)
---@field private taken table[]
---@field private place integer
local Batch = {}
Batch.__index = Batch

---@param dispatch fun(event: table) may run the loop, and with it another turn
---@return beans.Batch
function M.new(dispatch)
  return setmetatable({ dispatch = dispatch, taken = {}, place = 0 }, Batch)
end

--- The next event, or nil. What was taken stays here until its turn, so that a listener that runs the loop, and with it
--- another drain, finds the events in their order.
---@private
function Batch:next(core)
  self.place = self.place + 1
  if self.place > #self.taken then
    self.taken, self.place = core.stream_poll(BATCH), 1
  end
  return self.taken[self.place]
end

--- Handles what waits, until a time.
---@param core table
---@param until_ms number
---@return integer count how many there were
---@return boolean all whether nothing is left
function Batch:handle(core, until_ms)
  local count = 0
  local event = self:next(core)
  while event do
    self.dispatch(event)
    count = count + 1
    if host.now_ms() >= until_ms then
      return count, false
    end
    event = self:next(core)
  end
  return count, true
end

return M
