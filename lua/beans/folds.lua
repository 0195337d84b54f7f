-- What of a chat is shown folded: front matter, notices of two lines or more (reasoning, other answers), and what went
-- along with a question. Found in lines, a slice at a time, in one pass. Pure.

local M = {}

local NOTICE = '> [!BEANS] '
local ROLES = { ['# You'] = true, ['# Beans'] = true, ['# System'] = true }
local LONGEST_HEAD = 200
local MARK = '▸ '

---@class beans.Fold
---@field first integer
---@field last integer

--- The words in the heading of a block of context, `[@file:a.lua · ~12 tokens]`; nil when the line is none.
local function context_title(line)
  return line:match('^%[(@.*~[%d.]+k? tokens)%]$')
end

---@class beans.FoldScanner
---@field private first integer|nil where what may become a fold begins
---@field private kind 'head'|'notice'|'header'|'context'|nil what that is
---@field private fence string|nil the fence that ends a block of context
---@field private found beans.Fold[]
local Scanner = {}
Scanner.__index = Scanner

---@return beans.FoldScanner
function M.scanner()
  return setmetatable({ found = {} }, Scanner)
end

--- Ends what has begun; it is a fold when it has two lines or more.
function Scanner:close(last)
  if last > self.first then
    self.found[#self.found + 1] = { first = self.first, last = last }
  end
  self.kind = nil
end

function Scanner:open(kind, line)
  self.kind, self.first = kind, line
end

--- What a line may begin, where nothing has begun.
function Scanner:begin(text, line)
  if text:sub(1, #NOTICE) == NOTICE then
    self:open('notice', line)
  elseif context_title(text) then
    self:open('header', line)
  elseif line == 1 and text == '---' then
    self:open('head', line)
  end
end

--- Goes on with each kind. Gives true when the line belongs to it; otherwise the line may begin another.
local go_on = {}

function go_on.head(self, text, line)
  if text == '---' then
    self:close(line)
  elseif line > LONGEST_HEAD then
    self.kind = nil
  end
  return true
end

function go_on.notice(self, text, line)
  if text:byte(1) == 62 and text:sub(1, #NOTICE) ~= NOTICE then
    return true
  end
  self:close(line - 1)
end

function go_on.header(self, text)
  self.fence = text:match('^(```+)[^`]*$') or text:match('^(~~~+)')
  self.kind = self.fence and 'context' or nil
  return self.kind ~= nil
end

function go_on.context(self, text, line)
  local fence = self.fence
  if text:sub(1, #fence) == fence and text:match('^[`~]+%s*$') then
    self:close(line)
    return true
  end
  if ROLES[text] then
    self.kind = nil -- nothing closes it: better no fold than the rest of the chat in one
    return false
  end
  return true
end

local BEGINS = { [('>'):byte()] = true, [('['):byte()] = true }

--- Takes the next lines and gives the folds that have ended in them.
---@param lines string[]
---@param first integer number of the first of them
---@return beans.Fold[]
function Scanner:feed(lines, first)
  self.found = {}
  for i = 1, #lines do
    local text, line = lines[i], first + i - 1
    if self.kind and not go_on[self.kind](self, text, line) or not self.kind then
      if BEGINS[text:byte(1)] or line == 1 then
        self:begin(text, line)
      end
    end
  end
  return self.found
end

--- Whether something has begun that the next lines may belong to.
---@return boolean
function Scanner:is_inside()
  return self.kind ~= nil
end

--- Lines have come (or gone, when negative) above the next ones.
---@param count integer
function Scanner:move(count)
  if self.first then
    self.first = math.max(1, self.first + count)
  end
end

--- The text has ended: gives the fold that ends with it.
---@param last integer number of the last line
---@return beans.Fold[]
function Scanner:finish(last)
  self.found = {}
  if self.kind == 'notice' then
    self:close(last)
  end
  self.kind = nil
  return self.found
end

--- All folds in these lines.
---@param lines string[]
---@return beans.Fold[]
function M.find(lines)
  local scanner = M.scanner()
  local found = scanner:feed(lines, 1)
  for _, fold in ipairs(scanner:finish(#lines)) do
    found[#found + 1] = fold
  end
  return found
end

-- In words ------------------------------------------------------------------------------------------------------------

--- A field of the front matter as it is read by people.
local function field(lines, name)
  for _, line in ipairs(lines) do
    local value = line:match('^' .. name .. ':%s*(.-)%s*$')
    if value then
      return value:match('^"(.*)"$') or value
    end
  end
end

local function head_title(lines)
  local parts = {}
  for _, name in ipairs({ 'title', 'model' }) do
    local value = field(lines, name)
    if value and value ~= '' then
      parts[#parts + 1] = value
    end
  end
  return #parts > 0 and table.concat(parts, ' · ') or 'Front matter'
end

--- What is shown of a fold: what it is and how long.
---@param lines string[] its first lines; what its front matter says is looked for in them
---@param count integer how many lines it has
---@return string
function M.title(lines, count)
  local line = lines[1] or ''
  local length = (' · %d lines'):format(count)
  local text = context_title(line)
  if not text then
    if line:sub(1, #NOTICE) == NOTICE then
      line = line:sub(#NOTICE + 1)
    elseif line == '---' then
      line = head_title(lines)
    end
    text = line .. length
  end
  return MARK .. text:gsub('%c', ' ')
end

return M
