-- The undo steps that reviews make in a buffer: all of them are one, as long as nobody else changes the buffer. Reviews
-- in the same buffer share them, because each would take the changes of the other for the user's.

local host = require('beans.host')

local M = {}

---@class beans.Steps
---@field buf integer
---@field foreign boolean somebody else has changed the buffer meanwhile
---@field mixed boolean several reviews have used them
---@field stays boolean something of ours is to stay, so there is no way back to how it was
---@field private users integer reviews that use them
---@field private tick integer|nil `changedtick` after our last change
---@field private ours_from integer|nil `changedtick` from which on all changes were ours
---@field private joins boolean whether the next change may join the last one
---@field private seq integer|nil number of the undo state after our first change
---@field private kept beans.UndoKept
---@field private kept_at integer `changedtick` then
local Steps = {}
Steps.__index = Steps

---@type table<integer, beans.Steps>
local in_buffer = {}

--- The steps of a buffer, for one more review.
---@param buf integer
---@return beans.Steps
function M.join(buf)
  local self = in_buffer[buf]
  if not self then
    self = { buf = buf, foreign = false, mixed = false, stays = false, users = 0, joins = true }
    in_buffer[buf] = setmetatable(self, Steps)
    self:keep()
  end
  self.mixed = self.mixed or self.users > 0
  self.users = self.users + 1
  return self
end

--- Keeps the undo tree as it is before our first change.
---@private
function Steps:keep()
  if self.kept then
    host.undo_drop(self.kept)
  end
  self.kept, self.kept_at = host.undo_keep(self.buf), host.buf_tick(self.buf)
end

--- One review less.
function Steps:leave()
  self.users = self.users - 1
  if self.users == 0 then
    host.undo_drop(self.kept)
    in_buffer[self.buf] = nil
  end
end

--- Whether the last change of the buffer was ours.
---@return boolean
function Steps:is_ours()
  return self.tick ~= nil and host.buf_tick(self.buf) == self.tick
end

--- Whether nobody but us has changed the buffer since it had some `changedtick`.
---@param tick integer
---@return boolean
function Steps:are_ours_since(tick)
  return self:is_ours() and tick >= self.ours_from
end

--- Looks whether somebody else has changed the buffer since our last change.
function Steps:note_foreign()
  if self.tick and not self:is_ours() then
    self.foreign = true
  end
end

--- Replaces lines; last = first - 1: nothing is replaced.
---@param first integer
---@param last integer
---@param lines string[]
function Steps:change(first, last, lines)
  self:note_foreign()
  if not self.tick and host.buf_tick(self.buf) ~= self.kept_at then
    self:keep()
  end
  if not self:is_ours() then
    self.ours_from = host.buf_tick(self.buf)
  end
  host.buf_set_lines(self.buf, first, last, lines, { join = self.joins and self:is_ours() })
  self.joins = true
  self.tick = host.buf_tick(self.buf)
  self.seq = self.seq or host.undo_seq(self.buf)
end

--- The next change begins a step of its own.
function Steps:part()
  self.joins = false
end

--- Whether an undo of the user's has taken our first change back.
---@return boolean
function Steps:are_undone()
  return self.seq ~= nil and host.undo_seq(self.buf) < self.seq
end

--- Whether undoing our changes gives the buffer as it was: nobody else changed it, nothing of ours is to stay, and
--- there is an undo ('undolevels').
---@return boolean
function Steps:can_roll_back()
  local is_all_ours = self.users == 1 and not self.foreign and self:is_ours()
  return is_all_ours and not self.stays and self.seq > self.kept.seq
end

--- Undoes our changes, and leaves no trace of them.
function Steps:roll_back()
  host.undo_back(self.buf, self.kept)
  self.tick, self.seq = nil, nil
end

return M
