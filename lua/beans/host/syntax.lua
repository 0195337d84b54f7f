-- Highlighting of chats by Vim's own syntax files: in Vim, and in a Neovim without a parser for Markdown. The cost of
-- looking back is bounded; the language of a code fence is loaded when a fence that names it is shown.

local languages = require('beans.host.languages')
local markup = require('beans.host.markup')

local M = {}

--- A chat is in sync from the heading of a message on; so far is looked for one, in lines.
local SYNC = {
  'syntax sync clear',
  [[syntax sync match beansSync grouphere NONE "^# \%(You\|Beans\|System\)$"]],
  'syntax sync minlines=100 maxlines=500',
}

--- A fence ends where a message or a notice of ours begins, closed or not.
local OURS = [[^\ze# \%(You\|Beans\|System\)$\|^\ze> \[!BEANS\] ]]
local FENCE = [[syntax region %s matchgroup=markdownCodeDelimiter start="^\s*\z(%s\{3,}\)%s.*$"]]
  .. [[ end="^\s*\z1%s*\s*$\|%s" keepend %s]]

local function fence(group, char, info, contains)
  return FENCE:format(group, char, info, char, OURS, contains)
end

local CHAT = {
  'noautocmd setlocal syntax=markdown', -- the hosts work without autocommands, which would load the file
  'syntax clear | unlet! b:current_syntax',
  'runtime! syntax/markdown.vim syntax/markdown/*.vim',
  'syntax case match',
  fence('markdownCodeBlock', '`', '', ''),
  fence('markdownCodeBlock', '\\~', '', ''),
  [[syntax match BeansRole "^# \%(You\|Beans\|System\)$"]],
  [[syntax region BeansCost start="^> \[!BEANS\] " end="^>\@!"me=s-1 keepend]],
  [[syntax region BeansError start="^> \[!BEANS\] \%(error: \|cut off: \|stopped\)" end="^>\@!"me=s-1 keepend]],
  [[syntax region beansHead start="\%^---$" end="^---$" keepend]],
  'highlight default link beansHead Comment',
}

-- What syntax files set although they are only included.
local KEEP = 'let b:beans_kept = [&l:iskeyword, &l:foldmethod, &l:foldtext] | unlet! b:current_syntax'
local RESTORE = 'let [&l:iskeyword, &l:foldmethod, &l:foldtext] = b:beans_kept | unlet b:beans_kept'
  .. " | let b:current_syntax = 'markdown'"

local function run(ex, commands)
  for _, command in ipairs(commands) do
    ex(command)
  end
end

---@class beans.SyntaxEditor what differs between the editors
---@field ex fun(command: string)
---@field inside fun(buf: integer, run: fun()) runs something while the buffer is the current one
---@field is_on fun(): boolean whether the user wants syntax highlighting
---@field has_file fun(path: string): boolean whether there is such a file in 'runtimepath'

---@class beans.Syntax
---@field private editor beans.SyntaxEditor
---@field private known table<integer, table<string, boolean>> languages that were looked for, by buffer
local Syntax = {}
Syntax.__index = Syntax

---@param editor beans.SyntaxEditor
---@return beans.Syntax
function M.new(editor)
  return setmetatable({ editor = editor, known = {} }, Syntax)
end

--- Highlights a chat.
---@param buf integer
function Syntax:start(buf)
  self.known[buf] = {}
  if not self.editor.is_on() then
    return
  end
  self.editor.inside(buf, function()
    run(self.editor.ex, CHAT)
    run(self.editor.ex, SYNC)
  end)
end

--- Loads a language for the fences that name it.
function Syntax:include(buf, name, file)
  local cluster = '@beans_' .. file
  local ex = self.editor.ex
  self.editor.inside(buf, function()
    run(ex, { KEEP, 'syntax case match' })
    pcall(ex, ('silent! syntax include %s syntax/%s.vim'):format(cluster, file))
    run(ex, { RESTORE, 'syntax case match', 'syntax spell toplevel' })
    for _, char in ipairs({ '`', '\\~' }) do
      ex(fence('beansCode_' .. name, char, '\\s*' .. name .. '\\>', 'contains=' .. cluster))
    end
    run(ex, SYNC)
  end)
end

--- Looks through lines that are shown for fences in languages that were not loaded yet.
---@param buf integer
---@param lines string[]
function Syntax:look(buf, lines)
  local known = self.editor.is_on() and self.known[buf]
  for _, line in ipairs(known and lines or {}) do
    local _, _, info = markup.fence(line)
    local name = info and markup.language(info)
    if name and not known[name] then
      known[name] = true
      local file = languages.filetype(name)
      if self.editor.has_file(('syntax/%s.vim'):format(file)) then
        self:include(buf, name, file)
      end
    end
  end
end

--- The buffer is gone.
---@param buf integer
function Syntax:forget(buf)
  self.known[buf] = nil
end

return M
