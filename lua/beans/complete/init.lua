-- Inline completion: the ways in. Nothing listens to keys before completion is on or asked for.

local policy = require('beans.complete.policy')

local M = {}

-- The engine is not loaded before it is needed.
local engine

local function load()
  engine = engine or require('beans.complete.engine')
  return engine
end

local started = false

--- To be called whenever the user begins to type: completion comes by itself from then on, where the options or the
--- user's answer to a question say so.
function M.start()
  local is_on = policy.is_on()
  if not is_on then
    require('beans.complete.consent').begin()
  end
  if engine or is_on then
    load().listen()
  end
  if not started then
    started = true
    policy.on_change(M.start)
  end
end

--- Whether a candidate is shown.
---@return boolean
function M.is_visible()
  return engine ~= nil and require('beans.complete.ghost').shown() ~= nil
end

--- Accepts all that is shown. The text follows on the next turn of the loop; more of the same answer shows behind it.
---@return boolean # whether there was something
function M.accept()
  return engine ~= nil and engine.accept_all()
end

--- Accepts a word, with the blanks and signs before it.
---@return boolean
function M.accept_word()
  return engine ~= nil and engine.accept(require('beans.complete.typing').word)
end

--- Accepts a line, with its end.
---@return boolean
function M.accept_line()
  return engine ~= nil and engine.accept(require('beans.complete.typing').line)
end

--- Shows the next candidate, which is asked for when it is not there yet; asks for one where none shows.
---@return boolean
function M.next()
  return load().step(1)
end

--- Shows the candidate before; the last one after the first.
---@return boolean
function M.prev()
  return load().step(-1)
end

--- Takes the candidate away until the text changes, and gives up what was asked for.
---@return boolean
function M.dismiss()
  return engine ~= nil and engine.dismiss()
end

--- Asks for a candidate now, also where none comes by itself.
---@return boolean
function M.trigger()
  return load().trigger()
end

--- Gives the candidate at the cursor, asked for where it is not known yet, to others that show it: only once it is
--- whole, and also where none comes by itself.
---@param on_candidate fun(candidate: beans.Offered|nil) called once
---@return fun() # gives it up: then it is not called any more
function M.offer(on_candidate)
  return require('beans.complete.offer').ask(on_candidate)
end

--- What shows, or why nothing does, in words.
---@return string
function M.why()
  if engine then
    return engine.why()
  end
  local typing = require('beans.host').typing()
  return policy.why_not(typing.buf, typing, true) or 'it begins with the next Insert mode'
end

return M
