-- What typing leaves of a candidate, and what accepting a part of it takes. Pure.

local lines_of = require('beans.lines').of

local M = {}

local CLOSER = { ['('] = ')', ['['] = ']', ['{'] = '}', ['<'] = '>', ['"'] = '"', ["'"] = "'", ['`'] = '`' }

--- Where a text closes what was opened before it, reading brackets only.
---@return integer|nil
local function closes_at(text, closer)
  local opened = {}
  for at, char in text:gmatch('()([%(%)%[%]{}<>"\'`])') do
    if char == (opened[#opened] or closer) then
      if #opened == 0 then
        return at
      end
      opened[#opened] = nil
    elseif CLOSER[char] and char ~= '<' and CLOSER[char] ~= char then
      opened[#opened + 1] = CLOSER[char]
    end
  end
end

--- What has come behind the cursor by itself: the closers of auto-pairs.
---@param suffix string what stood there when the candidate was asked for
---@param now string what stands there now
---@return string|nil grown nil: it is something else
function M.grown(suffix, now)
  if now == suffix then
    return ''
  end
  local grown = now:sub(1, #now - #suffix)
  return now:sub(#grown + 1) == suffix and not grown:find('[^%)%]}>"\'`]') and grown or nil
end

--- What is left of a candidate when text was typed.
---@param lines string[] the candidate
---@param typed string what stands between where the candidate began and the cursor
---@param grown? string what came behind the cursor by itself meanwhile
---@return string[]|nil rest nil: something else was typed; empty: all of it was
function M.rest(lines, typed, grown)
  local text = table.concat(lines, '\n')
  if text:sub(1, #typed) ~= typed then
    return nil
  end
  local rest = text:sub(#typed + 1)
  if grown and grown ~= '' then
    local at = closes_at(rest, grown:sub(1, 1))
    rest = at and rest:sub(1, at - 1) or rest
  end
  return rest == '' and {} or lines_of(rest)
end

-- Characters by the kind of word they make, as Vim has them: from, to, kind. What is in none makes words with letters.
local KINDS = {
  { 0x2000, 0x206F, 'sign' },
  { 0x2100, 0x2BFF, 'sign' },
  { 0x3000, 0x303F, 'sign' },
  { 0x3040, 0x309F, 'hiragana' },
  { 0x30A0, 0x30FF, 'katakana' },
  { 0x3400, 0x9FFF, 'han' },
  { 0xAC00, 0xD7A3, 'hangul' },
  { 0xFF00, 0xFF0F, 'sign' },
  { 0xFF1A, 0xFF20, 'sign' },
  { 0x1F000, 0x1FAFF, 'emoji' },
  { 0x20000, 0x2FA1F, 'han' },
}

local function codepoint(char)
  local lead = char:byte()
  local code = lead >= 0xF0 and lead - 0xF0 or lead >= 0xE0 and lead - 0xE0 or lead - 0xC0
  for i = 2, #char do
    code = code * 64 + char:byte(i) - 0x80
  end
  return code
end

local function kind_of(char)
  if #char == 1 then
    return char:find('%s') and 'blank' or char:find('[%w_]') and 'letter' or 'sign'
  end
  local code = codepoint(char)
  for _, kind in ipairs(KINDS) do
    if code >= kind[1] and code <= kind[2] then
      return kind[3]
    end
  end
  return 'letter'
end

--- Takes a word: the blanks and signs before it go along, so that each time something is taken that can be read.
---@param lines string[]
---@return string[] taken
---@return string[] rest
function M.word(lines)
  local text = table.concat(lines, '\n')
  local stop, word, signs = #text, nil, false
  for at, char in text:gmatch('()([%z\1-\127\194-\244][\128-\191]*)') do
    local kind = kind_of(char)
    if word and kind ~= word or (signs and char == '\n') then
      stop = at - 1
      break
    elseif kind == 'sign' then
      signs = true
    elseif kind ~= 'blank' then
      word = kind
    end
  end
  local rest = text:sub(stop + 1)
  return lines_of(text:sub(1, stop)), rest == '' and {} or lines_of(rest)
end

--- Takes a line with its end; with an empty one the next, too.
---@param lines string[]
---@return string[] taken
---@return string[] rest
function M.line(lines)
  local count = 1
  while count < #lines and not lines[count]:find('%S') do
    count = count + 1
  end
  local taken, rest = {}, {}
  for i, line in ipairs(lines) do
    local list = i <= count and taken or rest
    list[#list + 1] = line
  end
  if #rest > 0 then
    taken[#taken + 1] = ''
  end
  return taken, rest
end

return M
