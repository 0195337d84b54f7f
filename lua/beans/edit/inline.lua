-- What changed inside lines: which old line became which new one, and which words of it are others. Pure.

local sequence = require('beans.edit.sequence')

local M = {}

-- Lines that are longer, or have more tokens, are compared from their ends only.
local BYTES_MAX, TOKENS_MAX = 16384, 2000
-- Lines that share less of their text are two different lines.
local ALIKE = 0.4
-- So many pairs of lines are looked at, to find which belong together.
local PAIRS_MAX = 2500

--- Words, runs of blanks, and every other character for itself; and where each begins.
local function tokens_of(line)
  local tokens, at, position = {}, {}, 1
  while position <= #line do
    local token = line:match('^[%w_\128-\255]+', position)
      or line:match('^%s+', position)
      or line:sub(position, position)
    tokens[#tokens + 1], at[#at + 1] = token, position - 1
    position = position + #token
  end
  at[#at + 1] = #line
  return tokens, at
end

--- Changed tokens as spans of bytes. What is between two of them and is blank is no reason to part them.
local function spans_of(tokens, at, changed)
  local spans = {}
  for i = 1, #tokens do
    local last = spans[#spans]
    if changed[i] then
      if last and last.token == i - 1 then
        last.token, last[2] = i, at[i + 1]
      else
        spans[#spans + 1] = { at[i], at[i + 1], token = i }
      end
    elseif last and last.token == i - 1 and changed[i + 1] and not tokens[i]:find('%S') then
      last.token, last[2] = i, at[i + 1]
    end
  end
  for _, span in ipairs(spans) do
    span.token = nil
  end
  return spans
end

--- How many bytes two texts have in common at one end, of so many: by halves, so that a long line is no long loop.
local function common(most, are_same)
  local least = 0
  while least < most do
    local half = math.ceil((least + most) / 2)
    if are_same(half) then
      least = half
    else
      most = half - 1
    end
  end
  return least
end

--- The one span that is left when the same text is taken from both ends.
local function middle_of(old, new)
  local shorter = math.min(#old, #new)
  local from = common(shorter, function(count)
    return old:sub(1, count) == new:sub(1, count)
  end)
  local behind = common(shorter - from, function(count)
    return old:sub(-count) == new:sub(-count)
  end)
  local function span(line)
    return from < #line - behind and { { from, #line - behind } } or {}
  end
  return span(old), span(new)
end

local function length_of(spans)
  local sum = 0
  for _, span in ipairs(spans) do
    sum = sum + span[2] - span[1]
  end
  return sum
end

--- The words that changed from one line to the other, as spans of bytes `{from, to}`: `from` counts from 0, `to` is the
--- first byte behind.
---@param old string
---@param new string
---@return {[1]: integer, [2]: integer}[] in_old
---@return {[1]: integer, [2]: integer}[] in_new
function M.words(old, new)
  if #old > BYTES_MAX or #new > BYTES_MAX then
    return middle_of(old, new)
  end
  local old_tokens, old_at = tokens_of(old)
  local new_tokens, new_at = tokens_of(new)
  if #old_tokens > TOKENS_MAX or #new_tokens > TOKENS_MAX then
    return middle_of(old, new)
  end
  local old_changed, new_changed = sequence.changed(old_tokens, new_tokens)
  return spans_of(old_tokens, old_at, old_changed), spans_of(new_tokens, new_at, new_changed)
end

local function trim(line)
  return (line:gsub('^%s+', ''):gsub('%s+$', ''))
end

--- How much of their text two lines share, the blanks around them aside.
---@param old string
---@param new string
---@return number # 0: nothing, 1: everything
function M.likeness(old, new)
  old, new = trim(old), trim(new)
  local longer = math.max(#old, #new)
  if longer == 0 then
    return 1
  end
  -- What differs so much in length can't be alike.
  if math.min(#old, #new) < ALIKE * longer then
    return 0
  end
  local in_old, in_new = M.words(old, new)
  return 1 - math.max(length_of(in_old) / #old, length_of(in_new) / #new)
end

--- Whether two lines are one line that was changed.
---@param old string
---@param new string
---@return boolean
function M.alike(old, new)
  return M.likeness(old, new) >= ALIKE
end

--- The way through a table of likenesses with the highest sum, in the order of both sides.
local function best_way(old, new)
  local sums, likeness = { [0] = {} }, {}
  for j = 0, #new do
    sums[0][j] = 0
  end
  for i = 1, #old do
    sums[i], likeness[i] = { [0] = 0 }, {}
    for j = 1, #new do
      local alike = M.likeness(old[i], new[j])
      likeness[i][j] = alike >= ALIKE and alike or 0
      sums[i][j] = math.max(sums[i - 1][j], sums[i][j - 1], sums[i - 1][j - 1] + likeness[i][j])
    end
  end
  local partners, i, j = {}, #old, #new
  while i > 0 and j > 0 do
    if likeness[i][j] > 0 and sums[i][j] == sums[i - 1][j - 1] + likeness[i][j] then
      partners[j] = i
      i, j = i - 1, j - 1
    elseif sums[i][j] == sums[i - 1][j] then
      i = i - 1
    else
      j = j - 1
    end
  end
  return partners
end

--- Which old line became which new one.
---@param old string[]
---@param new string[]
---@return table<integer, integer> # by new line
function M.partners(old, new)
  if #old ~= #new and #old * #new <= PAIRS_MAX then
    return best_way(old, new)
  end
  local partners = {}
  for i = 1, math.min(#old, #new) do
    if M.alike(old[i], new[i]) then
      partners[i] = i
    end
  end
  return partners
end

return M
