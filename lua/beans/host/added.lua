-- Which lines of a buffer have come: told from its changes, one after the other, so at no cost that grows with the
-- buffer. The same in both editors.

local M = {}

---@class beans.AddedEditor what differs between the editors
---@field watch fun(buf: integer, changed: fun(first: integer, last_old: integer, last_new: integer), gone: fun())
---tells of each change: which lines became which; `gone`: and of no more
---@field flush fun(buf: integer) tells now of changes that it has not told of yet
---@field on_buf fun(buf: integer, event: string, fn: fun())
---@field schedule fun(fn: fun())

---@class beans.Added
---@field callback fun(first: integer, last: integer)
---@field first integer|nil what has come since it was told of last
---@field last integer
---@field paused boolean|nil what comes now is not told of
---@field set integer|nil the line that the last change set, and no more
---@field scheduled boolean|nil
local Added = {}
Added.__index = Added

--- Lines have become others: what is to be told of has moved with the text.
function Added:move(first, last_old, last_new)
  local by = last_new - last_old
  if not self.first or first > self.last then
    return
  elseif last_old < self.first then
    self.first, self.last = self.first + by, self.last + by
    return
  end
  self.first, self.last = math.min(self.first, first), math.max(self.last, last_old) + by
  if self.last < self.first then
    self.first = nil
  end
end

--- Takes note of a change. One that leaves the number of lines has brought none; but Vim sets a line and puts others
--- below it where one became several.
function Added:change(first, last_old, last_new)
  self:move(first, last_old, last_new)
  if last_new ~= last_old and last_new >= first and not self.paused then
    first = self.set == first - 1 and self.set or first
    self.last = math.max(self.first and self.last or 0, last_new)
    self.first = math.min(self.first or first, first)
  end
  self.set = last_new == last_old and last_new or nil
end

function Added:tell()
  local first = self.first
  self.first = nil
  if first then
    self.callback(first, self.last)
  end
end

local function watch(editor, buf, known)
  local added = setmetatable({}, Added)
  known[buf] = added
  editor.watch(buf, function(first, last_old, last_new)
    added:change(first, last_old, last_new)
    if added.first and not added.scheduled then
      added.scheduled = true
      editor.schedule(function()
        added.scheduled = nil
        added:tell()
      end)
    end
  end, function()
    known[buf], added.first = nil, nil
  end)
  editor.on_buf(buf, 'TextChanged', function() -- before the screen is drawn
    editor.flush(buf)
    added:tell()
  end)
  return added
end

--- Makes `host.on_added`, and a function that changes a buffer without what comes being told of.
---@param editor beans.AddedEditor
---@return fun(buf: integer, fn: fun(first: integer, last: integer)) on_added
---@return fun(buf: integer, change: fun()) unseen
function M.on(editor)
  ---@type table<integer, beans.Added> by buffer
  local known = {}

  local function on_added(buf, callback)
    local added = known[buf] or watch(editor, buf, known)
    editor.flush(buf)
    added.callback, added.first = callback, nil
  end

  local function unseen(buf, change)
    local added = known[buf]
    if not added then
      return change()
    end
    editor.flush(buf)
    added.paused = true
    local ok, message = pcall(change)
    editor.flush(buf)
    added.paused = nil
    if not ok then
      error(message, 0)
    end
  end

  return on_added, unseen
end

return M
