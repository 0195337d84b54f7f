-- Three-way merge of lines: what two sides made of the same text, in one. Pure.

local diff = require('beans.edit.diff')
local inline = require('beans.edit.inline')
local lists = require('beans.lists')

local M = {}

---@class beans.MergeConflict lines first … first + count - 1 of the result are ours; the other side has others there
---@field first integer
---@field count integer
---@field theirs string[]
---@field base string[] what both had

---@class beans.MergeChange base lines first … behind - 1 become `lines` on one side
---@field first integer
---@field behind integer
---@field lines string[]
---@field side 1|2

---@class beans.MergeResult
---@field lines string[]
---@field conflicts beans.MergeConflict[]

local function add_changes(changes, base, lines, side)
  for _, hunk in ipairs(diff.lines(base, lines)) do
    changes[#changes + 1] = {
      first = hunk.old_first,
      behind = hunk.old_first + hunk.old_count,
      lines = lists.slice(lines, hunk.new_first, hunk.new_count),
      side = side,
    }
  end
end

-- Which changes collide -----------------------------------------------------------------------------------------------

--- From the top to the bottom; what is only inserted comes before what becomes of the line behind it.
local function comes_before(one, other)
  if one.first ~= other.first then
    return one.first < other.first
  end
  if one.behind ~= other.behind then
    return one.behind < other.behind
  end
  return one.side < other.side
end

--- Whether a change has a line in common with those of a group, stands inside them or inserts where they do. Where it
--- only touches them, both sides can have their way.
local function collides(group, change)
  if change.first == change.behind and group.first == group.behind then
    return change.first == group.first
  end
  return change.first < group.behind and change.behind > group.first
end

---@class beans.MergeGroup changes that collide, all of base lines first … behind - 1
---@field first integer
---@field behind integer
---@field changes beans.MergeChange[]

---@return beans.MergeGroup[]
local function groups_of(changes)
  table.sort(changes, comes_before)
  local groups = {}
  for _, change in ipairs(changes) do
    local group = groups[#groups]
    if not group or not collides(group, change) then
      group = { first = change.first, behind = change.behind, changes = {} }
      groups[#groups + 1] = group
    end
    group.behind = math.max(group.behind, change.behind)
    table.insert(group.changes, change)
  end
  return groups
end

--- What one side made of a group's lines.
local function text_of(group, base, side)
  local lines, at = {}, group.first
  for _, change in ipairs(group.changes) do
    if change.side == side then
      lists.append(lines, base, at, change.first - 1)
      lists.append(lines, change.lines)
      at = change.behind
    end
  end
  return lists.append(lines, base, at, group.behind - 1)
end

-- Merging -------------------------------------------------------------------------------------------------------------

local function are_same(one, other)
  for i = 1, math.max(#one, #other) do
    if one[i] ~= other[i] then
      return false
    end
  end
  return true
end

--- Whether a change made one line of each, so that it can be taken line by line.
local function is_line_by_line(change, base)
  local count = change.behind - change.first
  if count ~= #change.lines then
    return false
  end
  for i, line in ipairs(change.lines) do
    if not inline.alike(base[change.first + i - 1], line) then
      return false
    end
  end
  return true
end

--- The changes of a group, as small as they can be.
local function split(group, base)
  local changes = {}
  for _, change in ipairs(group.changes) do
    if is_line_by_line(change, base) then
      for i, line in ipairs(change.lines) do
        local first = change.first + i - 1
        changes[#changes + 1] = { first = first, behind = first + 1, lines = { line }, side = change.side }
      end
    else
      changes[#changes + 1] = change
    end
  end
  return changes
end

--- Adds what becomes of a group that is as small as it can be.
local function add_group(result, base, group)
  local ours, theirs = text_of(group, base, 1), text_of(group, base, 2)
  if #group.changes == 1 then
    local change = group.changes[1]
    lists.append(result.lines, change.lines)
    return
  end
  if not are_same(ours, theirs) then
    table.insert(result.conflicts, {
      first = #result.lines + 1,
      count = #ours,
      theirs = theirs,
      base = lists.append({}, base, group.first, group.behind - 1),
    })
  end
  lists.append(result.lines, ours)
end

--- Adds base lines first … last with the groups in them.
local function add_groups(result, base, groups, first, last, add)
  for _, group in ipairs(groups) do
    lists.append(result.lines, base, first, group.first - 1)
    add(result, base, group)
    first = group.behind
  end
  lists.append(result.lines, base, first, last)
end

local function add_split(result, base, group)
  local groups = #group.changes > 1 and groups_of(split(group, base)) or { group }
  add_groups(result, base, groups, group.first, group.behind - 1, add_group)
end

--- Merges what two sides made of the same lines. What both changed alike, and what only one changed, stands in the
--- result; where they changed the same lines to different ones, or inserted different ones at the same place, ours do.
---@param base string[]
---@param ours string[]
---@param theirs string[]
---@return string[] lines
---@return beans.MergeConflict[] conflicts from the top to the bottom
function M.three(base, ours, theirs)
  local changes = {}
  add_changes(changes, base, ours, 1)
  add_changes(changes, base, theirs, 2)
  local result = { lines = {}, conflicts = {} }
  add_groups(result, base, groups_of(changes), 1, #base, add_split)
  return result.lines, result.conflicts
end

--- The result with the other side's lines where both have their own.
---@param lines string[]
---@param conflicts beans.MergeConflict[]
---@return string[]
function M.with_theirs(lines, conflicts)
  local result, at = {}, 1
  for _, conflict in ipairs(conflicts) do
    lists.append(result, lines, at, conflict.first - 1)
    lists.append(result, conflict.theirs)
    at = conflict.first + conflict.count
  end
  return lists.append(result, lines, at)
end

return M
