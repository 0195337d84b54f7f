-- What a rewrite is about: which lines change, what of them is given to the model, and where text goes that replaces
-- nothing.

local host = require('beans.host')
local selection = require('beans.selection')

local M = {}

---@alias beans.RewriteTarget 'replace'|'append'|'prepend'|'new'|'insert'

---@class beans.RewriteScope
---@field target beans.RewriteTarget
---@field source integer the buffer that it is about
---@field about beans.Selection what was selected there, or where the cursor stood
---@field selected string[] the selected text
---@field beside string[] what stands left of it in its first line, and right of it in its last one
---@field buf integer the buffer that changes
---@field kind 'line'|'char'|'block'
---@field first integer the lines that change
---@field last integer first - 1: text is only added there
---@field lines string[] those lines
---@field pieces beans.Piece[] the selected bytes of each; of whole lines none are told
---@field base string the indentation of text that replaces nothing

M.TARGETS = { 'append', 'prepend', 'new', 'insert' }

--- The indentation of the first line that has any text, of those from a line on, up or down.
local function indentation(buf, from, step)
  for line = from, step > 0 and math.min(from + 50, host.buf_line_count(buf)) or math.max(1, from - 50), step do
    local blanks, text = host.buf_lines(buf, line, line)[1]:match('^(%s*)(.?)')
    if text ~= '' then
      return blanks
    end
  end
  return ''
end

--- Lines that change as a whole, or a place between lines.
local function whole_lines(scope, buf, first, last)
  scope.buf, scope.first, scope.last, scope.kind = buf, first, last, 'line'
  scope.lines = host.buf_lines(buf, first, last)
end

local BUILD = {
  replace = function(scope)
    whole_lines(scope, scope.source, scope.about.first, scope.about.last)
    scope.kind = scope.about.kind
  end,
  append = function(scope)
    whole_lines(scope, scope.source, scope.about.last + 1, scope.about.last)
  end,
  prepend = function(scope)
    whole_lines(scope, scope.source, scope.about.first, scope.about.first - 1)
  end,
  new = function(scope)
    local buf = host.buf_new({ '' })
    whole_lines(scope, buf, 1, 1)
    host.win_open(buf, 'right')
    host.buf_option(buf, 'filetype', host.file_of(scope.source).filetype)
  end,
  --- An empty line is replaced; below any other the text has lines of its own.
  insert = function(scope)
    local line = scope.about.first
    local text = host.buf_lines(scope.source, line, line)[1]
    local is_blank = not text:find('%S')
    whole_lines(scope, scope.source, is_blank and line or line + 1, line)
    scope.base = text ~= '' and text:match('^%s*') or indentation(scope.source, line, -1)
    scope.selected = {}
  end,
}

--- What is selected of lines that are not selected as a whole.
local function select_pieces(scope)
  local pieces, lines = selection.pieces(scope.source, scope.about)
  scope.pieces, scope.selected = pieces, {}
  for i, piece in ipairs(pieces) do
    scope.selected[i] = lines[i]:sub(piece.from + 1, piece.to)
  end
  scope.beside = { lines[1]:sub(1, pieces[1].from), lines[#lines]:sub(pieces[#lines].to + 1) }
end

--- Builds the scope of a rewrite.
---@param buf integer
---@param about beans.Selection
---@param target beans.RewriteTarget
---@return beans.RewriteScope
function M.of(buf, about, target)
  local scope = { target = target, source = buf, about = about, pieces = {}, beside = { '', '' } }
  if about.kind == 'line' then
    scope.selected = host.buf_lines(buf, about.first, about.last)
  else
    select_pieces(scope)
  end
  scope.base = target ~= 'new' and indentation(buf, about.first, 1) or ''
  BUILD[target](scope)
  return scope
end

--- Whole lines as a selection.
---@param first integer
---@param last integer
---@return beans.Selection
function M.of_lines(first, last)
  return { first = first, last = last, first_col = 0, last_col = math.huge, kind = 'line' }
end

return M
