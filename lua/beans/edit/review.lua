-- A review: hunks that stand in a buffer as real text until the user accepts or rejects each. The new text is the text
-- of the buffer, the old one stands above it as lines that are none. It is a layer that features share: it knows
-- nothing of where the new text came from, and hunks may be added while others are being settled.
--
-- Undo: all changes of a review are one step, as long as the user changes nothing in between; so one `u` takes an
-- accepted review back, and rejecting all of it leaves nothing in the undo tree.

local diff = require('beans.edit.diff')
local drawing = require('beans.edit.drawing')
local host = require('beans.host')
local lists = require('beans.lists')
local look = require('beans.edit.look')
local settling = require('beans.edit.settling')
local steps_of = require('beans.edit.steps')

local M = {}

---@class beans.ReviewHunk
---@field old string[]
---@field new string[]
---@field range integer where the new lines stand
---@field state 'open'|'accepted'|'rejected'
---@field look beans.HunkLook
---@field marks beans.NamedMark[] the user's, in the old lines; `line` counts from 1, the first of the hunk

---@class beans.ReviewOutcome
---@field accepted integer
---@field rejected integer
---@field open integer those that were settled neither way, because the text they stood in is gone
---@field reason 'settled'|'undone'|'gone'|'dropped' gone: the buffer was wiped or read anew; dropped: the feature that
---began the review has ended it
---@field first integer|nil the lines that were under review, as they are at the end
---@field last integer|nil

---@class beans.ReviewOptions
---@field buf integer
---@field first integer the lines under review
---@field last integer first - 1: none, text is only added there
---@field on_settled? fun(outcome: beans.ReviewOutcome) called once, when no hunk is left and no more will come
---@field on_changed? fun() the user has changed the buffer
---@field on_accept_all? fun(): boolean asked first while hunks are still to come; true: the feature sees to it
---@field on_reject_all? fun(): boolean likewise
---@field foot? fun(): string|nil what the feature has to say on the bar: tokens, cost, what it is doing

---@class beans.Review: beans.ReviewLook, beans.ReviewSettling
---@field buf integer
---@field hunks beans.ReviewHunk[] from the top to the bottom
---@field steps beans.Steps
---@field whole boolean no more hunks will come
---@field ended boolean
---@field private region integer range of the lines under review
---@field private moving boolean the region is being kept already
local Review = {}
Review.__index = Review

for _, part in ipairs({ look, settling }) do
  for name, method in pairs(part) do
    Review[name] = method
  end
end

--- Begins a review without hunks.
---@param options beans.ReviewOptions
---@param on_end fun(review: beans.Review) called when it is over, before `on_settled`
---@return beans.Review
function M.open(options, on_end)
  local self = { buf = options.buf, options = options, on_end = on_end, hunks = {}, whole = false, ended = false }
  self.steps = steps_of.join(options.buf)
  self.region = host.range_set(options.buf, options.first, options.last)
  return setmetatable(self, Review)
end

-- The lines under review ----------------------------------------------------------------------------------------------

--- The lines under review now.
---@return integer|nil first nil when nothing tells any more where they were
---@return integer|nil last
function Review:lines()
  return host.range_get(self.buf, self.region)
end

--- How far a line is from those under review; 0: it is one of them.
---@param line integer
---@return integer
function Review:distance(line)
  local first, last = self:lines()
  return first and math.max(0, first - line, line - math.max(first, last)) or math.huge
end

--- Whether some lines are under review.
---@param from integer
---@param to integer from - 1: a place between lines
---@return boolean
function Review:overlaps(from, to)
  local first, last = self:lines()
  return first ~= nil and from <= last and to >= first
end

--- Runs changes of ours and keeps the region around them: what marks it goes with the lines that are replaced.
---@param run fun(first: integer|nil, last: integer|nil) gets the lines under review
function Review:keeping_region(run)
  if self.moving then
    return run()
  end
  self:draw_no_bar()
  local first, last = self:lines()
  local before = host.buf_line_count(self.buf)
  self.moving = true
  run(first, last)
  self.moving = false
  if not first then
    return
  end
  last = last + host.buf_line_count(self.buf) - before
  local first_now, last_now = self:lines()
  if first_now ~= first or last_now ~= last then
    host.range_del(self.buf, self.region)
    self.region = host.range_set(self.buf, first, last)
  end
end

--- Replaces lines of the region.
---@param first integer
---@param last integer
---@param lines string[]
function Review:change(first, last, lines)
  self:keeping_region(function()
    self.steps:change(first, last, lines)
  end)
end

-- Hunks ---------------------------------------------------------------------------------------------------------------

--- Where a hunk belongs in the list, by its place.
function Review:place_in_list(first)
  for i, other in ipairs(self.hunks) do
    local there = other.state == 'open' and host.range_get(self.buf, other.range)
    if there and there >= first then
      return i
    end
  end
  return #self.hunks + 1
end

--- The user's marks in some lines.
local function marks_in(buf, first, last)
  local marks = {}
  for _, mark in ipairs(first <= last and host.named_marks(buf) or {}) do
    if mark.line >= first and mark.line <= last then
      marks[#marks + 1] = { name = mark.name, line = mark.line - first + 1, col = mark.col }
    end
  end
  return marks
end

--- Makes a hunk of lines that stand in the buffer already.
---@param first integer
---@param old string[]
---@param new string[]
---@param at? integer its place in the list, where that is known
---@return beans.ReviewHunk
function Review:enlist(first, old, new, at)
  local hunk = { old = old, new = new, state = 'open', marks = {} }
  at = at or self:place_in_list(first)
  hunk.range = host.range_set(self.buf, first, first + #new - 1)
  hunk.look = drawing.of(old, new)
  table.insert(self.hunks, at, hunk)
  return hunk
end

--- Replaces lines of the buffer by new ones, as one hunk.
---@param first integer
---@param last integer first - 1: nothing is replaced
---@param new string[]
---@param at? integer its place in the list, where that is known
---@return beans.ReviewHunk
function Review:add(first, last, new, at)
  local old = host.buf_lines(self.buf, first, last)
  if #new == 0 and #old == host.buf_line_count(self.buf) then
    new = { '' } -- a buffer has a line at least
  end
  local marks = marks_in(self.buf, first, last)
  self:change(first, last, new)
  local hunk = self:enlist(first, old, new, at)
  hunk.marks = marks
  return hunk
end

--- Replaces lines of the buffer by new ones, as hunks of what is not the same.
---@param first integer
---@param last integer
---@param new string[]
---@return integer # how many hunks that makes
function Review:propose(first, last, new)
  local hunks = diff.lines(host.buf_lines(self.buf, first, last), new)
  local at = self:place_in_list(first)
  self:keeping_region(function()
    for i = #hunks, 1, -1 do
      local hunk = hunks[i]
      local from = first + hunk.old_first - 1
      self:add(from, from + hunk.old_count - 1, lists.slice(new, hunk.new_first, hunk.new_count), at)
    end
  end)
  self:draw()
  return #hunks
end

--- Forgets the hunks: what stands there is text like any other.
function Review:forget_hunks()
  for _, hunk in ipairs(self.hunks) do
    host.draw(self.buf, hunk.range, nil)
    host.range_del(self.buf, hunk.range)
  end
  self.hunks = {}
end

--- Begins again with other lines under review, and no hunks.
---@param lines string[]
function Review:restart(lines)
  self:forget_hunks()
  self.whole = false
  self:become(lines)
end

--- Replaces the lines under review. Those that are the same are not touched.
---@param lines string[]
function Review:become(lines)
  local first, last = self:lines()
  if not first then
    return
  end
  local hunks = diff.lines(host.buf_lines(self.buf, first, last), lines)
  self:keeping_region(function()
    for i = #hunks, 1, -1 do
      local hunk, from = hunks[i], first + hunks[i].old_first - 1
      self:change(from, from + hunk.old_count - 1, lists.slice(lines, hunk.new_first, hunk.new_count))
    end
  end)
end

--- No more hunks will come.
function Review:complete()
  self.whole = true
  self:look_at_end()
end

--- The hunks that are not settled, from the top to the bottom.
---@return beans.ReviewHunk[]
function Review:open_hunks()
  local open = {}
  for _, hunk in ipairs(self.hunks) do
    if hunk.state == 'open' then
      open[#open + 1] = hunk
    end
  end
  return open
end

--- Whether the user has changed the new text of a hunk.
---@param hunk beans.ReviewHunk
---@return boolean
function Review:is_edited(hunk)
  local first, last = host.range_get(self.buf, hunk.range)
  if not first or last - first + 1 ~= #hunk.new then
    return true -- without reading all that stands there
  end
  return not lists.same(host.buf_lines(self.buf, first, last), hunk.new)
end

--- The hunk at a line of the buffer. One without new lines is at the lines next to it.
---@param line integer
---@return beans.ReviewHunk|nil
function Review:hunk_at(line)
  local near
  for _, hunk in ipairs(self:open_hunks()) do
    local first, last = host.range_get(self.buf, hunk.range)
    if first and line >= first and line <= last then
      return hunk
    elseif first and last < first and (line == first or line == first - 1) then
      near = near or hunk
    end
  end
  return near
end

--- The line of the next hunk below a line (1), or above it (-1); the first or last one where there is none.
---@param line integer
---@param direction integer
---@return integer|nil
function Review:next_line(line, direction)
  local found, other_end
  for _, hunk in ipairs(self:open_hunks()) do
    local first = host.range_get(self.buf, hunk.range)
    if first and direction > 0 then
      other_end = other_end or first
      found = found or (first > line and first or nil)
    elseif first then
      other_end = first
      found = first < line and first or found
    end
  end
  local target = found or other_end
  return target and math.max(1, math.min(target, host.buf_line_count(self.buf)))
end

return M
