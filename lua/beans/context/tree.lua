-- `@tree`: the names of the project's files, as git knows them, else by a walk. Deep folders are closed where it would
-- be too long.

local attachment = require('beans.attachment')
local caps = require('beans.context.caps')
local git = require('beans.context.git')
local outline = require('beans.context.outline')
local walk = require('beans.context.walk')

local function answer(request, files, is_cut, on_done)
  if #files == 0 then
    return on_done({}, { 'there are no files' })
  end
  local lines, note = outline.lines(files, caps.tree.lines)
  local kept, cut = attachment.cut(lines, caps.tree)
  local count = ('%s%d files'):format(is_cut and 'the first ' or '', #files)
  on_done({
    attachment.block({
      mention = request.mention.text,
      notes = { count, cut or note },
      text = table.concat(kept, '\n'),
    }),
  }, {})
end

---@type beans.ContextProvider
return {
  name = 'tree',
  about = 'the names of the files of the project',
  takes = 'none',
  collect = function(request, on_done)
    local cwd = request.snapshot.cwd
    local listing = { 'ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate' }
    git.run(cwd, listing, caps.tree.paths * 40, function(stdout, _, cut)
      local files = stdout and git.names(stdout) or {}
      if #files > 0 then
        return answer(request, files, cut, on_done)
      end
      walk.all(cwd, caps.tree.paths, function(found, is_cut)
        answer(request, found, is_cut, on_done)
      end)
    end)
  end,
}
