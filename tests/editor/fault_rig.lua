-- An editor that meets faults: each request's end is looked at and counted, and the next request has to work.

local assert = require('luassert')

local M = {}

---@class tests.Ended what came of a request
---@field done integer calls of on_done
---@field errors integer calls of on_error
---@field text string of the result, or the error's `partial`; of a long one the end
---@field bytes integer length of the whole
---@field streamed boolean whether on_delta had brought exactly that
---@field kind string of the error; 'done' when there was none
---@field message string|nil
---@field status integer|nil
---@field attempts integer
---@field begun boolean|nil text has come

-- Listeners only write down what they get, for a count to be right after the end too. 960 bytes are whole characters,
-- be they of one, two, three or four bytes.
local ASK = [[
  local settings, count, size = ...
  require('beans').setup(settings)
  for _ = 1, count do
    local one, pieces = { done = 0, errors = 0 }, {}
    local function ended(kind, outcome)
      local text = outcome.text or outcome.partial
      one.kind, one.text, one.bytes, one.streamed = kind, text:sub(-960), #text, text == table.concat(pieces)
      one.message, one.status, one.attempts = outcome.message, outcome.status, outcome.attempts
    end
    table.insert(BEANS_TEST, one)
    require('beans').request({
      messages = ('x'):rep(size),
      on_delta = function(text)
        one.begun = true
        table.insert(pieces, text)
      end,
      on_done = function(result)
        one.done = one.done + 1
        ended('done', result)
      end,
      on_error = function(err)
        one.errors = one.errors + 1
        ended(err.kind, err)
      end,
    })
  end
]]

---@class tests.Faults
---@field editor tests.Child
---@field bench tests.Bench
local Faults = {}
Faults.__index = Faults

--- Starts an editor.
---@param bench tests.Bench
---@param options? tests.ChildOptions
---@return tests.Faults
function M.start(bench, options)
  local self = setmetatable({ bench = bench, editor = bench:editor('hello', options) }, Faults)
  self:reset()
  return self
end

--- Forgets the requests so far.
function Faults:reset()
  self.editor:lua('BEANS_TEST = {}')
end

--- Sends requests at once.
---@param settings table of setup(), over ours; `base_url` among them
---@param count? integer
---@param size? integer bytes of the question
function Faults:send(settings, count, size)
  settings = vim.tbl_extend('force', { retry = { max = 0 } }, settings)
  self.editor:lua(ASK, settings, count or 1, size or 1)
end

--- What became of the requests since the last reset.
---@return tests.Ended[]
function Faults:ended()
  return self.editor:lua('return BEANS_TEST')
end

--- Waits until a number of requests have ended.
---@param count integer
---@return tests.Ended[] # all that were sent
function Faults:wait(count)
  return self.editor:wait(('the end of %d requests'):format(count), function()
    local list = self:ended()
    local ended = vim.tbl_filter(function(one)
      return one.done + one.errors > 0
    end, list)
    return #ended >= count and list
  end, 15000)
end

--- Waits until text of a number of requests has come.
---@param count integer
function Faults:wait_begun(count)
  self.editor:wait(('%d streams'):format(count), function()
    local begun = vim.tbl_filter(function(one)
      return one.begun
    end, self:ended())
    return #begun >= count
  end)
end

--- While the only request so far gets nowhere, another one works.
function Faults:assert_others_run()
  self:send({ base_url = self.bench:url('hello') })
  local list = self:wait(1)
  assert.are.equal('Hello, world', list[2].text, list[2].message)
  assert.are.equal(0, list[1].done + list[1].errors)
end

--- What has to be so after every fault: the next request works, nothing ended twice, nothing was raised.
function Faults:assert_whole()
  local before = #self:ended()
  self:send({ base_url = self.bench:url('hello') })
  local list = self:wait(before + 1)
  assert.are.equal('Hello, world', list[before + 1].text, list[before + 1].message)
  for i, one in ipairs(list) do
    assert.are.equal(1, one.done + one.errors, ('ends of request %d'):format(i))
    assert.is_true(one.streamed)
  end
  assert.is_nil(self.editor:raised() or self.editor:ex('messages'):match('beans: error'))
end

---@class tests.Fault
---@field script? string for the replay server
---@field settings? table of setup()
---@field size? integer bytes of the question
---@field kind string of the error, or 'done'
---@field text? string that must be kept, '' unless told
---@field message? string a part of it
---@field status? integer

local made = 0

--- Lets a fault happen, and looks at everything that must be so.
---@param fault tests.Fault
---@return tests.Ended
function Faults:meet(fault)
  self:reset()
  made = made + 1
  local name = 'fault-' .. made
  if fault.script then
    self.bench:script(name, fault.script)
  end
  self:send(vim.tbl_extend('keep', fault.settings or {}, { base_url = self.bench:url(name) }), 1, fault.size)
  local one = self:wait(1)[1]
  local shown = one.message or 'no error'
  assert.are.equal(fault.kind, one.kind, shown)
  assert.are.equal(fault.text or '', one.text, shown)
  assert.is_truthy(shown:find(fault.message or '', 1, true), shown)
  assert.are.equal(fault.status, fault.status and one.status, shown)
  self:assert_whole()
  return one
end

---@class tests.Relay stands between the editor and a server, until it falls silent
---@field port integer
---@field connections integer taken so far
---@field breaks 'fin'|'rst'|nil how the next connection ends, once its first bytes are there
local Relay = {}
Relay.__index = Relay

--- Hands on what one socket brings to another, and its end.
local function carry(self, from, to)
  from:read_start(function(_, bytes)
    if self.mute[from] then
      return
    elseif bytes then
      to:write(bytes)
    else
      to:shutdown()
    end
  end)
end

local function end_early(socket, how)
  socket:read_start(function(_, bytes)
    if bytes and how == 'rst' then
      socket:close_reset()
    elseif bytes then
      socket:shutdown()
    end
  end)
end

--- Starts one; the driver's loop is its loop.
---@param upstream integer port of the server
---@return tests.Relay
function M.relay(upstream)
  local self = setmetatable({ connections = 0, sockets = {}, mute = {} }, Relay)
  local listener = assert(vim.uv.new_tcp())
  assert(listener:bind('127.0.0.1', 0))
  self.port, self.listener = listener:getsockname().port, listener
  listener:listen(16, function()
    local near, far = assert(vim.uv.new_tcp()), assert(vim.uv.new_tcp())
    self.connections = self.connections + 1
    vim.list_extend(self.sockets, { near, far })
    listener:accept(near)
    if self.breaks then
      end_early(near, self.breaks)
      self.breaks = nil
      return
    end
    far:connect('127.0.0.1', upstream, function(problem)
      assert(not problem, problem)
      carry(self, near, far)
      carry(self, far, near)
    end)
  end)
  return self
end

--- From now on nothing passes on the connections there are, and nobody is told: as it is for who slept. New ones work.
function Relay:fall_silent()
  for _, socket in ipairs(self.sockets) do
    self.mute[socket] = true
  end
end

--- Ends it.
function Relay:stop()
  self.listener:close()
  for _, socket in ipairs(self.sockets) do
    if not socket:is_closing() then
      socket:close()
    end
  end
end

---@class tests.Stranger a server that says one thing to everybody
---@field port integer
---@field heard string all that was said to it
local Stranger = {}
Stranger.__index = Stranger

--- Starts one; the driver's loop is its loop.
---@param answer string sent as soon as anything came, then the connection is closed
---@return tests.Stranger
function M.stranger(answer)
  local self = setmetatable({ heard = '', sockets = {} }, Stranger)
  local listener = assert(vim.uv.new_tcp())
  assert(listener:bind('127.0.0.1', 0))
  self.port, self.sockets[1] = listener:getsockname().port, listener
  listener:listen(16, function()
    local socket = assert(vim.uv.new_tcp())
    table.insert(self.sockets, socket)
    listener:accept(socket)
    socket:read_start(function(_, bytes)
      self.heard = self.heard .. (bytes or '')
      if bytes then
        socket:write(answer)
        socket:shutdown()
      end
    end)
  end)
  return self
end

--- Ends it.
function Stranger:stop()
  for _, socket in ipairs(self.sockets) do
    socket:close()
  end
end

return M
