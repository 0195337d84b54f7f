-- How a model's answer begins: whether with talk, whether with a fence. Lines are held back until that is certain; code
-- that begins as code is certain at once. Pure.

local fences = require('beans.fence')
local talk = require('beans.rewrite.fit.talk')

local M = {}

---@class beans.AnswerOpening what the beginning of an answer has turned out to be
---@field said string[] talk before the text
---@field fence beans.Fence|nil the answer stands in this fence
---@field lines string[] those that have been read and are of the text
---@field refused boolean|nil the whole answer is talk, instead of what was asked for

-- What an answer calls Markdown and text in its fence.
local PLAIN_INFO = { [''] = true, markdown = true, md = true, text = true, txt = true, plaintext = true, plain = true }
-- A text that begins like a refusal and is longer is a text.
local REFUSAL_MAX = 300
-- So many bytes of talk may come before code that stands in no fence.
local TALK_MAX = 8000
-- The beginning of a line tells whether it may be talk.
local TELLING = 16

local function trim(line)
  return line:match('^%s*(.-)%s*$')
end

local function is_blank(line)
  return not line:find('%S')
end

---@class beans.OpeningReader
---@field private subject beans.RewriteSubject
---@field private held string[] what may be talk
---@field private size integer its bytes
---@field private waiting string|nil an opening fence, of which the next line tells whose it is
---@field private thinking string|nil the tag that ends what the model thinks aloud
local Reader = {}
Reader.__index = Reader

---@param subject beans.RewriteSubject
---@return beans.OpeningReader
function M.new(subject)
  return setmetatable({ subject = subject, held = {}, size = 0 }, Reader)
end

-- What a line may be --------------------------------------------------------------------------------------------------

--- Whether the original begins like that itself: then the line is no talk.
function Reader:is_of_original(line)
  local first = self.subject.first
  return first ~= nil and (first == trim(line) or talk.is_prologue(first) or talk.refuses(first))
end

--- Whether a line of code stands between backticks, as the only line of an answer may.
function Reader:is_quoted(line)
  local mark, text = line:match('^%s*(`+)(.-)`+%s*$')
  return mark ~= nil and #mark ~= 2 and text ~= '' and not text:find('`') and not (self.subject.first or ''):find('^`')
end

---@return 'prologue'|'refusal'|'prose'|'quoted'|nil # what else than text the first line may be
function Reader:kind_of(line)
  local subject = self.subject
  if self:is_of_original(line) then
    return nil
  elseif talk.refuses(line) and (not subject.prose or talk.refuses_task(line)) then
    return 'refusal'
  elseif talk.is_prologue(line) then
    return 'prologue'
  elseif subject.prose then
    return nil
  elseif self:is_quoted(line) then
    return 'quoted'
  end
  return not subject.has_prose and talk.is_prose(line) and 'prose' or nil
end

--- Whether what is held goes on with a line.
function Reader:goes_on(line)
  local first, subject = self.held[1], self.subject
  if subject.prose then
    return talk.is_prologue(line) or (talk.refuses_task(first) and self.size + #line < REFUSAL_MAX)
  elseif self.size + #line > TALK_MAX or self:kind_of(first) == 'quoted' then
    return false
  end
  local is_item = subject.filetype ~= 'yaml' and talk.is_item(line)
  return talk.is_prologue(line) or (not subject.has_prose and (talk.is_prose(line) or is_item))
end

function Reader:hold(line)
  self.held[#self.held + 1] = line
  self.size = self.size + #line
end

--- Takes away what a model thinks aloud, where a server has left it in the answer. Some leave out the opening tag.
---@return string # what is left of the line
function Reader:without_thoughts(line)
  local tag, rest = line:match('^%s*<(think%a*)>(.*)$')
  if (self.subject.first or ''):find('^<think') then
    return line
  elseif tag and not self.thinking and #self.held == 0 then
    self.thinking, line = '</' .. tag .. '>', rest
  end
  local from, to = line:find(self.thinking or '</think>', 1, true)
  if from and (self.thinking or trim(line) == '</think>') then
    self.thinking, self.held, self.size = nil, {}, 0
    return line:sub(to + 1)
  end
  return self.thinking and '' or line
end

-- Fences --------------------------------------------------------------------------------------------------------------

--- Whether the fence is the answer's own, or a part of the text.
---@param next_line string|nil nil: it is not there yet
---@return boolean|nil own nil: the next line tells
function Reader:is_own(line, next_line)
  local subject, open = self.subject, fences.opening(line)
  local first, language = subject.first, open.info:match('^%S*'):lower()
  local of_first = first and fences.opening(first)
  local is_plain = PLAIN_INFO[language] or language == subject.filetype
  if not subject.keeps_fences then
    return true
  elseif not of_first then
    return is_plain or not subject.markup
  elseif trim(line) ~= first and is_plain and (open.info ~= '' or #open.mark > #of_first.mark) then
    return true
  elseif not next_line then
    return nil
  end
  return fences.opening(next_line) ~= nil and not (trim(line) == first and subject.second == trim(next_line))
end

--- The opening fence of a line that has something else too.
---@return beans.Fence|nil
---@return string|nil before
---@return string|nil behind
function Reader:glued_fence(line)
  local before, mark, info = line:match('^(.-%S)%s*(```+)([%w+#-]*)%s*$')
  if before and talk.is_prologue(before) and not before:find('`', 1, true) then
    return { indent = 0, mark = mark, info = info }, before
  end
  local open = not self.subject.keeps_fences and fences.opening(line)
  local language, behind = (open and open.info or ''):match('^(%S+)%s+(.+)$')
  if language == self.subject.filetype and not behind:find('^[%w_]+=["\'%w]') and behind:find('[%(%);]') then
    return open, nil, behind
  end
end

-- Deciding ------------------------------------------------------------------------------------------------------------

local function block(said, fence, lines)
  return { said = said, fence = fence, lines = lines or {} }
end

--- The text begins with `line`, without a fence. What came before stays unless it leads to it.
function Reader:bare(line)
  local held, last = self.held, ''
  for _, said in ipairs(held) do
    last = is_blank(said) and last or said
  end
  local drops = talk.is_about_rewriting(last) and is_blank(held[#held])
  if not self.subject.prose and #held > 0 then
    local kind = self:kind_of(held[1])
    drops = kind == 'prologue' or kind == 'refusal'
  end
  if drops then
    return { said = held, lines = { line } }
  end
  self:hold(line)
  return { said = {}, lines = held }
end

--- An answer that begins with a fence.
function Reader:fenced(line, next_line)
  local own = self:is_own(line, next_line)
  if own == nil then
    self.waiting = line
    return nil
  end
  self.waiting = nil
  local opening = own and block(self.held, fences.opening(line)) or self:bare(line)
  opening.lines[#opening.lines + 1] = next_line
  return opening
end

--- Reads one line.
---@param line string
---@return beans.AnswerOpening|nil # nil: it is not certain yet
function Reader:line(line)
  if self.waiting then
    return self:fenced(self.waiting, line)
  end
  line = self:without_thoughts(line)
  if is_blank(line) then
    if #self.held > 0 then
      self:hold(line)
    end
    return nil
  end
  local fence, before, behind = self:glued_fence(line)
  if fence then
    self:hold(before or '')
    return block(self.held, fence, { behind })
  elseif fences.opening(line) then
    return self:fenced(line)
  end
  local waits = #self.held > 0 and self:goes_on(line)
  if #self.held == 0 then
    waits = self:kind_of(line) ~= nil
  end
  if waits then
    self:hold(line)
    return nil
  end
  return self:bare(line)
end

--- Whether something else than the first line of a prologue was held.
function Reader:says_more()
  for _, line in ipairs(self.held) do
    if not is_blank(line) and not talk.is_prologue(line) then
      return true
    end
  end
  return false
end

function Reader:unquoted(line)
  local text = line:match('^%s*`+%s*(.-)%s*`+%s*$')
  local language, code = text:match('^(%S+)%s+(.*)$')
  return language == self.subject.filetype and code or text
end

--- The answer has ended.
---@return beans.AnswerOpening
function Reader:finish()
  local held, subject = self.held, self.subject
  local kind = #held > 0 and self:kind_of(held[1])
  if self.waiting or not kind then
    return { said = held, lines = {} }
  elseif kind == 'refusal' then
    return { said = held, lines = {}, refused = true }
  elseif kind == 'quoted' then
    return { said = {}, lines = { self:unquoted(held[1]) } }
  elseif kind == 'prologue' and (not subject.prose or talk.is_about_rewriting(held[1])) then
    return { said = held, lines = {}, refused = self:says_more() }
  elseif subject.prose or not subject.first then
    return { said = {}, lines = held }
  end
  return { said = held, lines = {}, refused = true }
end

-- Unfinished lines ----------------------------------------------------------------------------------------------------

--- Whether a line that is not whole will be text.
---@param head string how it begins
---@return boolean
function Reader:will_be_text(head)
  local quiet = #self.held == 0 and not self.waiting and not self.thinking
  return quiet and #head >= TELLING and not head:find('^%s*[`~<]') and self:kind_of(head) == nil
end

--- Whether a line that will never be whole is talk.
---@param line string
---@return boolean
function Reader:is_talk(line)
  local is_fence = line:find('^%s*[`~]') ~= nil
  return self.thinking ~= nil or is_fence or self:kind_of(line) ~= nil or (#self.held > 0 and talk.is_prose(line))
end

return M
