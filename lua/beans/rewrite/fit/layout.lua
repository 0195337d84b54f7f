-- What the look of a line of code tells: how deep it stands, whether the next one stands deeper, where the next one may
-- be aligned. Told without knowing the language. Pure.

local M = {}

-- Longer lines are not looked at: they are no code that somebody laid out.
local LONG = 4096

-- What ends a line that opens a block, and what begins one.
local ENDS = { '[{:]$', '%f[%w]then$', '%f[%w]do$', '%f[%w]else$', '%f[%w]begin$', '%f[%w]repeat$', '%f[%w]try$' }
ENDS[#ENDS + 1] = '%f[%w]function%s*%b()$'
ENDS[#ENDS + 1] = '%f[%w]do%s*|[^|]*|$'
local WORDS = {}
for word in
  ([[if for while until unless else elseif elsif elif switch case when match try catch except finally with function
  def defp defmodule class struct module interface impl enum fn func sub proc begin loop describe it]]):gmatch('%S+')
do
  WORDS[word] = true
end

--- The blanks that a line begins with.
---@param line string
---@return string
function M.indent(line)
  return line:match('^[ \t]*')
end

--- Whether a line begins with the blanks.
---@param line string
---@param blanks string
---@return boolean
function M.begins_with(line, blanks)
  return line:sub(1, #blanks) == blanks
end

--- The line with what stands in quotes made harmless.
local function without_strings(line)
  local function mask(text)
    return ('x'):rep(#text)
  end
  return (line:gsub('\\.', 'xx'):gsub('"[^"]*"', mask):gsub("'[^']*'", mask))
end

--- The brackets of a line that stay open.
---@return integer[] # where they stand
local function open_brackets(line)
  local open, text = {}, without_strings(line)
  for at, bracket in text:gmatch('()([%(%[{%)%]}])') do
    if bracket:find('[%(%[{]') then
      open[#open + 1] = at
    else
      open[#open] = nil
    end
  end
  return open
end

--- Where the next line may stand to be aligned with this one: below what follows a bracket that stays open.
---@param line string
---@return table<integer, boolean> # numbers of bytes before it
function M.columns(line)
  local columns = {}
  for _, at in ipairs(#line <= LONG and open_brackets(line) or {}) do
    local text = line:find('%S', at + 1)
    if text then
      columns[text - 1] = true
    end
  end
  return columns
end

--- Whether a line opens a block, so that the next one stands a level deeper.
---@param line string
---@return boolean
function M.opens_block(line)
  if #line > LONG then
    return false
  end
  local text = line:gsub('%s+$', ''):gsub('%s+//.*$', ''):gsub('%s+#%s.*$', ''):gsub('%s+%-%-%s.*$', '')
  for _, ending in ipairs(ENDS) do
    if text:find(ending) then
      return true
    end
  end
  local first = text:gsub('^%s*local%s+function', 'function'):match('^%s*}?%s*(%a+)')
  local ends = text:find('[;}]$') or text:find('%f[%w]end%)?$')
  return WORDS[first] ~= nil and not ends and #open_brackets(text) == 0
end

--- Whether the next line may stand deeper, for any reason.
---@param line string
---@return boolean
function M.opens(line)
  if #line > LONG then
    return false
  end
  local text = line:match('^%s*(.-)%s*$')
  return M.opens_block(line)
    or #open_brackets(line) > 0
    or text:find('[,=\\|]$') ~= nil
    or text:find('[-=]>$') ~= nil
    or text:find('^[-*+]%s') ~= nil
    or text:find('^%d+[.)]%s') ~= nil
    or (text:find('^<%a[^>]*>') ~= nil and not text:find('</[^>]*>$') and not text:find('/>$'))
end

return M
