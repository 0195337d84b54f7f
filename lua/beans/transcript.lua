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
  return line:sub(1, 1) == '\\' and is_ours(line) and line:sub(2) or line
end

--- The last line of the notice that begins at a line.
local function end_of_notice(lines, first, last)
  local at = first
  while at < last and lines[at + 1]:sub(1, 1) == '>' and not is_notice(lines[at + 1]) do
    at = at + 1
  end
  return at
end

--- Reads what stands between a heading and the next one.
local function read_body(message, lines)
  local content, notices, at = {}, {}, message.first + 1
  if lines[at] == '' and at <= message.last then
    at = at + 1
  end
  while at <= message.last do
    if is_notice(lines[at]) then
      local last = end_of_notice(lines, at, message.last)
      notices[#notices + 1] = { text = lines[at]:sub(#NOTICE + 1), first = at, last = last }
      if #content == 0 and lines[last + 1] == '' then
        last = last + 1
      elseif content[#content] == '' then
        content[#content] = nil
      end
      at = last + 1
    else
      content[#content + 1] = unescape(lines[at])
      at = at + 1
    end
  end
  if content[#content] == '' then
    content[#content] = nil
  end
  message.content, message.notices = table.concat(content, '\n'), notices
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
  for i, message in ipairs(messages) do
    message.last = messages[i + 1] and messages[i + 1].first - 1 or #lines
    read_body(message, lines)
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
