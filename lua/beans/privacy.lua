-- Whether a file or a buffer may be sent at all, for every job alike. Three things forbid it: `b:beans_disable`, a
-- `.beansignore` in one of the folders above (gitignore syntax, nested as git has it), and our own list of secrets,
-- which nothing takes back. Links count as what they lead to, too.

local host = require('beans.host')
local ignore = require('beans.ignore')
local path_of = require('beans.path')
local secrets = require('beans.secrets')

local M = {}

local FILE = '.beansignore'

-- A file is read again when it has changed. Clocks of file systems are coarse: what was written within so many seconds
-- before it was read may have been written once more since.
local COARSE_S = 2

---@type table<string, {modified: number, size: integer, read: integer, rules: beans.IgnoreRule[]}> by folder
local known = {}

--- The rules of one folder, nil when it has none. It costs one look at the disk.
local function rules_of(folder)
  local path = folder == '/' and '/' .. FILE or folder .. '/' .. FILE
  local facts = host.file_facts(path)
  if not facts or facts.kind ~= 'file' then
    known[folder] = nil
    return nil
  end
  local old = known[folder]
  local is_same = old and old.modified == facts.modified and old.size == facts.size
  if not is_same or old.read - old.modified < COARSE_S then
    local text = host.read_file(path)
    -- What can't be read can't be obeyed: then nothing of the folder goes.
    old = { modified = facts.modified, size = facts.size, read = os.time(), rules = ignore.parse(text or '*') }
    known[folder] = old
  end
  return old.rules
end

--- The levels of rules for a path, from the root down.
local function levels_of(parts)
  local levels, folder = {}, '/'
  for depth = 0, #parts - 1 do
    if depth > 0 then
      folder = (depth == 1 and '/' or folder .. '/') .. parts[depth]
    end
    local rules = rules_of(folder)
    if rules and #rules > 0 then
      levels[#levels + 1] = { depth = depth, rules = rules, folder = folder }
    end
  end
  return levels
end

local function why_not_path(path)
  if secrets.has(path) then
    return 'it is on the list of secrets'
  end
  local parts = path_of.parts(path)
  local levels = levels_of(parts)
  local rule, level = ignore.ignored_by(levels, parts)
  if rule then
    local file = (level.folder == '/' and '' or level.folder) .. '/' .. FILE
    return ('%s leaves it out (line %d: %s)'):format(path_of.relative(file, host.cwd()), rule.line, rule.text)
  end
end

--- By name only: the buffer that may have the file is not asked.
local function why_not_file(path)
  local why = why_not_path(path)
  local real = not why and host.real_path(path)
  if real and real ~= path then
    why = why_not_path(real)
    return why and ('it leads to %s: %s'):format(path_of.relative(real, host.cwd()), why)
  end
  return why
end

--- Why a file may not be sent, in words; nil when it may.
---@param path string absolute, or relative to the current directory
---@return string|nil
function M.file(path)
  path = path_of.absolute(path, host.cwd(), host.env('HOME'))
  local buf = host.buf_named(path)
  if buf and host.file_of(buf).disabled then
    return 'b:beans_disable is set in its buffer'
  end
  return why_not_file(path)
end

--- Why a buffer may not be sent, in words; nil when it may. Cheap enough to be asked for each completion.
---@param buf integer
---@return string|nil
function M.buffer(buf)
  if host.file_of(buf).disabled then
    return 'b:beans_disable is set'
  end
  local path = host.buf_path(buf)
  if path == '' then
    return nil
  end
  -- The name of a file elsewhere (scp://host/path) has a path in it as well.
  path = path:gsub('^%a[%w+.-]+://', '/')
  return why_not_file(path_of.absolute(path, host.cwd()))
end

return M
