-- Lines that two texts share, as chains in the order of both, while one of the texts still comes. Pure.
--
-- Of all chains so far only those are kept that may be the beginning of the best: each ends further down in the old
-- text than the one before and is worth more, as when the longest ascending run of a sequence is looked for. So another
-- line is added by one search, however many there are.

local M = {}

-- What an old line costs that would be left out. A line that tells something and occurs once weighs 1.
local SKIPPED = 0.5
-- What a line weighs that only resembles the old line in its place.
local RESEMBLES = 0.1
-- A line that weighs less may stand anywhere.
local FIRM = 0.1

---@class beans.Chain
---@field at integer its last old line
---@field new integer that line's partner, counted from where the chains begin
---@field before? beans.Chain without them
---@field matched integer how many lines it has
---@field weight number what they tell together
---@field resembling integer how many of them only resemble the old line in their place
---@field value number what it is worth against another that ends there: what its lines tell, and what they do not skip
---@field changed integer how many at its end, one right after the other, are not quite the same
---@field firm boolean the last line tells something, or comes right after the one before on both sides

---@class beans.Chains
---@field private first integer the old line with which they begin at best
---@field private kept beans.Chain[]
local Chains = {}
Chains.__index = Chains

--- No chains yet.
---@param first integer the first old line that may belong to one
---@return beans.Chains
function M.new(first)
  return setmetatable({ first = first, kept = {} }, Chains)
end

--- The index of the first chain that ends at an old line or below.
local function index_from(kept, at)
  local low, high = 1, #kept + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if kept[middle].at < at then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end

--- Puts a chain among the others, in place of those that go further and are worth no more.
local function keep(kept, index, chain)
  local worse = 0
  while kept[index + worse] and kept[index + worse].value <= chain.value do
    worse = worse + 1
  end
  if worse == 0 then
    table.insert(kept, index, chain)
    return
  end
  kept[index] = chain
  for _ = 2, worse do
    table.remove(kept, index + 1)
  end
end

local NONE = { at = 0, new = -1, matched = 0, weight = 0, resembling = 0, changed = 0 }

--- The best chain that ends in two lines. Where a new line has several partners, the lowest comes first.
---@param at integer the old line
---@param new integer its partner, never above those that were added before
---@param weight number|nil what it tells; nil: they only resemble each other
---@param is_same boolean
---@return beans.Chain
function Chains:extend(at, new, weight, is_same)
  local kept = self.kept
  local index = index_from(kept, at)
  local before = kept[index - 1] or NONE
  local is_next = before.at == at - 1 and before.new == new - 1
  local chain = {
    at = at,
    new = new,
    before = kept[index - 1],
    matched = before.matched + 1,
    weight = before.weight + (weight or 0),
    resembling = before.resembling + (weight and 0 or 1),
    changed = is_same and 0 or (is_next and before.changed or 0) + 1,
    firm = is_next or (weight or 0) > FIRM,
  }
  chain.value = chain.weight + SKIPPED * chain.matched
  local other = kept[index]
  if not other or other.at > at or other.value <= chain.value then
    keep(kept, index, chain)
  end
  return chain
end

--- What speaks for a chain: what its lines tell, less the old lines that it leaves out. That lines resemble each other
--- says something where nothing was added and nothing taken away.
---@param chain beans.Chain
---@return number
function Chains:score(chain)
  local passed = chain.at - self.first + 1
  local resembling = passed == chain.new and RESEMBLES * chain.resembling or 0
  return chain.weight + resembling - SKIPPED * (passed - chain.matched)
end

--- The chain for which most speaks.
---@return beans.Chain|nil # nil: more speaks against each
function Chains:best()
  local best, score = nil, 0
  for _, chain in ipairs(self.kept) do
    if self:score(chain) > score then
      best, score = chain, self:score(chain)
    end
  end
  return best
end

--- The chain that shares most with the old text down to a line.
---@param last integer
---@return beans.Chain|nil
function Chains:down_to(last)
  return self.kept[index_from(self.kept, last + 1) - 1]
end

return M
