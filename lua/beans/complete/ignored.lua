-- Whether git ignores a file: asked in the background, once for a while, by all names that lead to it.

local git = require('beans.context.git')
local host = require('beans.host')
local path_of = require('beans.path')

local M = {}

-- A `.gitignore` may change; what was known holds until git has answered again.
local HOLDS_MS = 60000

M.UNKNOWN = 'git is being asked whether it ignores this file: in a moment'
local IGNORED = 'git ignores this file: complete.git_ignored = true allows it'

---@type table<string, {why: string|nil, at_ms: number}> by path
local known = {}
---@type table<string, boolean> git is being asked
local asked = {}

--- Whether a folder lies in a repository, as far as the disk tells.
local function is_in_repository(folder)
  while folder ~= '/' do
    if host.file_facts(folder .. '/.git') then
      return true
    end
    folder = path_of.folder(folder)
  end
  return false
end

--- What a file is to be called so that git looks for it: not beyond a link, for git follows none.
local function names_of(path)
  local folder = host.real_path(path_of.folder(path))
  if not folder then
    return {} -- a new folder: nobody ignores it yet
  end
  local names = { { folder = folder, name = path_of.name(path) } }
  local real = host.real_path(path)
  if real and path_of.folder(real) ~= folder then
    names[2] = { folder = path_of.folder(real), name = path_of.name(real) }
  end
  return names
end

--- Why one of the names is not to be sent. Where there is a repository that git does not read, nobody knows what is
--- ignored there. Of its own files git ignores none.
local function judge(names, at, on_done)
  local one = names[at]
  if not one then
    return on_done(nil)
  elseif (one.folder .. '/'):find('/.git/', 1, true) then
    return judge(names, at + 1, on_done)
  end
  git.ignores(one.folder, one.name, function(is_ignored, problem)
    if is_ignored then
      on_done(IGNORED)
    elseif is_ignored == nil and is_in_repository(one.folder) then
      on_done(('git does not tell whether it ignores this file (%s): complete.git_ignored = true'):format(problem))
    else
      judge(names, at + 1, on_done)
    end
  end)
end

local function ask(path)
  if asked[path] then
    return
  end
  asked[path] = true
  judge(names_of(path), 1, function(why)
    asked[path] = nil
    known[path] = { why = why, at_ms = host.now_ms() }
  end)
end

--- Why a file is left alone; nil: it is not ignored. Costs little: what is not known is asked, and not waited for.
---@param path string of a buffer; '' for one without a name
---@return string|nil
function M.why(path)
  if path == '' or path:find('^%a[%w+.-]+://') then
    return nil
  end
  path = path_of.absolute(path, host.cwd())
  local answer = known[path]
  if not answer or host.now_ms() - answer.at_ms > HOLDS_MS then
    ask(path)
    answer = known[path] -- where nobody had to be asked
  end
  if not answer then
    return M.UNKNOWN
  end
  return answer.why
end

return M
