-- Turns a model's answer to a rewrite, as it streams, into lines that fit the file: without fences and talk, indented
-- as what they replace, with its blank lines around them and its line ends. Pure.

local answers = require('beans.rewrite.fit.answer')
local indents = require('beans.rewrite.fit.indent')
local plain = require('beans.plain')
local subjects = require('beans.rewrite.fit.subject')

local M = {}

-- An unfinished line is shown up to here.
local HEAD_MAX = 2048
local MESSAGE_MAX = 500

---@class beans.FitOptions
---@field original string[] the text that is rewritten; of a selection by characters or of a block only what is
---selected; empty: text is generated
---@field kind 'line'|'char'|'block' by characters, the first line begins in mid-line
---@field filetype string
---@field indent string a level of indentation in the file; '': not known
---@field base? string the indentation of a text that replaces nothing
---@field as_given? boolean the answer's indentation is what was asked for

---@class beans.FitEnd
---@field refusal? string what the model says in the API's own field for refusals
---@field cut? boolean the answer ended early

---@class beans.FitProblem
---@field kind 'empty'|'refusal'
---@field message string one line, with the model's own words where it has any

---@class beans.Fitter
---@field private kind 'line'|'char'|'block'
---@field private original string[] without the CR of files that are read as if lines ended in LF
---@field private cr string what each line ends in
---@field private last_cr string
---@field private leading string[] blank lines of the original
---@field private trailing string[]
---@field private answer beans.AnswerReader
---@field private mender beans.IndentMender
---@field private pieces string[] of the unfinished line
---@field private head string how it begins
---@field private blanks string[] that came, and may be the last lines
---@field private begun boolean text has come
---@field private holds_last boolean the last line is ended otherwise than the rest
---@field private last string|nil held back because of that
---@field private gave boolean lines were given
local Fitter = {}
Fitter.__index = Fitter

local function is_blank(line)
  return not line:find('%S')
end

-- The original --------------------------------------------------------------------------------------------------------

--- How the original's lines end. A selection that ends in mid-line has no CR behind its last line.
---@return string cr
---@return string last_cr
local function line_ends(original, kind)
  local count = kind == 'char' and #original > 1 and #original - 1 or #original
  for i = 1, count do
    if original[i]:sub(-1) ~= '\r' then
      return '', ''
    end
  end
  local cr = count > 0 and '\r' or ''
  return cr, (original[#original] or ''):sub(-1) == '\r' and cr or ''
end

--- The blank lines at both ends; none when there are no others.
local function blank_ends(lines)
  local first, last = 1, #lines
  while first <= last and is_blank(lines[first]) do
    first = first + 1
  end
  while last >= first and is_blank(lines[last]) do
    last = last - 1
  end
  local leading, trailing = {}, {}
  if first <= last then
    for i = 1, first - 1 do
      leading[i] = lines[i]
    end
    for i = last + 1, #lines do
      trailing[#trailing + 1] = lines[i]
    end
  end
  return leading, trailing
end

---@param options beans.FitOptions
---@return beans.Fitter
function M.new(options)
  local self = setmetatable({ kind = options.kind, pieces = {}, head = '', blanks = {}, original = {} }, Fitter)
  self.begun, self.gave = false, false
  self.cr, self.last_cr = line_ends(options.original, options.kind)
  for i, line in ipairs(options.original) do
    self.original[i] = self.cr ~= '' and line:gsub('\r$', '') or line
  end
  self.leading, self.trailing = blank_ends(self.original)
  local last = self.original[#self.original] or ''
  self.holds_last = options.kind == 'char' and (self.cr ~= self.last_cr or last:find('%S%s+$') ~= nil)
  local subject = subjects.of(self.original, options.filetype)
  self.answer = answers.new(subject)
  self.mender = indents.new({
    original = self.original,
    kind = options.kind,
    unit = options.kind ~= 'block' and not subject.prose and not options.as_given and options.indent or '',
    as_given = options.as_given or false,
    by_shape = subject.filetype ~= 'yaml',
    base = options.base or '',
  })
  return self
end

-- Giving lines --------------------------------------------------------------------------------------------------------

--- A selection of words may have a blank at either end that models leave out; when the words are the same, leaving it
--- out was what was asked for.
function Fitter:with_outer_blanks(line, original, pattern)
  local text = line:match('^%s*(.-)%s*$')
  local blanks = original:match(pattern)
  if self.kind ~= 'char' or text == '' or line:match(pattern) ~= '' or original:match('^%s*(.-)%s*$') == text then
    return ''
  end
  return blanks
end

--- Puts lines that are ready into `out`.
function Fitter:give(lines, out)
  for _, line in ipairs(lines) do
    if self.holds_last then
      line, self.last = self.last, line
    end
    if line then
      out[#out + 1] = line .. self.cr
      self.gave = true
    end
  end
end

--- Takes lines of the new text.
function Fitter:take(lines, out)
  for _, line in ipairs(lines) do
    if is_blank(line) then
      self.blanks[#self.blanks + 1] = line
    elseif self.begun then
      for _, blank in ipairs(self.blanks) do
        self:give(self.mender:line(blank), out)
      end
      self.blanks = {}
      self:give(self.mender:line(line), out)
    else
      self.begun, self.blanks = true, {}
      self:give(self.leading, out)
      local first = self.original[1] or ''
      line = #self.leading == 0 and self:with_outer_blanks(line, first, '^%s*') .. line or line
      self:give(self.mender:line(line), out)
    end
  end
end

--- The lines of a piece of text that are whole; what is left is kept.
function Fitter:whole_lines(text)
  local lines, at = {}, 1
  while true do
    local stop = text:find('\n', at, true)
    local piece = text:sub(at, (stop or 0) - 1)
    self.pieces[#self.pieces + 1] = piece
    if not stop then
      break
    end
    lines[#lines + 1] = table.concat(self.pieces):gsub('\r$', '')
    self.pieces, self.head, at = {}, '', stop + 1
  end
  if #self.head < HEAD_MAX then
    self.head = self.head .. text:sub(at, at + HEAD_MAX - #self.head - 1)
  end
  return lines
end

--- How the unfinished line begins, without half a character or half a line end.
function Fitter:visible_head()
  return plain.whole((self.head:gsub('\r$', '')))
end

--- What can be shown behind the lines that were given.
function Fitter:tail()
  local head, lines = self:visible_head(), {}
  local shows = head:find('%S') and self.answer:will_be_text(head)
  for _, blank in ipairs(shows and self.begun and self.blanks or {}) do
    lines[#lines + 1] = blank
  end
  lines[#lines + 1] = shows and head or nil
  local tail, leading = {}, shows and not self.begun and self.leading or {}
  for _, list in ipairs({ { self.last }, leading, self.mender:preview(lines) }) do
    for _, line in ipairs(list) do
      tail[#tail + 1] = line .. self.cr
    end
  end
  return tail
end

--- Takes a piece of the answer, split anywhere.
---@param text string
---@return string[] lines that are certain: each is given once
---@return string[] tail lines that will probably follow them
function Fitter:feed(text)
  local was_full, out = #self.head >= HEAD_MAX, {}
  local lines = self:whole_lines(text)
  for _, line in ipairs(lines) do
    self:take(self.answer:line(line), out)
  end
  -- Nothing more is shown of a line that is long already.
  if #lines > 0 or not was_full then
    self.shown = self:tail()
  end
  return out, self.shown
end

-- The end -------------------------------------------------------------------------------------------------------------

local function one_line(text)
  local line = text:gsub('[%s%c]+', ' '):gsub('^ ', ''):gsub(' $', '')
  if #line <= MESSAGE_MAX then
    return line
  end
  return plain.whole(line:sub(1, MESSAGE_MAX)) .. '…'
end

--- Whether an unfinished line of an answer that ended early is given: it would be half a line of the file, except where
--- the selection is a part of one line, as a sentence is, and all there is is this.
function Fitter:is_worth_keeping()
  return self.kind == 'char' and #self.original == 1 and not self.begun
end

--- The line that was still unfinished.
function Fitter:take_unfinished(cut, out)
  local line = table.concat(self.pieces):gsub('\r$', '')
  self.pieces, self.head = {}, ''
  if line ~= '' and (not cut or self.answer:is_talk(line) or self:is_worth_keeping()) then
    self:take(self.answer:line(line), out)
  end
end

--- The blank lines of the original, and what its last line ends in.
function Fitter:close(cut, out)
  if not cut then
    self:give(self.trailing, out)
  end
  if self.last then
    local original = #self.trailing == 0 and self.original[#self.original] or ''
    local blanks = cut and '' or self:with_outer_blanks(self.last, original, '%s*$')
    out[#out + 1] = self.last .. blanks .. (cut and self.cr or self.last_cr)
    self.last, self.gave = nil, true
  end
end

---@return beans.FitProblem|nil
function Fitter:problem(refusal, cut)
  local said = one_line(self:epilogue())
  if refusal ~= '' then
    return { kind = 'refusal', message = one_line(refusal) }
  elseif self.answer.refused then
    return { kind = 'refusal', message = said }
  elseif said ~= '' then
    return { kind = 'empty', message = said }
  end
  return { kind = 'empty', message = cut and 'The answer ended before its first line' or 'The answer is empty' }
end

--- Ends the answer.
---@param facts beans.FitEnd
---@return string[] lines the rest
---@return beans.FitProblem|nil problem there is no new text, and none was given
function Fitter:finish(facts)
  local out, refusal = {}, one_line(facts.refusal or '')
  self:take_unfinished(facts.cut, out)
  self:take(self.answer:finish(), out)
  if not self.begun or (refusal ~= '' and not self.gave) then
    return {}, self:problem(refusal, facts.cut)
  end
  self:give(self.mender:finish(), out)
  self:close(facts.cut, out)
  self.answer:say({ '', refusal })
  return out, nil
end

--- What the model said outside of the text.
---@return string # trimmed; '': nothing
function Fitter:epilogue()
  local said = table.concat(self.answer.said, '\n'):gsub('^%s+', ''):gsub('%s+$', '')
  return (said:gsub('\n%s*\n%s*\n', '\n\n'))
end

return M
