-- What is known about a text before it is rewritten, as far as it tells how an answer is to be read. Pure.

local fences = require('beans.fence')
local talk = require('beans.rewrite.fit.talk')

local M = {}

-- So many lines are looked at for what kind of text it is.
local LOOK_MAX = 500

---@class beans.RewriteSubject
---@field first string|nil its first line that is not blank, without the blanks around it; nil: there is none
---@field second string|nil the next one
---@field last string|nil
---@field filetype string
---@field markup boolean fences are text in such a file
---@field prose boolean any sentence is text in such a file
---@field keeps_fences boolean fences can be text: the file's type or the text itself says so
---@field has_prose boolean the text has sentences itself, as a comment has

local function set_of(names)
  local set = {}
  for name in names:gmatch('%S+') do
    set[name] = true
  end
  return set
end

local MARKUP =
  set_of('markdown rmd quarto pandoc vimwiki mdx asciidoc asciidoctor rst org norg beans help typst codecompanion')
local PROSE = set_of('text gitcommit gitsendemail hgcommit svn jj jjdescription mail tex plaintex')

--- The next two lines that are not blank, without the blanks around them.
local function texts(original, at, step)
  local first
  while original[at] do
    local text = original[at]:match('%S.*$')
    text = text and text:gsub('%s+$', '')
    if text and first then
      return first, text
    end
    first, at = first or text, at + step
  end
  return first
end

---@param original string[]
---@param filetype string '' is taken for prose, where less is taken for talk
---@return beans.RewriteSubject
function M.of(original, filetype)
  local main = filetype:match('^[^.]*')
  local markup = MARKUP[main] or false
  local prose = markup or PROSE[main] or main == ''
  local self = { filetype = main, markup = markup, prose = prose, keeps_fences = markup, has_prose = false }
  self.first, self.second = texts(original, 1, 1)
  self.last = texts(original, #original, -1)
  for i = 1, math.min(#original, LOOK_MAX) do
    local line = original[i]
    if line:find('%S') then
      self.keeps_fences = self.keeps_fences or fences.opening(line) ~= nil
      self.has_prose = self.has_prose or talk.is_prose(line) or talk.is_item(line)
    end
  end
  return self
end

return M
