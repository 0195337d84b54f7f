-- What a model says around the text it was asked for: fences, a sentence before, the tokens of its training. It gets an
-- answer line by line and gives the lines that are text. Pure.

local plain = require('beans.plain')

local M = {}

-- How such sentences begin. A capital is asked for, because code seldom has one there.
local SENTENCES = {
  'Here is ',
  "Here's ",
  'Here are ',
  'Below is ',
  'Sure,',
  'Sure!',
  'Sure.',
  'Certainly',
  'Of course',
  'Okay,',
  'Ok,',
  'The completion',
  'The completed',
  'The missing',
  'The code ',
  'The cursor ',
  'This code ',
  'This completes',
  'To complete ',
  'Based on ',
  'It looks like ',
  'It seems ',
  'You can ',
  'Completion:',
  'Completed code:',
  'Output:',
  'Answer:',
}
-- These are the model's own words among words for people, too.
local REFUSALS = {
  "I'm sorry",
  'I’m sorry',
  'I am sorry',
  'Sorry, ',
  'I cannot ',
  "I can't ",
  'I can’t ',
  "I don't ",
  "I'm unable",
  'I am unable',
  'I need more',
  'As an AI',
  'Unfortunately, ',
}

-- Tokens that models are trained with and servers let through. In the text they end it.
local TOKENS = { '<|[%w_]+|>', '<｜[^<>|%s]+｜>', '<fim_%l+>', '<EOT>' }
local TOKEN_TAILS = { '<|[%w_]*|?$', '<\239[^<>|%s]*$', '<fim_%l*$', '<fi?$', '<EO?T?$', '<$' }

---@class beans.Opening
---@field private phase 'start'|'talk'|'text'
---@field private prose boolean text for people is expected
---@field private markdown boolean fences may be part of it
---@field private takes_fences boolean a fence is not part of the text
---@field private fenced boolean the text stands in a fence
---@field private blanks integer lines that came before anything else
---@field private announces boolean the last line of talk ended in a colon
---@field ended boolean what follows is no text
local Opening = {}
Opening.__index = Opening

local function in_open_fence(before)
  local open = false
  for _, line in ipairs(before) do
    if line:find('^%s*```') then
      open = not open
    end
  end
  return open
end

---@param before string[] the lines above the cursor
---@param markdown boolean fences may be what is asked for
---@param in_words boolean text for people is expected
---@return beans.Opening
function M.new(before, markdown, in_words)
  return setmetatable({
    phase = 'start',
    prose = in_words,
    markdown = markdown,
    takes_fences = not markdown or in_open_fence(before),
    fenced = false,
    blanks = 0,
    announces = false,
    ended = false,
  }, Opening)
end

local function without_half_token(text)
  for _, pattern in ipairs(TOKEN_TAILS) do
    local at = text:find(pattern)
    if at then
      return text:sub(1, at - 1)
    end
  end
  return text
end

--- Without control characters; C1 and those that turn the direction of writing, too.
local function without_controls(text)
  text = text:gsub('%c', function(char)
    return char ~= '\t' and '' or nil
  end)
  return (text:gsub('\194[\128-\159]', ''):gsub('\226\128[\170-\174]', ''):gsub('\226\129[\166-\169]', ''))
end

--- Takes what is no text out of a line: control characters and tokens.
---@return string text
function Opening:clean(line, whole)
  local text = without_controls(whole and line or plain.whole(line))
  text = whole and text or without_half_token(text)
  for _, pattern in ipairs(TOKENS) do
    if self.phase == 'start' then
      text = text:gsub('^(%s*)' .. pattern, '%1')
    end
    local at = text:find(pattern)
    if at then
      text, self.ended = text:sub(1, at - 1), true
    end
  end
  return text
end

--- Whether a line begins as one of the sentences: 'maybe' when it is too short to tell.
local function begins(text, sentences)
  local could
  for _, sentence in ipairs(sentences) do
    if text:sub(1, #sentence) == sentence then
      return 'yes'
    elseif sentence:sub(1, #text) == text then
      could = 'maybe'
    end
  end
  return could
end

function Opening:is_talk(line, whole)
  local text = line:match('^%s*(.*)')
  local found = begins(text, REFUSALS)
  if found ~= 'yes' and not self.prose then
    local other = begins(text, SENTENCES)
    found = other == 'yes' and other or found or other
  end
  return found == 'yes' or (found == 'maybe' and not whole)
end

--- A fence at the beginning: nil, or what to do with it.
---@return 'opens'|'wait'|nil
function Opening:fence(line, whole)
  local name = line:match('^%s*```+([%w_+#.-]*)%s*$') or line:match('^%s*~~~+([%w_+#.-]*)%s*$')
  if name then
    if not whole then
      return 'wait'
    end
    return (self.takes_fences or name == 'markdown' or name == 'md') and 'opens' or nil
  end
  return not whole and line:find('^%s*``?$') and 'wait' or nil
end

--- Looks at the first line that is not blank, and at those after talk.
---@return boolean # it is text
function Opening:begin(line, whole)
  local fence = self:fence(line, whole)
  if fence == 'opens' then
    self.phase, self.fenced, self.blanks = 'text', true, 0
  elseif fence then
    return false
  elseif self.phase == 'talk' and not self.announces then
    self.announces = whole and line:find(':%s*$') ~= nil
  elseif self:is_talk(line, whole) then
    self.phase = 'talk'
    self.announces = whole and line:find(':%s*$') ~= nil
    self.blanks = 0
  else
    self.phase = 'text'
    return true
  end
  return false
end

--- A line within the text: without what ends it.
function Opening:inside(line, whole)
  if not (self.fenced or not self.markdown) then
    return line
  end
  if line:find('^%s*```+%s*$') then
    self.ended = self.ended or whole
    return nil
  elseif not whole and line:find('^%s*``?$') then
    return nil
  elseif self.fenced and line:find('```%s*$') then
    self.ended = self.ended or whole
    return (line:gsub('```%s*$', ''))
  elseif self.fenced and not whole then
    return (line:gsub('`+$', ''))
  end
  return line
end

--- Takes a line of the answer, or the beginning of one.
---@param line string
---@param whole boolean it ends here
---@return string[] lines of the text, the last of them as whole as the line
function Opening:take(line, whole)
  local text = self:clean(line, whole)
  local lines = {}
  if self.phase ~= 'text' then
    if not text:find('%S') then
      self.blanks = self.blanks + (whole and 1 or 0)
      return lines
    elseif not self:begin(text, whole) then
      return lines
    end
    for i = 1, self.blanks do
      lines[i] = ''
    end
  end
  lines[#lines + 1] = self:inside(text, whole)
  return lines
end

--- Why the answer has no text, at its end.
---@return 'empty'|'blank'|'talk'
function Opening:reason()
  return self.phase == 'talk' and 'talk' or self.blanks > 0 and 'blank' or 'empty'
end

return M
