-- How a hunk looks in a review: its deleted lines above, its new lines, the words of both that changed. Pure.

local inline = require('beans.edit.inline')
local plain = require('beans.plain')

local M = {}

-- In longer hunks words are not looked for.
local WORDS_MAX = 300
-- Lines that are none do not wrap: more of a deleted one is not seen anyway.
local BYTES_MAX = 2000

--- A line with its tabs as blanks, for lines that are no text of a buffer have none; and where each byte went.
local function expanded(line, tabstop)
  local parts, width, moved = {}, 0, {}
  for i = 1, #line do
    moved[i] = width
    local byte = line:sub(i, i)
    local blanks = byte == '\t' and tabstop - width % tabstop or 1
    parts[i] = byte == '\t' and (' '):rep(blanks) or byte
    width = width + blanks
  end
  moved[#line + 1] = width
  return table.concat(parts), moved
end

--- A deleted line as pieces, the changed words apart.
local function deleted_line(line, spans, tabstop)
  line = #line > BYTES_MAX and plain.whole(line:sub(1, BYTES_MAX)) or line
  local text, moved = expanded(line, tabstop)
  local chunks, at = {}, 0
  local function add(to, group)
    if to > at then
      chunks[#chunks + 1] = { text:sub(at + 1, to), group }
      at = to
    end
  end
  for _, span in ipairs(spans) do
    add(moved[math.min(span[1], #line) + 1], 'BeansDiffDelete')
    add(moved[math.min(span[2], #line) + 1], 'BeansDiffText')
  end
  add(#text, 'BeansDiffDelete')
  return #chunks > 0 and chunks or { { '', 'BeansDiffDelete' } }
end

---@class beans.HunkLook
---@field words {line: integer, from: integer, to: integer}[] lines count from 1, the first of the hunk
---@field old_words table<integer, {[1]: integer, [2]: integer}[]> by old line
---@field above? {[1]: string, [2]: string}[][] the deleted lines, once they were drawn

--- Which words of a hunk changed.
---@param old string[]
---@param new string[]
---@return beans.HunkLook
function M.of(old, new)
  local look = { words = {}, old_words = {} }
  if #old > WORDS_MAX or #new > WORDS_MAX then
    return look
  end
  local partners = inline.partners(old, new)
  for j = 1, #new do
    local i = partners[j]
    local in_old, in_new = inline.words(i and old[i] or '', i and new[j] or '')
    look.old_words[i or 0] = in_old
    for _, span in ipairs(in_new) do
      look.words[#look.words + 1] = { line = j, from = span[1], to = span[2] }
    end
  end
  return look
end

--- The deleted lines of a hunk as they are drawn.
---@param old string[]
---@param look beans.HunkLook
---@param tabstop integer
---@return {[1]: string, [2]: string}[][]
function M.deleted(old, look, tabstop)
  local lines = {}
  for i, line in ipairs(old) do
    lines[i] = deleted_line(line, look.old_words[i] or {}, tabstop)
  end
  return lines
end

return M
