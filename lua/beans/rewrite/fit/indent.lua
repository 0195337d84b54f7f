-- Gives the lines of an answer the indentation of what they replace. Models leave out what all lines have in common,
-- or what the first line has, or put everything deeper. Which of these it is, is told by lines that are in the original
-- too, else by the first ones: so two lines are held back, or some more where both could be. In doubt nothing is
-- changed. Pure.

local inline = require('beans.edit.inline')
local layout = require('beans.rewrite.fit.layout')
local units = require('beans.rewrite.fit.unit')

local M = {}

-- So many lines are held back at most.
local WINDOW = 6
-- So many lines of the original are known: what is decided is decided by its first ones.
local KNOWN_MAX = 500
-- Longer lines are compared as a whole only.
local LONG = 1000

---@class beans.IndentShift
---@field add? string
---@field strip? string

---@class beans.IndentDecision
---@field first beans.IndentShift|nil of the first line; nil: it stays
---@field rest beans.IndentShift|nil of all others

---@class beans.IndentOptions
---@field original string[]
---@field kind 'line'|'char'|'block'
---@field unit string a level of indentation in the file; '': never converted
---@field by_shape boolean see beans.UnitOptions
---@field base string the indentation of what replaces nothing
---@field as_given boolean how deep lines stand is what was asked for: nothing is changed

---@class beans.IndentMender
---@field private kind 'line'|'char'|'block'
---@field private unit string
---@field private original string[] its lines that are not blank
---@field private depths table<string, string|false> how a text is indented in the original; false: in several ways
---@field private first string the indentation of the original's first line
---@field private floor string what the lines of the original have in common
---@field private converter beans.UnitConverter
---@field private held string[]
---@field private decision beans.IndentDecision|nil
---@field private count integer lines that were taken and are not blank
---@field private begun boolean the first line was given
local Mender = {}
Mender.__index = Mender

local function is_blank(line)
  return not line:find('%S')
end

local function trim(line)
  return line:match('^%s*(.-)%s*$')
end

--- What two indentations have in common.
local function shared(one, other)
  while not layout.begins_with(other, one) do
    one = one:sub(1, -2)
  end
  return one
end

--- What the indentations of lines have in common, blank lines aside; nil: there is no other line.
local function common(lines, from)
  local found
  for i = from, #lines do
    if not is_blank(lines[i]) then
      local indent = layout.indent(lines[i])
      found = found and shared(found, indent) or indent
    end
    if found == '' then
      break
    end
  end
  return found
end

---@param options beans.IndentOptions
---@return beans.IndentMender
function M.new(options)
  local self = setmetatable({ kind = options.kind, unit = options.unit, held = {}, count = 0, begun = false }, Mender)
  self.original, self.depths = {}, {}
  self.decision = options.as_given and {} or nil
  for i = 1, math.min(#options.original, KNOWN_MAX) do
    local line = options.original[i]
    if not is_blank(line) then
      local text, indent = trim(line), layout.indent(line)
      self.original[#self.original + 1] = line
      self.depths[text] = (self.depths[text] == nil or self.depths[text] == indent) and indent
    end
  end
  self.first = self.original[1] and layout.indent(self.original[1]) or options.base
  self.floor = common(options.original, options.kind == 'char' and 2 or 1) or options.base
  self.converter = units.new({
    original = self.original,
    unit = options.unit,
    by_shape = options.by_shape,
    first = self.first,
    floor = #self.floor,
  })
  return self
end

-- Comparing with the original -----------------------------------------------------------------------------------------

--- How the line of the original that the `at`th line of the answer was is indented.
---@return string|nil indent
---@return boolean sure the same line, and one that tells something
---@return boolean same_place it is the `at`th there too
function Mender:partner_of(line, at)
  local text, there = trim(line), self.original[at]
  if there and trim(there) == text then
    return layout.indent(there), at == 1 or text:find('%w%w') ~= nil, true
  elseif self.depths[text] then
    return self.depths[text], text:find('%w%w%w') ~= nil, false
  elseif there and #line < LONG and #there < LONG and inline.alike(there, line) then
    return layout.indent(there), at == 1, true
  end
  return nil, false, false
end

--- What makes one indentation of another; nil: they are the same, or tabs on one side are blanks on the other.
---@return beans.IndentShift|nil
local function shift_from(indent, target)
  if #target > #indent and target:sub(#target - #indent + 1) == indent then
    return { add = target:sub(1, #target - #indent) }
  elseif #indent > #target and indent:sub(#indent - #target + 1) == target then
    return { strip = indent:sub(1, #indent - #target) }
  end
end

local function is_same(one, other)
  return one ~= nil and other ~= nil and one.add == other.add and one.strip == other.strip
end

---@class beans.IndentLine a line that was held back, as it may tell something
---@field text string
---@field indent string in the unit of the file
---@field partner string|nil
---@field sure boolean
---@field same_place boolean

---@return beans.IndentLine[]
function Mender:evidence(lines)
  local list = {}
  for _, line in ipairs(lines) do
    if not is_blank(line) then
      local partner, sure, same_place = self:partner_of(line, #list + 1)
      local indent = self.converter:indent(line)
      list[#list + 1] = { text = line, indent = indent, partner = partner, sure = sure, same_place = same_place }
    end
  end
  return list
end

-- Deciding ------------------------------------------------------------------------------------------------------------

--- The first line stands less deep than it should: does it alone?
---@param ended boolean no more lines will come
---@return beans.IndentDecision|nil
function Mender:decide_add(lines, shift, ended)
  local whole, alone = { first = shift, rest = shift }, { first = shift }
  local first, second = lines[1], lines[2]
  local opens = layout.opens(first.text) and not first.same_place
  for i = 2, #lines do
    local line = lines[i]
    if line.sure and is_same(shift_from(line.indent, line.partner), shift) then
      return whole
    elseif line.sure and line.indent == line.partner and not opens then
      return alone
    elseif not layout.begins_with(line.indent, self.floor) then
      return whole
    end
  end
  -- All lines could stand where they are.
  if #shift.add > #self.floor or (#second.indent > #first.indent and not layout.opens(first.text)) then
    return alone
  elseif #second.indent <= #first.indent then
    return whole
  end
  local is_level_deeper = second.indent == first.indent .. self.unit
  if not is_level_deeper and second.indent == first.indent .. shift.add .. self.unit then
    return alone
  end
  return ended and (is_level_deeper and whole or alone) or nil
end

--- The first line stands deeper than it should.
---@return beans.IndentDecision
function Mender:decide_strip(lines, shift)
  local first, second = lines[1], lines[2]
  local is_lone = second.sure and second.indent == second.partner
  if not is_lone and layout.begins_with(second.indent, shift.strip .. self.floor) then
    return { first = shift, rest = shift }
  end
  return first.same_place and { first = shift } or {}
end

---@param ended boolean
---@return beans.IndentDecision|nil
function Mender:decide_lines(lines, ended)
  local first, shift = lines[1], nil
  if first.same_place then
    shift = shift_from(first.indent, first.partner)
  elseif first.indent == first.partner then
    return {}
  elseif not layout.begins_with(first.indent, self.floor) then
    shift = shift_from(first.indent, self.floor)
  elseif #first.indent > #self.first then
    shift = shift_from(first.indent, self.first)
  end
  if not shift then
    return {}
  elseif #lines == 1 then
    return ended and { first = shift, rest = shift } or nil
  end
  if shift.add then
    return self:decide_add(lines, shift, ended)
  end
  return self:decide_strip(lines, shift)
end

--- By characters: nothing is known of the first line, and it stays.
---@param ended boolean
---@return beans.IndentDecision|nil
function Mender:decide_chars(lines, ended)
  if self.floor == '' and #self.original < 2 then
    return {}
  end
  for i = 2, #lines do
    local line = lines[i]
    if line.sure then
      return { rest = shift_from(line.indent, line.partner) }
    elseif not layout.begins_with(line.indent, self.floor) then
      return { rest = shift_from(line.indent, self.floor) }
    end
  end
  return ended and {} or nil
end

---@param ended boolean
---@return beans.IndentDecision|nil
function Mender:decide(lines, ended)
  local evidence = self:evidence(lines)
  if #evidence == 0 then
    return nil
  end
  ended = ended or #evidence >= WINDOW
  if self.kind == 'char' then
    return self:decide_chars(evidence, ended)
  end
  return self:decide_lines(evidence, ended)
end

-- Mending -------------------------------------------------------------------------------------------------------------

local function shifted(indent, shift)
  if shift and shift.add then
    return shift.add .. indent
  elseif shift and layout.begins_with(indent, shift.strip) then
    return indent:sub(#shift.strip + 1)
  end
  return shift and '' or indent
end

--- A line as it belongs into the file.
---@param is_first boolean
---@return string mended
---@return string converted its indentation in the unit of the file, before it was shifted
function Mender:mended(line, is_first, decision)
  if is_blank(line) or (is_first and self.kind == 'char') then
    return line, layout.indent(line)
  end
  local indent = self.converter:indent(line)
  local shift = decision.rest
  if is_first then
    shift = decision.first
  end
  return shifted(indent, shift) .. line:sub(#layout.indent(line) + 1), indent
end

function Mender:give(line)
  local mended, converted = self:mended(line, not self.begun, self.decision)
  if not is_blank(line) then
    self.begun = true
    self.converter:pass(line, converted)
  end
  return mended
end

function Mender:release()
  local given = {}
  if self.held[1] then
    self.converter:settle(self.held[1])
  end
  for i, line in ipairs(self.held) do
    given[i] = self:give(line)
  end
  self.held = {}
  return given
end

--- Takes a line; the first one is not blank.
---@param line string
---@return string[] # lines that are certain now
function Mender:line(line)
  if not is_blank(line) then
    self.count = self.count + 1
    if self.count > 1 or self.kind ~= 'char' then
      self.converter:learn(line, (self:partner_of(line, self.count)))
    end
  end
  if self.decision then
    return { self:give(line) }
  end
  self.held[#self.held + 1] = line
  self.decision = self:decide(self.held, false)
  return self.decision and self:release() or {}
end

--- Lines as they will probably look, those that are held back first. Nothing is decided by that.
---@param lines string[] that come behind them
---@return string[]
function Mender:preview(lines)
  local all, shown, begun = {}, {}, self.begun
  for _, list in ipairs({ self.held, lines }) do
    for _, line in ipairs(list) do
      all[#all + 1] = line
    end
  end
  local decision = self.decision or self:decide(all, true) or {}
  for i, line in ipairs(all) do
    shown[i] = self:mended(line, not begun, decision)
    begun = begun or not is_blank(line)
  end
  return shown
end

--- No more lines will come.
---@return string[] # the rest
function Mender:finish()
  self.decision = self.decision or self:decide(self.held, true) or {}
  return self:release()
end

return M
