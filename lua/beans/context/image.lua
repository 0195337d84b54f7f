-- `@image:path`: an image, sent as one. In the message stands a line that names it; it is read again when it is sent.

local attachment = require('beans.attachment')
local caps = require('beans.context.caps')
local host = require('beans.host')
local privacy = require('beans.privacy')
local source = require('beans.context.source')

local M = {
  name = 'image',
  about = 'an image: @image:path (png, jpeg, gif, webp)',
  takes = 'needed',
  path = true,
  endings = { png = true, jpg = true, jpeg = true, gif = true, webp = true },
}

--- Reads an image that stands in a message.
---@param path string as it is written there
---@return string|nil bytes
---@return string|nil why not
function M.read(path)
  path = source.absolute(path)
  local why, facts = privacy.file(path), host.file_facts(path)
  if why then
    return nil, 'never sent: ' .. why
  elseif not facts then
    return nil, 'no such file'
  elseif facts.kind ~= 'file' then
    return nil, 'it is no ordinary file'
  elseif facts.size > caps.image.bytes then
    return nil, ('it has %s, more than %s'):format(attachment.size(facts.size), attachment.size(caps.image.bytes))
  end
  local bytes = host.read_head(path, caps.image.bytes)
  return bytes, not bytes and 'can not be read' or nil
end

--- The line of an image.
function M.collect(request, on_done)
  local bytes, why = M.read(request.mention.argument)
  local line = bytes and attachment.image(request.mention.argument, bytes)
  if bytes and not line then
    why = 'it is no image of a kind that can be sent: png, jpeg, gif or webp'
  end
  on_done({ line }, { why })
end

return M
