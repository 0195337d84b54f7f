-- One rewrite, from the lines that are given to a model to the review of what it made of them. What is asked again goes
-- on in the same review, with the conversation kept.

local attachment = require('beans.attachment')
local bar = require('beans.rewrite.bar')
local client = require('beans.client')
local edit = require('beans.edit')
local fit = require('beans.rewrite.fit')
local frame_of = require('beans.rewrite.frame')
local gather = require('beans.rewrite.gather')
local host = require('beans.host')
local live_of = require('beans.edit.live')
local meanwhile = require('beans.rewrite.meanwhile')
local pacer = require('beans.pacer')
local scope_of = require('beans.rewrite.scope')
local words = require('beans.words')

local M = {}

-- Why an answer that ended well may still not be all there is.
local INCOMPLETE = {
  length = 'cut off: the answer reached the length limit (params.max_tokens)',
  content_filter = 'cut off by the content filter of the server',
}

---@class beans.Rewrite: beans.RewriteBar, beans.RewriteMeanwhile
---@field scope beans.RewriteScope
---@field instruction string
---@field turns table[] messages of what was asked before
---@field state 'gathers'|'waits'|'thinks'|'streams'|'paused'|'ready'|'ended'
---@field review beans.Review|nil
---@field private live beans.Live
---@field private facts beans.Result|beans.Error|nil of the answer, once it has ended
---@field private note string|nil what is to be said of it
local Rewrite = {}
Rewrite.__index = Rewrite

for _, part in ipairs({ bar, meanwhile }) do
  for name, method in pairs(part) do
    Rewrite[name] = method
  end
end

local function tell(text, level)
  host.notify('beans: rewrite: ' .. text, level or 'warn')
end

---@class beans.RewriteOptions
---@field scope beans.RewriteScope
---@field instruction string
---@field on_end fun(rewrite: beans.Rewrite, outcome: beans.ReviewOutcome) all of it is settled

--- Begins a rewrite.
---@param options beans.RewriteOptions
---@return beans.Rewrite|nil # nil: there is a review in these lines
function M.start(options)
  local scope = options.scope
  local self = { options = options, scope = scope, instruction = options.instruction, turns = {} }
  setmetatable(self, Rewrite)
  self.review = edit.open({
    buf = scope.buf,
    first = scope.first,
    last = scope.last,
    foot = function()
      return self:foot()
    end,
    on_settled = function(outcome)
      self:settled(outcome)
    end,
    on_changed = function()
      self:look_around()
    end,
    on_accept_all = function()
      return self:accept_all()
    end,
    on_reject_all = function()
      return self:reject_all()
    end,
  })
  if not self.review then
    return nil
  end
  self:begin(scope.lines)
  return self
end

function Rewrite:set_state(state)
  if self.state ~= state and self.state ~= 'ended' then
    self.state = state
    self.review:draw_bar()
  end
end

-- Asking --------------------------------------------------------------------------------------------------------------

--- Lets an answer come into the place of these lines.
---@private
---@param old string[] the lines under review
function Rewrite:take_lines(old)
  local scope = self.scope
  self.live = live_of.new(self.review, old)
  self.frame = frame_of.new(scope.kind, old, self.frame and self.frame:pieces_in(old) or scope.pieces)
end

--- Asks for new text in the place of these lines.
---@param old string[] the lines under review
function Rewrite:begin(old)
  self:take_lines(old)
  self.facts, self.note, self.said_no = nil, nil, {}
  self.accepts = self.scope.target == 'new'
  self.pacer = pacer.new({
    now = host.now_ms,
    defer = host.defer,
    draw = function(text)
      self:write(text)
    end,
  })
  self:set_state('gathers')
  self:keep_bar()
  local asking = {}
  self.asking = asking
  gather.gather(self, function(gathered, problem)
    if self.asking ~= asking then
      return -- stopped meanwhile
    end
    problem = problem or self:take_anew()
    local request
    if not problem then
      request, problem = gather.request(self, gathered)
    end
    if problem then
      tell('nothing is sent: ' .. problem)
      return self:give_up()
    end
    self:send(request)
  end)
end

--- Takes the lines as they are now, where the user has changed them before anything was sent.
---@return string|nil problem
function Rewrite:take_anew()
  if not self.live:is_disturbed() then
    return nil
  end
  local scope, first, last = self.scope, self.review:lines()
  if not first or scope.kind ~= 'line' or scope.target ~= 'replace' or self.turns[1] then
    return 'the text has changed meanwhile'
  end
  scope.lines = host.buf_lines(scope.buf, first, last)
  scope.selected = scope.lines
  scope.about = scope_of.of_lines(first, last)
  self:take_lines(scope.lines)
end

---@param request beans.RewriteRequest
function Rewrite:send(request)
  self.fitter, self.fit = nil, request.fit
  local job
  --- What comes of a request that was given up is nobody's any more.
  local function mine(run)
    return function(...)
      if self.job == job and self.state ~= 'ended' then
        run(self, ...)
      end
    end
  end
  job = client.request({
    feature = 'rewrite',
    messages = request.messages,
    model = request.model,
    params = request.params,
    on_delta = mine(self.take),
    on_done = mine(self.done),
    on_error = mine(self.failed),
  })
  self.job = job
  self:set_state('waits')
  self:prepare(job)
end

--- Of a long text much has to be known before the answer can be aligned with it. There is time for that, in turns,
--- while the server reads it.
function Rewrite:prepare(job)
  local function later(run)
    host.defer(1, function()
      if self.job == job and self.state ~= 'ended' then
        run()
      end
    end)
  end
  later(function()
    self:fitting()
    later(function()
      self.live:prepare()
    end)
  end)
end

--- What makes the answer fit.
---@return beans.Fitter
function Rewrite:fitting()
  self.fitter = self.fitter or fit.new(self.fit)
  return self.fitter
end

-- Text ----------------------------------------------------------------------------------------------------------------

function Rewrite:take(text, kind)
  if kind == 'refusal' then
    self.said_no[#self.said_no + 1] = text
  elseif kind == 'reasoning' then
    self:set_state(self.state == 'waits' and 'thinks' or self.state)
  else
    self:set_state(self.state ~= 'paused' and 'streams' or self.state)
    self.pacer:add(text)
  end
end

--- Draws what has come; while the user has changes in these lines it only waits.
function Rewrite:write(text)
  local lines, tail = self:fitting():feed(text)
  lines, tail = self.frame:feed(lines, tail)
  self:look_around()
  if self.state == 'paused' then
    self:hold(lines)
  elseif self.state ~= 'ended' then
    self.live:take(lines, tail)
  end
end

-- The end -------------------------------------------------------------------------------------------------------------

--- The last lines are there.
---@param cut boolean there would have been more
function Rewrite:finish(cut)
  self.pacer:flush()
  if self.state == 'ended' then
    return
  end
  local refusal = table.concat(self.said_no)
  local lines, problem = self:fitting():finish({ refusal = refusal, cut = cut })
  if problem then
    tell(self.note and ('%s (%s)'):format(problem.message, self.note) or problem.message)
    return self:give_up()
  end
  lines = self.frame:finish(lines, cut)
  self:look_around()
  if self.state == 'paused' then
    self:hold(lines)
    return self:held_all(cut)
  elseif self.state ~= 'ended' then
    self.live:finish(lines, cut)
    self:ready()
  end
end

--- All the text is in the buffer.
function Rewrite:ready()
  local said = words.line(self:fitting():epilogue())
  self.note = self.note or (said ~= '' and 'the model: ' .. said:sub(1, 60)) or nil
  self.state = 'ready'
  local hunks, facts = #self.review.hunks, self.facts or {}
  host.emit('BeansRewriteReady', {
    buf = self.scope.buf,
    hunks = hunks,
    model = facts.model,
    cost_micro_usd = facts.cost_micro_usd,
    request_id = facts.request_id,
  })
  if hunks == 0 then
    tell('the model changed nothing', 'info')
  end
  self.review:complete()
  if self.accepts and not self.review.ended then
    self.review:accept_all()
  end
end

function Rewrite:done(result)
  self.facts = result
  self.note = INCOMPLETE[result.finish_reason]
  self:finish(self.note ~= nil)
end

function Rewrite:failed(err)
  self.facts = err
  if err.partial == '' then
    if err.kind ~= 'cancelled' then
      tell(err.message, 'error')
    end
    return self:give_up()
  end
  self.note = err.kind == 'cancelled' and 'stopped' or 'cut off: ' .. err.message
  self:finish(true)
end

-- Ending it -----------------------------------------------------------------------------------------------------------

--- Ends the request; what has come stays under review.
function Rewrite:stop()
  if self.state == 'gathers' then
    return self:give_up()
  end
  self.job:cancel()
end

--- Whether text is still to come.
---@return boolean
function Rewrite:is_running()
  return self.state ~= 'ready' and self.state ~= 'ended'
end

--- Puts everything back that is not settled, and ends.
function Rewrite:give_up()
  local job = self.job
  self.asking = nil
  self.review:abandon(self:without_changes())
  if job then
    job:cancel()
  end
end

--- The review is over, for whatever reason.
function Rewrite:settled(outcome)
  self.state, self.asking = 'ended', nil
  self.pacer:stop()
  if self.ticker then
    self.ticker:stop()
  end
  if self.job then
    self.job:cancel()
  end
  host.emit('BeansRewriteSettled', {
    buf = self.scope.buf,
    accepted = outcome.accepted,
    rejected = outcome.rejected,
    open = outcome.open,
    reason = outcome.reason,
  })
  self.options.on_end(self, outcome)
end

--- `accept!` while text is still to come.
function Rewrite:accept_all()
  if self.state == 'paused' and not self.merges then
    self:resolve()
  else
    self.accepts = true
    self.review:draw_bar()
  end
  return true
end

--- `reject!` while text is still to come.
function Rewrite:reject_all()
  if not self:is_running() then
    return false
  end
  self:give_up()
  return true
end

-- Asking again --------------------------------------------------------------------------------------------------------

--- Puts the lines back and asks again.
function Rewrite:again()
  local job, old = self.job, self:without_changes()
  self.job, self.asking = nil, nil
  self:forget_pause()
  self.pacer:stop()
  self.ticker:stop()
  if job then
    job:cancel()
  end
  self.review:restart(old)
  self:begin(old)
end

--- Asks the same, or something else in its place.
---@param instruction string|nil
function Rewrite:retry(instruction)
  if instruction and #self.turns > 0 then
    self.turns[#self.turns] = { role = 'user', content = instruction }
  else
    self.instruction = instruction or self.instruction
  end
  self:again()
end

--- Asks for a change of what stands there now.
---@param instruction string
function Rewrite:follow_up(instruction)
  local text = table.concat(self.frame:inner(self:lines_now()), '\n')
  local answer = attachment.fenced(text, host.file_of(self.scope.source).filetype)
  self.turns[#self.turns + 1] = { role = 'assistant', content = answer }
  self.turns[#self.turns + 1] = { role = 'user', content = instruction }
  self:again()
end

return M
