-- Figures and foreign text as words on one line. Pure.

local M = {}

-- What a notification and a status screen take in one line, and what `err.message` promises.
local LINE_CHARS = 1000

---@param text string UTF-8
---@param chars integer
---@return string # at most `chars` characters, none cut in half
local function cut(text, chars)
  if #text <= chars then
    return text
  end
  local count = 0
  for position in text:gmatch('()[^\128-\191]') do
    count = count + 1
    if count > chars then
      return text:sub(1, position - 1)
    end
  end
  return text
end

local function trimmed(text)
  return text:match('^%s*(.*%S)') or ''
end

--- Foreign text as one line: control characters (C1 too) become blanks, the ends are trimmed, at most 1,000 characters.
---@param text string
---@return string
function M.line(text)
  text = trimmed(text)
  if text:find('[%c\194]') then -- as few have: the list of chats asks for thousands
    text = trimmed(text:gsub('\194[\128-\159]', ' '):gsub('%c+', ' '))
  end
  return cut(text, LINE_CHARS)
end

--- A sum of money in US dollars.
---@param micro_usd number millionths of a US dollar
---@return string # '$0.0123'; small sums with as many digits as it takes
function M.money(micro_usd)
  local digits = (micro_usd == 0 or micro_usd >= 100) and 4 or 6
  return ('$%.' .. digits .. 'f'):format(micro_usd / 1e6)
end

--- A whole number that is easy to read.
---@param number number
---@return string # '1,234,567'
function M.count(number)
  local digits = ('%.0f'):format(number)
  local head = #digits % 3
  return ((digits:sub(1, head) .. digits:sub(head + 1):gsub('...', ',%0')):gsub('^,', ''))
end

--- What requests have cost; what nobody told is said, never guessed.
---@param sum beans.Sum
---@return string
function M.cost(sum)
  if sum.requests > 0 and sum.unknown == sum.requests then
    return 'unknown'
  end
  return M.money(sum.cost_micro_usd)
end

--- A time to wait.
---@param seconds number
---@return string # '0.5 s', '12 s', '3 min', '2 h'
function M.duration(seconds)
  if seconds < 10 then
    return ('%.1f s'):format(seconds)
  elseif seconds < 120 then
    return ('%.0f s'):format(seconds)
  elseif seconds < 7200 then
    return ('%.0f min'):format(seconds / 60)
  end
  return ('%.0f h'):format(seconds / 3600)
end

return M
