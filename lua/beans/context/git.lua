-- Asks git, for `@diff` and `@tree`: without a shell, without taking locks, and without the programs that a repository
-- may name for pictures of its files.

local host = require('beans.host')
local lists = require('beans.lists')

local M = {}

local MS = 15000

local function argv_of(folder, arguments)
  local argv = { 'git', '--no-pager', '--no-optional-locks', '-C', folder }
  for _, setting in ipairs({ 'core.fsmonitor=false', 'core.quotePath=false' }) do
    argv[#argv + 1] = '-c'
    argv[#argv + 1] = setting
  end
  return lists.append(argv, arguments)
end

--- Runs git in a folder, for a while at most.
local function spawn(folder, arguments, max_bytes, on_exit)
  local timer
  local program = host.spawn(argv_of(folder, arguments), function(result)
    timer:stop()
    on_exit(result)
  end, { max_bytes = max_bytes })
  timer = host.defer(MS, function()
    program:stop()
  end)
end

local function why_failed(result)
  if result.code == -1 then
    return 'git could not be started'
  end
  return 'git: ' .. (result.stderr:match('[^\n]+') or 'it did not answer')
end

--- Runs git in a folder.
---@param folder string
---@param arguments string[]
---@param max_bytes integer
---@param on_done fun(stdout: string|nil, why: string|nil, cut: boolean|nil)
function M.run(folder, arguments, max_bytes, on_done)
  spawn(folder, arguments, max_bytes, function(result)
    if result.cut then
      on_done(result.stdout, nil, true)
    elseif result.code ~= 0 then
      on_done(nil, why_failed(result))
    else
      on_done(result.stdout)
    end
  end)
end

--- Asks whether git ignores a file. What git tracks is not ignored, whatever its name.
---@param folder string that is there
---@param name string of the file, seen from there
---@param on_done fun(ignored: boolean|nil, why: string|nil) nil and why: git does not tell, as where there is no
---repository
function M.ignores(folder, name, on_done)
  spawn(folder, { 'check-ignore', '--quiet', '--', './' .. name }, 1024, function(result)
    if result.code == 0 or result.code == 1 then
      on_done(result.code == 0)
    else
      on_done(nil, why_failed(result))
    end
  end)
end

local ESCAPES = { a = '\a', b = '\b', t = '\t', n = '\n', v = '\v', f = '\f', r = '\r' }

--- Reads a name that git has put between quotes, for it has signs in it that would not stand on a line.
local function unquote(name)
  return (
    name:sub(2, -2):gsub('\\(%d?%d?%d?)(.?)', function(octal, sign)
      if #octal == 3 then
        return string.char(tonumber(octal, 8)) .. sign
      end
      return ESCAPES[sign] or sign
    end)
  )
end

--- The names in a list of git's, a line each. (Not ended by NULs, which Vim's programs can't hand over.)
---@param text string
---@return string[]
function M.names(text)
  local names = {}
  for line in text:gmatch('[^\n]+') do
    names[#names + 1] = line:sub(1, 1) == '"' and unquote(line) or line
  end
  return names
end

return M
