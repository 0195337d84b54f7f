-- `@buffer`: the buffer that the user comes from.

local attachment = require('beans.attachment')
local host = require('beans.host')
local source = require('beans.context.source')

---@type beans.ContextProvider
return {
  name = 'buffer',
  about = 'the buffer you come from',
  takes = 'none',
  collect = function(request, on_done)
    local buf = request.snapshot.buf
    if not buf or not host.buf_valid(buf) then
      return on_done({}, { 'there is no buffer to take' })
    end
    local notes = { attachment.one_line(request.snapshot.name) }
    local block, problem = source.buffer(buf, { mention = request.mention.text, notes = notes })
    on_done({ block }, { problem })
  end,
}
