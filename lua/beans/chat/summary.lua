-- What a chat is about, from the first bytes of its text: read for each of a thousand chats while the user waits, so
-- plain searches go before patterns. Pure.

local front_matter = require('beans.front_matter')
local lines_in = require('beans.lines')
local transcript = require('beans.transcript')
local words = require('beans.words')

local M = {}

-- What is shown of a question at most.
local PREVIEW_BYTES = 400

---@class beans.Summary
---@field title string '' where it has none
---@field model string|nil
---@field cost_micro_usd number|nil
---@field preview string the beginning of the first question, on one line; '' where there is none
---@field body integer how many bytes stand above the text

local function lines_of(text)
  return lines_in.of((text:gsub('\r\n', '\n')))
end

--- The first line that is `line` and its last byte, behind a line end at or after `from`.
local function find_line(text, line, from)
  local at = text:find('\n' .. line, from, true)
  while at do
    local behind = text:match('^\r?\n()', at + 1 + #line)
    if behind then
      return at + 1, behind - 1
    end
    at = text:find('\n' .. line, at + 1, true)
  end
end

--- The last byte of the head of a text; nil when it has none, or does not reach to its end.
local function end_of_head(text)
  local _, last = find_line(text, '---', 1)
  return last
end

local function has_head(text)
  return text:find('^%-%-%-\r?\n') ~= nil
end

--- Whether a text begins with a head and ends before that does: more of the file has to be read.
---@param text string
---@return boolean
function M.ends_in_head(text)
  return has_head(text) and not end_of_head(text)
end

--- A text that may end in the middle of a character, without that.
local function whole(text)
  if (text:byte(-1) or 0) < 128 then
    return text
  end
  return (text:gsub('[\194-\244][\128-\191]*$', ''))
end

--- Takes expanded mentions off: a line with what it is, then a fenced block.
local function without_context(text)
  local left, fence, after_mention = {}, nil, false
  for _, line in ipairs(lines_of(text)) do
    local mark = line:match('^```+')
    local mention = not fence and line:find('^%[@.+ tokens%]$') ~= nil
    if fence then
      fence = not (mark and #mark >= #fence) and fence or nil
    elseif after_mention and mark then
      fence = mark
    elseif not mention then
      left[#left + 1] = line
    end
    after_mention = mention
  end
  return table.concat(left, '\n')
end

--- The text of the first question, with its heading; the beginning of it, but where a mention stands before.
local function first_question(text, body)
  local from = 1
  if body > 0 or not text:find('^' .. transcript.heading('user') .. '\r?\n') then
    from = find_line(text, transcript.heading('user'), math.max(1, body))
  end
  if not from then
    return ''
  end
  local piece = text:sub(from, (find_line(text, transcript.heading('assistant'), from) or #text + 1) - 1)
  if not piece:find('[@', 1, true) then
    piece = piece:sub(1, PREVIEW_BYTES)
  end
  return whole(piece)
end

--- What is said in a message. Most have nothing for which their lines must be looked at.
local function content_of(piece)
  if piece:find('\\', 1, true) or piece:find('\n# ', 1, true) or piece:find('\n> ', 1, true) then
    return transcript.parse(lines_of(piece))[1].content
  end
  return piece:sub(#transcript.heading('user') + 1)
end

local function preview_of(text, body)
  local question = content_of(first_question(text, body))
  if question:find('[@', 1, true) then
    local own = words.line(without_context(question))
    question = own ~= '' and own or question
  end
  return words.line(whole(question:sub(1, PREVIEW_BYTES)))
end

--- What a chat is about.
---@param text string the first bytes of it
---@return beans.Summary
function M.of(text)
  local body = has_head(text) and end_of_head(text) or 0
  local head = text:sub(1, body)
  local model = front_matter.field(head, 'model')
  return {
    title = words.line(front_matter.field(head, 'title') or ''),
    model = model and words.line(model),
    cost_micro_usd = tonumber(front_matter.field(head, 'cost_micro_usd') or ''),
    preview = preview_of(text, body),
    body = body,
  }
end

return M
