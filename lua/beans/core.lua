-- Finds and loads the build of the C module that fits the running Lua (csrc/lua_core.h tells what is in it), or says in
-- one message what is wrong and what to do. Knows nothing of the editor.

local version = require('beans.version')

local M = {}

local ABIS = { '5.1', '5.2', '5.3', '5.4' }

local HEADERS = {
  ['5.1'] = 'libluajit-5.1-dev',
  ['5.2'] = 'liblua5.2-dev',
  ['5.3'] = 'liblua5.3-dev',
  ['5.4'] = 'liblua5.4-dev',
}

local CURL = 'apt install libcurl4 | dnf install libcurl | pacman -S curl | apk add libcurl | brew install curl'
local CJSON = 'apt install libcjson1 | dnf install cjson | pacman -S cjson | apk add cjson | brew install cjson'
local MAKE = 'run `make` in %s'

-- How glibc's, musl's and macOS's loaders (two of its forms) call a symbol that nobody has; %s is how it begins.
local UNDEFINED = { 'undefined symbol: %s', ': %s[%%w_]+: symbol not found', "'_%s", 'not found: _%s' }

---@class beans.core.Complaint
---@field means string
---@field remedy string %s is the plugin's folder
---@field symbol? string pattern of the beginning of an undefined symbol
---@field [integer] string patterns for what a loader says, the path of our own file left out

---@type beans.core.Complaint[] the first that fits is told
local COMPLAINTS = {
  { 'CURL_', symbol = 'curl_', means = 'it needs a newer libcurl', remedy = CURL },
  { 'libcurl[%.%-]', means = 'libcurl is missing', remedy = CURL },
  { 'libcjson[%.%-]', means = 'libcjson is missing', remedy = CJSON },
  {
    'GLIBC_',
    'libc%.musl',
    'libc%.so',
    'ld%-linux',
    'ld%-musl',
    symbol = '__',
    means = "it was built against another C library than this editor's",
    remedy = MAKE .. ' on this machine',
  },
  {
    symbol = 'luaL?_',
    means = 'this editor does not offer its Lua to modules',
    remedy = 'use an editor that does (on Debian neovim or vim-nox)',
  },
  {
    -- glibc calls a library for another processor just as it calls one that is not there.
    '^: cannot open',
    'ELF',
    'Exec format error',
    'file too short',
    'incompatible architecture',
    'wrong architecture',
    'mach%-o',
    symbol = 'luaopen_',
    means = 'it was built for another kind of machine, or is damaged',
    remedy = MAKE,
  },
  {
    'cannot open shared object',
    'Error loading shared library',
    'Library not loaded',
    means = 'a library that it needs is missing',
    remedy = "install it with your system's packages",
  },
}

---@class beans.core.Place where to look, and how
---@field root string the plugin's folder
---@field abi string '5.1' (LuaJIT too), '5.2', …
---@field exists fun(path: string): boolean
---@field loadlib fun(path: string, symbol: string): function|nil, string|nil

local function path_in(place, abi)
  return ('%s/build/core-%s.so'):format(place.root, abi)
end

local function lua_name(abi)
  return abi == '5.1' and 'Lua 5.1/LuaJIT' or 'Lua ' .. abi
end

local function explain_absence(place)
  local built = {}
  for _, abi in ipairs(ABIS) do
    if place.exists(path_in(place, abi)) then
      built[#built + 1] = lua_name(abi)
    end
  end
  local headers = HEADERS[place.abi]
  return ("Beans is not built for this editor's Lua: run `make` in %s%s (needed: %s; built: %s)"):format(
    place.root,
    headers and (', with the headers of that Lua installed (Debian: %s)'):format(headers) or '',
    lua_name(place.abi),
    built[1] and table.concat(built, ', ') or 'nothing'
  )
end

--- `text` without `part`, which is no pattern.
local function without(text, part)
  local first, last = text:find(part, 1, true)
  return first and text:sub(1, first - 1) .. without(text:sub(last + 1), part) or text
end

local function fits(complaint, words)
  for _, pattern in ipairs(complaint) do
    if words:find(pattern) then
      return true
    end
  end
  for _, form in ipairs(complaint.symbol and UNDEFINED or {}) do
    if words:find(form:format(complaint.symbol)) then
      return true
    end
  end
  return false
end

local function complaint_in(words)
  for _, complaint in ipairs(COMPLAINTS) do
    if fits(complaint, words) then
      return complaint
    end
  end
  return { means = 'the system refuses it', remedy = MAKE }
end

local function explain_refusal(place, path, words)
  local complaint = complaint_in(without(words, path))
  local remedy = complaint.remedy:gsub('%%s', function()
    return place.root
  end)
  local line = words:gsub('%s+', ' ')
  return ("Beans's C module can't be loaded: %s; %s (%s)"):format(complaint.means, remedy, line)
end

local function explain_version(place, found)
  return ("Beans's C module is version %s, its Lua files are %s: run `make` in %s, then restart the editor"):format(
    tostring(found),
    version,
    place.root
  )
end

local function open(place, null, object_mt)
  local path = path_in(place, place.abi)
  if not place.exists(path) then
    return nil, explain_absence(place)
  end
  local opener, words = place.loadlib(path, 'luaopen_beans_core')
  if not opener then
    return nil, explain_refusal(place, path, tostring(words))
  end
  local module = opener()
  local found = module.version().version
  if found ~= version then
    return nil, explain_version(place, found)
  end
  module.marks(null, object_mt)
  module.path = path -- for those who ask which build this is
  return module
end

--- Loads the module from a place. Never raises.
---@param place beans.core.Place
---@param null any the editor's own null, or nil
---@param object_mt table|nil the metatable of the editor's own empty object
---@return table|nil module nil when it can't be
---@return string|nil message one line: what is wrong, and what to do
function M.load_from(place, null, object_mt)
  local ran, module, message = pcall(open, place, null, object_mt)
  if not ran then
    return nil, ("Beans's C module failed to start: %s"):format(tostring(module))
  end
  return module, message
end

--- The plugin's folder, from the name of this file. Made absolute where that can be done, for the working directory may
--- change before the module is needed. Plain Lua can't ask for that directory: $PWD is put to the test.
---@param source string as debug.getinfo has it: '@…/lua/beans/core.lua'
---@param pwd string|nil
---@param exists fun(path: string): boolean
---@return string
function M.root_of(source, pwd, exists)
  local file = source:gsub('^@', ''):gsub('^%./', '')
  if file:sub(1, 1) ~= '/' and pwd and exists(pwd .. '/' .. file) then
    file = pwd .. '/' .. file
  end
  return file:match('^(.*)/lua/beans/core%.lua$') or '.'
end

--- Whether there is a file that can be read.
---@param path string
---@return boolean
function M.exists(path)
  local file = io.open(path, 'rb')
  if file then
    file:close()
  end
  return file ~= nil
end

---@type beans.core.Place
local here = {
  root = M.root_of(debug.getinfo(1, 'S').source, os.getenv('PWD'), M.exists),
  abi = _VERSION:match('%d+%.%d+'),
  exists = M.exists,
  loadlib = package.loadlib,
}

local loaded

--- The module, loaded at the first call that succeeds; what failed is tried anew, so that a `make` is all it takes.
--- Never raises.
---@param null any the editor's own null, or nil
---@param object_mt table|nil the metatable of the editor's own empty object
---@return table|nil module nil when it can't be loaded
---@return string|nil message one line: what is wrong, and what to do
function M.load(null, object_mt)
  if loaded then
    return loaded
  end
  local message
  loaded, message = M.load_from(here, null, object_mt)
  return loaded, message
end

return M
