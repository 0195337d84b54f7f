-- Reads JSON that a person wrote into a file: small, and its mistakes are told with their place. What servers send is
-- read in C. Pure.

local M = {}

-- Deeper than anybody writes, and no danger to the stack.
local MAX_DEPTH = 100

local ESCAPES = { b = '\b', f = '\f', n = '\n', r = '\r', t = '\t', ['"'] = '"', ['\\'] = '\\', ['/'] = '/' }

---@class beans.JsonMarks
---@field null any what stands for null
---@field object fun(fields: table): table marks a table as an object, so that it is one even when it is empty

---@class beans.JsonReader
---@field text string
---@field at integer
---@field depth integer
---@field marks beans.JsonMarks

local function fail(reader, what)
  error({ problem = ('%s at character %d'):format(what, reader.at) }, 0)
end

local function skip_blanks(reader)
  reader.at = reader.text:match('^[ \t\r\n]*()', reader.at)
end

local function utf8_char(code)
  if code < 0x80 then
    return string.char(code)
  elseif code < 0x800 then
    return string.char(0xC0 + math.floor(code / 0x40), 0x80 + code % 0x40)
  elseif code < 0x10000 then
    return string.char(0xE0 + math.floor(code / 0x1000), 0x80 + math.floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
  end
  return string.char(
    0xF0 + math.floor(code / 0x40000),
    0x80 + math.floor(code / 0x1000) % 0x40,
    0x80 + math.floor(code / 0x40) % 0x40,
    0x80 + code % 0x40
  )
end

--- The character of `\uXXXX`, or of two that are halves of one.
local function read_code(reader)
  local hex, after = reader.text:match('^u(%x%x%x%x)()', reader.at)
  if not hex then
    fail(reader, 'a \\u without four hexadecimal digits')
  end
  local code = tonumber(hex, 16)
  if code >= 0xD800 and code < 0xDC00 then
    local low, behind = reader.text:match('^\\u([dD][c-fC-F]%x%x)()', after)
    if low then
      code = 0x10000 + (code - 0xD800) * 0x400 + tonumber(low, 16) - 0xDC00
      after = behind
    end
  end
  if code >= 0xD800 and code < 0xE000 then
    fail(reader, 'half a character')
  end
  reader.at = after
  return utf8_char(code)
end

local function read_string(reader)
  local pieces = {}
  reader.at = reader.at + 1
  while true do
    local piece, after, stop = reader.text:match('^([^"\\%c]*)()(.?)', reader.at)
    pieces[#pieces + 1] = piece
    reader.at = after + 1
    if stop == '"' then
      return table.concat(pieces)
    elseif stop ~= '\\' then
      reader.at = after
      fail(reader, stop == '' and 'a string without an end' or 'a control character in a string')
    end
    local letter = reader.text:sub(reader.at, reader.at)
    if ESCAPES[letter] then
      pieces[#pieces + 1] = ESCAPES[letter]
      reader.at = reader.at + 1
    elseif letter == 'u' then
      pieces[#pieces + 1] = read_code(reader)
    else
      fail(reader, 'an unknown escape')
    end
  end
end

local function read_number(reader)
  local text = reader.text:match('^-?%d+%.?%d*[eE]?[+-]?%d*', reader.at)
  local plain = text and text:match('^-?(%d+)')
  local whole = text and (text:find('^-?%d+%.?%d*$') or text:find('^-?%d+%.?%d*[eE][+-]?%d+$'))
  if not whole or plain:find('^0%d') or text:find('%.[eE]') or text:find('%.$') then
    fail(reader, 'no value')
  end
  reader.at = reader.at + #text
  return tonumber(text)
end

local read_value

--- Reads what stands between two brackets, a thing after the other.
local function read_list(reader, close, read_one)
  reader.at = reader.at + 1
  skip_blanks(reader)
  if reader.text:sub(reader.at, reader.at) == close then
    reader.at = reader.at + 1
    return
  end
  while true do
    skip_blanks(reader)
    read_one()
    skip_blanks(reader)
    local mark = reader.text:sub(reader.at, reader.at)
    if mark ~= close and mark ~= ',' then
      fail(reader, ('neither "," nor "%s"'):format(close))
    end
    reader.at = reader.at + 1
    if mark == close then
      return
    end
  end
end

local function read_array(reader)
  local items = {}
  read_list(reader, ']', function()
    items[#items + 1] = read_value(reader)
  end)
  return items
end

local function read_object(reader)
  local fields = {}
  read_list(reader, '}', function()
    if reader.text:sub(reader.at, reader.at) ~= '"' then
      fail(reader, 'no name in quotes')
    end
    local name = read_string(reader)
    skip_blanks(reader)
    if reader.text:sub(reader.at, reader.at) ~= ':' then
      fail(reader, 'no ":"')
    end
    reader.at = reader.at + 1
    skip_blanks(reader)
    fields[name] = read_value(reader)
  end)
  return reader.marks.object(fields)
end

local function read_word(reader)
  local word = reader.text:match('^%a+', reader.at)
  reader.at = reader.at + #(word or '')
  if word == 'true' or word == 'false' then
    return word == 'true'
  elseif word == 'null' then
    return reader.marks.null
  end
  reader.at = reader.at - #(word or '')
  fail(reader, 'no value')
end

local NESTED = { ['{'] = read_object, ['['] = read_array }

function read_value(reader)
  local first = reader.text:sub(reader.at, reader.at)
  if first == '"' then
    return read_string(reader)
  elseif first:find('^[-%d]') then
    return read_number(reader)
  elseif not NESTED[first] then
    return read_word(reader)
  end
  reader.depth = reader.depth + 1
  if reader.depth > MAX_DEPTH then
    fail(reader, 'too many brackets')
  end
  local value = NESTED[first](reader)
  reader.depth = reader.depth - 1
  return value
end

local function read_all(reader)
  skip_blanks(reader)
  local value = read_value(reader)
  skip_blanks(reader)
  if reader.at <= #reader.text then
    fail(reader, 'more text')
  end
  return value
end

local PLAIN = {
  object = function(fields)
    return fields
  end,
}

--- Reads JSON.
---@param text string
---@param marks? beans.JsonMarks without: a null is nil, an empty object an empty table
---@return any value nil when there is a problem, and for a null without marks
---@return string|nil problem what is wrong, and where
function M.decode(text, marks)
  local reader = { text = text, at = 1, depth = 0, marks = marks or PLAIN }
  local ok, value = pcall(read_all, reader)
  if ok then
    return value
  elseif type(value) == 'table' then
    return nil, value.problem
  end
  error(value, 0)
end

return M
