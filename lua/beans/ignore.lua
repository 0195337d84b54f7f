-- What a file in gitignore syntax leaves out: comments, `!`, anchored patterns, `**`, classes, a last slash, escapes;
-- and nothing comes back that lies in a folder which is left out. `?` stands for a character, not for a byte. Pure.

local glob = require('beans.glob')

local M = {}

---@class beans.IgnoreRule
---@field text string the line as it was written
---@field line integer its number
---@field glob beans.Glob
---@field negated boolean `!`: takes back what an earlier rule left out
---@field folders boolean only folders
---@field anywhere boolean at any depth: only the name counts

---@class beans.IgnoreLevel the rules of one folder
---@field depth integer how many parts the path of the folder has
---@field rules beans.IgnoreRule[]

--- Without blanks at the end that no backslash keeps.
local function trim(line)
  while line:sub(-1) == ' ' do
    local slashes = line:match('(\\*) $')
    if #slashes % 2 == 1 then
      break
    end
    line = line:sub(1, -2)
  end
  return line
end

local function read_rule(text, number)
  local pattern = trim(text)
  if pattern == '' or pattern:sub(1, 1) == '#' then
    return nil
  end
  local rule = { text = pattern, line = number, negated = pattern:sub(1, 1) == '!' }
  if rule.negated then
    pattern = pattern:sub(2)
  end
  rule.folders = pattern:sub(-1) == '/'
  if rule.folders then
    pattern = pattern:sub(1, -2)
  end
  if pattern:find('//', 1, true) or pattern:sub(-1) == '/' then
    return nil -- git has such rules match nothing
  end
  rule.anywhere = not pattern:find('/', 1, true)
  rule.glob = glob.parse(pattern)
  return rule.glob and #rule.glob > 0 and rule or nil
end

--- Reads the rules of a file.
---@param text string
---@return beans.IgnoreRule[]
function M.parse(text)
  local rules, number = {}, 0
  text = text:gsub('^\239\187\191', '')
  for line in (text .. '\n'):gmatch('([^\n]*)\n') do
    number = number + 1
    rules[#rules + 1] = read_rule(line:gsub('\r$', ''), number)
  end
  return rules
end

--- The last rule that fits parts `first` to `last` of a path, not looking at the folders above.
---@param rules beans.IgnoreRule[]
---@param parts string[]
---@param first integer
---@param last integer
---@param is_folder boolean
---@return beans.IgnoreRule|nil
function M.rule_for(rules, parts, first, last, is_folder)
  for i = #rules, 1, -1 do
    local rule = rules[i]
    local from = rule.anywhere and last or first
    if (is_folder or not rule.folders) and glob.matches(rule.glob, parts, from, last) then
      return rule
    end
  end
end

--- Which rule leaves a file out, itself or one of the folders that it lies in; nil when none does.
---@param levels beans.IgnoreLevel[] the outermost folder first
---@param parts string[] of the path
---@param is_folder? boolean the path is a folder's
---@return beans.IgnoreRule|nil rule
---@return beans.IgnoreLevel|nil level that has it
function M.ignored_by(levels, parts, is_folder)
  for last = 1, #parts do
    for i = #levels, 1, -1 do
      local level = levels[i]
      local rule = level.depth < last
        and M.rule_for(level.rules, parts, level.depth + 1, last, last < #parts or is_folder == true)
      if rule then
        if not rule.negated then
          return rule, level
        end
        break
      end
    end
  end
end

return M
