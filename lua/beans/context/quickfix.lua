-- `@quickfix`: the quickfix list. Its texts are lines of files, so entries of files that are never sent are left out.

local attachment = require('beans.attachment')
local caps = require('beans.context.caps')
local findings = require('beans.context.findings')
local host = require('beans.host')
local privacy = require('beans.privacy')
local source = require('beans.context.source')

--- Asks for each file once.
local function asker()
  local asked = {}
  return function(path)
    if asked[path] == nil then
      asked[path] = privacy.file(path) or false
    end
    return asked[path]
  end
end

local function head_of(entry)
  if not entry.path then
    return '%s'
  end
  local place = source.shown(entry.path) .. (entry.line > 0 and ':' .. entry.line or '')
  place = place .. (entry.col > 0 and ':' .. entry.col or '')
  return (place:gsub('%%', '%%%%')) .. ': %s'
end

---@type beans.ContextProvider
return {
  name = 'quickfix',
  about = 'the quickfix list',
  takes = 'none',
  collect = function(request, on_done)
    local list, why_not = host.quickfix(), asker()
    local lines, problems, left_out = {}, {}, 0
    for i = 1, math.min(#list.entries, caps.quickfix.lines + 1) do
      local entry = list.entries[i]
      if entry.path and why_not(entry.path) then
        left_out = left_out + 1
      else
        for _, line in ipairs(findings.lines(head_of(entry), entry)) do
          lines[#lines + 1] = line
        end
      end
    end
    if left_out > 0 then
      problems[1] = ('%d of files that are never sent are left out'):format(left_out)
    end
    if #lines == 0 then
      problems[1] = problems[1] or 'the list is empty'
      return on_done({}, problems)
    end
    local notes = { list.title ~= '' and attachment.quoted(list.title) or nil }
    notes[#notes + 1] = ('%d entries'):format(#list.entries)
    on_done({ findings.block(request.mention.text, notes, lines, caps.quickfix) }, problems)
  end,
}
