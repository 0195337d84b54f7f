-- `@selection`: what was selected last in the buffer that the user comes from.

local attachment = require('beans.attachment')
local caps = require('beans.context.caps')
local host = require('beans.host')
local privacy = require('beans.privacy')
local selection_of = require('beans.selection')

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
    -- One line more than may go, so that what is left out is told.
    local texts = selection_of.lines(snapshot.buf, selection, caps.selection.lines + 1)
    local lines, cut = attachment.cut(texts, caps.selection)
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
