-- Which items two sequences do not share: the core of line and word diffs. Pure.
--
-- Items that occur once on both sides are anchors (as in a patience diff), because they say where the same thing is;
-- between them Myers' algorithm finds the shortest way in linear space. It is cut short where the sides have little in
-- common: there a worse way is taken for the sake of time, never a wrong one.

local M = {}

local floor, max, min = math.floor, math.max, math.min

-- After so many edits from either end the best way so far is taken.
local COST_MAX = 64
-- Anchors are looked for again between anchors, so deep.
local DEPTH_MAX = 8

---@class beans.Box what is compared: items a_from + 1 … a_to of `a` with b_from + 1 … b_to of `b`
---@field a any[]
---@field b any[]
---@field a_changed boolean[]
---@field b_changed boolean[]
---@field ahead integer[] by diagonal: how far the way from the beginning has come
---@field back integer[] by diagonal: how far the way from the end has come

local function mark(flags, from, to)
  for i = from + 1, to do
    flags[i] = true
  end
end

-- Myers ---------------------------------------------------------------------------------------------------------------

--- Where the cut goes when the sides have too little in common: the point that one of both ways has come to furthest.
local function furthest(box, a_from, a_to, b_from, b_to, f_min, f_max, r_min, r_max, shift)
  local best, best_x = -1, a_from
  for d = f_max, f_min, -2 do
    local x = min(box.ahead[d + shift], a_to, b_to + d)
    if x + x - d > best then
      best, best_x = x + x - d, x
    end
  end
  local rest, rest_x = a_to + b_to + 1, a_to
  for d = r_max, r_min, -2 do
    local x = max(box.back[d + shift], a_from, b_from + d)
    if x + x - d < rest then
      rest, rest_x = x + x - d, x
    end
  end
  if a_to + b_to - rest < best - a_from - b_from then
    return best_x, best - best_x
  end
  return rest_x, rest - rest_x
end

--- One more edit from the beginning; the point where the ways meet, if they do.
local function step_ahead(box, a_to, b_to, d_min, d_max, shift, meets, r_min, r_max)
  local a, b, ahead, back = box.a, box.b, box.ahead, box.back
  for d = d_max, d_min, -2 do
    local k = d + shift
    local x = ahead[k - 1] >= ahead[k + 1] and ahead[k - 1] + 1 or ahead[k + 1]
    local y = x - d
    while x < a_to and y < b_to and a[x + 1] == b[y + 1] do
      x, y = x + 1, y + 1
    end
    ahead[k] = x
    if meets and d >= r_min and d <= r_max and back[k] <= x then
      return x, y
    end
  end
end

--- One more edit from the end.
local function step_back(box, a_from, b_from, d_min, d_max, shift, meets, f_min, f_max)
  local a, b, ahead, back = box.a, box.b, box.ahead, box.back
  for d = d_max, d_min, -2 do
    local k = d + shift
    local x = back[k - 1] < back[k + 1] and back[k - 1] or back[k + 1] - 1
    local y = x - d
    while x > a_from and y > b_from and a[x] == b[y] do
      x, y = x - 1, y - 1
    end
    back[k] = x
    if meets and d >= f_min and d <= f_max and x <= ahead[k] then
      return x, y
    end
  end
end

--- The range of diagonals one edit later, within the box.
local function widen(low, high, d_min, d_max, frontier, shift, beyond)
  if low > d_min then
    low = low - 1
    frontier[low - 1 + shift] = beyond
  else
    low = low + 1
  end
  if high < d_max then
    high = high + 1
    frontier[high + 1 + shift] = beyond
  else
    high = high - 1
  end
  return low, high
end

--- A point in the middle of the shortest way, or of a good one.
local function split(box, a_from, a_to, b_from, b_to)
  local d_min, d_max = a_from - b_to, a_to - b_from
  local shift = 2 - d_min
  local f_low, r_low = a_from - b_from, a_to - b_to
  local f_high, r_high = f_low, r_low
  local odd = (f_low - r_low) % 2 ~= 0
  box.ahead[f_low + shift], box.back[r_low + shift] = a_from, a_to
  for cost = 1, math.huge do
    f_low, f_high = widen(f_low, f_high, d_min, d_max, box.ahead, shift, -1)
    local x, y = step_ahead(box, a_to, b_to, f_low, f_high, shift, odd, r_low, r_high)
    if x then
      return x, y
    end
    r_low, r_high = widen(r_low, r_high, d_min, d_max, box.back, shift, a_to + b_to + 1)
    x, y = step_back(box, a_from, b_from, r_low, r_high, shift, not odd, f_low, f_high)
    if x then
      return x, y
    end
    if cost >= COST_MAX then
      return furthest(box, a_from, a_to, b_from, b_to, f_low, f_high, r_low, r_high, shift)
    end
  end
end

-- Anchors -------------------------------------------------------------------------------------------------------------

--- Where each item stands that occurs once in a range; 0 where it occurs more often.
local function places(items, from, to)
  local at = {}
  for i = from + 1, to do
    local item = items[i]
    at[item] = at[item] == nil and i or 0
  end
  return at
end

--- The longest run of pairs that ascends on both sides; `pairs_of` ascends in `a`.
local function longest_ascending(pairs_of)
  local piles, before = {}, {}
  for i, pair in ipairs(pairs_of) do
    local low, high = 1, #piles + 1
    while low < high do
      local middle = floor((low + high) / 2)
      if pairs_of[piles[middle]][2] < pair[2] then
        low = middle + 1
      else
        high = middle
      end
    end
    before[i] = piles[low - 1]
    piles[low] = i
  end
  local chain, i = {}, piles[#piles]
  for place = #piles, 1, -1 do
    chain[place] = pairs_of[i]
    i = before[i]
  end
  return chain
end

--- What occurs once in both ranges, in an order that holds for both.
local function anchors(box, a_from, a_to, b_from, b_to)
  local in_a, in_b = places(box.a, a_from, a_to), places(box.b, b_from, b_to)
  local found = {}
  for i = a_from + 1, a_to do
    local item = box.a[i]
    local j = in_b[item]
    if in_a[item] == i and j and j > 0 then
      found[#found + 1] = { i, j }
    end
  end
  return longest_ascending(found)
end

-- Both ----------------------------------------------------------------------------------------------------------------

local compare

local function compare_between(box, chain, a_from, a_to, b_from, b_to, depth)
  for _, anchor in ipairs(chain) do
    compare(box, a_from, anchor[1] - 1, b_from, anchor[2] - 1, depth)
    a_from, b_from = anchor[1], anchor[2]
  end
  compare(box, a_from, a_to, b_from, b_to, depth)
end

function compare(box, a_from, a_to, b_from, b_to, depth)
  local a, b = box.a, box.b
  while a_from < a_to and b_from < b_to and a[a_from + 1] == b[b_from + 1] do
    a_from, b_from = a_from + 1, b_from + 1
  end
  while a_from < a_to and b_from < b_to and a[a_to] == b[b_to] do
    a_to, b_to = a_to - 1, b_to - 1
  end
  if a_from == a_to or b_from == b_to then
    mark(box.a_changed, a_from, a_to)
    mark(box.b_changed, b_from, b_to)
    return
  end
  local chain = depth < DEPTH_MAX and anchors(box, a_from, a_to, b_from, b_to) or {}
  if #chain > 0 then
    return compare_between(box, chain, a_from, a_to, b_from, b_to, depth + 1)
  end
  local x, y = split(box, a_from, a_to, b_from, b_to)
  compare(box, a_from, x, b_from, y, DEPTH_MAX)
  compare(box, x, a_to, y, b_to, DEPTH_MAX)
end

--- Items as numbers, the same for what is the same: tables of numbers are quick.
local function numbered(items, number_of, last)
  local numbers = {}
  for i, item in ipairs(items) do
    local number = number_of[item]
    if not number then
      last = last + 1
      number = last
      number_of[item] = number
    end
    numbers[i] = number
  end
  return numbers, last
end

--- The numbers between `from` and `to` that occur in the other sequence too, and where they stand; the others are
--- marked.
local function shared(numbers, from, to, others, others_to, changed)
  local known, kept, at, count = {}, {}, {}, 0
  for i = from + 1, others_to do
    known[others[i]] = true
  end
  for i = from + 1, to do
    if known[numbers[i]] then
      count = count + 1
      kept[count], at[count] = numbers[i], i
    else
      changed[i] = true
    end
  end
  return kept, at
end

--- Which items of either sequence have no partner in the other: what is left of both is the same.
---@param a any[] items that can be compared with ==
---@param b any[]
---@return table<integer, boolean> a_changed by position
---@return table<integer, boolean> b_changed
function M.changed(a, b)
  local from, a_to, b_to = 0, #a, #b
  while from < a_to and from < b_to and a[from + 1] == b[from + 1] do
    from = from + 1
  end
  while a_to > from and b_to > from and a[a_to] == b[b_to] do
    a_to, b_to = a_to - 1, b_to - 1
  end
  local number_of = {}
  local a_numbers, last = numbered(a, number_of, 0)
  local b_numbers = numbered(b, number_of, last)
  local a_changed, b_changed = {}, {}
  local a_kept, a_at = shared(a_numbers, from, a_to, b_numbers, b_to, a_changed)
  local b_kept, b_at = shared(b_numbers, from, b_to, a_numbers, a_to, b_changed)
  local box = { a = a_kept, b = b_kept, a_changed = {}, b_changed = {}, ahead = {}, back = {} }
  compare(box, 0, #a_kept, 0, #b_kept, 0)
  for i in pairs(box.a_changed) do
    a_changed[a_at[i]] = true
  end
  for i in pairs(box.b_changed) do
    b_changed[b_at[i]] = true
  end
  return a_changed, b_changed
end

return M
