-- Which servers were talked to a short while ago, so that a connection to them is likely to be open; and transfers that
-- only open one: they are no requests of the user's, and nobody waits for them.

local host = require('beans.host')
local job_of = require('beans.job')
local log = require('beans.log')

local M = {}

---@type table<string, number> when a server was last talked to, by its name and port
local used_ms = {}
---@type table<integer, beans.Job> what opens a connection, by the id of the request
local opening = {}

--- A server is being talked to.
---@param server string
function M.used(server)
  used_ms[server] = host.now_ms()
end

--- How long ago it was talked to.
---@param server string
---@return number
function M.idle_ms(server)
  return host.now_ms() - (used_ms[server] or -math.huge)
end

--- A transfer has been sent that only opens a connection.
---@param id integer of the request
---@param server string
function M.open(id, server)
  M.used(server)
  opening[id] = job_of.new('models', {}, function() end)
  opening[id].host = server
  opening[id]:begin_attempt()
end

--- Takes an event of nobody else's. How such a transfer ended stands in the log only.
---@param event table
function M.take(event)
  local job = opening[event.id]
  if job and (event.type == 'done' or event.type == 'error') then
    opening[event.id] = nil
    job:account(event)
    log.add(job:facts_of_end(event.kind or 'done'), job.host, event.message, 'to open a connection')
  end
end

--- Whether one is being opened.
---@return boolean
function M.opening()
  return next(opening) ~= nil
end

return M
