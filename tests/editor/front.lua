-- nginx in front of the replay server: TLS with HTTP/2, by certificates of an authority of our own.

local child = require('tests.editor.child')

local M = {}

---@class tests.Front
---@field dir string with `ca.pem`, the authority to trust; removed at the end
---@field good integer port with a certificate for 127.0.0.1
---@field expired integer port with one that ended yesterday
---@field early integer port with one that begins tomorrow
---@field other integer port with one for another name
---@field self integer port with one that signed itself, `self.pem`
---@field once integer port for HTTP/1.1, where each request needs a connection of its own
---@field plain integer port without TLS
local Front = {}
Front.__index = Front

--- Ports that nobody listens on.
---@param count integer
---@return integer[]
function M.free_ports(count)
  local handles, ports = {}, {}
  for i = 1, count do
    handles[i] = assert(vim.uv.new_tcp())
    assert(handles[i]:bind('127.0.0.1', 0))
    ports[i] = handles[i]:getsockname().port
  end
  for _, handle in ipairs(handles) do
    handle:close()
  end
  return ports
end

local function answers(port)
  local socket, connected = assert(vim.uv.new_tcp()), nil
  socket:connect('127.0.0.1', port, function(problem)
    connected = problem == nil
  end)
  vim.wait(200, function()
    return connected ~= nil
  end, 2)
  socket:close()
  return connected
end

--- Starts nginx.
---@param upstream integer port of the replay server
---@return tests.Front
function M.start(upstream)
  local self = setmetatable({ dir = vim.fn.tempname() }, Front)
  vim.fn.mkdir(self.dir)
  local ports = M.free_ports(7)
  for i, name in ipairs({ 'good', 'expired', 'early', 'other', 'self', 'plain', 'once' }) do
    self[name] = ports[i]
  end
  local argv = vim.list_extend({ 'tests/editor/front.sh', self.dir, upstream }, ports)
  self.server = vim.system(argv, { stderr = false })
  child.await('nginx', 20000, function()
    return answers(self.plain)
  end)
  return self
end

--- The base URL of a script of the replay server.
---@param port 'good'|'expired'|'early'|'other'|'self'|'plain'|'once'
---@param name string of the script
---@return string
function Front:url(port, name)
  return ('https://127.0.0.1:%d/s/%s/v1'):format(self[port], name)
end

--- The requests for a script that have ended: protocol and connection of each, and whether
--- that took up an earlier TLS session.
---@param name string
---@return {protocol: string, connection: string, resumed: boolean}[]
function Front:seen(name)
  local list = {}
  for _, line in ipairs(vim.fn.readfile(self.dir .. '/access')) do
    local protocol, connection, session = line:match('^(%S+) (%d+) (%S) /s/' .. name .. '/')
    if protocol then
      list[#list + 1] = { protocol = protocol, connection = connection, resumed = session == 'r' }
    end
  end
  return list
end

--- Sends nginx a signal; `sighup` makes it read its configuration anew and end its connections with grace.
---@param signal string
function Front:signal(signal)
  self.server:kill(signal)
end

--- The process that serves. There is one, but for the moment in which another takes over.
function Front:worker()
  local file = assert(io.open(('/proc/%d/task/%d/children'):format(self.server.pid, self.server.pid)))
  local pids = file:read('*a')
  file:close()
  return tonumber(pids:match('^(%d+) *$'))
end

--- Kills the process that serves, and waits for nginx to start another.
function Front:kill_worker()
  local old
  child.await('one worker', 5000, function()
    old = self:worker()
    return old
  end)
  vim.uv.kill(old, 'sigkill')
  child.await('a new worker', 5000, function()
    local new = self:worker()
    return new and new ~= old
  end)
end

--- Ends nginx, at once.
function Front:stop()
  self.server:kill('sigterm')
  self.server:wait(5000)
  vim.fn.delete(self.dir, 'rf')
end

return M
