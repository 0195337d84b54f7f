-- How a review is settled, hunk by hunk or as a whole, and how it ends. The methods of a review that have to do with
-- that.

local host = require('beans.host')

---@class beans.ReviewSettling
local Review = {}

--- An accepted hunk keeps its range to the end of the review: it may have to be applied afresh then.
function Review:settle(hunk, state)
  if self:is_edited(hunk) then
    self.stale = true -- an undo of the edit brings back what was drawn
  end
  hunk.state = state
  host.draw(self.buf, hunk.range, nil)
  if state == 'accepted' then
    self.steps.stays = true
  else
    host.range_del(self.buf, hunk.range)
  end
end

--- Accepts a hunk: what stands there stays.
---@param hunk beans.ReviewHunk
function Review:accept(hunk)
  self.steps:note_foreign()
  self:settle(hunk, 'accepted')
  self:look_at_end()
end

--- Puts the old lines of a hunk back.
---@return boolean # false when the place is gone: the old lines are in the unnamed register
function Review:put_back(hunk)
  local first, last = host.range_get(self.buf, hunk.range)
  if first then
    self:change(first, last, hunk.old)
    for _, mark in ipairs(hunk.marks) do
      host.name_mark(self.buf, { name = mark.name, line = first + mark.line - 1, col = mark.col })
    end
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
  self.steps:note_foreign()
  if self.whole and #self:open_hunks() == 1 then
    return self:reject_all() == 0
  end
  local found = self:put_back(hunk)
  self:look_at_end()
  return found
end

function Review:accept_all()
  self.steps:note_foreign()
  for _, hunk in ipairs(self:open_hunks()) do
    self:settle(hunk, 'accepted')
  end
  self:look_at_end()
end

--- Rejects the hunks that are left. Where nobody else changed anything, the undo tree is as before, too.
---@return integer # how many had lost their place
function Review:reject_all()
  local lost = 0
  self.steps:note_foreign()
  if self.steps:can_roll_back() then
    self:roll_back()
  end
  local open = self:open_hunks()
  self:keeping_region(function()
    for i = #open, 1, -1 do
      lost = lost + (self:put_back(open[i]) and 0 or 1)
    end
  end)
  self:look_at_end()
  return lost
end

--- Rejects the hunks that are left by going back in the undo tree.
function Review:roll_back()
  for _, hunk in ipairs(self:open_hunks()) do
    self:settle(hunk, 'rejected')
  end
  self:keeping_region(function()
    self.steps:roll_back()
  end)
end

--- Ends the review from outside: the lines become what they are told to, without a trace where nobody else changed
--- anything.
---@param lines string[]
function Review:abandon(lines)
  self.steps:note_foreign()
  if self.steps:can_roll_back() then
    self:roll_back()
  else
    local open = self:open_hunks()
    for i = #open, 1, -1 do
      if self:is_edited(open[i]) then
        self:settle(open[i], 'rejected')
      else
        self:put_back(open[i]) -- with the marks
      end
    end
    self:become(lines)
  end
  self:finish('dropped')
end

--- Puts back the old text of what was accepted and applies it again as one fresh change: one `u` takes all of it back,
--- and nothing else.
function Review:apply_afresh()
  local places = {}
  for _, hunk in ipairs(self.hunks) do
    local first, last = host.range_get(self.buf, hunk.range)
    if hunk.state == 'accepted' and first then
      places[#places + 1] = { first = first, old = hunk.old, now = host.buf_lines(self.buf, first, last) }
    end
  end
  for i = #places, 1, -1 do
    local place = places[i]
    self.steps:change(place.first, place.first + #place.now - 1, place.old)
  end
  self.steps:part()
  for _, place in ipairs(places) do -- above it all is as it was by now
    self.steps:change(place.first, place.first + #place.old - 1, place.now)
  end
  self.steps:part()
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
---@param reason 'settled'|'undone'|'gone'|'dropped'
function Review:finish(reason)
  if self.ended then
    return
  end
  self.ended = true
  self:draw_no_bar()
  local outcome = { accepted = 0, rejected = 0, open = 0, reason = reason }
  outcome.first, outcome.last = self:lines()
  for _, hunk in ipairs(self.hunks) do
    outcome[hunk.state] = outcome[hunk.state] + 1
  end
  local own_step = not self.steps.foreign and not self.steps.mixed
  local is_our_end = reason == 'settled' or reason == 'dropped'
  if is_our_end and outcome.accepted > 0 and not own_step then
    self:apply_afresh()
  end
  for _, hunk in ipairs(self.hunks) do
    host.draw(self.buf, hunk.range, nil)
    host.range_del(self.buf, hunk.range)
  end
  host.range_del(self.buf, self.region)
  self.steps:leave()
  self.on_end(self)
  if self.options.on_settled then
    self.options.on_settled(outcome)
  end
end

return Review
