-- Writes the option part of doc/beans.txt from the schema; with --check only says whether it is up to date.
--
--   lua5.1 tests/lint/help_options.lua [--check]

package.path = './lua/?.lua;' .. package.path

local HELP = 'doc/beans.txt'
local BEGIN = 'All options, written from the table that checks them (lua/beans/schema.lua):\n'
local END = ('-'):rep(78) .. '\n'
local WIDTH = 78

local TYPES = {
  string = 'a string',
  url = 'a URL',
  path = 'a path',
  key = 'a string, or a list of strings',
  integer = 'a whole number',
  number = 'a number',
  params = 'a table',
  table = 'a table',
  names = 'a string, or a list of strings',
}

--- Breaks a text into lines, each with the indent.
local function wrap(text, indent)
  local lines, line = {}, indent
  for word in text:gmatch('%S+') do
    if #line + #word + 1 > WIDTH and line ~= indent then
      lines[#lines + 1], line = line, indent
    end
    line = line .. (line == indent and '' or ' ') .. word
  end
  lines[#lines + 1] = line
  return table.concat(lines, '\n')
end

local function literal(value)
  return type(value) == 'string' and ("'%s'"):format(value) or tostring(value)
end

local function type_of(option)
  if option.type ~= 'choice' then
    return TYPES[option.type]
  end
  local values = {}
  for i, value in ipairs(option.one_of) do
    values[i] = literal(value)
  end
  return table.concat(values, ', ')
end

local function default_of(option)
  local default = option.shown or option.default ~= nil and literal(option.default) or 'none'
  return option.env and ('$%s, else %s'):format(option.env, default) or default
end

local function entry(option)
  local tag = ('*beans-option-%s*'):format(option.key)
  return table.concat({
    option.key .. (' '):rep(WIDTH - #option.key - #tag) .. tag,
    wrap(option.doc, '    '),
    wrap(('Type: %s. Default: %s.'):format(type_of(option), default_of(option)), '    '),
    '',
    '',
  }, '\n')
end

local function options()
  local entries = {}
  for i, option in ipairs(require('beans.schema').options) do
    entries[i] = entry(option)
  end
  return '\n' .. table.concat(entries)
end

local file = assert(io.open(HELP, 'rb'))
local text = file:read('*a')
file:close()

local _, before = text:find(BEGIN, 1, true)
local after = text:find(END, before, true)
assert(before and after, HELP .. ': the lines around the options are missing')
local wanted = text:sub(1, before) .. options() .. text:sub(after)

if arg[1] == '--check' then
  if text ~= wanted then
    print(HELP .. ': the option part is old: run lua5.1 tests/lint/help_options.lua')
    os.exit(1)
  end
else
  file = assert(io.open(HELP, 'wb'))
  file:write(wanted)
  file:close()
end
