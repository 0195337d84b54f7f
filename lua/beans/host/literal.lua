-- Inserts text at the cursor in Insert mode as if it had been typed, but literally. It is typed, for only then `.` and
-- the register `.` have it, CTRL-W goes back over it, and in Vim what is around it keeps its properties. All keys go in
-- front of those that the user has typed meanwhile.

local clean = require('beans.host.clean')
local ghost_text = require('beans.host.ghost_text')

local M = {}

-- Ends the undo step before and after, and with it the completion menu, whose text stays.
local BEGIN = [[call feedkeys("\<C-G>u\<Cmd>lua require('beans.host.literal').begin()\<CR>", 'in')]]
local FINISH = [[call feedkeys("\<Cmd>lua require('beans.host.literal').finish()\<CR>\<C-G>u", 'in')]]

-- A new line, and no indentation of the editor's in it: here there is none, but `.` types this again.
local NEW_LINE, BARE_LINE = '\r', '\r0\4'

---@class beans.LiteralEditor
---@field fn table the editor's functions
---@field ex fun(command: string)
---@field option fun(name: string): any switches as booleans or numbers
---@field place fun(): beans.TypingPlace

---@class beans.WaitingText what is to be typed, and where
---@field buf integer
---@field line integer
---@field col integer
---@field lines string[]

local editor ---@type beans.LiteralEditor
local waiting ---@type beans.WaitingText|nil
local kept ---@type {paste: boolean|integer, eventignore: string}|nil options while it is

--- What of a text is still to be typed, nil when the user is elsewhere. An editor runs a mapping before it inserts what
--- was typed just before it: that may be the beginning of the text already.
local function rest_of(text)
  local place, mode = editor.place(), editor.fn.mode(1)
  if (mode ~= 'i' and mode ~= 'ic') or place.buf ~= text.buf or place.line ~= text.line then
    return nil
  end
  local typed = editor.fn.getline('.'):sub(text.col + 1, place.col)
  return place.col >= text.col and ghost_text.behind(text.lines, typed) or nil
end

--- The keys that type lines. All control characters but tabs have become something harmless, so that none of them is a
--- command.
local function keys_of(lines, suffix)
  local typed = {}
  for i, line in ipairs(lines) do
    typed[i] = clean.text(line):gsub('\n', ' ')
  end
  -- Taking indentation away would take the blanks too that a text behind the cursor begins with.
  return table.concat(typed, suffix:find('^%s') and NEW_LINE or BARE_LINE)
end

local function accept(buf, line, col, lines)
  local text = { buf = buf, line = line, col = col, lines = lines }
  if not rest_of(text) then
    return false
  end
  waiting = text
  editor.ex(BEGIN)
  return true
end

--- Types what waits. 'paste' is what editors have for typing that must change nothing else; autocommands wait for the
--- end.
function M.begin()
  local lines = waiting and rest_of(waiting)
  waiting = nil
  if lines then
    kept = { paste = editor.option('paste'), eventignore = editor.option('eventignore') }
    editor.ex('noautocmd set paste eventignore=all')
    local suffix = editor.fn.getline('.'):sub(editor.place().col + 1)
    editor.ex(FINISH)
    editor.fn.feedkeys(keys_of(lines, suffix), 'in')
  end
end

--- Everything is as it was before.
function M.finish()
  if kept then
    local paste = (kept.paste == true or kept.paste == 1) and 'paste' or 'nopaste'
    editor.ex(('noautocmd set %s eventignore=%s'):format(paste, kept.eventignore))
    kept = nil
  end
end

--- Makes `host.accept`.
---@param host_editor beans.LiteralEditor
---@return fun(buf: integer, line: integer, col: integer, lines: string[]): boolean
function M.on(host_editor)
  editor = host_editor
  return accept
end

return M
