-- The types of options: what a value may be and how that is said.

local host = require('beans.host')
local words = require('beans.words')

local M = {}

-- Each returns the value as Beans uses it, or nil when it is no such value. (`choice` may return false.)
local check = {}
-- What should have been there, in words: a text, or fun(option, value): text.
local expected = {
  path = 'a path',
  params = 'a table of request parameters by name',
  table = 'a table',
  names = 'a name or a list of names',
  key = 'a string, or a list of strings: the command that prints the key',
}

function check.string(value, option)
  return type(value) == 'string' and (value ~= '' or option.empty) and value or nil
end

function expected.string(option)
  return option.empty and 'a string' or 'a string that is not empty'
end

function check.path(value)
  if type(value) ~= 'string' or value == '' then
    return nil
  end
  return (value:gsub('^~/', function()
    return (host.env('HOME') or '~') .. '/'
  end))
end

-- An editor without integers hands on 8.0, which would be printed and sent as such.
function check.integer(value, option)
  if type(value) ~= 'number' or value % 1 ~= 0 or value < option.min or value > 2 ^ 31 - 1 then
    return nil
  end
  return tonumber(('%d'):format(value))
end

function expected.integer(option)
  return ('a whole number of at least %d'):format(option.min)
end

function check.number(value, option)
  return type(value) == 'number' and value >= option.min and value or nil
end

function expected.number(option)
  return ('a number of at least %d'):format(option.min)
end

function check.choice(value, option)
  local switch
  if value == 0 or value == 1 then
    switch = value == 1
  end
  for _, allowed in ipairs(option.one_of) do
    if value == allowed or switch == allowed then
      return allowed
    end
  end
end

function expected.choice(option)
  local values = {}
  for i, value in ipairs(option.one_of) do
    values[i] = type(value) == 'string' and ('"%s"'):format(value) or tostring(value)
  end
  return 'one of ' .. table.concat(values, ', ')
end

function check.table(value)
  return type(value) == 'table' and value or nil
end

function check.params(value)
  return type(value) == 'table' and #value == 0 and value or nil
end

local function strings(value)
  if type(value) ~= 'table' or #value == 0 then
    return nil
  end
  for _, item in ipairs(value) do
    if type(item) ~= 'string' or item == '' then
      return nil
    end
  end
  return value
end

function check.names(value)
  return type(value) == 'string' and value ~= '' and { value } or strings(value)
end

function check.key(value)
  return type(value) == 'string' and value or strings(value)
end

function check.url(value)
  if type(value) ~= 'string' then
    return nil
  end
  local url = value:gsub('^%s+', ''):gsub('[%s/]+$', '')
  local scheme, authority = url:match('^(%a+)://([^/]+)')
  local web = scheme and (scheme:lower() == 'http' or scheme:lower() == 'https')
  local base = authority and not url:find('[%c%s?#]') and not url:find('/chat/completions$')
  return web and base and url or nil
end

--- What was probably meant by a wrong address.
local function likely_url(value)
  local url = type(value) == 'string' and value:match('^%s*([%w.-]+[^%s?#]*)[^%s]*%s*$') or ''
  url = url:gsub('/chat/completions/*$', '')
  if not url:find('://', 1, true) then
    local near = url:find('^localhost') or url:find('^127%.')
    url = (near and 'http://' or 'https://') .. url
  end
  return check.url(url) or 'https://api.beansai.dev/v1'
end

function expected.url(_, value)
  return 'the address of the API, up to and with its version, as in ' .. likely_url(value)
end

--- A value in a message: ' = …'; '' when it is secret.
---@param option beans.Option|nil nil: of an unknown option
---@param value any
---@return string
function M.shown(option, value)
  if type(value) == 'table' then
    return ' = a table'
  elseif option and option.secret then
    return ''
  elseif type(value) == 'string' then
    return (' = "%s"'):format(words.line(value))
  end
  return ' = ' .. tostring(value)
end

--- Checks a value.
---@param option beans.Option
---@param value any not nil
---@return any checked the value as Beans uses it; nil when it is wrong
function M.check(option, value)
  return check[option.type](value, option)
end

--- What is wrong with a value that did not pass.
---@param option beans.Option
---@param name string where it came from: the option's key or the environment variable
---@param value any
---@return string # one line: name, value (unless it is secret), what was expected
function M.problem(option, name, value)
  local what = expected[option.type]
  if type(what) == 'function' then
    what = what(option, value)
  end
  return ('%s%s: expected %s'):format(name, M.shown(option, value), what)
end

return M
