-- The candidate at the cursor as an item of a completion menu, in the words of the language server protocol, which
-- nvim-cmp and blink.cmp share.
--
-- It is what `require('beans.complete').offer(on_candidate)` gives: the engine's candidate at the cursor, asked for
-- where it is not known yet, also where none comes by itself, for whoever has installed an adapter wants it; but never
-- where the policy has a reason against it. `on_candidate` is called once, with a beans.Offered or nil, maybe before
-- `offer` returns. What `offer` returns gives it up: then it is not called any more.

local attachment = require('beans.attachment')
local clean = require('beans.host.clean')
local host = require('beans.host')

local M = {}

---@class beans.MenuPlace the word that is being completed
---@field buf integer
---@field line integer
---@field first integer column where it begins
---@field stop integer column of the cursor when the menu asked; what is typed later is the menu's own business

-- Of LSP: CompletionItemKind.Text, InsertTextFormat.PlainText, InsertTextMode.asIs.
local TEXT, PLAIN, AS_IS = 1, 1, 1

--- What begins a completion besides letters: a candidate may be wanted behind any of them.
---@type string[]
M.TRIGGER_CHARACTERS = {}
for char in (' !"#$%&\'()*+,-./:;<=>?@[\\]^`{|}~'):gmatch('.') do
  table.insert(M.TRIGGER_CHARACTERS, char)
end

--- The first line that says something.
local function label_of(text)
  local label = text:match('%s*([^\n]*%S)') or text
  return text:find('\n') and label .. ' …' or label
end

local function item_of(candidate, place)
  local line = host.buf_lines(place.buf, place.line, place.line)[1]
  local text = clean.text(line:sub(place.first + 1, candidate.col) .. table.concat(candidate.lines, '\n'))
  return {
    label = label_of(text),
    kind = TEXT,
    filterText = text:match('^[^\n]*'),
    insertTextFormat = PLAIN,
    insertTextMode = AS_IS,
    textEdit = {
      newText = text,
      range = {
        start = { line = place.line - 1, character = place.first },
        ['end'] = { line = place.line - 1, character = place.stop },
      },
    },
    documentation = { kind = 'markdown', value = attachment.fenced(text, host.file_of(place.buf).filetype) },
  }
end

--- Asks for the candidate at the cursor. Columns of the item are bytes (UTF-8).
---@param place beans.MenuPlace
---@param on_items fun(items: table[]) is called once, with one item or with none
---@return fun() # gives it up: `on_items` is not called any more
function M.ask(place, on_items)
  return require('beans.complete').offer(function(candidate)
    local fits = candidate
      and candidate.buf == place.buf
      and candidate.line == place.line
      and candidate.col >= place.first
    on_items(fits and { item_of(candidate, place) } or {})
  end)
end

return M
