-- A review: hunks that stand in a buffer as real text until the user accepts or rejects each. The new text is the text
-- of the buffer, the old one stands above it as lines that are none. It is a layer that features share: it knows
-- nothing of where the new text came from, and hunks may be added while others are being settled.
--
-- Undo: all changes of a review are one step, as long as the user changes nothing in between; so one `u` takes an
-- accepted review back, and rejecting all of it leaves nothing in the undo tree.

local diff = require('beans.edit.diff')
local drawing = require('beans.edit.drawing')
local host = require('beans.host')

local M = {}

---@class beans.ReviewHunk
---@field old string[]
---@field new string[]
---@field range integer where the new lines stand
---@field state 'open'|'accepted'|'rejected'
---@field look beans.HunkLook

---@class beans.ReviewOutcome
---@field accepted integer
---@field rejected integer
---@field open integer those that were settled neither way, because the text they stood in is gone
---@field reason 'settled'|'undone'|'gone' gone: the buffer was wiped or read anew

---@class beans.ReviewOptions
---@field buf integer
---@field on_settled? fun(outcome: beans.ReviewOutcome) called once, when no hunk is left and no more will come
---@field foot? fun(): string|nil what the feature has to say on the bar: tokens, cost, what it is doing

---@class beans.Review
---@field buf integer
---@field hunks beans.ReviewHunk[] from the top to the bottom
---@field tick integer|nil `changedtick` after our last change
---@field foreign boolean the user has changed something meanwhile
---@field whole boolean no more hunks will come
---@field ended boolean
local Review = {}
Review.__index = Review

--- Begins a review without hunks.
---@param options beans.ReviewOptions
---@return beans.Review
function M.open(options)
  local self = setmetatable({ buf = options.buf, hunks = {}, foreign = false, whole = false, ended = false }, Review)
  self.options = options
  self.kept = host.undo_keep(options.buf)
  return self
end

-- Changes -------------------------------------------------------------------------------------------------------------

--- Whether the last change of the buffer was ours.
function Review:is_ours()
  return self.tick ~= nil and host.buf_tick(self.buf) == self.tick
end

function Review:note_foreign()
  if self.tick and not self:is_ours() then
    self.foreign = true
  end
end

function Review:change(first, last, lines)
  self:note_foreign()
  host.buf_set_lines(self.buf, first, last, lines, { join = self:is_ours() })
  self.tick = host.buf_tick(self.buf)
  self.seq = self.seq or host.undo_seq(self.buf)
end

local function slice(lines, first, count)
  local part = {}
  for i = first, first + count - 1 do
    part[#part + 1] = lines[i]
  end
  return part
end

--- Puts a hunk into the list, by its place.
function Review:insert(hunk, first)
  local at = #self.hunks + 1
  for i, other in ipairs(self.hunks) do
    local there = other.state == 'open' and host.range_get(self.buf, other.range)
    if there and there >= first then
      at = i
      break
    end
  end
  table.insert(self.hunks, at, hunk)
end

--- Replaces lines of the buffer by new ones, as one hunk.
---@param first integer
---@param last integer first - 1: nothing is replaced
---@param new string[]
---@param above_all? boolean it is known to be the topmost
---@return beans.ReviewHunk
function Review:add(first, last, new, above_all)
  local old = host.buf_lines(self.buf, first, last)
  if #new == 0 and #old == host.buf_line_count(self.buf) then
    new = { '' } -- a buffer has a line at least
  end
  self:change(first, last, new)
  local hunk = { old = old, new = new, state = 'open' }
  hunk.range = host.range_set(self.buf, first, first + #new - 1)
  hunk.look = drawing.of(old, new, host.buf_state(self.buf).tabstop)
  if above_all then
    table.insert(self.hunks, 1, hunk)
  else
    self:insert(hunk, first)
  end
  return hunk
end

--- Replaces lines of the buffer by new ones, as hunks of what is not the same.
---@param first integer
---@param last integer
---@param new string[]
---@return integer # how many hunks that makes
function Review:propose(first, last, new)
  local hunks = diff.lines(host.buf_lines(self.buf, first, last), new)
  local is_first = #self.hunks == 0
  for i = #hunks, 1, -1 do
    local hunk = hunks[i]
    local from = first + hunk.old_first - 1
    self:add(from, from + hunk.old_count - 1, slice(new, hunk.new_first, hunk.new_count), is_first)
  end
  self:draw()
  return #hunks
end

--- No more hunks will come.
function Review:complete()
  self.whole = true
  self:look_at_end()
end

-- Hunks ---------------------------------------------------------------------------------------------------------------

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
    return true
  end
  for i, line in ipairs(host.buf_lines(self.buf, first, last)) do
    if line ~= hunk.new[i] then
      return true
    end
  end
  return false
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

-- Settling ------------------------------------------------------------------------------------------------------------

function Review:settle(hunk, state)
  if self:is_edited(hunk) then
    self.stale = true -- an undo of the edit brings back what was drawn
  end
  hunk.state = state
  host.draw(self.buf, hunk.range, nil)
  host.range_del(self.buf, hunk.range)
end

--- Accepts a hunk: what stands there stays.
---@param hunk beans.ReviewHunk
function Review:accept(hunk)
  self:note_foreign()
  self:settle(hunk, 'accepted')
  self:look_at_end()
end

--- Puts the old lines of a hunk back.
---@return boolean # false when the place is gone: the old lines are in the unnamed register
function Review:put_back(hunk)
  local first, last = host.range_get(self.buf, hunk.range)
  if first then
    self:change(first, last, hunk.old)
  else
    host.yank(table.concat(hunk.old, '\n') .. '\n')
  end
  self:settle(hunk, 'rejected')
  return first ~= nil
end

--- Rejects a hunk: the old lines come back, over whatever stands there.
---@param hunk beans.ReviewHunk
---@return boolean # false when the place is gone: the old lines are in the unnamed register
function Review:reject(hunk)
  self:note_foreign()
  if self.whole and #self:open_hunks() == 1 then
    return self:reject_all() == 0
  end
  local found = self:put_back(hunk)
  self:look_at_end()
  return found
end

function Review:accept_all()
  self:note_foreign()
  for _, hunk in ipairs(self:open_hunks()) do
    self:settle(hunk, 'accepted')
  end
  self:look_at_end()
end

--- Whether undoing our changes gives the buffer as it was: nobody else changed it, and nothing of ours is to stay.
function Review:can_be_undone()
  for _, hunk in ipairs(self.hunks) do
    if hunk.state == 'accepted' then
      return false
    end
  end
  return self.tick ~= nil and not self.foreign and self:is_ours()
end

--- Rejects the hunks that are left. Where nobody else changed anything, the undo tree is as before, too.
---@return integer # how many had lost their place
function Review:reject_all()
  local lost = 0
  self:note_foreign()
  if self:can_be_undone() then
    for _, hunk in ipairs(self:open_hunks()) do
      self:settle(hunk, 'rejected')
    end
    host.undo_back(self.buf, self.kept)
  end
  local open = self:open_hunks()
  for i = #open, 1, -1 do
    lost = lost + (self:put_back(open[i]) and 0 or 1)
  end
  self:look_at_end()
  return lost
end

--- Ends the review where no hunk is left.
function Review:look_at_end()
  if self.whole and not self.ended and #self:open_hunks() == 0 then
    self:finish('settled')
  elseif not self.ended then
    self:draw_bar()
  end
end

--- Ends the review, whatever is left; the text stays as it is.
---@param reason 'settled'|'undone'|'gone'
function Review:finish(reason)
  if self.ended then
    return
  end
  self.ended = true
  local outcome = { accepted = 0, rejected = 0, open = 0, reason = reason }
  for _, hunk in ipairs(self.hunks) do
    outcome[hunk.state] = outcome[hunk.state] + 1
    if hunk.state == 'open' then
      host.draw(self.buf, hunk.range, nil)
      host.range_del(self.buf, hunk.range)
    end
  end
  host.undo_drop(self.kept)
  if self.options.on_settled then
    self.options.on_settled(outcome)
  end
end

-- Drawing -------------------------------------------------------------------------------------------------------------

local function key(plug, command)
  return host.key_for(('<Plug>(beans-%s)'):format(plug)) or ':Beans ' .. command
end

--- State, hunks left, keys.
---@return string
function Review:bar()
  local parts = { ('%d of %d hunks left'):format(#self:open_hunks(), #self.hunks) }
  parts[#parts + 1] = self.options.foot and self.options.foot() or nil
  parts[#parts + 1] = ('%s / %s, all: !'):format(key('accept', 'accept'), key('reject', 'reject'))
  parts[#parts + 1] = ('next: %s'):format(key('next-hunk', 'hunk next'))
  return 'Beans: ' .. table.concat(parts, ' · ')
end

--- The deleted lines of a hunk, or how many there are where they would not fit.
function Review:deleted_lines(hunk)
  if #hunk.old <= host.virtual_max(self.buf) then
    return hunk.look.above
  end
  local text = '%d lines deleted (%s shows them)'
  return { { { text:format(#hunk.old, key('deleted', 'hunk deleted')), 'BeansDiffDelete' } } }
end

--- Draws a hunk. The first one has the bar above it, the others their number behind them.
function Review:draw_hunk(hunk, number, is_first)
  local first, last = host.range_get(self.buf, hunk.range)
  if not first then
    return host.draw(self.buf, hunk.range, nil)
  end
  local above, words = {}, {}
  if is_first then
    above[1] = { { self:bar(), 'BeansCost' } }
  end
  for _, line in ipairs(self:deleted_lines(hunk)) do
    above[#above + 1] = line
  end
  hunk.drawn_edited = self:is_edited(hunk)
  for i, word in ipairs(hunk.drawn_edited and {} or hunk.look.words) do
    words[i] = { line = first + word.line - 1, from = word.from, to = word.to }
  end
  local note = not is_first and ('hunk %d of %d'):format(number, #self.hunks) or nil
  host.draw(self.buf, hunk.range, { first = first, last = last, words = words, above = above, note = note })
end

--- Draws those hunks that are left and that `which` says; all unless told.
---@param which? fun(hunk: beans.ReviewHunk, is_first: boolean): boolean
function Review:draw(which)
  local first = self:open_hunks()[1]
  for number, hunk in ipairs(self.hunks) do
    if hunk.state == 'open' and (not which or which(hunk, hunk == first)) then
      self:draw_hunk(hunk, number, hunk == first)
    end
  end
end

--- Draws the hunk with the bar, for it may be another one than before, or say something else.
function Review:draw_bar()
  self:draw(function(_, is_first)
    return is_first
  end)
end

--- The buffer has changed, by whomever.
function Review:changed()
  if self.seq and host.undo_seq(self.buf) < self.seq then
    return self:finish('undone')
  end
  self:note_foreign()
  if self.stale then
    host.draw_none(self.buf)
    self:draw()
    return
  end
  self:draw(function(hunk)
    return hunk.drawn_edited or self:is_edited(hunk)
  end)
end

return M
