-- A chat's title, made by itself: at once from the first question, then, where `chat.title` allows it, by one small
-- request to the model.

local client = require('beans.client')
local config = require('beans.config')
local words = require('beans.words')

local M = {}

local TITLE_CHARS = 60
-- What the model gets to see. Both are a matter of money: a title is worth no more.
local QUESTION_BYTES, ANSWER_BYTES = 600, 300
-- What is looked at of a line. It may be as long as it likes.
local LINE_BYTES = 600
-- More than a title needs, because some models think first.
local MAX_TOKENS = 100

local INSTRUCTION = 'Give the conversation that the user shows you a title: at most six words, in its own language, '
  .. 'without quotes and without a full stop. Answer with the title alone.'

--- The whole words at the beginning of a text, where they fill at least half of it; else all there is.
local function whole_words(part, follows)
  local words_before = part:match('^(.*%S)%s+%S*$')
  if follows:find('^%s') or not words_before or #words_before < #part / 2 then
    return part
  end
  return words_before
end

--- At most so many characters, the sign that something is missing included.
local function cut(text, most)
  local stop, count = nil, 0
  for position in text:gmatch('()[^\128-\191]') do
    count = count + 1
    if count == most then
      stop = position
    elseif count > most then
      local part = whole_words(text:sub(1, stop - 1), text:sub(stop))
      return part:gsub('[%s,;:%-]+$', '') .. '…'
    end
  end
  return text
end

--- The beginning of a text, at most so many bytes, no character cut in half.
local function beginning(text, bytes)
  local part = text:sub(1, bytes)
  if text:find('^[\128-\191]', bytes + 1) then
    part = part:gsub('[\192-\255][\128-\191]*$', '')
  end
  return part
end

--- A line without Markdown and mentions.
local function plain(line)
  line = (' ' .. beginning(line, LINE_BYTES))
    :gsub('%s@%a%S*', ' ')
    :gsub('^%s*[#>]+%s*', '')
    :gsub('^%s*[-*+]%s+', '')
    :gsub('^%s*%d+[.)]%s+', '')
    :gsub('!?%[([^%]]*)%]%([^)]*%)', '%1')
    :gsub('[`*~]', '')
    :gsub('%f[%w_]_+([^_]+)_+%f[^%w_]', '%1')
  return (words.line(line):gsub('%s+', ' '))
end

--- A title from the first question: its first line that says something. Context that was put into it is passed over.
---@param text string
---@return string|nil # nil: there are no words in it
function M.local_title(text)
  local fence
  for line in (text .. '\n'):gmatch('([^\n]*)\n') do
    local mark = line:match('^%s*(```+)') or line:match('^%s*(~~~+)')
    if fence then
      if mark and mark:sub(1, #fence) == fence and line:match('^%s*[`~]+%s*$') then
        fence = nil
      end
    elseif mark then
      fence = mark
    elseif not line:find('^%[@.*tokens%]$') then
      local title = plain(line)
      if title:find('[%w\128-\255]') then
        return cut(title, TITLE_CHARS)
      end
    end
  end
end

--- What a model answered, as a title; nil when there is none in it.
local function clean(answer)
  for line in answer:gmatch('[^\n]+') do
    local title = plain(line):gsub('^[Tt]itle:%s*', ''):gsub('^["\'“„«»]+', ''):gsub('["\'”“«».]+$', '')
    if title:find('[%w\128-\255]') then
      return cut(title, TITLE_CHARS)
    end
  end
end

--- Asks the model for a title: one small request, which belongs to no chat. When it fails, nothing is said.
---@param question string the first of the chat
---@param answer string to it
---@param model string
---@param on_title fun(title: string) called later, at most once
---@return beans.Job|nil # nil: `chat.title` is off
function M.ask(question, answer, model, on_title)
  if not config.get().chat.title then
    return nil
  end
  local shown = ('Question:\n%s\n\nAnswer:\n%s'):format(
    beginning(question, QUESTION_BYTES),
    beginning(answer, ANSWER_BYTES)
  )
  return client.request({
    feature = 'title',
    model = model,
    messages = { { role = 'system', content = INSTRUCTION }, { role = 'user', content = shown } },
    params = { max_tokens = MAX_TOKENS },
    stream = false,
    on_done = function(result)
      local title = clean(result.text)
      if title then
        on_title(title)
      end
    end,
    on_error = function() end,
  })
end

return M
