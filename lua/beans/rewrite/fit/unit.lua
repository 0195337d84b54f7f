-- An answer that is indented in another unit than the file: with blanks instead of tabs, with two instead of four.
-- Which unit it has is told by its first line that stands deeper than the one above; until then, and in doubt, nothing
-- is changed. The levels of all further lines are converted, so code that nests by its indentation nests as before.
-- Pure.

local layout = require('beans.rewrite.fit.layout')

local M = {}

local SIZES = { [2] = true, [3] = true, [4] = true, [8] = true }

---@class beans.UnitAnchor a line that others may be aligned with
---@field width integer how deep it stood
---@field indent string how it is indented now
---@field columns table<integer, boolean>
---@field continued boolean it ends with a backslash

---@class beans.UnitOptions
---@field original string[] lines that are not blank
---@field unit string of the file
---@field first string how the first line should be indented
---@field floor integer how deep all lines should stand at least
---@field by_shape boolean a level may be told by the shape of the code alone; else only lines of the original tell

---@class beans.UnitConverter
---@field private unit string
---@field private by_shape boolean
---@field private first string
---@field private floor integer
---@field private base integer how deep stands what is not converted
---@field private is_original table<string, boolean>
---@field private from string|integer|false|nil a tab or how many blanks; false: nothing to convert; nil: not known yet
---@field private guess integer|nil what a line of the original tells, until something better does
---@field private above {line: string, width: integer, partner: string|nil, columns: table<integer, boolean>,
---is_first: boolean}|nil
---@field private anchor beans.UnitAnchor|nil
local Converter = {}
Converter.__index = Converter

--- Whether lines are indented in a unit, so that it is known what others should have.
local function are_in_unit(lines, unit)
  local above
  for _, line in ipairs(lines) do
    local indent = layout.indent(line)
    if unit == '\t' and indent:find('^  ') or unit ~= '\t' and indent:find('\t') then
      return false
    end
    local deeper = above and #indent - #layout.indent(above) or 0
    if unit ~= '\t' and deeper > 0 and layout.opens_block(above) and deeper % #unit ~= 0 then
      return false
    end
    above = line
  end
  return true
end

---@param options beans.UnitOptions
---@return beans.UnitConverter
function M.new(options)
  local self = setmetatable({ unit = options.unit, first = options.first, is_original = {} }, Converter)
  self.by_shape, self.floor, self.base = options.by_shape, options.floor, 0
  for _, line in ipairs(options.original) do
    self.is_original[line] = true
  end
  if options.unit == '' or not are_in_unit(options.original, options.unit) then
    self.from = false
  end
  return self
end

-- Learning ------------------------------------------------------------------------------------------------------------

--- What a line with blanks tells in a file with tabs.
function Converter:learn_blanks(width, partner, above)
  if above and above.columns[width] then
    return
  end
  local deeper = above and width - above.width or 0
  local telling = above and not above.line:find('[,\\+|&]%s*$') and (deeper < 8 or not above.line:find('[%(%[]%s*$'))
  -- Below a first line that has lost its indentation, eight blanks are two levels of four.
  local levels = above and above.is_first and deeper >= 8 and #self.first + 1 or 1
  local size = SIZES[deeper / levels] and deeper / levels or deeper
  if SIZES[size] and telling then
    self.from = size
  elseif partner and partner:find('^\t+$') and SIZES[width / #partner] then
    self.guess = self.guess or width / #partner
  end
end

--- What a line tells that stood deeper, where it can't be that all lines have lost the same levels.
function Converter:size_by(width, was)
  local lost, size = was - width, width * #self.unit / math.max(was, 1)
  return lost ~= 0 and (lost % #self.unit ~= 0 or lost > self.floor) and SIZES[size] and size or nil
end

--- What a line tells in a file with blanks.
function Converter:learn_width(width, partner, above)
  local deeper = above and width - above.width or 0
  self.guess = self.guess or (partner and self.by_shape and self:size_by(width, #partner)) or nil
  -- Below a first line that has lost its indentation, the right depth looks like a wrong unit.
  local lost = above and above.is_first and above.width < #self.first and width == #self.first + #self.unit
  if deeper <= 0 or lost or above.columns[width] then
    return
  end
  local was_deeper = partner and above.partner and #partner - #above.partner
  if was_deeper == deeper or (deeper == #self.unit and layout.opens_block(above.line)) then
    self.from = false
  elseif SIZES[deeper] and (was_deeper == #self.unit or self.by_shape and layout.opens_block(above.line)) then
    self.from = deeper
  end
end

--- Looks at a line that is not blank. Lines are learnt from in their order.
---@param line string
---@param partner string|nil how the same line is indented in the original
function Converter:learn(line, partner)
  if self.from ~= nil then
    return
  end
  local indent, above = layout.indent(line), self.above
  if indent ~= '' and self.is_original[line] then
    self.from = false
  elseif indent:find('\t') then
    self.from = self.unit ~= '\t' and '\t'
  elseif self.unit == '\t' and #indent > 1 then
    self:learn_blanks(#indent, partner, above)
  elseif self.unit ~= '\t' then
    self:learn_width(#indent, partner, above)
  end
  self.above = {
    line = line,
    width = #indent,
    partner = partner,
    columns = layout.columns(line),
    is_first = above == nil,
  }
end

-- Converting ----------------------------------------------------------------------------------------------------------

function Converter:converted(indent, line, from)
  local anchor, width = self.anchor, #indent
  if from == '\t' then
    local tabs, rest = indent:match('^(\t*)(.*)$')
    return self.unit:rep(#tabs) .. rest
  elseif indent:find('\t') or (self.unit == '\t' and self.is_original[line]) then
    return indent
  elseif anchor and width > anchor.width and (anchor.columns[width] or anchor.continued) then
    return anchor.indent .. (' '):rep(width - anchor.width)
  end
  local deeper = math.abs(width - self.base)
  local blanks = self.unit:rep(math.floor(deeper / from)) .. (' '):rep(deeper % from)
  if self.base == 0 then
    return blanks
  end
  return (' '):rep(math.max(0, self.base + (width > self.base and #blanks or -#blanks)))
end

--- Lines have been given, so it is too late to convert how deep they stood. A unit that shows later counts from there.
---@param line string the first of them
function Converter:settle(line)
  if self.from == nil and not self.guess and self.unit ~= '\t' then
    self.base = #layout.indent(line)
  end
end

--- How a line that is not blank is to be indented, as far as its unit goes.
---@param line string
---@return string indent
function Converter:indent(line)
  local indent, from = layout.indent(line), self.from
  if from == nil then
    from = self.guess
  end
  return from and indent ~= '' and self:converted(indent, line, from) or indent
end

--- Goes on to the next line.
---@param line string that was converted
---@param indent string how it is indented now
function Converter:pass(line, indent)
  local anchor, width = self.anchor, #layout.indent(line)
  if not self.from and not self.guess then
    return
  end
  local continued = line:find('\\%s*$') ~= nil
  if anchor and width > anchor.width and (anchor.columns[width] or anchor.continued) then
    for column in pairs(layout.columns(line)) do
      anchor.columns[column] = true
    end
    anchor.continued = continued
  else
    self.anchor = { width = width, indent = indent, columns = layout.columns(line), continued = continued }
  end
end

return M
