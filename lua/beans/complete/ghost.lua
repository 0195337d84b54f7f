-- The candidate as it is shown: where it stands, how long it has been there, and the mapping of <Tab> that comes with
-- the first one.

local highlights = require('beans.highlights')
local host = require('beans.host')

local M = {}

-- What has just come can't be meant by a <Tab> that is pressed now: nobody reacts sooner (vscode-copilot #1013).
local MIN_VISIBLE_MS = 100

---@class beans.Ghost
---@field buf integer
---@field line integer
---@field col integer
---@field lines string[]
---@field whose table the choice that it is of
---@field since_ms number when it came

---@type beans.Ghost|nil
local shown
local begun = false

--- What the first one needs.
local function begin(on_tab)
  if not begun then
    begun = true
    highlights.define()
    host.tab_map(on_tab)
  end
end

--- Shows lines at the cursor.
---@param at beans.Typing
---@param lines string[]
---@param whose beans.Choice
---@param on_tab fun(): boolean what the mapping of <Tab> asks
function M.show(at, lines, whose, on_tab)
  begin(on_tab)
  local since_ms = shown and shown.whose == whose and shown.since_ms or host.now_ms()
  shown = { buf = at.buf, line = at.line, col = #at.prefix, lines = lines, whose = whose, since_ms = since_ms }
  host.ghost(shown.buf, shown.line, shown.col, lines)
end

--- Takes it away.
function M.hide()
  if shown then
    host.ghost(shown.buf, shown.line, shown.col, nil)
    shown = nil
  end
end

--- The user has asked for what is shown now, so it does not come as a surprise.
function M.expected()
  if shown then
    shown.since_ms = -math.huge
  end
end

--- What is shown.
---@return beans.Ghost|nil
function M.shown()
  return shown
end

--- Whether it has been there long enough to be meant.
---@return boolean
function M.is_seen()
  return shown ~= nil and host.now_ms() - shown.since_ms >= MIN_VISIBLE_MS
end

return M
