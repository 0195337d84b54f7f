-- How a chat looks in its windows: highlighting, and what is folded. Folds are made by hand, so what the user opens
-- stays open and what he folds himself stays folded.

local folds = require('beans.folds')
local host = require('beans.host')

local M = {}

-- A long chat is looked through in turns of the main loop, so many lines at a time and no longer than this in a turn.
local SLICE, TURN_MS = 2000, 10

local OPTIONS = {
  foldmethod = 'manual',
  foldenable = true,
  foldminlines = 1,
  foldtext = 'luaeval(\'require("beans.chat.view").fold_text()\')',
  conceallevel = 0, -- what is shown is what is sent
}

---@type table<integer, beans.Scan> by window: chats that are being looked through
local scans = {}

---@class beans.Scan
---@field buf integer
---@field win integer
---@field scanner beans.FoldScanner
---@field line integer the next to look at
---@field mark integer|nil where that line is, over a turn of the loop
local Scan = {}
Scan.__index = Scan

function Scan:is_wanted()
  return scans[self.win] == self and host.buf_valid(self.buf) and host.win_buf(self.win) == self.buf
end

--- Looks at one slice. Gives whether there are more.
function Scan:step()
  local lines = host.buf_lines(self.buf, self.line, self.line + SLICE - 1)
  host.fold(self.win, self.scanner:feed(lines, self.line))
  self.line = self.line + #lines
  if #lines == SLICE then
    return true
  end
  host.fold(self.win, self.scanner:finish(self.line - 1))
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
    self.scanner:move(line and line - self.line or 0)
    self.line, self.mark = line or self.line, nil
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
  scans[win] = setmetatable({ buf = buf, win = win, scanner = folds.scanner(), line = 1 }, Scan)
  scans[win]:run()
end

local attached = {}

--- Makes a buffer look like a chat in all windows that show it, now and later. A second time does nothing but look for
--- what is to be folded.
---@param buf integer
function M.attach(buf)
  host.highlight(buf)
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
