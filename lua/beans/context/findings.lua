-- Findings of compilers, linters and searches in words, for `@diagnostics` and `@quickfix`.

local attachment = require('beans.attachment')

local M = {}

--- The code that a finding is about, below it.
---@param line string
---@param finding beans.Finding
---@param code string|nil
---@return string[]
function M.lines(line, finding, code)
  local lines = {}
  for text in (finding.text .. '\n'):gmatch('([^\n]*)\n') do
    lines[#lines + 1] = #lines == 0 and line:format(text) or '    ' .. text
  end
  if code and code:find('%S') then
    lines[#lines + 1] = '    > ' .. code:gsub('^%s+', '')
  end
  return lines
end

--- A block of findings.
---@param mention string
---@param notes string[]
---@param lines string[]
---@param cap {lines: integer, bytes: integer}
---@return string
function M.block(mention, notes, lines, cap)
  local kept, cut = attachment.cut(lines, cap)
  notes[#notes + 1] = cut
  return attachment.block({ mention = mention, notes = notes, text = table.concat(kept, '\n') })
end

--- A count in words.
---@param count integer
---@param one string
---@return string
function M.count(count, one)
  return ('%d %s%s'):format(count, one, count == 1 and '' or (one:find('y$') and '' or 's'))
end

return M
