-- Jobs that wait for their turn, in the order in which they go. Pure.

local M = {}

-- The list of models stands behind what a person waits for in mid-sentence; a completion behind everything, since the
-- next key is its retry.
local RANK = { models = 2, complete = 3 }

---@class beans.Queue
---@field private jobs {id: integer, feature: string}[]
local Queue = {}
Queue.__index = Queue

---@return beans.Queue
function M.new()
  return setmetatable({ jobs = {} }, Queue)
end

local function goes_before(a, b)
  local first, second = RANK[a.feature] or 1, RANK[b.feature] or 1
  return first < second or (first == second and a.id < b.id)
end

--- By rank, then by age: one that comes back to be tried again goes before those that were asked for later.
---@param job {id: integer, feature: string}
function Queue:enter(job)
  local place = #self.jobs + 1
  while place > 1 and goes_before(job, self.jobs[place - 1]) do
    place = place - 1
  end
  table.insert(self.jobs, place, job)
end

---@param job table
---@return boolean # whether it was there
function Queue:leave(job)
  for place, waiting in ipairs(self.jobs) do
    if waiting == job then
      table.remove(self.jobs, place)
      return true
    end
  end
  return false
end

---@return table|nil # who goes next; it stays until it leaves
function Queue:first()
  return self.jobs[1]
end

--- All, in the order in which they go.
---@return table[] # a copy
function Queue:list()
  local list = {}
  for place, job in ipairs(self.jobs) do
    list[place] = job
  end
  return list
end

return M
