-- What a review shows: hunks with their deleted lines, and the bar. The methods of a review that have to do with that.

local drawing = require('beans.edit.drawing')
local host = require('beans.host')

---@class beans.ReviewLook
local Review = {}

-- The bar -------------------------------------------------------------------------------------------------------------

local function key(plug, command)
  return host.key_for(('<Plug>(beans-%s)'):format(plug)) or ':Beans ' .. command
end

local function keys_in_words()
  local accept, reject = key('accept', 'accept'), key('reject', 'reject')
  return ('%s / %s, all: ! · next: %s'):format(accept, reject, key('next-hunk', 'hunk next'))
end

local INDENT = (' '):rep(#'Beans: ')

--- A line parted at the last of its dots that is within so many cells; nil where none is.
local function parted(text, width)
  local fits, rest
  for at, behind in text:gmatch('() · ()') do
    if host.text_cells(text:sub(1, at - 1)) > width then
      break
    end
    fits, rest = text:sub(1, at - 1), text:sub(behind)
  end
  return fits, rest
end

--- State and hunks left.
function Review:state_in_words()
  local open, all = #self:open_hunks(), #self.hunks
  local count = self.whole and ('%d of %d hunks left'):format(open, all)
    or all > 0 and ('%d of %d hunks so far'):format(open, all)
    or nil
  local foot = self.options.foot and self.options.foot()
  return count and foot and count .. ' · ' .. foot or count or foot or 'no change yet'
end

--- What the bar says, in as many lines as it takes in the narrowest window.
---@return string[]
function Review:bar()
  self.keys = self.keys or keys_in_words()
  local width, lines = host.text_width(self.buf), { 'Beans: ' .. self:state_in_words() .. ' · ' .. self.keys }
  while host.text_cells(lines[#lines]) > width do
    local fits, rest = parted(lines[#lines], width)
    if not fits then
      break
    end
    lines[#lines], lines[#lines + 1] = fits, INDENT .. rest
  end
  return lines
end

local function bar_lines(review)
  local lines = {}
  for i, text in ipairs(review:bar()) do
    lines[i] = { { text, 'BeansCost' } }
  end
  return lines
end

--- Where no hunk is open the bar stands above the region.
function Review:draw_lonely_bar()
  local first = self:lines()
  if first then
    self.has_lonely_bar = true
    host.draw(self.buf, self.region, { first = first, last = first - 1, words = {}, above = bar_lines(self) })
  end
end

--- Takes that bar away.
function Review:draw_no_bar()
  if self.has_lonely_bar then
    self.has_lonely_bar = nil
    host.draw(self.buf, self.region, nil)
  end
end

--- Draws the bar, for it may stand elsewhere than before, or say something else.
function Review:draw_bar()
  if #self:open_hunks() == 0 then
    return self:draw_lonely_bar()
  end
  self:draw(function(_, is_first)
    return is_first
  end)
end

-- Hunks ---------------------------------------------------------------------------------------------------------------

--- The deleted lines of a hunk, or how many there are where they would not fit.
function Review:deleted_lines(hunk)
  if #hunk.old <= host.virtual_max(self.buf) then
    hunk.look.above = hunk.look.above or drawing.deleted(hunk.old, hunk.look, host.buf_state(self.buf).tabstop)
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
  local above, words = is_first and bar_lines(self) or {}, {}
  for _, line in ipairs(self:deleted_lines(hunk)) do
    above[#above + 1] = line
  end
  hunk.drawn_edited = self:is_edited(hunk)
  for i, word in ipairs(hunk.drawn_edited and {} or hunk.look.words) do
    words[i] = { line = first + word.line - 1, from = word.from, to = word.to }
  end
  local note = not is_first and ('hunk %d'):format(number) or nil
  host.draw(self.buf, hunk.range, { first = first, last = last, words = words, above = above, note = note })
end

--- Draws those hunks that are left and that `which` says; all unless told.
---@param which? fun(hunk: beans.ReviewHunk, is_first: boolean): boolean
function Review:draw(which)
  self:draw_no_bar()
  local first = self:open_hunks()[1]
  for number, hunk in ipairs(self.hunks) do
    if hunk.state == 'open' and (not which or which(hunk, hunk == first)) then
      self:draw_hunk(hunk, number, hunk == first)
    end
  end
end

--- Draws the hunks from one of the list on, which are new, and the bar where there is no hunk yet.
---@param from integer
function Review:draw_from(from)
  local open = self:open_hunks()
  if #open == 0 then
    return self:draw_lonely_bar()
  end
  self:draw_no_bar()
  for number = from, #self.hunks do
    local hunk = self.hunks[number]
    if hunk.state == 'open' then
      self:draw_hunk(hunk, number, hunk == open[1])
    end
  end
end

--- The buffer has changed, by whomever.
function Review:changed()
  if self.steps:are_undone() then
    return self:finish('undone')
  elseif self.steps:is_ours() then
    return
  end
  self.steps:note_foreign()
  if self.options.on_changed then
    self.options.on_changed()
  end
  if self.ended then
    return
  elseif self.stale then
    host.draw_none(self.buf)
    return self:draw()
  end
  self:draw(function(hunk)
    return hunk.drawn_edited or self:is_edited(hunk)
  end)
end

return Review
