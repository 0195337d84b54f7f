-- The journal of an answer: the number of its message, then its text as far as it has come. How that becomes text of
-- the chat again after a crash. Pure.

local clean = require('beans.host.clean')
local lines_in = require('beans.lines')
local transcript = require('beans.transcript')

local M = {}

local CUT_OFF = 'cut off: the editor ended, or the chat was closed, while the answer came'

--- Where the text of an answer begins, behind the notices that other answers are kept in.
local function text_begins(message)
  local at = message.first + 2
  for _, notice in ipairs(message.notices) do
    if notice.first == at and notice.text:find('^alternative ') then
      at = notice.last + 2
    end
  end
  return at
end

--- The lines in which the text of an answer stands, what the model thought included.
---@param lines string[]
---@param index integer of its message
---@return integer|nil first nil when that message is no answer
---@return integer|nil last first - 1 when there is nothing
---@return integer|nil bottom the last of the blank lines below
local function place_of(lines, index)
  local message = transcript.parse(lines)[index]
  if not message or message.role ~= 'assistant' then
    return nil
  end
  local first, last = text_begins(message), message.last
  while last >= first and lines[last] == '' do
    last = last - 1
  end
  return first, last, message.last
end

--- What a journal begins with: more text is appended to it as it comes.
---@param lines string[] of the answer, from its heading on
---@param index integer of its message
---@return string
function M.begin(lines, index)
  local first, last = place_of(lines, 1)
  return ('%d\n%s'):format(index, table.concat(lines, '\n', first, last))
end

--- The text of an answer in the file, and what the journal has of it, as one: all of the journal's when the file's is
--- its beginning; otherwise both, for the user has changed the text meanwhile.
local function joined(old, text)
  local plain = table.concat(old, '\n')
  if text:sub(1, #plain) == plain then
    return lines_in.of(text)
  end
  old[#old + 1] = ''
  old[#old + 1] = transcript.notice('recovered: what had come')
  for _, line in ipairs(lines_in.of(transcript.quote(text))) do
    old[#old + 1] = line
  end
  return old
end

--- What a journal has of an answer and the chat has not, as lines for the chat.
---@param lines string[] of the chat
---@param content string of the journal
---@return integer|nil first they go into the place of first..last; nil: it is no journal
---@return integer|nil last
---@return string[]|nil new
function M.recover(lines, content)
  local index, text = content:match('^(%d+)\n(.*)$')
  if not index then
    return nil
  end
  local first, last, bottom = place_of(lines, tonumber(index))
  local old, new = {}, {}
  for i = first or 1, last or 0 do
    old[#old + 1] = lines[i]
  end
  if not first then
    first, last, bottom, new = #lines + 1, #lines, #lines, { '', transcript.heading('assistant'), '' }
  end
  for _, line in ipairs(joined(old, clean.text(text):gsub('\n+$', ''))) do
    new[#new + 1] = line
  end
  new[#new + 1] = ''
  new[#new + 1] = transcript.notice(CUT_OFF)
  new[#new + 1] = bottom > last and '' or nil -- more than one blank line would be text
  return first, bottom, new
end

return M
