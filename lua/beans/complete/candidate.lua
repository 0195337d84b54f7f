-- The candidate at the cursor: what is known of it, what of it is on its way, and that it is shown. When one is wanted
-- is for engine.lua to say.

local asking_of = require('beans.complete.asking')
local choices_of = require('beans.complete.choices')
local counts = require('beans.complete.counts')
local ghost = require('beans.complete.ghost')
local host = require('beans.host')
local place = require('beans.complete.place')
local recent = require('beans.complete.recent')
local typing = require('beans.complete.typing')

local M = {}

-- How many candidates of a position are asked for, and how the others are brought about. Not by `n`: what nobody looks
-- at would be paid for.
local CHOICES_MAX, OTHERS = 5, { temperature = 1 }

---@class beans.CandidateListeners
---@field began fun(ms: number) an answer has begun, so long after it was asked for
---@field came fun() more is known
---@field ended fun(why: beans.NoCandidate|nil) the request is over
---@field failed fun(err: beans.Error)
---@field on_tab fun(): boolean what the mapping of <Tab> asks

---@type beans.CandidateListeners
local listeners
---@type beans.Asking|nil in flight
local asking
---@type beans.Choices|nil what is shown, or will be
local choices
-- Whose they are, for the counts.
local filetype

---@param given beans.CandidateListeners
function M.on(given)
  listeners = given
end

--- Ends the request. Of what has come the whole lines are kept: they have been paid for.
local function stop()
  if not asking then
    return
  end
  asking:cancel()
  counts.add('cancelled', filetype)
  local lines = {}
  for i = 1, #(asking.lines or {}) - 1 do
    lines[i] = asking.lines[i]
  end
  if lines[1] then
    recent.put(asking.at.buf, asking.cursor, lines)
  end
  asking = nil
end

--- Takes everything away.
function M.drop()
  stop()
  choices = nil
  ghost.hide()
end

local function show(at, lines)
  local choice = choices:current()
  if not choice.shown then
    choice.shown = true
    counts.add('shown', filetype)
  end
  ghost.show(at, lines, choice, listeners.on_tab)
end

--- Goes on with what is known here.
---@param at beans.Typing
---@return 'shown'|'open'|'lost' open: what is on its way may belong here
function M.follow(at)
  local typed, grown
  if choices then
    typed, grown = place.since(choices.origin, at)
  end
  if not typed then
    return 'lost'
  end
  local choice = choices:current()
  local rest = typing.rest(choice.lines, typed, grown)
  if rest and #rest > 0 then
    show(at, rest)
    return 'shown'
  end
  local known = table.concat(choice.lines, '\n')
  if asking and asking.choice == choice and typed:sub(1, #known) == known then
    ghost.hide()
    return 'open'
  end
  return 'lost'
end

--- Shows what a recent position has left for this one.
---@param at beans.Typing
---@return boolean
function M.recall(at)
  local lines = recent.get(at)
  if not lines then
    return false
  end
  choices, filetype = choices_of.new(at, lines), host.file_of(at.buf).filetype
  counts.add('cached', filetype)
  show(at, lines)
  return true
end

--- Sends a request.
---@param at beans.Typing
---@param take fun(lines: string[]|nil) the candidate by now; nil: there is no more of it
---@param params? table
local function send(at, take, params)
  stop()
  local own
  local function settle(lines)
    asking = nil
    take(lines)
  end
  own = asking_of.start({
    at = at,
    params = params,
    on_begin = listeners.began,
    on_lines = function(lines)
      own.lines = lines
      take(lines)
      listeners.came()
    end,
    on_end = function(lines, why)
      if lines then
        recent.put(at.buf, own.cursor, lines)
      end
      settle(lines)
      listeners.ended(why)
    end,
    on_fail = function(err)
      settle(nil)
      listeners.failed(err)
    end,
  })
  own.at, asking, filetype = at, own, own.cursor.filetype
  counts.add('asked', filetype)
end

--- Asks for a candidate.
---@param at beans.Typing
function M.ask(at)
  local own = choices_of.new(at)
  local choice = own:current()
  choices = own
  send(at, function(lines)
    choice.lines = lines or choice.lines
    if not asking and not choice.lines[1] then
      choices = nil
    end
  end)
  asking.choice = choice
end

--- Fetches another candidate for what is shown.
local function ask_other(at)
  local own, choice = choices, nil
  send(at, function(lines)
    if lines and choice then
      choice.lines = lines
    elseif lines and not own:has(lines) then
      choice = own:add(lines)
    end
    if asking then
      asking.choice = choice
    elseif not choice then
      own.complete = true
      own:step(1)
    end
  end, OTHERS)
end

--- Shows the next candidate of what is shown, or a previous one; they go around. One that is not there yet is asked
--- for.
---@param at beans.Typing
---@param by 1|-1
---@return boolean
function M.step(at, by)
  local typed, grown
  if choices then
    typed, grown = place.since(choices.origin, at)
  end
  if not typed then
    return false
  end
  stop()
  choices:move(at, typed, grown)
  local _, count = choices:count()
  if choices:is_last(by) and count < CHOICES_MAX and not choices.complete then
    ask_other(at)
    return true
  end
  choices:step(by)
  M.follow(at)
  ghost.expected()
  return true
end

--- Notes that a part of what is shown was accepted.
function M.accepted()
  local choice = choices:current()
  if not choice.accepted then
    choice.accepted = true
    counts.add('accepted', filetype)
  end
end

--- Whether a request is in flight.
---@return boolean
function M.is_asking()
  return asking ~= nil
end

--- Whether the request in flight is for the text as it is now.
---@param at beans.Typing
---@return boolean
function M.is_asked(at)
  return asking ~= nil and choices ~= nil and place.since(choices.origin, at) == ''
end

--- What shows, or is asked for, in words; nil when nothing does and nothing is.
---@return string|nil
function M.describe()
  local shown = ghost.shown()
  if shown then
    local number, count = choices:count()
    local which = count > 1 and ('candidate %d of %d'):format(number, count) or 'a candidate'
    local size = #shown.lines == 1 and '1 line' or #shown.lines .. ' lines'
    return ('%s shows, %s%s'):format(which, size, asking and ', and more may come' or '')
  elseif asking then
    return ('a candidate was asked for %.1f s ago'):format((host.now_ms() - asking.since_ms) / 1000)
  end
end

return M
