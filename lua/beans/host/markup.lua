-- What the lines of a chat are, as far as their looks go: a chat is cut into pieces that can be highlighted each by
-- itself. Pure.

local M = {}

local ROLES = { ['# You'] = true, ['# Beans'] = true, ['# System'] = true }
local NOTICE = '> [!BEANS] '
-- Front matter is short; a `---` that nothing closes is a rule.
local LONGEST_HEAD = 200

---@alias beans.PieceKind 'head'|'role'|'notice'|'fence'|'prose'

---@class beans.Piece
---@field kind beans.PieceKind
---@field first integer number of its first line
---@field last integer
---@field group? string of a notice: the group it is shown in
---@field opener? string of a fence that began above `first`: its first line
---@field safe? integer of prose: the last line up to the wanted one before which the text may be cut

--- Whether a line is the heading of a message.
---@param line string
---@return boolean
function M.is_role(line)
  return ROLES[line] == true
end

--- The group in which a notice is shown; nil when the line begins none.
---@param line string
---@return string|nil
function M.notice_group(line)
  if line:sub(1, #NOTICE) ~= NOTICE then
    return nil
  end
  local text = line:sub(#NOTICE + 1)
  local is_trouble = text:find('^error: ') or text:find('^cut off: ') or text:find('^stopped')
  return is_trouble and 'BeansError' or 'BeansCost'
end

--- The mark of a code fence that begins in this line, how far it is indented, and what stands behind it.
---@param line string
---@return string|nil mark
---@return integer|nil indent
---@return string|nil info
function M.fence(line)
  local indent, mark, info = line:match('^( ? ? ?)(```+)([^`]*)$')
  if not mark then
    indent, mark, info = line:match('^( ? ? ?)(~~~+)(.*)$')
  end
  return mark, mark and #indent, info
end

local function closes(line, mark)
  local found = line:match('^ ? ? ?([`~]+)%s*$')
  return found ~= nil and #found >= #mark and found == mark:sub(1, 1):rep(#found)
end

--- The language that a fence names; nil when it names none, or nothing that is a plain word.
---@param info string what stands behind the mark
---@return string|nil
function M.language(info)
  return info:match('^%s*([%w_]+)%s*$') or info:match('^%s*([%w_]+)[%s,{:]')
end

---@class beans.Cutter
---@field pieces beans.Piece[]
---@field wanted integer the first line that matters
---@field private piece beans.Piece
---@field private mark string|nil of the fence that is open
---@field private blank boolean whether the line before was
local Cutter = {}
Cutter.__index = Cutter

--- Ends the piece before `line` and begins another there.
function Cutter:begin(kind, line, fields)
  local piece = self.piece
  piece.last = line - 1
  if piece.last >= math.max(piece.first, self.wanted) then
    self.pieces[#self.pieces + 1] = piece
  end
  self.piece = fields or {}
  self.piece.kind, self.piece.first = kind, line
  self.mark, self.blank = nil, true
  return self.piece
end

--- Lines that are ours, wherever they stand: also in a fence, which they end.
function Cutter:take_ours(text, line)
  if ROLES[text] then
    self:begin('role', line)
    self:begin('prose', line + 1)
    return true
  end
  local group = M.notice_group(text)
  if group then
    self:begin('notice', line, { group = group })
  end
  return group ~= nil
end

function Cutter:take_fenced(text, line)
  if not closes(text, self.mark) then
    return
  end
  self.mark = nil
  if self.piece.kind == 'fence' then
    self:begin('prose', line + 1)
  end
end

function Cutter:take_prose(text, line)
  local mark, indent = M.fence(text)
  if mark and indent == 0 then
    self:begin('fence', line, { opener = text })
  elseif self.blank and line <= self.wanted and text:find('^[^%s]') then
    self.piece.safe = line
  end
  self.mark, self.blank = mark, text == ''
end

--- Nearly all lines are none of ours, nor fences: their first bytes tell.
local SPECIAL = { [('#'):byte()] = true, [('>'):byte()] = true }

function Cutter:take(text, line)
  if SPECIAL[text:byte(1)] and self:take_ours(text, line) then
    return
  end
  if self.piece.kind == 'notice' and text:sub(1, 1) ~= '>' then
    self:begin('prose', line)
  end
  if self.mark then
    self:take_fenced(text, line)
  elseif self.piece.kind == 'prose' then
    self:take_prose(text, line)
  end
end

--- Where the front matter ends, in lines from the first of the buffer on; 0 when there is none.
---@param lines string[]
---@return integer
function M.head_end(lines)
  if lines[1] == '---' then
    for i = 2, math.min(#lines, LONGEST_HEAD) do
      if lines[i] == '---' then
        return i
      end
    end
  end
  return 0
end

--- Cuts lines into pieces. What lies wholly above the wanted line is left out.
---@param lines string[] from the start of a message or of the buffer
---@param base integer number of the first of them
---@param wanted integer
---@param is_start boolean whether they begin with the first line of the buffer
---@return beans.Piece[]
function M.cut(lines, base, wanted, is_start)
  local first = { kind = 'prose', first = base }
  local self = setmetatable({ pieces = {}, wanted = wanted, piece = first, blank = true }, Cutter)
  local head = is_start and M.head_end(lines) or 0
  if head > 0 then
    self:begin('head', base)
    self:begin('prose', base + head)
  end
  for i = head + 1, #lines do
    self:take(lines[i], base + i - 1)
  end
  self:begin('prose', base + #lines)
  return self.pieces
end

return M
