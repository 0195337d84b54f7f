-- Whether git ignores a file: asked in the background, once for a while, by all names that lead to it.

local git = require('beans.context.git')
local host = require('beans.host')
local path_of = require('beans.path')

local M = {}

-- A `.gitignore` may change; what was known holds until git has answered again.
local HOLDS_MS = 60000

local UNKNOWN = 'git is being asked whether it ignores this file: in a moment'
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

--- A file as git looks for it, in the nearest folder that is there. Not beyond a link to a folder: git follows none.
local function place_of(path)
  local folder, name = path_of.folder(path), path_of.name(path)
  local real = host.real_path(folder)
  while not real and folder ~= '/' do
    folder, name = path_of.folder(folder), path_of.name(folder) .. '/' .. name
    real = host.real_path(folder)
  end
  return { folder = real or '/', name = name }
end

--- The same, and what the file itself leads to.
local function places_of(path)
  local place = place_of(path)
  local real = host.real_path(path)
  if real and real ~= path_of.absolute(place.name, place.folder) then
    return { place, place_of(real) }
  end
  return { place }
end

--- Why one of the places is not to be sent. Where there is a repository that git does not read, nobody knows what is
--- ignored there. Of its own files git ignores none.
local function judge(places, at, on_done)
  local place = places[at]
  if not place then
    return on_done(nil)
  elseif (place.folder .. '/'):find('/.git/', 1, true) then
    return judge(places, at + 1, on_done)
  end
  git.ignores(place.folder, place.name, function(is_ignored, problem)
    if is_ignored then
      on_done(IGNORED)
    elseif is_ignored == nil and is_in_repository(place.folder) then
      on_done(('git does not tell whether it ignores this file (%s): complete.git_ignored = true'):format(problem))
    else
      judge(places, at + 1, on_done)
    end
  end)
end

local function ask(path, on_answer)
  if asked[path] then
    return
  end
  asked[path] = true
  judge(places_of(path), 1, function(why)
    asked[path] = nil
    known[path] = { why = why, at_ms = host.now_ms() }
    on_answer()
  end)
end

--- Why a file is left alone; nil: it is not ignored. Costs little: what is not known is asked, and not waited for.
---@param path string of a buffer; '' for one without a name
---@param on_answer fun() git has answered: what `why` says may be another
---@return string|nil
function M.why(path, on_answer)
  if path == '' or path:find('^%a[%w+.-]+://') then
    return nil
  end
  path = path_of.absolute(path, host.cwd())
  local answer = known[path]
  if not answer or host.now_ms() - answer.at_ms > HOLDS_MS then
    ask(path, on_answer)
    answer = known[path] -- where nobody had to be asked
  end
  if not answer then
    return UNKNOWN
  end
  return answer.why
end

return M
