-- What changed between two lists of lines, as hunks; and old text with some of them applied. Pure.

local lists = require('beans.lists')
local sequence = require('beans.edit.sequence')

local M = {}

---@class beans.Hunk lines old_first … old_first + old_count - 1 become new_first … new_first + new_count - 1
---@field old_first integer where nothing is replaced: the line before which the new lines come
---@field old_count integer
---@field new_first integer where nothing is put: the line before which it would be
---@field new_count integer

-- Hunks ---------------------------------------------------------------------------------------------------------------

local function hunks_of(old, new, old_changed, new_changed)
  local hunks, i, j = {}, 1, 1
  while i <= #old or j <= #new do
    if old_changed[i] or new_changed[j] then
      local hunk = { old_first = i, new_first = j }
      while old_changed[i] do
        i = i + 1
      end
      while new_changed[j] do
        j = j + 1
      end
      hunk.old_count, hunk.new_count = i - hunk.old_first, j - hunk.new_first
      hunks[#hunks + 1] = hunk
    else
      i, j = i + 1, j + 1
    end
  end
  return hunks
end

--- How deep the next line that is not blank stands; 0 at the end.
local function indent_at(lines, at)
  for i = at, math.min(at + 4, #lines) do
    local blanks, rest = lines[i]:match('^(%s*)(.?)')
    if rest ~= '' then
      return #blanks
    end
  end
  return 0
end

local function is_blank(line)
  return line == nil or not line:find('%S')
end

--- How badly a block reads that could as well stand some lines higher or lower: it is best where it begins and ends
--- with what stands least deep, after a blank line.
local function ugliness(lines, first, count)
  local score = 2 * (indent_at(lines, first) + indent_at(lines, first + count))
  if is_blank(lines[first - 1]) then
    score = score - 1
  end
  if is_blank(lines[first + count - 1]) then
    score = score - 1
  end
  return score
end

-- No further than this is a block moved.
local SLIDE_MAX = 60

--- Moves a block that was only added or only taken away to where it reads best. `above` and `below` are how many lines
--- there are to the next hunks.
local function slide(lines, first, count, above, below)
  local best, best_score = 0, ugliness(lines, first, count)
  local function try(by)
    local score = ugliness(lines, first + by, count)
    if score < best_score or (score == best_score and by > best) then
      best, best_score = by, score
    end
  end
  local by = 0
  while -by < math.min(above, SLIDE_MAX) and lines[first + by - 1] == lines[first + by + count - 1] do
    by = by - 1
    try(by)
  end
  by = 0
  while by < math.min(below, SLIDE_MAX) and lines[first + by] == lines[first + by + count] do
    by = by + 1
    try(by)
  end
  return best
end

--- Hunks stay apart by a line at least.
local function slide_all(hunks, old, new)
  for i, hunk in ipairs(hunks) do
    local before, after = hunks[i - 1], hunks[i + 1]
    local above = hunk.old_first - (before and before.old_first + before.old_count + 1 or 1)
    local below = (after and after.old_first - 1 or #old + 1) - hunk.old_first - hunk.old_count
    local by = 0
    if hunk.old_count == 0 then
      by = slide(new, hunk.new_first, hunk.new_count, above, below)
    elseif hunk.new_count == 0 then
      by = slide(old, hunk.old_first, hunk.old_count, above, below)
    end
    hunk.old_first, hunk.new_first = hunk.old_first + by, hunk.new_first + by
  end
  return hunks
end

--- What changed, from the top to the bottom. Lines between two hunks are the same on both sides.
---@param old string[]
---@param new string[]
---@return beans.Hunk[]
function M.lines(old, new)
  local old_changed, new_changed = sequence.changed(old, new)
  return slide_all(hunks_of(old, new, old_changed, new_changed), old, new)
end

--- The old lines with some hunks applied.
---@param old string[]
---@param new string[]
---@param hunks beans.Hunk[] of `lines(old, new)`
---@param accepted? fun(index: integer): boolean which are applied; all unless told
---@return string[]
function M.apply(old, new, hunks, accepted)
  local lines, at = {}, 1
  for i, hunk in ipairs(hunks) do
    lists.append(lines, old, at, hunk.old_first - 1)
    if not accepted or accepted(i) then
      lists.append(lines, new, hunk.new_first, hunk.new_first + hunk.new_count - 1)
    else
      lists.append(lines, old, hunk.old_first, hunk.old_first + hunk.old_count - 1)
    end
    at = hunk.old_first + hunk.old_count
  end
  return lists.append(lines, old, at)
end

return M
