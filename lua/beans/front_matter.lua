-- The head of a file: `key: text` lines between two lines of dashes, as many Markdown tools read them.
--
--   ---
--   beans: 1
--   title: Sorting in C
--   ---
--
-- What a text means (a number, JSON, plain words) is known to whoever asks for it. Lines that are no `key: text` stay
-- as they are, in their place, so that what others have put there is never lost. Pure.

local M = {}

local FENCE = '---'

---@class beans.FrontMatter
---@field fields table<string, string> the text behind each key, without blanks around it
---@field private rows {key: string|nil, line: string}[] in the order of the file

local function field_of(line)
  return line:match('^([%a_][%w_.-]*):%s*(.-)%s*$')
end

---@return beans.FrontMatter
function M.new()
  return { fields = {}, rows = {} }
end

--- Reads the head of a text.
---@param lines string[] of the text, from its beginning
---@return beans.FrontMatter|nil head nil when the text has none
---@return integer last the line of the closing dashes, 0 when there is no head
function M.parse(lines)
  if lines[1] ~= FENCE then
    return nil, 0
  end
  local head = M.new()
  for i = 2, #lines do
    if lines[i] == FENCE then
      return head, i
    end
    local key, text = field_of(lines[i])
    -- The first of two equal keys counts, as it is the one that people see first.
    if key and head.fields[key] == nil then
      head.fields[key] = text
    else
      key = nil
    end
    head.rows[#head.rows + 1] = { key = key, line = lines[i] }
  end
  return nil, 0
end

local function place_of(head, key)
  for i, row in ipairs(head.rows) do
    if row.key == key then
      return i
    end
  end
end

--- The text behind one key, without reading the rest.
---@param text string of a head
---@param key string
---@return string|nil
function M.field(text, key)
  local _, last = text:find('\n' .. key .. ':', 1, true)
  return last and text:match('^[^\n]*', last + 1):match('^%s*(.-)%s*$')
end

--- Sets a field, in its place, or behind the others when it is new.
---@param head beans.FrontMatter
---@param key string
---@param text string|nil one line; nil takes the field away
function M.set(head, key, text)
  head.fields[key] = text
  local at = place_of(head, key)
  if not text then
    if at then
      table.remove(head.rows, at)
    end
    return
  end
  head.rows[at or #head.rows + 1] = { key = key, line = key .. ': ' .. text }
end

--- The lines of a head, both lines of dashes included.
---@param head beans.FrontMatter
---@return string[]
function M.render(head)
  local lines = { FENCE }
  for _, row in ipairs(head.rows) do
    lines[#lines + 1] = row.line
  end
  lines[#lines + 1] = FENCE
  return lines
end

return M
