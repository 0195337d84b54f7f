-- When to draw the text of a stream. Pure: it knows neither the editor nor what a piece means. The first piece after a
-- pause is drawn at once, because that is what people wait for; then pieces are gathered, because a draw costs the same
-- for one token as for thirty.

local M = {}

-- 30 draws a second look smooth; more cost without being seen.
local INTERVAL_MS = 1000 / 30

-- From one draw to the next at least four times what the draw took: three quarters of the time stay the user's.
local COST_FACTOR = 4

---@class beans.Pacer
---@field private pieces string[]
---@field private not_before number `now()` of the next draw at the earliest
---@field private timer beans.Timer|nil runs while pieces wait
local Pacer = {}
Pacer.__index = Pacer

---@class beans.PacerOptions
---@field now fun(): number monotonic clock, milliseconds
---@field defer fun(ms: number, fn: fun()): beans.Timer runs `fn` once, `ms` from now
---@field draw fun(text: string) draws; gets all pieces since the last draw as one text, never ''

---@param options beans.PacerOptions
---@return beans.Pacer
function M.new(options)
  local self = { now = options.now, defer = options.defer, draw = options.draw, pieces = {}, not_before = -math.huge }
  return setmetatable(self, Pacer)
end

--- Takes a piece: draws it now, or together with what comes until the next draw is due.
---@param text string
function Pacer:add(text)
  if text == '' then
    return
  end
  self.pieces[#self.pieces + 1] = text
  if self.timer then
    return
  end
  local wait = self.not_before - self.now()
  if wait <= 0 then
    self:flush()
  else
    self.timer = self.defer(wait, function()
      self.timer = nil
      self:flush()
    end)
  end
end

--- Draws what waits, now: at the end of an answer, or before something else is drawn behind it.
function Pacer:flush()
  local text = self:take()
  if text == '' then
    return
  end
  local began = self.now()
  self.not_before = began + INTERVAL_MS
  self.draw(text)
  self.not_before = began + math.max(INTERVAL_MS, COST_FACTOR * (self.now() - began))
end

--- Gives what waits to the caller, to be drawn by nobody.
---@return string
function Pacer:take()
  local text = table.concat(self.pieces)
  self:stop()
  return text
end

--- Forgets what waits: there is nowhere left to draw it.
function Pacer:stop()
  self.pieces = {}
  if self.timer then
    self.timer:stop()
    self.timer = nil
  end
end

return M
