-- `@buffers`: all buffers of files that are open, the last used first. Private ones are left out, and named.

local attachment = require('beans.attachment')
local caps = require('beans.context.caps')
local host = require('beans.host')
local path_of = require('beans.path')
local source = require('beans.context.source')

local function block_of(buf, mention)
  local path = host.buf_path(buf)
  if path == '' then
    return source.buffer(buf, { mention = mention, notes = { host.file_of(buf).name } })
  end
  local options = { mention = attachment.mention('file', path_of.relative(path, host.cwd())), notes = { mention } }
  if host.buf_valid(buf) then
    return source.buffer(buf, options)
  end
  return source.file(path, options)
end

---@type beans.ContextProvider
return {
  name = 'buffers',
  about = 'all open files',
  takes = 'none',
  collect = function(request, on_done)
    local blocks, problems, bytes = {}, {}, 0
    for _, buf in ipairs(host.ordinary_bufs()) do
      local block, problem = block_of(buf, request.mention.text)
      local name = host.file_of(buf).name
      if block and (#blocks >= caps.files.count or bytes + #block > caps.files.bytes) then
        problem, block = 'left out, for it would be too much', nil
      end
      bytes = bytes + #(block or '')
      blocks[#blocks + 1] = block
      problems[#problems + 1] = problem and ('%s: %s'):format(name, problem)
    end
    if #blocks == 0 and #problems == 0 then
      problems[1] = 'there are none'
    end
    on_done(blocks, problems)
  end,
}
