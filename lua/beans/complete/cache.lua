-- The candidates of recent positions, found by the text around the cursor: whoever goes back, undoes, or types what a
-- candidate says, gets it at once and for nothing. Pure.
--
-- A candidate lies under the lines above its cursor. It is looked for there, and under the lines above each of the last
-- few lines, because the user may have typed some of its lines since. So a look costs a few short keys, however many
-- candidates there are.

local typing = require('beans.complete.typing')

local M = {}

-- How many lines above, and how much of each, tell a place.
local ABOVE, LINE_BYTES = 3, 120
-- How many lines of a candidate may have been typed.
local TYPED_LINES = 8
--- Lines above the cursor that are looked at; no more are needed.
M.REACH = ABOVE + TYPED_LINES

---@class beans.Cached
---@field key string
---@field prefix string
---@field suffix string
---@field below string
---@field lines string[]
---@field used integer

---@class beans.CandidateCache
---@field private max integer
---@field private count integer
---@field private clock integer
---@field private places table<string, beans.Cached[]> the newest last
local Cache = {}
Cache.__index = Cache

---@param max integer how many candidates are kept
---@return beans.CandidateCache
function M.new(max)
  return setmetatable({ max = max, count = 0, clock = 0, places = {} }, Cache)
end

--- The key of the place below some line.
---@param before string[]
---@param count integer of lines that count as above
local function key_of(before, count)
  local parts = {}
  for i = math.max(1, count - ABOVE + 1), count do
    parts[#parts + 1] = before[i]:sub(-LINE_BYTES)
  end
  return table.concat(parts, '\n')
end

local function forget(self, cached)
  local list = self.places[cached.key]
  for i, one in ipairs(list) do
    if one == cached then
      table.remove(list, i)
      break
    end
  end
  if #list == 0 then
    self.places[cached.key] = nil
  end
  self.count = self.count - 1
end

local function oldest(self)
  local found
  for _, list in pairs(self.places) do
    for _, cached in ipairs(list) do
      if not found or cached.used < found.used then
        found = cached
      end
    end
  end
  return found
end

local function use(self, cached)
  self.clock = self.clock + 1
  cached.used = self.clock
end

--- Keeps a candidate, instead of one that was kept for the same place.
---@param cursor beans.Cursor where it was asked for
---@param lines string[]
function Cache:put(cursor, lines)
  local key = key_of(cursor.before, #cursor.before)
  local fresh =
    { key = key, prefix = cursor.prefix, suffix = cursor.suffix, below = cursor.after[1] or '', lines = lines }
  for _, cached in ipairs(self.places[key] or {}) do
    if cached.prefix == fresh.prefix and cached.suffix == fresh.suffix and cached.below == fresh.below then
      forget(self, cached)
      break
    end
  end
  if self.count >= self.max then
    forget(self, oldest(self))
  end
  local list = self.places[key] or {}
  self.places[key], self.count = list, self.count + 1
  list[#list + 1] = fresh
  use(self, fresh)
end

--- Finds the candidate that goes on where the cursor is. Of several, the one that was asked for nearest to the cursor.
---@param cursor beans.Cursor
---@return string[]|nil lines what is left of it
function Cache:get(cursor)
  local typed, above = cursor.prefix, #cursor.before
  for _ = 0, math.min(TYPED_LINES, above) do
    local best, rest
    for _, cached in ipairs(self.places[key_of(cursor.before, above)] or {}) do
      local grown = cached.below == (cursor.after[1] or '') and typing.grown(cached.suffix, cursor.suffix)
      if grown and typed:sub(1, #cached.prefix) == cached.prefix then
        local left = typing.rest(cached.lines, typed:sub(#cached.prefix + 1), grown)
        if left and #left > 0 and (not best or #cached.prefix >= #best.prefix) then
          best, rest = cached, left
        end
      end
    end
    if best then
      use(self, best)
      return rest
    elseif above == 0 then
      return nil
    end
    typed, above = cursor.before[above] .. '\n' .. typed, above - 1
  end
end

return M
