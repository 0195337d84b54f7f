-- Other ways a conversation went. A message may have alternatives: from its heading to the end, each is another
-- continuation. One stands in the text, the others are quoted in notices below its heading, so they are never sent, and
-- are kept, moved and undone with the text. Pure: lines in, lines out.
--
--   # Beans
--
--   > [!BEANS] alternative 1 of 2
--   > # Beans
--   >
--   > the first answer
--
--   the second answer
--
-- A `tail` is the lines from a heading to the end of the conversation.

local transcript = require('beans.transcript')

local M = {}

local LABEL = 'alternative %d of %d'

local function number_of(notice)
  return tonumber(notice.text:match('^alternative (%d+) of %d+$'))
end

local function quote(line)
  return line == '' and '>' or '> ' .. line
end

--- The lines without an empty question at their end and without blank lines there.
local function trimmed(lines)
  local messages = transcript.parse(lines)
  local last = messages[#messages]
  local count = #lines
  if #messages > 1 and last.role == 'user' and last.content == '' and #last.notices == 0 then
    count = last.first - 1
  end
  while count > 1 and lines[count] == '' do
    count = count - 1
  end
  local kept = {}
  for i = 1, count do
    kept[i] = lines[i]
  end
  return kept
end

--- The lines with a place for the next question, unless they end with a question.
local function with_question(lines)
  local messages = transcript.parse(lines)
  if messages[#messages].role ~= 'user' then
    for _, line in ipairs({ '', transcript.heading('user'), '', '' }) do
      lines[#lines + 1] = line
    end
  end
  return lines
end

--- The alternatives of a tail, and the tail without them.
---@param tail string[]
---@return string[] own
---@return table<integer, string[]> others by their number, the own one left out
---@return integer count of all
local function take_apart(tail)
  local others, hidden, count = {}, {}, 1
  for _, notice in ipairs(transcript.parse(tail)[1].notices) do
    local number = number_of(notice)
    if number then
      local lines = {}
      for i = notice.first + 1, notice.last do
        lines[#lines + 1] = transcript.unquote(tail[i])
      end
      -- Numbers that the user has changed count for nothing: each has the next free place.
      while others[number] do
        number = number + 1
      end
      others[number], count = lines, count + 1
      hidden[#hidden + 1] = { notice.first, tail[notice.last + 1] == '' and notice.last + 1 or notice.last }
    end
  end
  local own, skip = {}, 1
  for i, line in ipairs(tail) do
    local range = hidden[skip]
    if not range or i < range[1] then
      own[#own + 1] = line
    elseif i == range[2] then
      skip = skip + 1
    end
  end
  return own, others, count
end

--- All alternatives in their order, and the place of the tail among them.
local function in_order(own, others, count)
  local numbers, list, at = {}, {}, nil
  for number in pairs(others) do
    numbers[#numbers + 1] = number
  end
  table.sort(numbers)
  for _, number in ipairs(numbers) do
    if not at and number > #list + 1 then
      list[#list + 1], at = own, #list + 1
    end
    list[#list + 1] = others[number]
  end
  if not at then
    list[#list + 1], at = own, count
  end
  return list, at
end

--- Puts a tail together: the one that stands there, with the others quoted below its heading.
local function put_together(list, at)
  local own, tail = list[at], {}
  tail[1], tail[2] = own[1], ''
  for i, lines in ipairs(list) do
    if i ~= at then
      tail[#tail + 1] = transcript.notice(LABEL:format(i, #list))
      for _, line in ipairs(trimmed(lines)) do
        tail[#tail + 1] = quote(line)
      end
      tail[#tail + 1] = ''
    end
  end
  for i = own[2] == '' and 3 or 2, #own do
    tail[#tail + 1] = own[i]
  end
  return tail
end

--- How many continuations there are, and which one stands there.
---@param message beans.Message
---@return integer place
---@return integer count 1 when there are no others
function M.place(message)
  local count, taken = 1, {}
  for _, notice in ipairs(message.notices) do
    local number = number_of(notice)
    if number then
      taken[number], count = true, count + 1
    end
  end
  local place = 1
  while taken[place] do
    place = place + 1
  end
  return place, count
end

--- Begins another continuation: what stands there becomes an alternative, the last one.
---@param tail string[]
---@param heading string of the new continuation
---@return string[] # its heading, all others below it, and one blank line: its text goes behind them
function M.begin(tail, heading)
  local own, others, count = take_apart(tail)
  local list = in_order(own, others, count)
  list[#list + 1] = { heading, '' }
  return put_together(list, #list)
end

--- Goes to another alternative.
---@param tail string[]
---@param direction 1|-1 the next or the one before, and on from the other end
---@return string[]|nil # nil: there is no other
function M.turn(tail, direction)
  local own, others, count = take_apart(tail)
  if count == 1 then
    return nil
  end
  local list, at = in_order(own, others, count)
  at = (at - 1 + direction) % #list + 1
  list[at] = with_question(list[at])
  return put_together(list, at)
end

return M
