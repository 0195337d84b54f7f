-- New text on its way into a review: its lines are aligned with the old ones as they come. What is certain becomes a
-- hunk at once, to be settled while the rest still comes; of what is not, it is shown as added text where the stream is
-- in the old text. Lines that are the same are never touched.

local align = require('beans.edit.align')
local diff = require('beans.edit.diff')
local host = require('beans.host')
local lists = require('beans.lists')

local M = {}

-- In longer texts hunks stay as they were decided: to compare all of it at once would take longer than a frame.
local REGROUP_MAX = 2000

---@class beans.LiveEntry
---@field place beans.Hunk where it is in the old and in the new text
---@field hunk beans.ReviewHunk

---@class beans.Live
---@field review beans.Review
---@field old string[] the lines under review as they were
---@field new string[] the lines that have come
---@field private aligner beans.Aligner
---@field private entries beans.LiveEntry[] from the top to the bottom
---@field private growing string[] what stands undecided in the buffer
---@field private shown integer the first new line that was not decided when that was drawn
---@field private handle integer|nil range by which it is drawn
---@field private seen integer `changedtick` at which nothing was found to be changed by others
local Live = {}
Live.__index = Live

--- Begins with a review that has no hunks yet.
---@param review beans.Review
---@param old string[] the lines under review
---@return beans.Live
function M.new(review, old)
  local self = { review = review, old = old, new = {}, entries = {}, growing = {}, shown = 1 }
  self.aligner, self.seen = align.new(old), host.buf_tick(review.buf)
  return setmetatable(self, Live)
end

--- Does what there is time for while nothing has come.
function Live:prepare()
  self.aligner:prepare()
end

-- What stands there ---------------------------------------------------------------------------------------------------

--- By how many lines the buffer is longer than the new text, up to where the stream is: rejected hunks are old text.
function Live:shift()
  local longer = 0
  for _, entry in ipairs(self.entries) do
    if entry.hunk.state == 'rejected' then
      longer = longer + #entry.hunk.old - #entry.hunk.new
    end
  end
  return longer
end

--- The lines under review as they stand there, were nobody but us to change them.
---@param open_as 'old'|'new' how hunks are taken that are not settled
---@param growing? boolean with what is not decided yet
---@return string[]
function Live:text(open_as, growing)
  local lines, at = {}, 1
  for _, entry in ipairs(self.entries) do
    local place, hunk = entry.place, entry.hunk
    lists.append(lines, self.old, at, place.old_first - 1)
    local is_new = hunk.state == 'accepted' or (hunk.state == 'open' and open_as == 'new')
    lists.append(lines, is_new and hunk.new or hunk.old)
    at = place.old_first + place.old_count
  end
  lists.append(lines, self.old, at, self.aligner.old_next - 1)
  lists.append(lines, growing and self.growing or {})
  return lists.append(lines, self.old, self.aligner.old_next)
end

--- Whether hunks stand where entries have them.
local function is_alike(places, entries)
  for i = 1, math.max(#places, #entries) do
    local place, other = places[i], entries[i] and entries[i].place
    if not place or not other or place.old_first ~= other.old_first or place.old_count ~= other.old_count then
      return false
    elseif place.new_first ~= other.new_first or place.new_count ~= other.new_count then
      return false
    end
  end
  return true
end

--- Whether somebody else has changed the lines under review.
---@return boolean
function Live:is_disturbed()
  local tick = host.buf_tick(self.review.buf)
  if self.seen == tick or self.review.steps:are_ours_since(self.seen) then
    return false
  end
  local first, last = self.review:lines()
  if not first or not lists.same(host.buf_lines(self.review.buf, first, last), self:text('new', true)) then
    return true
  end
  self.seen = tick
  return false
end

-- Drawing -------------------------------------------------------------------------------------------------------------

--- What has come and is not decided. The beginning of a line that is the same so far is not worth showing.
function Live:undecided(tail)
  local lines = lists.append({}, self.aligner:undecided())
  local next_old = self.old[self.aligner.old_next]
  local is_same_so_far = #lines == 0 and #tail == 1 and next_old and next_old:sub(1, #tail[1]) == tail[1]
  if is_same_so_far or (#tail == 1 and tail[1] == '') then
    return lines
  end
  return lists.append(lines, tail)
end

--- Draws what stands undecided. The range is but a name for the drawing: where it is, is counted.
function Live:draw_growing(at)
  local buf = self.review.buf
  if #self.growing > 0 then
    self.handle = self.handle or host.range_set(buf, at, at - 1)
    host.draw(buf, self.handle, { first = at, last = at + #self.growing - 1, words = {}, above = {} })
  elseif self.handle then
    host.draw(buf, self.handle, nil)
    host.range_del(buf, self.handle)
    self.handle = nil
  end
end

--- Sets what stands undecided there.
function Live:grow(at, lines)
  local same = 0
  while same < #lines and self.growing[same + 1] == lines[same + 1] do
    same = same + 1
  end
  if same < #lines or same < #self.growing then
    self.review:change(at + same, at + #self.growing - 1, lists.append({}, lines, same + 1))
  end
  self.growing = lines
end

--- Makes hunks of what is certain. The buffer has all above as it will be.
function Live:put(places, first)
  for _, place in ipairs(places) do
    local from = first + place.new_first - 1 + self:shift()
    local text = lists.slice(self.new, place.new_first, place.new_count)
    local hunk = self.review:add(from, from + place.old_count - 1, text, #self.review.hunks + 1)
    self.entries[#self.entries + 1] = { place = place, hunk = hunk }
  end
end

--- Brings the buffer to where the aligner is.
function Live:show(places, tail)
  local review, known, point = self.review, #self.entries, nil
  review:keeping_region(function(first)
    if not first then
      return
    end
    local function here()
      return first + self.shown - 1 + self:shift()
    end
    if places[1] or self.aligner.new_next ~= self.shown then
      self:grow(here(), {})
      self:put(places, first)
      self.shown = self.aligner.new_next
    end
    point = here()
    self:grow(point, self:undecided(tail))
  end)
  if point then
    self:draw_growing(point)
    review:draw_from(known + 1)
  end
end

--- Takes what has come.
---@param lines string[] complete ones
---@param tail string[] what is not complete yet; comes again
function Live:take(lines, tail)
  lists.append(self.new, lines)
  self:show(self.aligner:feed(lines), tail)
end

--- Hunks are decided with what has come by then. When all is there, the shortest way to say the same may be another:
--- as long as nothing is settled, the text stays and its hunks are drawn anew.
function Live:regroup()
  local best, review = diff.lines(self.old, self.new), self.review
  if is_alike(best, self.entries) then
    return
  end
  local first, marks = review:lines(), {}
  for _, entry in ipairs(self.entries) do
    for _, mark in ipairs(entry.hunk.marks) do
      marks[#marks + 1] = { name = mark.name, line = mark.line + entry.place.old_first - 1, col = mark.col }
    end
  end
  review:forget_hunks()
  self.entries = {}
  for i, place in ipairs(best) do
    local old = lists.slice(self.old, place.old_first, place.old_count)
    local new = lists.slice(self.new, place.new_first, place.new_count)
    local hunk = review:enlist(first + place.new_first - 1, old, new, i)
    for _, mark in ipairs(marks) do
      local line = mark.line - place.old_first + 1
      if line >= 1 and line <= place.old_count then
        table.insert(hunk.marks, { name = mark.name, line = line, col = mark.col })
      end
    end
    self.entries[i] = { place = place, hunk = hunk }
  end
  review:draw_from(1)
end

--- Takes the last lines.
---@param lines string[]
---@param cut boolean there would have been more: old lines that the stream has not come to stay
function Live:finish(lines, cut)
  lists.append(self.new, lines)
  self:show(lists.append(self.aligner:feed(lines), self.aligner:finish(cut)), {})
  local is_untouched = #self.review:open_hunks() == #self.entries and not self.review.steps.foreign
  if not cut and is_untouched and #self.old <= REGROUP_MAX then
    self:regroup()
  end
end

return M
