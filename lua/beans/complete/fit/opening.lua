-- What a model says around the text it was asked for: fences, a sentence before, the tokens of its training. It gets an
-- answer line by line and gives the lines that are text. Pure.

local fences = require('beans.fence')
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

-- Of code, a model may leave out the opening fence and write the closing one.
---@type beans.Fence
local UNSEEN = { indent = 0, mark = '```', info = '' }

-- Tokens that models are trained with and servers let through. In the text they end it.
local TOKENS = { '<|[%w_]+|>', '<｜[^<>|%s]+｜>', '<fim_%l+>', '<EOT>' }
local TOKEN_TAILS = { '<|[%w_]*|?$', '<\239[^<>|%s]*$', '<fim_%l*$', '<fi?$', '<EO?T?$', '<$' }

---@class beans.Opening
---@field private phase 'start'|'talk'|'text'
---@field private prose boolean text for people is expected
---@field private markdown boolean fences may be part of it
---@field private takes_fences boolean a fence is not part of the text
---@field private fence beans.Fence|nil the text stands in it
---@field private blanks integer lines that came before anything else
---@field private announces boolean the last line of talk ended in a colon
---@field ended boolean what follows is no text
local Opening = {}
Opening.__index = Opening

local function in_open_fence(before)
  local open
  for _, line in ipairs(before) do
    if not open then
      open = fences.opening(line)
    elseif fences.closes(line, open) then
      open = nil
    end
  end
  return open ~= nil
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

--- A fence at the beginning.
---@return beans.Fence|nil # nil: there is none, or it is part of the text
---@return boolean waits more of the line will tell
function Opening:fence_of(line, whole)
  local open = fences.opening(line)
  if not whole then
    return nil, line:find('^%s*[`~][`~]?$') ~= nil or open ~= nil and not open.info:find('%s')
  end
  local name = open and open.info
  local is_own = name and not name:find('%s') and (self.takes_fences or name == 'markdown' or name == 'md')
  return is_own and open or nil, false
end

--- Looks at the first line that is not blank, and at those after talk.
---@return boolean # it is text
function Opening:begin(line, whole)
  local fence, waits = self:fence_of(line, whole)
  if fence then
    self.phase, self.fence, self.blanks = 'text', fence, 0
  elseif waits then
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
  local open = self.fence or not self.markdown and UNSEEN
  if not open then
    return line
  elseif fences.closes(line, open) then
    self.ended = self.ended or whole
    return nil
  elseif not whole and line:find('^%s*' .. open.mark:sub(1, 1) .. '+$') then
    return nil
  elseif self.fence and line:find('```%s*$') then
    self.ended = self.ended or whole
    return (line:gsub('```%s*$', ''))
  elseif self.fence and not whole then
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
