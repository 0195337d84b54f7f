-- Which lines of a model's answer are the new text: those in its fence, or those between what it says before and
-- afterwards. Read line by line; a line is given as soon as it is certain. Pure.
--
-- A fence closes the answer's own when it can be no other. Where fences can be text, the last one that opens nothing
-- and closes nothing else does; so what follows such a one waits for the next, or for the end. Of several blocks the
-- first is the answer, and one right behind it in the same language goes on with it.

local fences = require('beans.fence')
local openings = require('beans.rewrite.fit.opening')
local talk = require('beans.rewrite.fit.talk')

local M = {}

local function is_blank(line)
  return not line:find('%S')
end

---@class beans.AnswerReader
---@field said string[] what the model says beside the text
---@field refused boolean that is all it says
---@field private state 'begin'|'block'|'bare'|'after'
---@field private subject beans.RewriteSubject
---@field private opening beans.OpeningReader
---@field private open beans.Fence|nil the answer's own fence
---@field private inner beans.Fence[] fences in the text that are open
---@field private doubt string[]|nil what may be the end of the text, and what came behind it
---@field private decided_at_end boolean nothing but the end decides about the doubt
---@field private after_blank boolean the line before was blank
---@field private quiet integer|nil after: so many blank lines and nothing else
local Reader = {}
Reader.__index = Reader

---@param subject beans.RewriteSubject
---@return beans.AnswerReader
function M.new(subject)
  return setmetatable({
    said = {},
    refused = false,
    state = 'begin',
    subject = subject,
    opening = openings.new(subject),
    inner = {},
    decided_at_end = false,
    after_blank = false,
  }, Reader)
end

function Reader:say(lines)
  for _, line in ipairs(lines) do
    self.said[#self.said + 1] = line
  end
end

-- What may be the end -------------------------------------------------------------------------------------------------

--- It was text.
function Reader:settle(given)
  for _, line in ipairs(self.doubt or {}) do
    given[#given + 1] = line
  end
  self.doubt, self.decided_at_end = nil, false
end

function Reader:give(line, given)
  local list = self.doubt or given
  list[#list + 1] = line
end

--- Follows the fences in the text.
---@return boolean loose whether this one closes none of them and names no language
function Reader:follow_fence(line)
  local innermost = self.inner[#self.inner]
  local open = fences.opening(line)
  if innermost and fences.closes(line, innermost) then
    self.inner[#self.inner] = nil
    return false
  elseif not open or (self.open and not fences.closes(open.mark, self.open)) then
    return false
  elseif open.info ~= '' then
    self.inner[#self.inner + 1] = open
    return false
  end
  return innermost == nil
end

--- Whether a line of code has the closing fence glued to it. Two in one line are text.
function Reader:ends_in_fence(line)
  local mark = self.open.mark
  if self.subject.keeps_fences or mark:sub(1, 1) ~= '`' or line:sub(-#mark) ~= mark then
    return false
  end
  local _, count = line:gsub('```+', '')
  return count == 1
end

-- The text ------------------------------------------------------------------------------------------------------------

--- A line behind the answer's opening fence. Fences of a documentation comment stand deeper than the answer's own.
function Reader:block(line, given)
  local depth = #line:match('^%s*')
  local text = line:sub(math.min(depth, self.open.indent) + 1)
  if self:follow_fence(line) then
    self:settle(given)
    if self.subject.keeps_fences or depth > self.open.indent then
      self.doubt = { text }
    else
      self.state, self.quiet = 'after', 0
    end
  elseif not self.doubt and #self.inner == 0 and self:ends_in_fence(line) then
    self.doubt = { text }
  else
    self:give(text, given)
  end
end

local function may_be_aside(line)
  return is_blank(line) or talk.is_prose(line) or talk.is_item(line) or talk.is_epilogue(line)
end

--- A line of code that stands in no fence: it ends with a lone closing one, or where talk begins behind a blank line.
function Reader:bare_code(line, given)
  local open = fences.opening(line)
  if self.doubt then
    self.decided_at_end = self.decided_at_end or open ~= nil
    if not self.decided_at_end and not may_be_aside(line) then
      self:settle(given)
    end
  elseif open and open.info == '' then
    self.state = 'after'
    return
  elseif open then
    self.state, self.open = 'block', open
    return
  elseif self.after_blank and not self.subject.has_prose and talk.is_epilogue(line) then
    self.doubt = {}
  end
  self:give(line, given)
end

--- A line of a text in which fences may stand: they come in pairs.
function Reader:bare_text(line, given)
  if not self:follow_fence(line) then
    self:give(line, given)
  elseif self.doubt then
    self:settle(given)
    given[#given + 1] = line
  else
    self.doubt = { line }
  end
end

function Reader:bare(line, given)
  local is_code = not self.subject.keeps_fences and not self.subject.prose
  if is_code then
    self:bare_code(line, given)
  else
    self:bare_text(line, given)
  end
  self.after_blank = is_blank(line)
end

function Reader:after(line, given)
  local open = fences.opening(line)
  if open and self.quiet and open.info ~= '' and open.info == self.open.info then
    for _ = 1, self.quiet do
      given[#given + 1] = ''
    end
    self.state, self.open, self.quiet = 'block', open, nil
    return
  end
  self.quiet = self.quiet and is_blank(line) and self.quiet + 1 or nil
  self.said[#self.said + 1] = line
end

function Reader:begin(line, given)
  local opening = self.opening:line(line)
  if opening then
    self:enter(opening, given)
  end
end

---@param opening beans.AnswerOpening
function Reader:enter(opening, given)
  self:say(opening.said)
  self.refused = opening.refused or false
  self.open = opening.fence
  self.state = opening.fence and 'block' or 'bare'
  for _, line in ipairs(opening.lines) do
    self[self.state](self, line, given)
  end
end

-- The stream ----------------------------------------------------------------------------------------------------------

--- Reads one line.
---@param line string
---@return string[] # lines of the text that are certain now
function Reader:line(line)
  local given = {}
  self[self.state](self, line, given)
  return given
end

--- Whether the original ends with a fence, of which the answer may have half a pair.
function Reader:may_end_in_fence()
  local last = self.subject.last
  return last ~= nil and fences.opening(last) ~= nil
end

--- Decides whether what was in doubt is of the text, now that nothing follows.
function Reader:decide(given)
  local doubt = self.doubt
  self.doubt = nil
  local first = table.remove(doubt, 1)
  local is_fence = fences.opening(first) ~= nil
  if self.state == 'block' then
    given[#given + 1] = not is_fence and first:gsub('%s*`+$', '') or nil
    self:say(doubt)
    return
  end
  local follows = table.concat(doubt):find('%S')
  if not is_fence then
    self:say({ first })
    self:say(doubt)
  elseif follows or self:may_end_in_fence() then
    self:give(first, given)
    for _, line in ipairs(doubt) do
      self:give(line, given)
    end
  end
end

--- The answer has ended.
---@return string[] # the rest of the text
function Reader:finish()
  local given = {}
  if self.state == 'begin' then
    self:enter(self.opening:finish(), given)
  end
  if self.doubt then
    self:decide(given)
  end
  return given
end

--- Whether a line that is not whole yet will be text, as far as can be seen.
---@param head string how it begins
---@return boolean
function Reader:will_be_text(head)
  if self.state == 'begin' then
    return self.opening:will_be_text(head)
  end
  local may_be_fence = head:find('^%s*[`~]+$') or head:find('^%s*[`~][`~][`~]+[%w+#.-]*$')
  return self.state ~= 'after' and not self.doubt and not may_be_fence
end

--- Whether a line that will never be whole is no text: talk or a fence.
---@param line string
---@return boolean
function Reader:is_talk(line)
  if self.state == 'begin' then
    return self.opening:is_talk(line)
  end
  return self.state == 'after' or self.doubt ~= nil or fences.opening(line) ~= nil
end

return M
