-- `@symbol`: the function or class around the cursor in the buffer that the user comes from.

local attachment = require('beans.attachment')
local caps = require('beans.context.caps')
local host = require('beans.host')
local source = require('beans.context.source')

local function block_of(request, found)
  local snapshot = request.snapshot
  local last = math.min(found.last, found.first + caps.symbol.lines)
  local lines, cut = attachment.cut(host.buf_lines(snapshot.buf, found.first, last), caps.symbol)
  local shown = cut and found.first + #lines - 1 or found.last
  return attachment.block({
    mention = request.mention.text,
    notes = { attachment.one_line(snapshot.name), attachment.range(found.first, shown), cut },
    language = snapshot.filetype,
    text = table.concat(lines, '\n'),
  })
end

---@type beans.ContextProvider
return {
  name = 'symbol',
  about = 'the function or class around the cursor',
  takes = 'none',
  available = function()
    return host.symbol ~= nil
  end,
  collect = function(request, on_done)
    local snapshot = request.snapshot
    local hindrance = source.hindrance(snapshot)
    if hindrance then
      return on_done({}, { hindrance })
    end
    host.symbol(snapshot.buf, snapshot.line, snapshot.col, function(found, why)
      if not found or not host.buf_valid(snapshot.buf) then
        return on_done({}, { why or 'the buffer is gone' })
      end
      on_done({ block_of(request, found) }, {})
    end)
  end,
}
