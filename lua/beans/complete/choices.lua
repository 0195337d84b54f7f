-- The candidates of one position, of which one is chosen. Pure.

local typing = require('beans.complete.typing')

local M = {}

---@class beans.Choice
---@field lines string[] as they go on where the choices begin; they grow while the answer streams
---@field shown? boolean it has been seen
---@field accepted? boolean a part of it was accepted

---@class beans.Choices
---@field origin beans.Origin
---@field complete boolean the model is not asked for more of them
---@field private list beans.Choice[]
---@field private chosen integer
local Choices = {}
Choices.__index = Choices

---@param origin beans.Origin
---@param lines? string[] of the first one
---@return beans.Choices
function M.new(origin, lines)
  return setmetatable({ origin = origin, complete = false, list = { { lines = lines or {} } }, chosen = 1 }, Choices)
end

---@return beans.Choice
function Choices:current()
  return self.list[self.chosen]
end

---@return integer number of the current one
---@return integer count
function Choices:count()
  return self.chosen, #self.list
end

--- Goes to the next one, or a previous one, and around.
---@param by 1|-1
function Choices:step(by)
  self.chosen = (self.chosen - 1 + by) % #self.list + 1
end

--- Whether going there would be going around.
---@param by 1|-1
---@return boolean
function Choices:is_last(by)
  return #self.list == 1 or (by == 1 and self.chosen == #self.list)
end

--- Adds one and chooses it.
---@param lines string[]
---@return beans.Choice
function Choices:add(lines)
  table.insert(self.list, { lines = lines })
  self.chosen = #self.list
  return self:current()
end

--- Whether a candidate, as far as it is known, is one of these.
---@param lines string[]
---@return boolean
function Choices:has(lines)
  local text = table.concat(lines, '\n')
  for _, choice in ipairs(self.list) do
    if table.concat(choice.lines, '\n'):sub(1, #text) == text then
      return true
    end
  end
  return false
end

--- Goes on with what typing has left of them; those that say something else are gone.
---@param origin beans.Origin where the cursor is now
---@param typed string
---@param grown string
function Choices:move(origin, typed, grown)
  local list, current = {}, self:current()
  for _, choice in ipairs(self.list) do
    local rest = typing.rest(choice.lines, typed, grown)
    if rest and #rest > 0 then
      choice.lines = rest
      list[#list + 1] = choice
      self.chosen = choice == current and #list or self.chosen
    end
  end
  self.origin, self.list = origin, list
end

return M
