-- `@lsp`: the outline of the buffer that the user comes from, as its language server knows it.

local attachment = require('beans.attachment')
local caps = require('beans.context.caps')
local host = require('beans.host')
local source = require('beans.context.source')

local function lines_of(symbols)
  local lines = {}
  for i, symbol in ipairs(symbols) do
    local indent = ('  '):rep(symbol.depth)
    lines[i] = ('%s%s %s (%s)'):format(
      indent,
      symbol.kind:lower(),
      symbol.name,
      attachment.range(symbol.first, symbol.last)
    )
  end
  return lines
end

---@type beans.ContextProvider
return {
  name = 'lsp',
  about = 'the outline of the buffer, by its language server',
  takes = 'none',
  available = function()
    return host.outline ~= nil
  end,
  collect = function(request, on_done)
    local snapshot = request.snapshot
    local hindrance = source.hindrance(snapshot)
    if hindrance then
      return on_done({}, { hindrance })
    end
    host.outline(snapshot.buf, function(symbols, why)
      if not symbols or #symbols == 0 then
        return on_done({}, { why or 'the language server knows no symbols of the buffer' })
      end
      local kept, cut = attachment.cut(lines_of(symbols), caps.outline)
      local notes = { attachment.one_line(snapshot.name), ('%d symbols'):format(#symbols), cut }
      on_done(
        { attachment.block({ mention = request.mention.text, notes = notes, text = table.concat(kept, '\n') }) },
        {}
      )
    end)
  end,
}
