-- Turns a model's answer, as it streams, into what may be shown as ghost text: without fences, talk and repetitions,
-- not closing what is closed behind the cursor, indented as the file is, ending where the block ends. Pure.
--
-- An answer is taken line by line. Whole lines are settled for good; the line that is still coming is tried on a copy
-- of the state, and shown only as far as nothing that follows can take it back. So the same text gives the same
-- candidate however it is split, and a piece costs no more than the line it stands in.

local echo = require('beans.complete.fit.echo')
local layouts = require('beans.complete.fit.layout')
local openings = require('beans.complete.fit.opening')
local overlap = require('beans.complete.fit.overlap')
local structure = require('beans.complete.fit.structure')
local surroundings = require('beans.complete.fit.surroundings')

local M = {}

--- A longer candidate is more than one reads at a glance.
M.LINES_MAX = 24
--- Of a line; a longer one is cut and ends the candidate.
M.LINE_BYTES = 1000

-- So many bytes of a line that the answer ends in are recognised as the beginning of the line below.
local TELLING = 4

---@alias beans.NoCandidate 'empty'|'blank'|'already there'|'talk'

---@class beans.CandidateFitter
---@field private cursor beans.Cursor
---@field private around beans.Surroundings
---@field private single boolean text stands behind the cursor: one line only
---@field private opening beans.Opening
---@field private echo beans.Echo
---@field private layout beans.Layout
---@field private top beans.Open|nil what is open at the end of the candidate
---@field private lines string[] of the candidate
---@field private blanks integer blank lines that came and may be followed by text
---@field private cut boolean something that is there already was left out
---@field private joins boolean what stands behind the cursor goes on where the candidate ends
---@field private tail string the line that is coming
---@field private broken boolean the answer ends within its last line
---@field private ended boolean nothing of what follows would be shown
local Fitter = {}
Fitter.__index = Fitter

local function copy(object)
  local twin = {}
  for key, value in pairs(object) do
    twin[key] = value
  end
  return setmetatable(twin, getmetatable(object))
end

---@param cursor beans.Cursor
---@return beans.CandidateFitter
function M.new(cursor)
  local prose = structure.language(cursor.filetype).prose == true
  local around = surroundings.of(cursor)
  local in_words = prose or (around.top ~= nil and around.top.within ~= nil)
  local layout = layouts.new(cursor, prose, in_words)
  return setmetatable({
    cursor = cursor,
    around = around,
    single = not overlap.only_closes(cursor.suffix),
    opening = openings.new(cursor.before, prose, in_words),
    echo = echo.new(cursor.before, cursor.prefix),
    layout = layout,
    top = around.top,
    lines = {},
    blanks = 0,
    cut = false,
    joins = false,
    tail = '',
    broken = false,
    ended = false,
  }, Fitter)
end

-- A line of the candidate ---------------------------------------------------------------------------------------------

--- Reads a line and cuts it where it closes what is closed behind the cursor.
---@param text string
---@param before string what stands before it in its line
---@param line beans.OpenLine
---@param whole boolean
---@return string|nil text nil: nothing of the line is left
function Fitter:read(text, before, line, whole)
  local where, alone, leaves
  local function on_close(entry, _, first)
    if not entry.line.outer then
      return false
    end
    where, alone = surroundings.is_closed(self.around, entry), first
    leaves = leaves or (first and not where and layouts.is_closer(text:match('^%s*(.-)%s*$')))
    return where ~= nil
  end
  local top, stop, held = structure.read(self.around.language, self.top, before .. text, line, on_close, #before + 1)
  self.top = top
  if stop then
    self.ended, self.cut, self.joins = true, true, where == 'line'
    if alone and where == 'below' then
      return nil
    end
    return text:sub(1, stop - #before - 1)
  elseif held and not whole then
    return text:sub(1, held - #before - 1)
  end
  self.ended = self.ended or (leaves == true and whole)
  return text
end

--- Whether a line may repeat the suffix as text. What begins with a closer of what is open is told by what it closes.
function Fitter:overlaps()
  local suffix = self.cursor.suffix
  if not suffix:find('%S') then
    return false
  end
  for _, where in pairs(self.around.closed) do
    if where == 'line' and suffix:find('^%s*[%)%]}>"\'`]') then
      return false
    end
  end
  return true
end

--- Cuts the first line where it begins to repeat what stands behind the cursor.
function Fitter:without_suffix(text, line, top, whole)
  local prefix = self.cursor.prefix
  local at, complete = overlap.find(text, self.cursor.suffix, whole, function(before)
    local open = structure.read(self.around.language, top, prefix .. before, line, nil, #prefix + 1)
    return open == nil or open.line.outer == true
  end)
  if not at then
    return text
  end
  self.cut, self.joins = self.cut or whole or complete, true
  self.ended = self.ended or complete
  return text:sub(1, at - 1)
end

function Fitter:push(text)
  local lines = {}
  for i, line in ipairs(self.lines) do
    lines[i] = line
  end
  for _ = 1, self.blanks do
    lines[#lines + 1] = ''
  end
  lines[#lines + 1] = text
  self.lines, self.blanks = lines, 0
end

--- Takes the line that continues the cursor's.
function Fitter:first(text, whole)
  local prefix = self.cursor.prefix
  local alone, absolute = not prefix:find('%S'), false
  if alone then
    self.blanks = 0
    text, absolute = self.layout:first(prefix, text)
  else
    local given = text
    text = echo.cut(prefix, text, whole)
    if not text then
      return
    end
    self.cut = self.cut or text ~= given
    if text == given and text:find('^%s%s') and self:begins_block(text) then
      self:push('')
      return self:following(text, whole)
    elseif prefix:find('%s$') then
      text = text:gsub('^%s+', '')
    end
  end
  local line = { indent = self.layout:width(prefix .. text) }
  local trimmed = text:match('^%s*(.-)%s*$')
  if alone and not whole and self.layout:may_be_below(trimmed) then
    return
  elseif alone and self.layout:is_there(trimmed, line.indent) then
    self.ended, self.cut = true, true
    return
  end
  self.layout:begin(prefix .. text, absolute, alone)
  local top = self.top
  text = self:read(text, prefix, line, whole)
  if text and self:overlaps() then
    text = self:without_suffix(text, line, top, whole or self.ended)
  end
  if text and (text ~= '' or whole) then
    self:push(text)
  end
  self.ended = self.ended or (whole and self.single)
end

--- Whether the cursor's line ends in what opens a block, and a text is indented deeper than it.
function Fitter:begins_block(text)
  local deeper = self.layout:width(text) > self.layout:width(self.cursor.prefix)
  return deeper and not self.single and layouts.opens(self.cursor.prefix)
end

--- The indentation of what a line closes, should it begin with a closer.
function Fitter:closes_width(text)
  local width
  structure.read(self.around.language, structure.newline(self.top), text:match('^%s*%p?'), {
    indent = self.layout:width(text),
  }, function(entry)
    width = entry.line.indent
    return true
  end)
  return width
end

--- Whether more of a line could show that it does not belong to the candidate.
function Fitter:may_change(text)
  return self.layout:may_be_below(text) or layouts.is_closer(text) or layouts.may_define(text)
end

--- Takes a line after the first.
function Fitter:following(line, whole)
  if not line:find('%S') then
    self.blanks = self.blanks + (whole and 1 or 0)
    return
  elseif #self.lines + self.blanks >= M.LINES_MAX or self.single then
    self.ended = true
    return
  elseif not whole and line:find('^%s*}?%s*[%w_@#]*$') then
    return -- its first word tells what it is
  end
  if #self.lines == 1 and self.lines[1] == '' then
    self.layout:begin(self.cursor.prefix, false, false)
  end
  local text, width = self.layout:mend(line, self:closes_width(line), self.blanks > 0)
  local trimmed = text:match('^(.-)%s*$')
  if not whole and self:may_change(trimmed) then
    return
  elseif self.broken and #trimmed >= TELLING and self.layout:may_be_below(trimmed) then
    self.cut = true
    return
  end
  local place = self.layout:place(trimmed, width, self.blanks > 0)
  if place == 'beyond' or place == 'there' then
    self.ended, self.cut = true, self.cut or place == 'there'
    return
  end
  self.top = structure.newline(self.top)
  local fitted = self:read(self.layout:blanks(width) .. text, '', { indent = width }, whole)
  if fitted then
    self:push(fitted)
  end
  self.ended = self.ended or (place == 'last' and whole)
end

-- The answer ----------------------------------------------------------------------------------------------------------

--- Takes a line of the answer, or the beginning of one.
function Fitter:take(line, whole)
  local lines = self.opening:take(line, whole)
  for i, text in ipairs(lines) do
    local text_whole = whole or i < #lines
    local fresh = self.echo:take(text, text_whole)
    for k, one in ipairs(fresh) do
      self:continue(one, text_whole or k < #fresh)
    end
  end
  self.ended = self.ended or self.opening.ended
end

--- Takes the first lines of the text, of which blank ones may mean that the cursor's line is done.
function Fitter:start(line, whole)
  local prefix = self.cursor.prefix
  if not line:find('%S') then
    self.blanks = self.blanks + (whole and 1 or 0)
    return
  end
  local repeats = #prefix > 3 and echo.cut(prefix, line, whole) ~= line
  if self.blanks > 0 and prefix:find('%S') and not repeats then
    local blanks = self.blanks
    self.blanks = 0
    self:push('')
    self.blanks = blanks - 1
    return self:following(line, whole)
  end
  self.blanks = 0
  self:first(line, whole)
end

--- Takes a line that is text.
function Fitter:continue(line, whole)
  if self.ended then
    return
  elseif #self.lines > 0 then
    self:following(line, whole)
  else
    self:start(line, whole)
  end
end

--- Whether the closer behind the cursor is to stand in a line of its own: `{|}` and lines put between.
function Fitter:wants_last_line()
  local top = self.top
  return not self.joins
    and #self.lines > 1
    and self.lines[1] == ''
    and top ~= nil
    and top.line.cursor == true
    and self.around.closed[top] == 'line'
end

--- The candidate as it can be shown.
---@return string[]
function Fitter:candidate()
  local lines = {}
  for i, line in ipairs(self.lines) do
    lines[i] = line:gsub('%s+$', '')
  end
  local last = #lines
  while last > 0 and lines[last] == '' do
    lines[last], last = nil, last - 1
  end
  if last == 0 then
    return {}
  elseif self.joins then
    local line = self.lines[#self.lines]
    if #self.lines > last or not self.cursor.suffix:find('^%s') then
      lines[#self.lines] = line
    end
  elseif self:wants_last_line() then
    lines[last + 1] = self.layout:blanks(self.layout.base)
  end
  return lines
end

--- Takes a piece of the answer.
---@param text string
---@return string[] lines the candidate so far: the first continues at the cursor; empty: nothing can be shown yet
---@return boolean enough what follows would be left out, so the request can be ended
function Fitter:feed(text)
  local at = 1
  while not self.ended do
    local stop = text:find('\n', at, true)
    self.tail = self.tail .. text:sub(at, (stop or 0) - 1)
    local long = #self.tail > M.LINE_BYTES
    if not stop and not long then
      break
    end
    self:take(self.tail:sub(1, M.LINE_BYTES), true)
    self.ended = self.ended or long
    self.tail, at = '', (stop or #text) + 1
  end
  if self.ended then
    return self:candidate(), true
  end
  local draft = copy(self)
  draft.opening, draft.echo, draft.layout = copy(self.opening), copy(self.echo), copy(self.layout)
  draft:take(self.tail, false)
  if draft.ended then -- whatever the rest of the line will be
    for key, value in pairs(draft) do
      self[key] = value
    end
  end
  return draft:candidate(), draft.ended
end

--- Ends the answer.
---@return string[]|nil lines
---@return beans.NoCandidate|nil why there is no candidate
function Fitter:finish()
  if not self.ended then
    if self.tail ~= '' then
      self.broken = true
      self:take(self.tail, true)
    end
    for _, line in ipairs(self.echo:flush()) do
      self:continue(line, true)
    end
    self.tail, self.ended = '', true
  end
  local lines = self:candidate()
  if #lines > 0 then
    return lines
  elseif self.cut then
    return nil, 'already there'
  end
  return nil, self.opening:reason()
end

return M
