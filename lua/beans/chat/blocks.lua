-- The code blocks of a conversation: where they are, their language, and the file they are for. Pure.

local fences = require('beans.fence')
local languages = require('beans.host.languages')
local transcript = require('beans.transcript')

local M = {}

---@class beans.Block
---@field fence integer line of the opening fence
---@field first integer first line inside
---@field last integer last line inside; first - 1: it is empty
---@field lines string[] its text: without the indentation of the fence, as it was before it stood in a chat
---@field language string|nil as the block names it
---@field path string|nil the file it is for, as the block or the line above names it
---@field complete boolean it has its closing fence

-- Names ---------------------------------------------------------------------------------------------------------------

--- Files without an extension that a block may be for.
local BARE_NAMES = { Makefile = true, Dockerfile = true, Rakefile = true, Gemfile = true, Justfile = true }

--- A text as the path of a file; nil when it does not look like one.
local function as_path(text)
  local path = text:gsub('#L%d+.*$', ''):gsub(':%d+[-:%d]*$', ''):gsub('^%./', '')
  if path == '' or path:find('[%c"\'`<>|*?{}!]') or path:find('://') or path:find('/$') or path:find('%(%)') then
    return nil
  end
  local name = path:match('[^/]+$')
  local extension = name:match('%.(%a[%w_]*)$')
  if name:find('^%.%.?$') or #path > 400 then
    return nil
  elseif extension or BARE_NAMES[name] or (name:sub(1, 1) == '.' and #name > 1) then
    return path
  end
  return path:find('/', 1, true) and name:find('^[%w_.-]+$') and path or nil
end

--- A path without blanks.
local function as_word(text)
  return not text:find('%s') and as_path(text) or nil
end

-- The info string -----------------------------------------------------------------------------------------------------

local KEYS = { title = true, file = true, filename = true, path = true, name = true }

--- `title=…` and its like, with quotes or without.
local function attribute(info)
  for key, rest in info:gmatch('([%a]+)=([^\n]*)') do
    if KEYS[key:lower()] then
      local value = rest:match('^"([^"]*)"') or rest:match("^'([^']*)'") or rest:match('^[^%s},]+')
      local path = value and as_path(value)
      if path then
        return path
      end
    end
  end
end

--- Language and path of what stands behind the fence.
local function read_info(info)
  local first, rest = info:gsub('^{%.?', ''):match('^(%S*)%s*(.*)$')
  local language, after = first:match('^([^:]*):(.+)$')
  local numbered = first:match('^%d+:%d+:(.+)$') -- lines and path, as some editors ask for
  if numbered then
    return nil, as_word(numbered)
  elseif language and as_word(after) then
    return language ~= '' and language or nil, as_word(after)
  end
  local path = attribute(info)
  for word in (path and '' or rest):gmatch('%S+') do
    path = path or (not word:find('=') and as_word(word:gsub('^%(', ''):gsub('%)$', '')) or nil)
  end
  if not path and as_word(first) then
    return nil, as_word(first)
  end
  language = first:gsub('[},].*$', '')
  return language ~= '' and not language:find('=') and language or nil, path
end

-- Around and inside ---------------------------------------------------------------------------------------------------

--- The path that a line alone names: `**lua/a.lua**`, `lua/a.lua:`, `### File: lua/a.lua`.
local function path_of_line(line)
  local text = line:gsub('^%s*[#>*+-]+%s+', ''):gsub('^%s*%d+[.)]%s+', '')
  text = text:gsub('[*_]*[Ff]ile%s*[Nn]?a?m?e?:[*_]*%s*', ''):gsub('^%s+', ''):gsub('[:%s]+$', '')
  local bare = text:gsub('^[*_`]+', ''):gsub('[*_`:]+$', '')
  if as_word(bare) then
    return as_word(bare)
  end
  -- In a sentence that leads to the block: "Change `lua/a.lua` to:"
  local quoted, more = text:match('`([^`]+)`(.*)$')
  return quoted and line:find(':%s*$') and not more:find('`') and as_word(quoted) or nil
end

--- The path that the line above a fence names; one blank line may stand between.
local function path_above(lines, fence)
  local line = lines[fence - 1]
  if line and not line:find('%S') then
    line = lines[fence - 2]
  end
  return line and not line:find('^%s*[`~][`~][`~]') and path_of_line(line) or nil
end

--- The path that a comment names, if it names nothing else.
local function path_of_comment(line)
  local text = line:match('^%s*[-/#;%%"]+%s*(.-)%s*$') or line:match('^%s*/%*+%s*(.-)%s*%*/%s*$')
  text = line:match('^%s*<!%-%-%s*(.-)%s*%-%->%s*$') or line:match('^%s*/%*+%s*(.-)%s*%*/%s*$') or text
  local named = text and text:match('^[Ff]ile%a*:%s*(.*)$')
  local path = text and as_word(named or text)
  return path and (named or path:find('/', 1, true) or path:find('%.%a%w*$')) and path or nil
end

--- The first line of a block, when it only says which file it is for; such a line is no part of the file.
---@param block beans.Block
---@return string|nil path
function M.heading_of(block)
  return block.lines[1] and path_of_comment(block.lines[1]) or nil
end

-- Blocks --------------------------------------------------------------------------------------------------------------

--- Whether a line is a heading or a notice of the chat itself.
local function is_ours(line)
  local sign = line:sub(1, 1)
  return (sign == '#' or sign == '>') and transcript.escape(line) ~= line
end

--- A line as it was before it was made fit for a chat.
local function unescaped(line)
  local rest = line:sub(1, 1) == '\\' and line:sub(2)
  return rest and transcript.escape(rest) == line and rest or line
end

local function finish(lines, open, last, complete)
  local block = { fence = open.line, first = open.line + 1, last = last, lines = {}, complete = complete }
  for i = block.first, last do
    local line = unescaped(lines[i])
    local indent = math.min(#line:match('^%s*'), open.indent)
    block.lines[#block.lines + 1] = line:sub(indent + 1)
  end
  block.language, block.path = read_info(open.info)
  block.path = block.path or path_above(lines, open.line) or M.heading_of(block)
  return block
end

--- All code blocks, from the top to the bottom. One that is still being written ends with its message.
---@param lines string[] of a chat
---@return beans.Block[]
function M.all(lines)
  local blocks, open = {}, nil
  for i, line in ipairs(lines) do
    if open and fences.closes(line, open) then
      blocks[#blocks + 1] = finish(lines, open, i - 1, true)
      open = nil
    elseif open and is_ours(line) then
      blocks[#blocks + 1] = finish(lines, open, i - 1, false)
      open = nil
    elseif not open then
      open = fences.opening(line)
      if open then
        open.line = i
      end
    end
  end
  if open then
    blocks[#blocks + 1] = finish(lines, open, #lines, false)
  end
  return blocks
end

--- The code block around a line, its fences included.
---@param lines string[] of a chat
---@param at integer
---@return beans.Block|nil
function M.around(lines, at)
  for _, block in ipairs(M.all(lines)) do
    local last = block.complete and block.last + 1 or block.last
    if at >= block.fence and at <= last then
      return block
    end
  end
end

-- File types ----------------------------------------------------------------------------------------------------------

--- The file type of a block; '' when it names no language.
---@param block beans.Block
---@return string # letters, digits and underscores only
function M.filetype(block)
  local extension = block.path and block.path:match('%.(%w+)$')
  local filetype = languages.filetype(block.language or extension or '')
  return filetype:find('^[%w_]+$') and filetype or ''
end

return M
