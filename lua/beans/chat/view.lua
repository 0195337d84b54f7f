-- How a chat looks in its windows: highlighting, and what is folded. Folds are made by hand, so what the user opens
-- stays open and what he folds himself stays folded.

local folds = require('beans.folds')
local host = require('beans.host')

local M = {}

-- A long chat is looked through in turns of the main loop, so many lines at a time and no longer than this in a turn.
local SLICE, TURN_MS = 2000, 10
-- Where lines have come, what begins in them is looked for this far below them in one go.
local BELOW = 100

local OPTIONS = {
  foldmethod = 'manual',
  foldenable = true,
  foldminlines = 1,
  foldtext = 'luaeval(\'require("beans.chat.view").fold_text()\')',
  conceallevel = 0, -- what is shown is what is sent
}

---@type table<integer, beans.Scan> by window: chats that are being looked through, from top to bottom
local scans = {}

---@class beans.Scan
---@field buf integer
---@field win integer
---@field scanner beans.FoldScanner
---@field line integer the next to look at
---@field upto integer|nil folds that begin below are not wanted
---@field mark integer|nil where that line is, over a turn of the loop
local Scan = {}
Scan.__index = Scan

--- Looks for what is to be folded in a window: in all lines, or in what begins in some of them.
---@param first integer
---@param upto? integer
local function scan(buf, win, first, upto)
  return setmetatable({ buf = buf, win = win, scanner = folds.scanner(), line = first, upto = upto }, Scan)
end

function Scan:is_wanted()
  local is_last = self.upto or scans[self.win] == self
  return is_last and host.buf_valid(self.buf) and host.win_buf(self.win) == self.buf
end

--- Folds those that are wanted.
function Scan:fold(found)
  while self.upto and found[1] and found[#found].first > self.upto do
    found[#found] = nil
  end
  host.fold(self.win, found)
end

--- Looks at one slice. Gives whether there are more.
function Scan:step()
  local count = SLICE
  if self.upto then
    count = math.min(SLICE, math.max(self.upto - self.line + 1, 0) + BELOW)
  end
  local lines = host.buf_lines(self.buf, self.line, self.line + count - 1)
  self:fold(self.scanner:feed(lines, self.line))
  self.line = self.line + #lines
  if self.upto and self.line > self.upto and not self.scanner:is_inside() then
    return false
  elseif #lines == count then
    return true
  end
  self:fold(self.scanner:finish(self.line - 1))
  return false
end

function Scan:stop()
  if self.mark then
    host.mark_del(self.buf, self.mark)
  end
  if scans[self.win] == self then
    scans[self.win] = nil
  end
end

--- Goes on where it was: lines above may have come or gone meanwhile.
function Scan:resume()
  local line = self.mark and host.mark_get(self.buf, self.mark)
  if self.mark then
    host.mark_del(self.buf, self.mark)
    local by = line and line - self.line or 0
    self.scanner:move(by)
    self.line, self.upto, self.mark = self.line + by, self.upto and self.upto + by, nil
  end
end

function Scan:run()
  local began = host.now_ms()
  while self:step() do
    if host.now_ms() - began > TURN_MS then
      if self.line > host.buf_line_count(self.buf) then
        break
      end
      self.mark = host.mark_set(self.buf, self.line, 0)
      return host.schedule(function()
        if self:is_wanted() then
          self:resume()
          self:run()
        else
          self:stop()
        end
      end)
    end
  end
  self:stop()
end

--- Folds what is to be folded in a window that begins to show a chat.
local function enter(buf, win)
  for name, value in pairs(OPTIONS) do
    host.win_option(win, name, value)
  end
  if scans[win] then
    scans[win]:stop()
  end
  scans[win] = scan(buf, win, 1)
  scans[win]:run()
end

--- Folds what is to be folded of lines that have come.
local function look_at(buf, first, last)
  for _, win in ipairs(host.buf_windows(buf)) do
    scan(buf, win, first, last):run()
  end
end

local attached = {}

--- Makes a buffer look like a chat in all windows that show it, now and later. A second time does nothing but look for
--- what is to be folded.
---@param buf integer
function M.attach(buf)
  host.highlight(buf)
  host.on_added(buf, function(first, last)
    look_at(buf, first, last)
  end)
  if not attached[buf] then
    attached[buf] = true
    host.on_buf(buf, 'BufWinEnter', function()
      enter(buf, host.current().win)
    end)
    host.on_buf(buf, 'BufWipeout', function()
      attached[buf] = nil
    end)
  end
  for _, win in ipairs(host.buf_windows(buf)) do
    enter(buf, win)
  end
end

--- Folds lines, closed, in all windows that show a buffer. Where they are folded already, longer or shorter, the fold
--- gets this length and stays as open or closed as it was.
---@param buf integer
---@param first integer
---@param last integer
function M.fold(buf, first, last)
  for _, win in ipairs(host.buf_windows(buf)) do
    host.fold(win, { { first = first, last = last } })
  end
end

-- Enough to hold the title and the model.
local LOOK = 12

--- What 'foldtext' shows of the fold that is being drawn.
---@return string
function M.fold_text()
  local fold = host.folded()
  local lines = host.buf_lines(fold.buf, fold.first, math.min(fold.last, fold.first + LOOK))
  return folds.title(lines, fold.last - fold.first + 1)
end

return M
