-- What a model says beside the text it was asked for: what it says first, what it says afterwards, and that it will not
-- do it. Told by how a line begins and ends, in the languages that are met most. Pure.

local M = {}

-- A longer line is no sentence to the user.
local LONG = 2000

--- A line as it is compared: small letters, plain apostrophes, without blanks and marks of emphasis around it.
local function plain(line)
  if #line > LONG then
    return ''
  end
  local text = line:lower():gsub('\226\128\153', "'"):gsub('^[%s>*_"]+', ''):gsub('[%s*_"]+$', '')
  return text
end

local function begins(text, beginnings)
  for _, beginning in ipairs(beginnings) do
    if text:find('^' .. beginning) then
      return true
    end
  end
  return false
end

--- Whether a line can be a sentence: what is code in it stands between backticks.
local function is_wordy(line)
  if #line > LONG then
    return false
  end
  local text = line:gsub('`[^`]*`', 'x')
  return text:find('[%a\128-\255]') ~= nil and not text:find('[{};=<>\\|]') and not text:find('[%w_]%(')
end

local function word_count(text)
  local _, count = text:gsub("[%w'\128-\255]+", '')
  return count
end

--- Whether a line is a sentence, by its look: a capital, some words, a sign at the end.
---@param line string
---@return boolean
function M.is_prose(line)
  local text = line:match('^%s*(.-)%s*$')
  if text:find('^%d+[.)]%s.*:$') then
    return is_wordy(text)
  end
  return text:find('^[%u\128-\255*"]') ~= nil
    and text:find('[.:!?)*"\128-\255]$') ~= nil
    and is_wordy(text)
    and word_count(text) >= 4
end

--- Whether a line is an item of a list of sentences, or a heading above them.
---@param line string
---@return boolean
function M.is_item(line)
  local text = line:match('^%s*[-*+]%s+(.*)$') or line:match('^%s*%d+[.)]%s+(.*)$')
  return text ~= nil and is_wordy(text) and word_count(text) >= 2 or line:find('^%*%*[^*]+%*%*:?%s*$') ~= nil
end

-- Before --------------------------------------------------------------------------------------------------------------

local PROLOGUES = {
  'here is[ :]',
  "here's[ :]",
  'here are[ :]',
  'heres ',
  'below is ',
  'below are ',
  'sure[,.!:]',
  'sure$',
  'certainly[,.!:]',
  'of course[,.!:]',
  'absolutely[,.!:]',
  'okay[,.!:]',
  'ok[,.!:]',
  'got it[,.!:]',
  'understood[,.!:]',
  'great[,.!:]',
  'no problem[,.!:]',
  'let me ',
  "i've ",
  'i have ',
  "i'll ",
  'i will ',
}
-- These count when they lead to something, so when a colon ends the line.
local LEADING = {
  'the following ',
  'this is ',
  'the %a+ %a+',
  '%a+ version',
  '%a+ code',
  'hier ist ',
  'hier sind ',
  'gerne',
  'natürlich',
  'voici ',
  'bien sûr',
  'aquí ',
  'aqui ',
  'claro',
  'ecco ',
  '以下',
  '这是',
}
local OF_REWRITING = {
  'rewrit',
  'revis',
  'updated',
  'improved',
  'corrected',
  'edited',
  'modified',
  'translat',
  'shorte',
  'simplified',
  'polished',
  'refined',
  'rephras',
  'reworded',
  'fixed',
  'cleaned',
  'requested',
  'refactored',
  'version',
  'überarbeitet',
  'korrigiert',
  'übersetz',
  'corrig',
  'traduc',
}

local function leads(text)
  return text:find(':$') ~= nil or text:find('：$') ~= nil
end

--- Whether a line leads to the answer: "Here is the updated code:".
---@param line string
---@return boolean
function M.is_prologue(line)
  local text = plain(line)
  return is_wordy(text)
    and (
      begins(text, PROLOGUES)
      or leads(text) and (word_count(text) > 1 or text:find('[\128-\255]') ~= nil) and begins(text, LEADING)
    )
end

--- Whether a line leads to the answer and speaks of a rewriting, so that it can be no part of a text.
---@param line string
---@return boolean
function M.is_about_rewriting(line)
  local text = plain(line)
  if not leads(text) or not M.is_prologue(line) then
    return false
  end
  for _, word in ipairs(OF_REWRITING) do
    if text:find(word, 1, true) then
      return true
    end
  end
  return false
end

-- Afterwards ----------------------------------------------------------------------------------------------------------

local EPILOGUES = {
  "i[' ]%a",
  'this %a+ ',
  'these %a+ ',
  'note[ :]',
  'notes:',
  'explanation',
  'changes[ :]',
  'key ',
  'the %a+ ',
  'in this ',
  'let me know',
  'what changed',
  "here[ ']",
  'feel free',
  'if you ',
  'summary',
  'you can ',
}

--- Whether a line, behind a blank one, speaks about the text above it.
---@param line string
---@return boolean
function M.is_epilogue(line)
  local text = plain(line)
  local headed = line:find('^%*%*%u') or line:find('^%u%a*%s?%a*:%s*$')
  return begins(text, EPILOGUES) and is_wordy(text) and (headed ~= nil or M.is_prose(line))
end

-- Refusals ------------------------------------------------------------------------------------------------------------

local REFUSALS = {
  "i'm sorry",
  'i am sorry',
  'sorry[, ]',
  'i apologi[sz]e',
  'my apologies',
  "i can't ",
  'i cannot ',
  'i can not ',
  "i'm unable",
  'i am unable',
  "i'm not able",
  'i am not able',
  "i won't ",
  "i'm afraid",
  'unfortunately, i',
  'as an ai',
  "i don't have ",
  "i don't see ",
  'i must decline',
  'es tut mir leid',
  'je suis désolé',
  'lo siento',
  '对不起',
  '抱歉',
  '很抱歉',
}
-- What such a sentence speaks of when it is about the task. Others may say that they are sorry in a letter.
local TASKS = {
  'assist',
  'help with',
  'help you',
  'comply',
  'fulfil',
  'request',
  'rewrit',
  'as an ai',
  'this content',
  'that content',
  'provide that',
  'any text',
  'any code',
  'the selected',
  'do that',
}

--- Whether a line begins a refusal.
---@param line string
---@return boolean
function M.refuses(line)
  return begins(plain(line), REFUSALS) and is_wordy(line)
end

--- Whether a line refuses what a model is asked, and can hardly be a sentence of a letter.
---@param line string
---@return boolean
function M.refuses_task(line)
  local text = plain(line)
  if not M.refuses(line) then
    return false
  end
  for _, task in ipairs(TASKS) do
    if text:find(task, 1, true) then
      return true
    end
  end
  return false
end

return M
