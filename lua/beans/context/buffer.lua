-- `@buffer`: the buffer that the user comes from.

local attachment = require('beans.attachment')
local source = require('beans.context.source')

---@type beans.ContextProvider
return {
  name = 'buffer',
  about = 'the buffer you come from',
  takes = 'none',
  collect = function(request, on_done)
    local snapshot = request.snapshot
    local hindrance = source.hindrance(snapshot)
    if hindrance then
      return on_done({}, { hindrance })
    end
    local notes = { attachment.one_line(snapshot.name) }
    local block, problem = source.buffer(snapshot.buf, { mention = request.mention.text, notes = notes })
    on_done({ block }, { problem })
  end,
}
