-- Inserts text at the cursor in Insert mode as if it had been typed, but literally. It is typed, for only then `.` and
-- the register `.` have it, CTRL-W goes back over it, and in Vim what is around it keeps its properties. All keys go in
-- front of those that the user has typed meanwhile.

local clean = require('beans.host.clean')
local ghost_text = require('beans.host.ghost_text')

local M = {}

local BEGIN = [[call feedkeys("\<Cmd>lua require('beans.host.literal').begin()\<CR>", 'in')]]
local FINISH = [[call feedkeys("\<Cmd>lua require('beans.host.literal').finish()\<CR>\<C-G>u", 'in')]]

-- CTRL-G u ends the undo step, and with it the completion menu, whose text stays.
local END_STEP = '\7u'

-- A new line, and no indentation of the editor's in it: here there is none, but `.` types this again.
local NEW_LINE, BARE_LINE = '\r', '\r0\4'

---@class beans.LiteralEditor
---@field fn table the editor's functions
---@field ex fun(command: string)
---@field is_paste fun(): boolean whether 'paste' is set
---@field schedule fun(fn: fun())
---@field place fun(): beans.TypingPlace
---@field ghost fun(place: beans.TypingPlace, lines: string[]) what becomes of ghost text when lines are inserted

---@class beans.WaitingText what is to be typed, and where
---@field buf integer
---@field line integer
---@field col integer
---@field lines string[]

local editor ---@type beans.LiteralEditor
local waiting ---@type beans.WaitingText|nil
local pasting = false

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

--- Types what waits. 'paste' is what editors have for typing that must change nothing else.
function M.begin()
  local lines = waiting and rest_of(waiting)
  waiting = nil
  if not lines then
    return
  end
  local place = editor.place()
  local suffix = editor.fn.getline('.'):sub(place.col + 1)
  editor.ghost(place, lines)
  if not editor.is_paste() then
    pasting = true
    editor.ex('noautocmd set paste')
  end
  editor.ex(FINISH)
  editor.fn.feedkeys(END_STEP .. keys_of(lines, suffix), 'in')
  editor.schedule(M.finish) -- a CTRL-C throws all keys away
end

--- Everything is as it was before.
function M.finish()
  if pasting then
    pasting = false
    editor.ex('noautocmd set nopaste')
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
