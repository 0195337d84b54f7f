-- `@selection`: what was selected last in the buffer that the user comes from.

local attachment = require('beans.attachment')
local caps = require('beans.context.caps')
local host = require('beans.host')
local privacy = require('beans.privacy')

--- The exact characters of a selection by characters; whole lines of any other.
local function text_of(buf, selection)
  local lines = host.buf_lines(buf, selection.first, math.min(selection.last, selection.first + caps.selection.lines))
  if selection.kind == 'char' and #lines > 0 then
    local last = lines[#lines]
    -- The mark stands on the first byte of the last character.
    local tail = last:match('^[\128-\191]*', selection.last_col + 2) or ''
    if selection.last - selection.first + 1 == #lines then
      lines[#lines] = last:sub(1, math.min(#last, selection.last_col + 1 + #tail))
    end
    lines[1] = lines[1]:sub(selection.first_col + 1)
  end
  return lines
end

---@type beans.ContextProvider
return {
  name = 'selection',
  about = 'what you selected last',
  takes = 'none',
  collect = function(request, on_done)
    local snapshot = request.snapshot
    local selection = snapshot.selection
    if not selection or not host.buf_valid(snapshot.buf) then
      return on_done({}, { 'nothing was selected in the buffer you come from' })
    end
    local why = privacy.buffer(snapshot.buf)
    if why then
      return on_done({}, { 'never sent: ' .. why })
    end
    local lines, cut = attachment.cut(text_of(snapshot.buf, selection), caps.selection)
    on_done({
      attachment.excerpt({
        name = snapshot.name,
        filetype = snapshot.filetype,
        first = selection.first,
        last = cut and selection.first + #lines - 1 or selection.last,
        lines = lines,
        notes = { cut },
      }),
    }, {})
  end,
}
