-- When a candidate is wanted: what happens at each key, at each pause, and when text of a model has come.
--
--   idle ── key ──> waits ── pause ──> asked ── text ──> shows ── another key ──> waits
--
-- Whatever can be known without asking is: typing what is shown makes it shorter, and recent positions are remembered.
-- At most one request is in flight, and it is for the newest text.

local config = require('beans.config')
local elsewhere = require('beans.complete.elsewhere')
local failures = require('beans.complete.failures')
local ghost = require('beans.complete.ghost')
local host = require('beans.host')
local candidate = require('beans.complete.candidate')
local pace_of = require('beans.complete.pace')
local policy = require('beans.complete.policy')
local recent = require('beans.complete.recent')
local remark = require('beans.complete.remark')
local session = require('beans.session')
local warm = require('beans.warm')
local words = require('beans.words')

local M = {}

-- As `mode(1)` tells Insert mode, completion of the editor's included.
local INSERT = { i = true, ic = true, ix = true }

local DISMISSED = 'the candidate was dismissed: type on, or ask for one by its key'

local pace = pace_of.new()

local listening = false
-- Whether the user is in Insert mode, as far as the events have told.
local inside = false
-- The text that was seen last: buffer and `changedtick`.
local seen_buf, seen_tick
---@type beans.Timer|nil runs while a pause is waited for
local timer
-- What was accepted is on its way into the text; and it was all there was.
local accepted, continues = false, false
-- Nothing is wanted until the text changes.
local dismissed = false
-- The user has asked by the key since Insert mode began: what is shown then follows what is typed, wherever that is.
local by_hand = false
-- Why nothing shows, when nothing does.
local note = 'nothing was typed yet'

local wait

local function stop_timer()
  if timer then
    timer:stop()
    timer = nil
  end
end

--- Why there can't be a candidate here, in words.
---@param at beans.Typing
---@param anew? boolean nothing is taken from memory
---@return string|nil
local function hindrance(at, anew)
  if not INSERT[at.mode] then
    return 'completion is for Insert mode'
  elseif at.behind_end then
    return 'the cursor is behind the end of the line'
  end
  local why_not = by_hand and policy.why_never or policy.why_not
  return why_not(at.buf, at, anew)
end

--- Whether a candidate may be asked for that the user has not asked for by the key.
local function comes_by_itself(at)
  return not by_hand or policy.why_not(at.buf, at) == nil
end

-- Asking --------------------------------------------------------------------------------------------------------------

local function ask(at)
  stop_timer()
  continues = false
  candidate.ask(at)
  elsewhere.gather(at)
end

--- Whether a word goes on behind the cursor: who types there mends it, and wants nothing else.
local function is_within_word(at)
  return at.prefix:find('[%w_]$') ~= nil and at.suffix:find('^[%w_]') ~= nil
end

--- The user has paused.
local function pause()
  timer = nil
  local at = host.typing()
  local why = hindrance(at, true)
  if why then
    note = why
  elseif at.selected then
    wait(pace:delay()) -- nobody tells when the menu is closed
  elseif candidate.follow(at) == 'shown' or candidate.recall(at) then
    return
  elseif is_within_word(at) and not continues then
    note = 'the cursor is within a word'
  else
    ask(at)
  end
end

--- Waits for a pause of so many milliseconds.
function wait(ms)
  stop_timer()
  timer = host.defer(ms, pause)
end

--- Nothing is known for the text as it is now.
---@param at beans.Typing
---@param wanted boolean whether a candidate is to be asked for
local function miss(at, wanted)
  candidate.drop()
  if not candidate.recall(at) and wanted and not timer and comes_by_itself(at) then
    local at_once = continues and pace:held(host.now_ms()) == 0
    wait(at_once and 0 or pace:delay())
  end
end

--- What the part of a rate limit is that is left.
local function share_left(limits)
  local share = 1
  for _, name in ipairs({ 'requests', 'tokens' }) do
    local told = limits and limits[name]
    if told and told.remaining and (told.limit or 0) > 0 then
      share = math.min(share, told.remaining / told.limit)
    end
  end
  return share
end

--- Nothing shows, and the user may want to know why.
local function nothing(at, why)
  note = why
  if by_hand and not ghost.shown() then
    remark.show(at, why)
  end
end

--- More is known of the candidate.
local function came()
  local at = host.typing()
  if at.selected or hindrance(at) then
    ghost.hide()
  elseif candidate.follow(at) == 'lost' then
    miss(at, true)
  end
end

candidate.on({
  began = function(ms)
    pace:answered(ms)
  end,
  came = came,
  ended = function(why)
    pace:limited(share_left(session.summary().rate_limit))
    if why then
      nothing(host.typing(), ('the model had nothing for this place (%s)'):format(why))
    elseif inside then
      came()
    end
  end,
  failed = function(err)
    pace:failed(err.kind, host.now_ms())
    nothing(host.typing(), failures.take(err))
  end,
  on_tab = function()
    return M.accept_by_tab()
  end,
})

-- Keys ----------------------------------------------------------------------------------------------------------------

--- Looks what can be shown for the text as it is now.
---@param at beans.Typing
---@param wanted boolean
local function look(at, wanted)
  stop_timer()
  remark.hide()
  local why = hindrance(at)
  if why then
    note = why
    return candidate.drop()
  elseif dismissed then
    return
  elseif at.selected then
    note = 'an item of the menu is selected'
    ghost.hide()
    return wait(pace:delay())
  end
  local how = candidate.follow(at)
  if how == 'lost' then
    miss(at, wanted)
  elseif how == 'open' and wanted and not continues and comes_by_itself(at) then
    wait(pace:delay())
  end
end

local function typed()
  local at = host.typing()
  local changed = at.tick ~= seen_tick or at.buf ~= seen_buf
  seen_tick, seen_buf = at.tick, at.buf
  if changed then
    dismissed, continues = false, accepted and continues
    if not accepted then
      pace:typed(host.now_ms())
    end
    accepted = false
  else
    note = 'nothing was typed since the cursor has moved'
  end
  look(at, changed)
end

--- A new line below others is where something is to be written.
local function is_new_line(at)
  return at.line > 1 and not (at.prefix .. at.suffix):find('%S')
end

--- The first look, once the editor is in Insert mode, unless something was typed by now.
local function begin()
  local at = host.typing()
  if not inside or hindrance(at, true) then
    return
  end
  warm.up()
  elsewhere.gather(at, true)
  if not seen_tick then
    seen_tick, seen_buf = at.tick, at.buf
    look(at, is_new_line(at))
  end
end

local function entered()
  if inside then
    return typed() -- it began before anybody listened
  end
  inside, seen_tick, seen_buf = true, nil, nil
  note = 'nothing was typed yet'
  pace:fix(config.get().complete.debounce_ms)
  recent.tidy()
  host.schedule(begin)
end

--- Ends all that belongs to the place where the user was.
local function leave()
  inside, by_hand, dismissed, continues, accepted = false, false, false, false, false
  stop_timer()
  elsewhere.stop()
  remark.hide()
  candidate.drop()
  failures.tell()
end

local function listen(wanted)
  if wanted ~= listening then
    listening = wanted
    host.on_typing(wanted and {
      entered = entered,
      typed = typed,
      left = function()
        leave()
        host.schedule(M.listen) -- not for longer than the user has asked for
      end,
    } or nil)
  end
end

--- Begins to listen to what is typed, or ends it, as the policy is now.
function M.listen()
  local is_on = policy.is_on()
  local typing = INSERT[host.typing().mode]
  if not is_on and not by_hand then
    leave()
    listen(false)
  elseif is_on then
    listen(true)
    if typing and not inside then
      entered()
    end
  end
end

-- What the user asks for ----------------------------------------------------------------------------------------------

--- Accepts a part of what is shown.
---@param take fun(lines: string[]): string[], string[] what of it, and the rest
---@return boolean
function M.accept(take)
  local shown = ghost.shown()
  if not shown then
    return false
  end
  local taken, rest = take(shown.lines)
  if not host.accept(shown.buf, shown.line, shown.col, taken) then
    return false
  end
  accepted, continues = true, #rest == 0
  candidate.accepted()
  return true
end

--- Accepts all that is shown.
---@return boolean
function M.accept_all()
  return M.accept(function(lines)
    return lines, {}
  end)
end

--- What the mapping of <Tab> asks. Whoever uses the menu or is in a snippet means those, and who has not seen the
--- candidate yet means a <Tab>.
---@return boolean
function M.accept_by_tab()
  if not ghost.is_seen() then
    return false
  end
  local at = host.typing()
  return not at.selected and not at.snippet and M.accept_all()
end

--- Asks now, whatever was to be waited for.
---@return boolean # whether something shows, or was asked for
function M.trigger()
  local at = host.typing()
  if not INSERT[at.mode] then
    host.notify('beans: no completion: ' .. hindrance(at), 'warn')
    return false
  end
  by_hand = true
  listen(true)
  inside, dismissed, seen_tick, seen_buf = true, false, at.tick, at.buf
  local why = hindrance(at, true)
  if why then
    nothing(at, why)
    return false
  end
  if candidate.follow(at) ~= 'shown' and not candidate.is_asked(at) then
    candidate.drop()
    if not candidate.recall(at) then
      ask(at)
    end
  end
  return true
end

--- Shows the next candidate, or a previous one; asks for one where none shows.
---@param by 1|-1
---@return boolean
function M.step(by)
  if not ghost.shown() then
    return M.trigger()
  end
  return candidate.step(host.typing(), by)
end

--- Takes the candidate away until the text changes.
---@return boolean
function M.dismiss()
  if not (ghost.shown() or candidate.is_asking() or timer) then
    return false
  end
  stop_timer()
  candidate.drop()
  dismissed, note = true, DISMISSED
  return true
end

--- What shows, or why nothing does.
---@return string
function M.why()
  local described = candidate.describe()
  if described then
    return described
  elseif timer then
    return 'a pause in typing is waited for'
  end
  local at = host.typing()
  local why = not by_hand and policy.why_not(at.buf, at, true)
  if why then
    return why
  end
  local held = pace:held(host.now_ms())
  if held > 0 then
    return ('%s; the next is asked for in %s at the earliest'):format(note, words.duration(held / 1000))
  end
  return note
end

return M
