-- What happens when the user changes the lines that are being rewritten: the rewrite pauses, and nothing is overwritten
-- before they have said what is to become of both. The methods of a rewrite that have to do with that.

local align = require('beans.edit.align')
local diff = require('beans.edit.diff')
local host = require('beans.host')
local lists = require('beans.lists')
local live_of = require('beans.edit.live')
local merge = require('beans.edit.merge')

---@class beans.RewriteMeanwhile
---@field private before string[]|nil the lines as they were when the user changed them, ours and what had come
---@field private held string[] lines that came since
---@field private whole {cut: boolean}|nil all of them are there
---@field private merges boolean|nil the user wants both
local Rewrite = {}

--- The lines under review as they stand there.
function Rewrite:lines_now()
  local first, last = self.review:lines()
  return first and host.buf_lines(self.scope.buf, first, last) or {}
end

--- The lines without what is not settled, but with all that the user has changed.
---@return string[]
function Rewrite:without_changes()
  local ours = self.before or self.live:text('new', true)
  return (merge.three(ours, self:lines_now(), self.live:text('old')))
end

--- Looks whether the user has changed the lines since our last change of them.
function Rewrite:look_around()
  if self.state == 'paused' or self.state == 'gathers' or not self:is_running() or not self.live:is_disturbed() then
    return
  elseif #self:lines_now() == 0 then
    host.notify('beans: rewrite: its lines are gone', 'info')
    return self:give_up()
  end
  self:forget_pause()
  self.before, self.held = self.live:text('new', true), {}
  self:set_state('paused')
  host.notify('beans: rewrite: paused, for you changed its lines; :Beans resolve goes on', 'info')
end

--- There is no pause any more.
function Rewrite:forget_pause()
  self.before, self.held, self.whole, self.merges = nil, nil, nil, nil
end

---@return string
function Rewrite:pause_in_words()
  if self.merges then
    return 'paused: merges with your change when all is there'
  end
  return 'paused: you changed these lines (:Beans resolve)'
end

--- Keeps lines that come while it is paused.
---@param lines string[]
function Rewrite:hold(lines)
  lists.append(self.held, lines)
end

--- All lines are there.
---@param cut boolean
function Rewrite:held_all(cut)
  self.whole = { cut = cut }
  if self.merges then
    self:merge_both()
  else
    self.review:draw_bar()
  end
end

--- All lines that have come.
local function all_lines(rewrite)
  return lists.append(lists.append({}, rewrite.live.new), rewrite.held)
end

--- Puts lines under review and others as what they are to become.
function Rewrite:go_on_with(old, new)
  local whole = self.whole
  self:forget_pause()
  self.review:restart(old)
  self.live = live_of.new(self.review, old)
  if whole then
    self.live:finish(new, whole.cut)
    return self:ready()
  end
  self.live:take(new, {})
  self:set_state('streams')
end

--- The text that lines make of the old ones; where they were cut off the rest is old.
local function result_of(old, lines, cut)
  if not cut then
    return lines
  end
  local aligner = align.new(old)
  return diff.apply(old, lines, lists.append(aligner:feed(lines), aligner:finish(true)))
end

--- With the user's change in it. Where both changed the same, the user's text stands as the old one and the model's as
--- a hunk.
function Rewrite:merge_both()
  local old, now = self.live:text('old'), self:lines_now()
  local theirs = result_of(old, all_lines(self), self.whole.cut)
  local merged, conflicts = merge.three(self.before, now, theirs)
  local kept = self:without_changes()
  self.whole.cut = false
  self:go_on_with(kept, merge.with_theirs(merged, conflicts))
end

local MERGE, KEEP, TAKE = 'merge both', 'keep mine, and end the rewrite', "take the model's; mine goes"
local CHOICES = { merge = MERGE, keep = KEEP, take = TAKE }

function Rewrite:settle_change(choice)
  if self.state ~= 'paused' then
    return
  elseif choice == KEEP then
    self:give_up()
  elseif choice == TAKE then
    self:go_on_with(self.live:text('old'), all_lines(self))
  elseif choice == MERGE and self.whole then
    self:merge_both()
  elseif choice == MERGE then
    self.merges = true
    self.review:draw_bar()
  end
end

--- Goes on after a pause.
---@param choice? 'merge'|'keep'|'take' asked for when it is not told
function Rewrite:resolve(choice)
  if choice then
    return self:settle_change(CHOICES[choice])
  end
  host.select({ MERGE, KEEP, TAKE }, 'You changed the lines that are being rewritten', function(item)
    self:settle_change(item)
  end)
end

return Rewrite
