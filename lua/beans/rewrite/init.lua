-- Rewriting: the way in for commands, the operator and the visual mode, and the rewrites there are.

local host = require('beans.host')
local input = require('beans.rewrite.input')
local lists = require('beans.lists')
local privacy = require('beans.privacy')
local scope_of = require('beans.rewrite.scope')
local session = require('beans.rewrite.session')

local M = {}

--- Those that are not settled.
---@type beans.Rewrite[]
local rewrites = {}
--- The last one that was settled, by buffer.
---@type table<integer, {scope: beans.RewriteScope, instruction: string, range: integer}>
local settled = {}
--- What the operator was told last, for `.`.
local last_instruction

local function tell(text, level)
  host.notify('beans: rewrite: ' .. text, level or 'warn')
end

-- The rewrites there are ----------------------------------------------------------------------------------------------

--- The one that a line belongs to, else the nearest one of the buffer.
---@param buf integer
---@param line integer
---@param fits? fun(rewrite: beans.Rewrite): boolean
---@return beans.Rewrite|nil rewrite
---@return boolean inside whether the line is one of its own
local function rewrite_at(buf, line, fits)
  local nearest, least = nil, math.huge
  for _, rewrite in ipairs(rewrites) do
    if rewrite.scope.buf == buf and (not fits or fits(rewrite)) then
      local away = rewrite.review:distance(line)
      if not nearest or away < least then
        nearest, least = rewrite, away
      end
    end
  end
  return nearest, least == 0
end

--- What was settled can be asked for again, as long as its lines are there.
local function remember(rewrite, outcome)
  local scope, buf = rewrite.scope, rewrite.scope.buf
  if settled[buf] and host.buf_valid(buf) then
    host.range_del(buf, settled[buf].range)
  end
  settled[buf] = nil
  if outcome.first and host.buf_valid(buf) and scope.target ~= 'new' then
    local range = host.range_set(buf, outcome.first, outcome.last)
    settled[buf] = { scope = scope, instruction = rewrite.instruction, range = range }
  end
end

local function ended(rewrite, outcome)
  for i, other in ipairs(rewrites) do
    if other == rewrite then
      table.remove(rewrites, i)
      break
    end
  end
  remember(rewrite, outcome)
end

--- The cursor goes to the lines, as after any command with a range: what is asked next is about them. Not while the
--- user types elsewhere.
local function go_there(scope)
  local here = host.current()
  local is_outside = here.line < scope.first or here.line > scope.last
  local types = host.typing().mode:find('^[iR]')
  if here.buf == scope.buf and scope.first <= scope.last and is_outside and not types then
    host.win_cursor(here.win, scope.first, 0)
  end
end

local function begin(scope, instruction)
  local rewrite = session.start({ scope = scope, instruction = instruction, on_end = ended })
  if not rewrite then
    return tell('these lines are under review: settle that first (:Beans accept!, :Beans reject!)')
  elseif rewrite.state ~= 'ended' then
    rewrites[#rewrites + 1] = rewrite
    go_there(scope)
  end
end

-- Beginning -----------------------------------------------------------------------------------------------------------

--- Why a buffer can't be rewritten, or nothing of it be sent.
local function why_not(buf, target)
  local state = host.buf_state(buf)
  if target ~= 'new' and not state.modifiable then
    return 'this buffer can not be changed: it is not modifiable'
  elseif target ~= 'new' and state.filetype == 'beans' then
    return 'a chat is no text to be rewritten: ask in it'
  elseif target ~= 'new' and state.buftype ~= '' then
    return ('this buffer is no text to be changed: its buftype is %s'):format(state.buftype)
  end
  local why = privacy.buffer(buf)
  return why and 'nothing of this buffer is sent: ' .. why
end

--- A selection further down or up.
local function moved(about, by)
  local copy = {}
  for name, value in pairs(about) do
    copy[name] = value
  end
  copy.first, copy.last = about.first + by, about.last + by
  return copy
end

--- Remembers where a selection is while the user types: other text may come above it, from another rewrite too.
---@return fun(): beans.Selection|nil # where it is then; nil: it is not what it was. To be called once
local function remembered(buf, about)
  local range, lines = host.range_set(buf, about.first, about.last), host.buf_lines(buf, about.first, about.last)
  return function()
    local first, last = nil, nil
    if host.buf_valid(buf) then
      first, last = host.range_get(buf, range)
      host.range_del(buf, range)
    end
    local is_same = first and lists.same(host.buf_lines(buf, first, last), lines)
    return is_same and moved(about, first - about.first) or nil
  end
end

---@class beans.RewriteStart
---@field buf integer
---@field about beans.Selection
---@field target beans.RewriteTarget
---@field instruction string|nil asked for when there is none

---@param start beans.RewriteStart
---@param on_instruction? fun(instruction: string)
local function open(start, on_instruction)
  local problem = why_not(start.buf, start.target)
  if problem then
    return tell(problem)
  end
  local find_again = remembered(start.buf, start.about)
  local function go(text)
    local about = find_again()
    if not text then
      return
    elseif not about then
      return tell('the text has changed meanwhile: nothing is sent')
    end
    if on_instruction then
      on_instruction(text)
    end
    local target, instruction = M.parse(text)
    target = target or start.target
    if instruction == '' then
      return tell('what is to be done with it?')
    end
    begin(scope_of.of(start.buf, about, target), instruction)
  end
  if start.instruction then
    return go(start.instruction)
  end
  input.ask(go)
end

--- The target at the beginning of what was typed, and the rest.
---@param text string
---@return beans.RewriteTarget|nil
---@return string
function M.parse(text)
  local name, rest = text:match('^%s*%+%+(%a+)%s*(.*)$')
  for _, target in ipairs(scope_of.TARGETS) do
    if target == name then
      return target, rest
    end
  end
  return nil, text:match('^%s*(.-)%s*$')
end

--- What a range that was typed means: the exact characters where it is what was selected by characters.
local function typed_range(buf, first, last)
  local selected = host.selection(buf)
  if selected and selected.kind == 'char' and selected.first == first and selected.last == last then
    return selected
  end
  return scope_of.of_lines(first, last)
end

--- Goes on with what is under review.
---@param instruction string '': asked for
local function follow_up(rewrite, instruction)
  if rewrite:is_running() then
    return tell('it is still being rewritten: wait, or stop it with :Beans stop')
  elseif instruction ~= '' then
    return rewrite:follow_up(instruction)
  end
  input.ask(function(text)
    if text and rewrite.state == 'ready' then
      rewrite:follow_up(text)
    end
  end)
end

--- `:Beans rewrite`.
---@param context beans.CommandContext
function M.command(context)
  local here = host.current()
  local target, instruction = M.parse(context.args)
  local rewrite, inside = rewrite_at(here.buf, here.line)
  if inside and not context.range and not target then
    return follow_up(rewrite, instruction)
  end
  local about = scope_of.of_lines(here.line, here.line)
  local is_blank = not host.buf_lines(here.buf, here.line, here.line)[1]:find('%S')
  if context.range then
    about = typed_range(here.buf, context.first, context.last)
  elseif is_blank then
    target = target or 'insert'
  end
  open({
    buf = here.buf,
    about = about,
    target = target or 'replace',
    instruction = instruction ~= '' and instruction or nil,
  })
end

--- The operator, and the map of the visual mode.
---@param buf integer
---@param about beans.Selection
---@param again boolean it is repeated by `.`: with the instruction it had before
function M.operator(buf, about, again)
  open({ buf = buf, about = about, target = 'replace', instruction = again and last_instruction or nil }, function(text)
    last_instruction = text
  end)
end

-- Going on ------------------------------------------------------------------------------------------------------------

local function is_running(rewrite)
  return rewrite:is_running()
end

--- Stops what is streaming in a buffer, at the cursor or nearest to it.
---@param buf integer
---@return boolean # whether there was anything
function M.stop(buf)
  local rewrite = rewrite_at(buf, host.current().line, is_running)
  if rewrite then
    rewrite:stop()
  end
  return rewrite ~= nil
end

--- Stops those that have not sent anything yet.
---@return integer # how many
function M.stop_gathering()
  local gathering = {}
  for _, rewrite in ipairs(rewrites) do
    gathering[#gathering + 1] = rewrite.state == 'gathers' and rewrite or nil
  end
  for _, rewrite in ipairs(gathering) do
    rewrite:stop()
  end
  return #gathering
end

--- Where lines stand in others, nearest to a line.
local function find(lines, all, near)
  local function stand_at(line)
    for i, text in ipairs(lines) do
      if all[line + i - 1] ~= text then
        return false
      end
    end
    return true
  end
  for away = 0, #all do
    for _, line in ipairs({ near - away, near + away }) do
      if line >= 1 and line + #lines - 1 <= #all and stand_at(line) then
        return line
      end
    end
  end
end

--- Asks for what was settled again, where its lines stand now.
local function retry_settled(buf, instruction)
  local last = settled[buf]
  local near = host.range_get(buf, last.range) or last.scope.first
  local line = find(last.scope.lines, host.buf_lines(buf, 1, -1), near)
  if not line then
    return tell('its lines are not as they were: undo brings them back (u), then :Beans retry')
  end
  local about = moved(last.scope.about, line - last.scope.first)
  begin(scope_of.of(buf, about, last.scope.target), instruction or last.instruction)
end

--- Repeats the rewrite at the cursor, or the last one of the buffer.
---@param buf integer
---@param instruction string|nil another one than before
---@return boolean # whether there is any
function M.retry(buf, instruction)
  local rewrite = rewrite_at(buf, host.current().line)
  if rewrite then
    rewrite:retry(instruction)
  elseif settled[buf] then
    retry_settled(buf, instruction)
  end
  return rewrite ~= nil or settled[buf] ~= nil
end

local RESOLUTIONS = { merge = true, keep = true, take = true }

--- `:Beans resolve`: what is to become of a change of the user's in lines that are being rewritten.
---@param choice string '' asks
function M.resolve(choice)
  if choice ~= '' and not RESOLUTIONS[choice] then
    return tell('resolve: which? merge, keep, take', 'error')
  end
  local here = host.current()
  local rewrite = rewrite_at(here.buf, here.line, function(other)
    return other.state == 'paused'
  end)
  if not rewrite then
    return tell('no rewrite is paused in this buffer', 'info')
  end
  rewrite:resolve(choice ~= '' and choice or nil)
end

return M
