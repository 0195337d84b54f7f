-- `@diff`: what is not committed yet in the repository of the buffer that the user comes from. First the names of the
-- changed files are asked for; the diff is then taken of those that may be sent, and of no other.

local attachment = require('beans.attachment')
local caps = require('beans.context.caps')
local git = require('beans.context.git')
local lines_in = require('beans.lines')
local lists = require('beans.lists')
local path_of = require('beans.path')
local plain = require('beans.plain')
local privacy = require('beans.privacy')

-- A renamed file counts as one that went and one that came, so that each is asked for by its name.
local DIFF = { 'diff', '--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--submodule=short' }

local KINDS = { all = { 'HEAD' }, staged = { '--cached' }, unstaged = {} }
local WORDS = { all = 'not committed', staged = 'staged', unstaged = 'not staged' }

local function joined(...)
  local all = {}
  for _, list in ipairs({ ... }) do
    lists.append(all, list)
  end
  return all
end

--- The files that may be sent, as git wants to be told, and what is said of the others.
local function sift(root, names)
  local allowed, problems = {}, {}
  for _, name in ipairs(names) do
    local why = privacy.file(root .. '/' .. name)
    if why then
      problems[#problems + 1] = ('%s: never sent: %s'):format(attachment.one_line(name), why)
    elseif #allowed == caps.diff.files then
      problems[#problems + 1] = ('only %d of %d files were taken'):format(caps.diff.files, #names)
      break
    else
      allowed[#allowed + 1] = ':(top,literal)' .. name
    end
  end
  return allowed, problems
end

local function block_of(mention, kind, count, text, is_cut)
  local kept, cut = attachment.cut(lines_in.of((text:gsub('\n$', ''))), caps.diff)
  local files = count == 1 and '1 file' or count .. ' files'
  local notes = { WORDS[kind], files, is_cut and ('cut to the first %d lines'):format(#kept) or cut }
  return attachment.block({ mention = mention, notes = notes, language = 'diff', text = table.concat(kept, '\n') })
end

local Diff = {}
Diff.__index = Diff

function Diff:ask(arguments, on_done)
  git.run(self.folder, arguments, caps.diff.bytes, function(stdout, why, cut)
    if not stdout then
      return self.on_done({}, { why })
    end
    on_done(stdout, cut)
  end)
end

function Diff:take(names)
  local allowed, problems = sift(self.root, names)
  if #allowed == 0 then
    problems[1] = problems[1] or 'nothing is changed'
    return self.on_done({}, problems)
  end
  self:ask(joined(DIFF, self.what, { '--' }, allowed), function(text, cut)
    local block = block_of(self.mention, self.kind, #allowed, plain.text((text:gsub('%z', '?'))), cut)
    self.on_done({ block }, problems)
  end)
end

function Diff:run()
  self:ask({ 'rev-parse', '--show-toplevel' }, function(root)
    self.root = root:gsub('\n$', '')
    git.run(self.folder, { 'rev-parse', '--verify', '--quiet', 'HEAD' }, 1024, function(head)
      -- Before the first commit everything that is added is new.
      self.what = (self.kind == 'all' and not head) and KINDS.staged or KINDS[self.kind]
      self:ask(joined(DIFF, { '--name-only' }, self.what), function(names)
        self:take(git.names(names))
      end)
    end)
  end)
end

---@type beans.ContextProvider
return {
  name = 'diff',
  about = 'what git has not committed; @diff:staged, @diff:unstaged',
  takes = 'optional',
  arguments = { 'staged', 'unstaged' },
  collect = function(request, on_done)
    local kind = request.mention.argument or 'all'
    if not KINDS[kind] or kind == 'all' and request.mention.argument then
      return on_done({}, { 'only @diff, @diff:staged and @diff:unstaged are known' })
    end
    local snapshot = request.snapshot
    local folder = snapshot.path and path_of.folder(snapshot.path) or snapshot.cwd
    local diff = { folder = folder, kind = kind, mention = request.mention.text, on_done = on_done }
    setmetatable(diff, Diff):run()
  end,
}
