-- `@diagnostics`: what is wrong with the buffer that the user comes from, with the lines of code that it is about. In
-- Neovim what language servers and linters report; in Vim what stands in the location list or the quickfix list.

local attachment = require('beans.attachment')
local caps = require('beans.context.caps')
local findings = require('beans.context.findings')
local host = require('beans.host')
local source = require('beans.context.source')

local function lines_of(buf, found)
  table.sort(found, function(a, b)
    return a.line < b.line or (a.line == b.line and a.col < b.col)
  end)
  local lines = {}
  for i = 1, math.min(#found, caps.diagnostics.lines) do
    local finding = found[i]
    local from = finding.source and (' (%s)'):format(finding.source) or ''
    local kind = finding.kind or 'error'
    local head = ('%d:%d: %s: %%s%s'):format(finding.line, finding.col, kind, (from:gsub('%%', '%%%%')))
    local code = host.buf_lines(buf, finding.line, finding.line)[1]
    for _, line in ipairs(findings.lines(head, finding, code)) do
      lines[#lines + 1] = line
    end
  end
  return lines
end

---@type beans.ContextProvider
return {
  name = 'diagnostics',
  about = 'errors and warnings of the buffer you come from',
  takes = 'none',
  collect = function(request, on_done)
    local snapshot = request.snapshot
    local hindrance = source.hindrance(snapshot)
    if hindrance then
      return on_done({}, { hindrance })
    end
    local found = host.diagnostics(snapshot.buf)
    if #found == 0 then
      return on_done({}, { 'there are none in ' .. snapshot.name })
    end
    local notes = { attachment.one_line(snapshot.name), findings.count(#found, 'finding') }
    on_done({ findings.block(request.mention.text, notes, lines_of(snapshot.buf, found), caps.diagnostics) }, {})
  end,
}
