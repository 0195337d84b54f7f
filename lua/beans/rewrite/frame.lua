-- From the lines of an answer to lines of the buffer: what stands beside the selection in its lines is put around them
-- again, and control characters become visible, unless the old text has such a line. Pure.

local clean = require('beans.host.clean')

local M = {}

---@class beans.Frame
---@field kind 'line'|'char'|'block'
---@field private lines string[] the lines of the selection, whole
---@field private pieces beans.Piece[]
---@field private known table<string, boolean> the old lines that have control characters
---@field private held string|nil the last complete line, for what follows the selection may belong behind it
---@field private count integer lines that were given
local Frame = {}
Frame.__index = Frame

--- A frame for one answer.
---@param kind 'line'|'char'|'block'
---@param lines string[] the lines of the selection, whole; {} where text is only added
---@param pieces beans.Piece[] the selected bytes of each; of whole lines none are told
---@return beans.Frame
function M.new(kind, lines, pieces)
  local self = { kind = lines[1] and kind or 'line', lines = lines, pieces = pieces, known = {}, count = 0 }
  for _, line in ipairs(lines) do
    if line:find('%c') then
      self.known[line] = true
    end
  end
  return setmetatable(self, Frame)
end

--- A line without control characters but tabs, and the CR of a file that is read as if its lines ended in LF.
function Frame:clean(line)
  if not line:find('[%c\194]') or self.known[line] then
    return line
  end
  local bare, line_end = line:match('^(.-)(\r?)$')
  return (clean.text(bare .. '.'):sub(1, -2):gsub('\n', ' ')) .. line_end
end

--- What stands left and right of the selection in one of its lines.
function Frame:around(i)
  local line, piece = self.lines[i], self.pieces[i]
  return line:sub(1, piece.from), line:sub(piece.to + 1)
end

--- A line of a block: behind the last one they go on below, as deep as the block stands.
function Frame:block_line(text, i)
  if self.lines[i] then
    local left, right = self:around(i)
    return left .. text .. right
  end
  local left = self:around(#self.lines)
  return left:gsub('[^\t]', ' ') .. text
end

--- A line as it will stand there, but for what follows the selection.
function Frame:line(text, i)
  if self.kind == 'block' then
    return self:clean(self:block_line(text, i))
  elseif self.kind == 'char' and i == 1 then
    return self:clean(self:around(1) .. text)
  end
  return self:clean(text)
end

local function map(frame, lines, from)
  local framed = {}
  for i, line in ipairs(lines) do
    framed[i] = frame:line(line, from + i)
  end
  return framed
end

--- Takes lines.
---@param lines string[] complete ones
---@param tail string[] what is not complete yet
---@return string[] lines as they will stand in the buffer
---@return string[] tail
function Frame:feed(lines, tail)
  local complete, rest = map(self, lines, self.count), map(self, tail, self.count + #lines)
  self.count = self.count + #lines
  if self.kind ~= 'char' then
    return complete, rest
  end
  if #complete > 0 then
    table.insert(complete, 1, self.held)
    self.held = table.remove(complete)
  end
  table.insert(rest, 1, self.held)
  return complete, rest
end

--- Takes the last lines.
---@param lines string[]
---@param cut boolean there would have been more: old lines that it has not come to will stay
---@return string[]
function Frame:finish(lines, cut)
  local complete = self:feed(lines, {})
  if self.held then
    local _, right = self:around(#self.lines)
    local is_last = not cut or #self.lines == 1
    complete[#complete + 1] = is_last and self.held .. right or self.held
  end
  for i = self.count + 1, self.kind == 'block' and not cut and #self.lines or 0 do
    complete[#complete + 1] = self:block_line('', i)
  end
  return complete
end

--- What would be selected in other lines in the place of these.
---@param lines string[]
---@return beans.Piece[]
function Frame:pieces_in(lines)
  local pieces = {}
  if self.kind == 'line' then
    return pieces
  end
  for i, line in ipairs(lines) do
    local left, right = self:beside(i, #lines)
    pieces[i] = { from = math.min(#left, #line), to = math.max(#left, #line - #right) }
  end
  return pieces
end

--- What stands left and right of the answer in one of so many lines.
function Frame:beside(i, count)
  local left, right = '', ''
  if self.kind == 'block' and self.lines[i] then
    return self:around(i)
  elseif self.kind == 'char' and i == 1 then
    left = self:around(1)
  end
  if self.kind == 'char' and i == count then
    right = select(2, self:around(#self.lines))
  end
  return left, right
end

--- The answer in lines of the buffer: what stands beside the selection is left out.
---@param lines string[]
---@return string[]
function Frame:inner(lines)
  if self.kind == 'line' then
    return lines
  end
  local inner = {}
  for i, piece in ipairs(self:pieces_in(lines)) do
    inner[i] = lines[i]:sub(piece.from + 1, piece.to)
  end
  return inner
end

return M
