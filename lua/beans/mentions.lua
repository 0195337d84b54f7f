-- Mentions in a message: `@name`, `@name:argument`, `@name:"an argument with blanks"`. Only at the beginning of a word,
-- and only of names that are known: addresses, decorators and names of people stay what they are. Nothing counts inside
-- fenced code or inside a block that is already attached. Pure.

local attachment = require('beans.attachment')
local lines_in = require('beans.lines')

local M = {}

---@class beans.Mention
---@field name string
---@field argument string|nil
---@field text string as it is written in headers: `@file:a.lua`

---@alias beans.MentionNames table<string, 'none'|'optional'|'needed'> whether a name takes an argument

local function count(text, sign)
  local _, found = text:gsub('%' .. sign, '')
  return found
end

local OPENED = { [')'] = '(', [']'] = '[', ['}'] = '{', ['>'] = '<' }

--- Without the signs that belong to the sentence, and a bracket that was opened before the mention.
local function trim(argument)
  local before
  repeat
    before = argument
    argument = argument:gsub('[.,;:!?\'"]+$', '')
    local last = argument:sub(-1)
    if OPENED[last] and count(argument, last) > count(argument, OPENED[last]) then
      argument = argument:sub(1, -2)
    end
  until argument == before
  return argument
end

--- Reads what follows an `@`.
local function read(line, at, names)
  local name, after = line:match('^(%l+)()', at)
  local takes = name and names[name]
  if not takes then
    return nil
  end
  local rest, argument = line:sub(after), nil
  if rest:sub(1, 1) == ':' then
    argument = rest:match('^:"([^"]+)"') or trim(rest:match('^:(%S*)'))
    argument = argument ~= '' and argument or nil
  end
  if argument and takes ~= 'none' then
    return { name = name, argument = argument, text = attachment.mention(name, argument) }
  elseif argument or takes == 'needed' then
    return nil
  end
  -- `@buffer.` ends a sentence, `@buffer.name` does not.
  local ends = rest:find('^%p*%s') or rest:find('^%p*$')
  return ends and { name = name, text = '@' .. name } or nil
end

local function find_in_line(line, names, add)
  local from = 1
  while true do
    local at = line:find('@', from, true)
    if not at then
      return
    end
    if at == 1 or line:sub(at - 1, at - 1):find('[%s(%[{"\']') then
      local mention = read(line, at + 1, names)
      if mention then
        add(mention)
      end
    end
    from = at + 1
  end
end

--- The fence that a line opens: its character and length.
local function opens(line)
  local fence = line:match('^ ? ? ?(```+)[^`]*$') or line:match('^ ? ? ?(~~~+)')
  return fence and fence:sub(1, 1), fence and #fence
end

local function closes(line, sign, length)
  local fence = line:match('^ ? ? ?([`~]+)%s*$')
  return fence ~= nil and #fence >= length and fence == sign:rep(#fence)
end

--- Finds the mentions of a message, each once, in order.
---@param text string
---@param names beans.MentionNames
---@return beans.Mention[]
function M.find(text, names)
  local found, seen = {}, {}
  local function add(mention)
    if not seen[mention.text] then
      seen[mention.text] = true
      found[#found + 1] = mention
    end
  end
  if not text:find('@', 1, true) then
    return found
  end
  local lines, skip = lines_in.of(text), {}
  for _, attached in ipairs(attachment.find(lines)) do
    for i = attached.first, attached.last do
      skip[i] = true
    end
  end
  local sign, length
  for i, line in ipairs(lines) do
    if sign then
      sign = not closes(line, sign, length) and sign or nil
    elseif not skip[i] then
      sign, length = opens(line)
      if not sign then
        find_in_line(line, names, add)
      end
    end
  end
  return found
end

--- The mention that is being typed at the end of a line, and where it begins.
---@param line string up to the cursor
---@return string|nil lead with its `@`
---@return integer|nil col bytes before it
function M.lead(line)
  local at = line:match('()@%l*:"[^"]*$') or line:match('()@[^%s"]*$')
  if at and (at == 1 or line:sub(at - 1, at - 1):find('[%s(%[{"\']')) then
    return line:sub(at), at - 1
  end
end

return M
