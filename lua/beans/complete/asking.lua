-- One request for a candidate: what is sent, and what its answer becomes while it streams.

local client = require('beans.client')
local config = require('beans.config')
local elsewhere = require('beans.complete.elsewhere')
local fit = require('beans.complete.fit')
local host = require('beans.host')
local pacer = require('beans.pacer')
local place = require('beans.complete.place')
local prompt = require('beans.complete.prompt')

local M = {}

---@class beans.AskingOptions
---@field at beans.Typing
---@field params? table over all others
---@field on_begin? fun(ms: number) the answer has begun, so long after it was asked for
---@field on_lines fun(lines: string[]) the candidate as it is by now; never empty
---@field on_end fun(lines: string[]|nil, why: beans.NoCandidate|nil) it is whole, or there is none
---@field on_fail fun(err: beans.Error) what came before stays

---@class beans.Asking
---@field cursor beans.Cursor
---@field since_ms number
---@field private options beans.AskingOptions
---@field private job beans.Job
---@field private ended boolean
local Asking = {}
Asking.__index = Asking

local function input_of(at, cursor, first_line, system)
  local found, file = elsewhere.of(at.buf), host.file_of(at.buf)
  return {
    system = system or '',
    file = {
      name = file.name,
      filetype = file.filetype,
      indent = cursor.indent,
      head = first_line > 1 and host.buf_lines(at.buf, 1, math.min(30, first_line - 1)) or nil,
    },
    before = cursor.before,
    first_line = first_line,
    prefix = at.prefix,
    suffix = at.suffix,
    after = cursor.after,
    snippets = found.snippets,
    diagnostics = found.diagnostics,
  }
end

--- Asks. No listener is called before this returns.
---@param options beans.AskingOptions
---@return beans.Asking
function M.start(options)
  local self = setmetatable({ options = options, ended = false, since_ms = host.now_ms() }, Asking)
  local settings = config.for_feature('complete')
  local cursor, first_line = place.around(options.at, prompt.BUDGET)
  self.cursor = cursor
  local input = input_of(options.at, cursor, first_line, settings.system_prompt)
  local request = prompt.request(config.get().complete.api, input)
  self.pacer = pacer.new({
    now = host.now_ms,
    defer = host.defer,
    draw = function(text)
      self:draw(text)
    end,
  })
  self.job = client.request({
    feature = 'complete',
    endpoint = request.endpoint,
    messages = request.messages,
    body = request.body,
    model = settings.model,
    params = options.params,
    on_delta = function(text, kind)
      self:take(text, kind)
    end,
    on_done = function()
      self.pacer:flush()
      self:finish()
    end,
    on_error = function(err)
      self:fail(err)
    end,
  })
  host.schedule(function()
    self:fitting() -- while the server reads, nobody waits for it
  end)
  return self
end

---@private
function Asking:fitting()
  self.fitter = self.fitter or fit.new(self.cursor)
  return self.fitter
end

---@private
function Asking:take(text, kind)
  if self.ended or kind ~= 'content' then
    return
  end
  if not self.begun then
    self.begun = true
    if self.options.on_begin then
      self.options.on_begin(host.now_ms() - self.since_ms)
    end
  end
  self.pacer:add(text)
end

---@private
function Asking:draw(text)
  if self.ended then
    return
  end
  local lines, enough = self:fitting():feed(text)
  if enough then
    self:finish()
    self.job:cancel()
  elseif #lines > 0 then
    self.options.on_lines(lines)
  end
end

---@private
function Asking:finish()
  if not self.ended then
    self.ended = true
    self.options.on_end(self:fitting():finish())
  end
end

---@private
function Asking:fail(err)
  if not self.ended then
    self.pacer:flush()
    self.ended = true
    self.options.on_fail(err)
  end
end

--- Gives it up at once; the connection stays. No listener is called any more.
function Asking:cancel()
  self.ended = true
  self.pacer:stop()
  self.job:cancel()
end

return M
