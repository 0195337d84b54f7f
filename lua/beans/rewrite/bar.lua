-- What the bar of a review says of the rewrite: what it is doing, or what it has cost. The methods of a rewrite that
-- have to do with that.

local foot = require('beans.foot')
local host = require('beans.host')

---@class beans.RewriteBar
local Rewrite = {}

-- How often it is said anew.
local BAR_MS = 250

local STOP = ' (:Beans stop stops)'

--- What it is doing, or what it has cost.
---@return string
function Rewrite:foot()
  if self.state == 'gathers' then
    return 'gathers what goes along'
  elseif self.state == 'waits' then
    local now = self.job:summary()
    return now.doing .. (now.reason and ': ' .. now.reason or '') .. STOP
  elseif self.state == 'thinks' then
    return 'thinks' .. STOP
  elseif self.state == 'streams' then
    local at_end = self.accepts and ' · accepts all at the end' or ''
    return ('streams, line %d%s%s'):format(#self.live.new + 1, at_end, STOP)
  elseif self.state == 'paused' then
    return self:pause_in_words()
  end
  local line = self.facts and foot.line(self.facts)
  return self.note and line and self.note .. ' · ' .. line or self.note or line or 'no answer'
end

--- Says every now and then how far it is.
function Rewrite:keep_bar()
  self.ticker = host.defer(BAR_MS, function()
    if self.state == 'ended' or self.state == 'ready' then
      return
    end
    self.review:draw_bar()
    self:keep_bar()
  end)
end

return Rewrite
