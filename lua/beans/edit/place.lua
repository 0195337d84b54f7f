-- Where a block of code belongs in a file, found by what stands there: a block that is the whole file, or a part of it
-- with other lines in between. Pure.

local diff = require('beans.edit.diff')
local inline = require('beans.edit.inline')

local M = {}

---@class beans.Place lines first … last of the file become `lines`
---@field first integer
---@field last integer first - 1: nothing is replaced
---@field lines string[]
---@field whole boolean it is the whole file

-- A line that occurs more often in the file says nothing about the place.
local OFTEN = 4
-- So many pairs of same lines are weighed.
local PAIRS_MAX = 500
-- What it costs that two lines stand further apart on one side than on the other, and the most it may cost: a single
-- line elsewhere does not count, a few together do.
local APART, APART_MAX = 0.02, 3
-- The share of a block's telling lines that must be found.
local FOUND_MIN = 0.1
-- How far one looks for the end of what a block replaces.
local LOOK_MAX = 30
-- A block with this share of the file's lines that begins as the file does is the whole file.
local WHOLE = 0.7

local function trim(line)
  return (line:gsub('^%s+', ''):gsub('%s+$', ''))
end

local function is_blank(lines)
  for _, line in ipairs(lines) do
    if line:find('%S') then
      return false
    end
  end
  return true
end

--- How much a line tells about where it stands: 0 for brackets and blanks.
local function weight_of(line)
  local _, letters = line:gsub('[%w\128-\255]', '')
  if letters < 3 then
    return 0
  end
  return letters < 7 and 0.4 or 1
end

-- "… the rest as before …" --------------------------------------------------------------------------------------------

local STAYS = { 'rest of', 'existing', 'unchanged', 'as before', 'same as', 'previous code', 'remaining' }

--- Whether a line of a block is a comment that stands for lines of the file: `-- ... rest of the function`.
local function stands_for_lines(line)
  local text = trim(line)
  local words = text:match('^[-/#*;%%<!"{]+%s*(.*)$')
  if not words then
    return false
  end
  if words:find('^%.%.%.') or words:find('^…') then
    return true
  end
  for _, phrase in ipairs(STAYS) do
    if words:lower():find(phrase, 1, true) and words:find('%.%.%.') then
      return true
    end
  end
  return false
end

-- Anchors -------------------------------------------------------------------------------------------------------------

--- The lines of the file by their text, those that tell something.
local function index_of(file)
  local index = {}
  for i, line in ipairs(file) do
    local text = trim(line)
    if weight_of(text) > 0 then
      index[text] = index[text] or {}
      table.insert(index[text], i)
    end
  end
  return index
end

---@class beans.PlaceAnchor
---@field i integer line of the file
---@field j integer line of the block
---@field weight number
---@field elisions integer how often, above, the block says that lines stay

--- Lines of the block that are in the file, and how many lines of the block tell anything.
local function anchors_of(file, block)
  local index, anchors, telling, elisions = index_of(file), {}, 0, 0
  for j, line in ipairs(block) do
    local text = trim(line)
    elisions = elisions + (stands_for_lines(line) and 1 or 0)
    local weight, places = weight_of(text), index[text] or {}
    telling = telling + (weight > 0 and 1 or 0)
    if #places <= OFTEN then
      for _, i in ipairs(places) do
        if #anchors < PAIRS_MAX then
          anchors[#anchors + 1] = { i = i, j = j, weight = weight / #places, elisions = elisions }
        end
      end
    end
  end
  return anchors, telling
end

local function apart(one, other)
  local more = (other.i - one.i) - (other.j - one.j)
  if more > 0 and other.elisions > one.elisions then
    return 0 -- the block says itself that it leaves lines out
  end
  return math.min(APART_MAX, APART * math.abs(more))
end

--- The anchors that agree best about the place, from the top to the bottom, and their weight. Anchors come by line of
--- the block.
local function agreeing(anchors)
  local best
  for p, anchor in ipairs(anchors) do
    anchor.sum, anchor.before = anchor.weight, nil
    for q = 1, p - 1 do
      local other = anchors[q]
      local sum = other.i < anchor.i and other.j < anchor.j and other.sum + anchor.weight - apart(other, anchor)
      if sum and sum > anchor.sum then
        anchor.sum, anchor.before = sum, other
      end
    end
    if not best or anchor.sum > best.sum then
      best = anchor
    end
  end
  local chain, at = {}, best
  while at do
    table.insert(chain, 1, at)
    at = at.before
  end
  return chain, best and best.sum or 0
end

-- Fitting the block ---------------------------------------------------------------------------------------------------

--- What the file has before its lines' indentation and the block has not; '' where the lines do not agree.
local function deeper_by(file, block, chain)
  local prefix
  for _, anchor in ipairs(chain) do
    local here, there = file[anchor.i]:match('^%s*'), block[anchor.j]:match('^%s*')
    local more = #here >= #there and here:sub(#here - #there + 1) == there and here:sub(1, #here - #there)
    if not more or (prefix and prefix ~= more) then
      return ''
    end
    prefix = more
  end
  return prefix or ''
end

local function indented(block, prefix)
  local lines = {}
  for i, line in ipairs(block) do
    lines[i] = line:find('%S') and prefix .. line or line
  end
  return lines
end

--- A file whose lines end in CR LF, read as if they ended in LF, has a CR at the end of each.
local function with_line_ends_of(file, block)
  for _, line in ipairs(file) do
    if line:sub(-1) ~= '\r' then
      return block
    end
  end
  local lines = {}
  for i, line in ipairs(block) do
    lines[i] = line .. '\r'
  end
  return lines
end

--- Where the same line stands further on: not a blank one, which is everywhere.
local function same_further(file, line, from, step)
  if not line:find('%S') then
    return nil
  end
  for i = from, from + step * LOOK_MAX, step do
    if file[i] == line then
      return i
    end
  end
end

--- The line of the file that a line of the block stands for, at `from` or further on; nil: it is a new line.
local function partner_of(file, line, from, step)
  local next_line = file[from]
  if next_line and (trim(next_line) == trim(line) or inline.alike(next_line, line)) then
    return from
  end
  return same_further(file, line, from, step)
end

--- How far the block reaches in the file beyond its outermost anchor: step -1 goes up from the first, 1 down from the
--- last. A blank line counts only with what stands beyond it.
local function reach(file, block, anchor, step)
  local i, reached = anchor.i, anchor.i
  local last = step > 0 and #block or 1
  for j = anchor.j + step, last, step do
    local partner = partner_of(file, block[j], i + step, step)
    i = partner or i
    if partner and (block[j]:find('%S') or j == last) then
      reached = i
    end
  end
  return reached
end

-- Filling in ----------------------------------------------------------------------------------------------------------

--- Which hunks leave lines out because the block says so: those with such a comment, and those that nothing telling
--- parts from one.
local function elided(old, block, hunks)
  local marked, group, says_so = {}, {}, false
  for h, hunk in ipairs(hunks) do
    local before = hunks[h - 1]
    for i = before and before.old_first + before.old_count or 1, hunk.old_first - 1 do
      if weight_of(trim(old[i])) > 0 then
        group, says_so = {}, false
      end
    end
    group[#group + 1] = h
    for j = hunk.new_first, hunk.new_first + hunk.new_count - 1 do
      says_so = says_so or stands_for_lines(block[j])
    end
    for _, member in ipairs(says_so and group or {}) do
      marked[member] = true
    end
  end
  return marked
end

--- How many of the old lines at the end of a hunk became the new ones at its end, which stand below the comment.
local function changed_at_end(old, block, hunk)
  local count = 0
  while count < math.min(hunk.old_count, hunk.new_count) do
    local i = hunk.old_first + hunk.old_count - 1 - count
    local j = hunk.new_first + hunk.new_count - 1 - count
    if stands_for_lines(block[j]) or not inline.alike(old[i], block[j]) then
      return count
    end
    count = count + 1
  end
  return count
end

--- The new lines of a hunk with the old ones in the place of the comment.
local function fill(old, block, hunk, add)
  local at, last = hunk.old_first, hunk.old_first + hunk.old_count - 1
  local kept_to = last - changed_at_end(old, block, hunk)
  local function keep()
    for i = at, kept_to do
      add(old[i])
    end
    at = last + 1
  end
  for j = hunk.new_first, hunk.new_first + hunk.new_count - 1 do
    if stands_for_lines(block[j]) then
      keep()
    else
      add(block[j])
      at = at <= kept_to and inline.alike(old[at], block[j]) and at + 1 or at
    end
  end
  keep()
end

--- The block with the file's own lines where it only says that they stay.
local function filled(file, first, last, block)
  local old, lines, at = {}, {}, 1
  for i = first, last do
    old[#old + 1] = file[i]
  end
  local function add(line)
    lines[#lines + 1] = line
  end
  local hunks = diff.lines(old, block)
  local marked = elided(old, block, hunks)
  for h, hunk in ipairs(hunks) do
    for i = at, hunk.old_first - 1 do
      add(old[i])
    end
    if marked[h] then
      fill(old, block, hunk, add)
    end
    for j = hunk.new_first, marked[h] and 0 or hunk.new_first + hunk.new_count - 1 do
      add(block[j])
    end
    at = hunk.old_first + hunk.old_count
  end
  for i = at, #old do
    add(old[i])
  end
  return lines
end

-- The place -----------------------------------------------------------------------------------------------------------

local function first_telling(lines)
  for _, line in ipairs(lines) do
    if weight_of(trim(line)) > 0 then
      return trim(line)
    end
  end
end

local function is_whole(file, block)
  return #block >= WHOLE * #file and first_telling(file) == first_telling(block)
end

--- The whole file, to be replaced by a block.
---@param file string[]
---@param block string[]
---@return beans.Place
function M.whole(file, block)
  block = with_line_ends_of(file, block)
  return { first = 1, last = #file, lines = filled(file, 1, #file, block), whole = true }
end

--- The block without the lines at its ends that only say that the file goes on there; and whether there were any.
local function without_ends(block)
  local function inner(at, step)
    local from, goes_on = at, false
    while block[at] and (stands_for_lines(block[at]) or not block[at]:find('%S')) do
      goes_on = goes_on or stands_for_lines(block[at])
      at = at + step
    end
    return goes_on and at or from
  end
  local first, last = inner(1, 1), inner(#block, -1)
  local lines = {}
  for j = first, last do
    lines[#lines + 1] = block[j]
  end
  return lines, first > 1 or last < #block
end

--- Finds where a block belongs.
---@param file string[] its lines
---@param block string[]
---@return beans.Place|nil # nil: nothing of the block stands in the file, or too little
function M.find(file, block)
  local partly
  block, partly = without_ends(block)
  if is_blank(file) or (not partly and is_whole(file, block)) then
    return M.whole(file, block)
  end
  block = with_line_ends_of(file, block)
  local anchors, telling = anchors_of(file, block)
  local chain, weight = agreeing(anchors)
  if weight < 0.9 or #chain < FOUND_MIN * telling then
    return nil
  end
  block = indented(block, deeper_by(file, block, chain))
  local first = reach(file, block, chain[1], -1)
  local last = reach(file, block, chain[#chain], 1)
  return { first = first, last = last, lines = filled(file, first, last, block), whole = false }
end

return M
