-- A conversation as text: messages under level-1 headings, and back. What stands in the text is what is sent. Pure.
--
--   # You
--                     one blank line belongs to the heading
--   text of the message
--                     one blank line belongs to the next heading
--   # Beans
--
-- A line of a message that reads like one of our own (a heading, or a notice) is written with a backslash before it,
-- and read without: so no text can split or forge a message, and any text comes back as it was.
--
-- A notice is never sent: `> [!BEANS] ` with words, and the quoted lines right below it. Above the text of a message
-- stand what the model thought and other answers to the same question; below it what happened to it and what it cost.
-- One blank line between a notice and the text belongs to the notice.

local front_matter = require('beans.front_matter')
local lines_in = require('beans.lines')

local M = {}

local HEADINGS = { user = '# You', assistant = '# Beans', system = '# System' }
local ROLES = {}
for role, heading in pairs(HEADINGS) do
  ROLES[heading] = role
end

-- What a line begins with that may be ours though it is no heading.
local QUOTE, BACKSLASH = ('>'):byte(), ('\\'):byte()
local MAY_BE_OURS = { [QUOTE] = true, [BACKSLASH] = true }

-- A callout, as several Markdown renderers draw it.
local NOTICE = '> [!BEANS] '

---@class beans.Notice
---@field text string what stands behind its mark
---@field first integer its lines
---@field last integer

---@class beans.Message
---@field role 'user'|'assistant'|'system'
---@field content string
---@field first integer line of the heading
---@field last integer last line, a blank one before the next heading included
---@field notices beans.Notice[] in the order of the lines

--- The heading of a role.
---@param role 'user'|'assistant'|'system'
---@return string
function M.heading(role)
  return HEADINGS[role]
end

--- A text as a notice: one line, never sent.
---@param text string one line
---@return string
function M.notice(text)
  return NOTICE .. text
end

--- Text as it stands below a notice. A text that comes in pieces is quoted piece by piece; the first begins a line.
---@param text string
---@param inside? boolean whether it goes on with a line that was begun
---@return string
function M.quote(text, inside)
  return (inside and '' or '> ') .. text:gsub('\n', '\n> ')
end

--- A quoted line as it was.
---@param line string
---@return string
function M.unquote(line)
  return (line:gsub('^> ?', ''))
end

local function is_notice(line)
  return line:sub(1, #NOTICE) == NOTICE
end

--- Whether a line, without backslashes before it, is one of ours.
local function is_ours(line)
  local bare = line:gsub('^\\+', '')
  return ROLES[bare] ~= nil or is_notice(bare)
end

local function escape(line)
  return is_ours(line) and '\\' .. line or line
end

local function unescape(line)
  return line:byte() == BACKSLASH and is_ours(line) and line:sub(2) or line
end

--- The last line of the notice that begins at a line.
local function end_of_notice(lines, first, last)
  local at = first
  while at < last and lines[at + 1]:byte() == QUOTE and not is_notice(lines[at + 1]) do
    at = at + 1
  end
  return at
end

---@class beans.Body the text of a message: runs of lines as they stand there, and lines that stood there escaped. One
--- is used for all messages of a chat, and no line is copied, for a chat may be long
---@field lines string[]
---@field count integer of the runs
---@field first integer[] of each run
---@field last integer[]
---@field text table<integer, string> of a run that is one line and was escaped
local Body = {}
Body.__index = Body

local function body_of(lines)
  return setmetatable({ lines = lines, count = 0, first = {}, last = {}, text = {} }, Body)
end

--- Lines of the text.
function Body:add(first, last, text)
  local count = self.count
  if count > 0 and not text and not self.text[count] and self.last[count] == first - 1 then
    self.last[count] = last
  else
    count = count + 1
    self.count, self.first[count], self.last[count], self.text[count] = count, first, last, text
  end
end

--- Takes a blank line from its end.
function Body:trim()
  local count = self.count
  if count > 0 and self.lines[self.last[count]] == '' then
    self.last[count] = self.last[count] - 1
    self.count = self.last[count] >= self.first[count] and count or count - 1
  end
end

--- The whole; there is nothing any more after that.
function Body:take()
  local texts = {}
  for i = 1, self.count do
    texts[i] = self.text[i] or table.concat(self.lines, '\n', self.first[i], self.last[i])
  end
  self.count = 0
  return texts[2] and table.concat(texts, '\n') or texts[1] or ''
end

--- The last of the lines that are text as they stand, from one on.
local function end_of_run(lines, at, last)
  local byte = string.byte
  while at <= last and not MAY_BE_OURS[byte(lines[at])] do
    at = at + 1
  end
  return at - 1
end

--- Reads the notice at a line. Gives the line behind it.
local function read_notice(message, body, lines, at)
  local last = end_of_notice(lines, at, message.last)
  message.notices[#message.notices + 1] = { text = lines[at]:sub(#NOTICE + 1), first = at, last = last }
  if body.count > 0 then
    body:trim()
  elseif lines[last + 1] == '' then
    last = last + 1
  end
  return last + 1
end

--- Reads what stands between a heading and the next one.
local function read_body(message, body, lines)
  local at = message.first + 1
  message.notices = {}
  if lines[at] == '' and at <= message.last then
    at = at + 1
  end
  while at <= message.last do
    local line, last = lines[at], end_of_run(lines, at, message.last)
    if last >= at then
      body:add(at, last)
      at = last + 1
    elseif is_notice(line) then
      at = read_notice(message, body, lines, at)
    else
      local text = unescape(line)
      body:add(at, at, text ~= line and text or nil)
      at = at + 1
    end
  end
  body:trim()
  message.content = body:take()
end

--- Reads a conversation. The head of the file and lines above the first heading are no messages.
---@param lines string[]
---@return beans.Message[]
function M.parse(lines)
  local messages = {}
  local _, head = front_matter.parse(lines)
  for i = head + 1, #lines do
    if ROLES[lines[i]] then
      messages[#messages + 1] = { role = ROLES[lines[i]], first = i }
    end
  end
  local body = body_of(lines)
  for i, message in ipairs(messages) do
    message.last = messages[i + 1] and messages[i + 1].first - 1 or #lines
    read_body(message, body, lines)
  end
  return messages
end

--- Any text, fit to stand in a message. A CR ends a line too, as it will on the screen.
---@param text string
---@return string
function M.escape(text)
  return (text:gsub('[^\r\n]+', escape))
end

--- Writes a conversation: `parse(render(messages))` gives the same roles and contents.
---@param messages {role: string, content: string}[]
---@return string[] lines
function M.render(messages)
  local lines = {}
  for _, message in ipairs(messages) do
    lines[#lines + 1] = HEADINGS[message.role]
    lines[#lines + 1] = ''
    for _, line in ipairs(lines_in.of(message.content)) do
      lines[#lines + 1] = escape(line)
    end
    lines[#lines + 1] = ''
  end
  return lines
end

-- Streaming -----------------------------------------------------------------------------------------------------------

--- Whether more text may make one of our lines of this beginning.
local function may_become_ours(beginning)
  local bare = beginning:gsub('^\\+', '')
  for heading in pairs(ROLES) do
    if heading:sub(1, #bare) == bare then
      return true
    end
  end
  return NOTICE:sub(1, #bare) == bare or is_notice(bare)
end

---@class beans.TranscriptWriter escapes a message that comes in pieces
---@field private held string|nil the beginning of the line, while it may become one of ours; nil: it can't any more
local Writer = {}
Writer.__index = Writer

---@param inside? boolean whether the first piece goes on with a line that was begun
---@return beans.TranscriptWriter
function M.writer(inside)
  return setmetatable({ held = not inside and '' or nil }, Writer)
end

--- Takes a part of one line.
function Writer:take(part)
  if not self.held then
    return part
  end
  self.held = self.held .. part
  if may_become_ours(self.held) then
    return ''
  end
  part, self.held = self.held, nil
  return part
end

--- Ends a line.
function Writer:release()
  local line = escape(self.held or '')
  self.held = ''
  return line
end

--- Takes a piece of the message and returns what of it may be written: all, but for the few characters that may still
--- become one of our lines.
---@param text string
---@return string
function Writer:feed(text)
  local out = {}
  for part, line_end in text:gmatch('([^\r\n]*)([\r\n]?)') do
    out[#out + 1] = self:take(part)
    if line_end ~= '' then
      out[#out + 1] = self:release() .. line_end
    end
  end
  return table.concat(out)
end

--- The rest, at the end of the message.
---@return string
function Writer:finish()
  return self:release()
end

return M
