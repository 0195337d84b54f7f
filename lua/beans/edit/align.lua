-- New text against the old while it streams: hunks are decided, for good, as soon as what follows confirms them. Pure.
--
-- Lines that equal the next old ones are the same at once. From the first that does not, lines wait until the stream is
-- back in the old text: the lines that old and waiting text share, in an order that holds for both, must outweigh the
-- old lines that would be left out on the way. What lies between is then a matter for diff.lines.

local chains = require('beans.edit.chains')
local diff = require('beans.edit.diff')
local inline = require('beans.edit.inline')
local lists = require('beans.lists')

local M = {}

-- What speaks for a chain before the stream counts as back in the old text. A line that tells something and occurs once
-- weighs 1. Where as many lines came as are passed, lines were changed in their places: then one such line is enough.
local ENOUGH, TELLS_ALONE = 2.5, 0.9
-- What a line weighs that tells nothing.
local TELLS_NOTHING = 0.02
-- Of the places where a line stands in the old text so many are looked at, the nearest.
local PLACES_MAX = 6
-- Text that has so many lines unlike the old ones in their place is another text: no more lines are compared.
local UNLIKE_MAX = 12
-- So much of a line is looked at to see whether it resembles another.
local LOOK_AT_MAX = 300
-- So many lines on end that are all changed are a hunk, though more may follow.
local CHANGED_MAX = 100
-- So many lines that are decided are looked at again, to see where a block that follows reads best.
local ABOVE_MAX = 60
-- A block of more lines, old and new ones together, is cut where it can be.
local BLOCK_MAX = 1000
-- Where the text ends early, so many lines on either side are looked at.
local END_MAX = 12

---@class beans.Aligner
---@field old_next integer the first old line of which nothing is known yet
---@field new_next integer the first new line that is not decided
---@field private old string[]
---@field private texts string[] its lines without indentation
---@field private first table<string, integer> by such a text: where it stands first from old_next on
---@field private further table<integer, integer> by old line: where the same text stands next
---@field private count table<string, integer> how often it stands in the old text
---@field private parted_from integer old lines from here on may belong to the next hunk: one parts it from the last
---@field private waiting string[]
---@field private chains beans.Chains of the old text from old_next on with the waiting one
---@field private recent integer[] where the last waiting line stands in the old text
---@field private unlike integer how many waiting lines do not resemble the old line in their place
local Aligner = {}
Aligner.__index = Aligner

local function without_indentation(line)
  return line:match('^%s*(.*)$')
end

--- Begins to align a text with an old one.
---@param old string[] not to be changed meanwhile
---@return beans.Aligner
function M.new(old)
  local aligner = setmetatable({ old = old, parted_from = 1 }, Aligner)
  aligner:go_on_at(1, 1)
  return aligner
end

--- Learns where each old line stands. It is done when lines come, if not before: there may be time while they do not.
function Aligner:prepare()
  if self.texts then
    return
  end
  self.texts, self.first, self.further, self.count = {}, {}, {}, {}
  for i, line in ipairs(self.old) do
    self.texts[i] = without_indentation(line)
  end
  for i = #self.old, 1, -1 do
    local text = self.texts[i]
    self.further[i], self.first[text] = self.first[text], i
    self.count[text] = (self.count[text] or 0) + 1
  end
end

--- All before these lines is decided.
function Aligner:go_on_at(old_next, new_next)
  self.old_next, self.new_next = old_next, new_next
  self.waiting, self.chains, self.recent, self.unlike = {}, chains.new(old_next), {}, 0
end

-- What lines tell -----------------------------------------------------------------------------------------------------

local function weight_of(text, count)
  local _, letters = text:gsub('[%w\128-\255]', '')
  local tells = letters < 3 and TELLS_NOTHING or letters < 7 and 0.4 or 1
  return tells / count
end

--- A line with its words made one: what is left where names change.
local function shape_of(text)
  return (text:gsub('[%w_\128-\255]+', 'w'))
end

local function head_of(line)
  return without_indentation(line):sub(1, LOOK_AT_MAX)
end

local function resembles(old, new)
  old, new = head_of(old), head_of(new)
  return shape_of(old) == shape_of(new) or inline.alike(old, new)
end

-- Where a line stands ------------------------------------------------------------------------------------------------

--- The old line in the place of the last waiting one, if each old line became a new one.
function Aligner:own_place()
  return self.old_next + #self.waiting - 1
end

local function from_the_bottom(one, other)
  return one > other
end

--- Where the last waiting line stands in the old text, from the bottom to the top: at the nearest places, where it goes
--- on what the line before it began, and in its own place.
function Aligner:places(text)
  local places, seen, at = {}, {}, self.first[text]
  local function add(place)
    if not seen[place] then
      seen[place] = true
      places[#places + 1] = place
    end
  end
  while at and at < self.old_next do
    at = self.further[at]
  end
  self.first[text] = at
  for _ = 1, at and PLACES_MAX or 0 do
    add(at)
    at = self.further[at]
    if not at then
      break
    end
  end
  for i = #self.recent, math.max(1, #self.recent - 2 * PLACES_MAX), -1 do
    if self.texts[self.recent[i] + 1] == text then
      add(self.recent[i] + 1)
    end
  end
  if self.texts[self:own_place()] == text then
    add(self:own_place())
  end
  table.sort(places, from_the_bottom)
  return places, seen
end

--- The last waiting line is not the old one in its place, but may be what that became.
function Aligner:compare(line)
  local at = self:own_place()
  local other = self.old[at]
  if not other or self.unlike >= UNLIKE_MAX then
    return nil
  end
  if resembles(other, line) then
    return self.chains:extend(at, #self.waiting, nil, false)
  end
  self.unlike = self.unlike + 1
end

--- Takes in a line that does not go on where all is decided. The best chain that ends in it and can be relied on.
function Aligner:wait(line)
  if not self.waiting[1] then
    self.chains = chains.new(self.old_next)
  end
  self.waiting[#self.waiting + 1] = line
  local text, best = without_indentation(line), nil
  local places, seen = self:places(text)
  local function weigh(chain)
    if chain and (not best or self.chains:score(chain) > self.chains:score(best)) then
      best = chain
    end
  end
  local weight = places[1] and weight_of(text, self.count[text])
  for _, at in ipairs(places) do
    weigh(self.chains:extend(at, #self.waiting, weight, self.old[at] == line))
  end
  if not seen[self:own_place()] then
    weigh(self:compare(line))
  end
  self.recent = places
  local reliable = best and best.firm and (best.changed == 0 or best.changed >= CHANGED_MAX)
  if not reliable then
    return nil
  end
  local in_place = best.at - self.old_next + 1 == #self.waiting and best.changed == 0
  local enough = in_place and weight and weight >= TELLS_ALONE and TELLS_ALONE or ENOUGH
  return self.chains:score(best) >= enough and best or nil
end

-- Deciding ------------------------------------------------------------------------------------------------------------

--- Adds the hunks of so many old and waiting lines. Some lines above are looked at too, so that a block that was added
--- or taken away is moved up where it reads better there.
function Aligner:add_hunks(hunks, old_count, new_count)
  if old_count == 0 and new_count == 0 then
    return
  end
  local above = math.max(0, math.min(self.old_next - self.parted_from, ABOVE_MAX))
  local first = self.old_next - above
  local old = lists.slice(self.old, first, above + old_count)
  local new = lists.append(lists.slice(self.old, first, above), self.waiting, 1, new_count)
  for _, hunk in ipairs(diff.lines(old, new)) do
    hunk.old_first = hunk.old_first + first - 1
    hunk.new_first = hunk.new_first + self.new_next - above - 1
    hunks[#hunks + 1] = hunk
    self.parted_from = hunk.old_first + hunk.old_count + 1
  end
end

--- Decides what there is up to an old and a waiting line, which are the same or not.
function Aligner:decide(hunks, at, waited, are_same)
  -- A last line that is the same is left out, so that it stays behind the last hunk wherever diff.lines moves that.
  local same = are_same and 1 or 0
  self:add_hunks(hunks, at - self.old_next + 1 - same, waited - same)
  local rest = lists.append({}, self.waiting, waited + 1)
  self:go_on_at(at + 1, self.new_next + waited)
  self.waiting = rest
end

--- Takes the next lines of the new text.
---@param lines string[]
---@return beans.Hunk[] # that are certain now, from the top to the bottom. One that only adds lines, or only takes some
--- away, may begin above where `old_next` was, but never where another hunk ends: there it reads better
function Aligner:feed(lines)
  local hunks = {}
  self:prepare()
  for _, line in ipairs(lines) do
    if not self.waiting[1] and line == self.old[self.old_next] then
      self.old_next, self.new_next = self.old_next + 1, self.new_next + 1
    else
      local chain = self:wait(line)
      if chain then
        self:decide(hunks, chain.at, chain.new, chain.changed == 0)
      end
    end
  end
  return hunks
end

--- The new lines that are not decided: text that is added before old line `old_next`, until it is known what it
--- replaces.
---@return string[] # not to be changed, and another one after the next `feed`
function Aligner:undecided()
  return self.waiting
end

-- The end -------------------------------------------------------------------------------------------------------------

--- The beginnings of so many lines.
local function heads(lines, first, count)
  local found = {}
  for i = 1, count do
    found[i] = head_of(lines[first + i - 1])
  end
  return found
end

--- The last old line that the waiting ones replace, where more may have been to come.
function Aligner:likely_end()
  local chain = self.chains:best()
  local last, waited = chain and chain.at or self.old_next - 1, chain and chain.new or 0
  waited = math.max(waited, #self.waiting - END_MAX)
  local old = heads(self.old, last + 1, math.min(END_MAX, #self.old - last))
  local furthest = 0
  for _, at in pairs(inline.partners(old, heads(self.waiting, waited + 1, #self.waiting - waited))) do
    furthest = math.max(furthest, at)
  end
  return last + furthest
end

--- Lines that old and waiting text share, from the bottom to the top: where a long block is cut.
function Aligner:shared_lines(last)
  local shared, chain = {}, self.chains:down_to(last)
  while chain do
    if self.old[chain.at] == self.waiting[chain.new] then
      shared[#shared + 1] = { at = chain.at, new = self.new_next + chain.new - 1 }
    end
    chain = chain.before
  end
  return shared
end

--- Takes the end of the new text, in steps that are short unless a long block can't be cut.
---@param cut boolean the text ended early: old lines that it had not come to stay; else they are deleted
---@return fun(): beans.Hunk[]|nil # the next of the rest; nil when there are no more
function Aligner:ending(cut)
  local last = cut and self:likely_end() or #self.old
  local shared, ended = self:shared_lines(last), false
  return function()
    if ended then
      return nil
    end
    local hunks, line = {}, table.remove(shared)
    while line and line.at - self.old_next + line.new - self.new_next < BLOCK_MAX do
      line = table.remove(shared)
    end
    if line then
      self:decide(hunks, line.at, line.new - self.new_next + 1, true)
    else
      self:decide(hunks, last, #self.waiting, false)
      ended = true
    end
    return hunks
  end
end

--- Takes the end of the new text at once.
---@param cut boolean as in `ending`
---@return beans.Hunk[] # the rest
function Aligner:finish(cut)
  local hunks = {}
  for part in self:ending(cut) do
    lists.append(hunks, part)
  end
  return hunks
end

return M
