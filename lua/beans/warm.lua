-- Opens the connection to the server while the user still types what will be sent over it, so that the answer begins
-- sooner: name lookup, TCP and TLS are done by then.

local address = require('beans.address')
local client = require('beans.client')
local config = require('beans.config')
local connections = require('beans.connections')
local credentials = require('beans.credentials')
local host = require('beans.host')

local M = {}

-- Servers and what stands before them keep an idle connection for a minute or longer.
local KEPT_MS = 50000

--- Whether it would make anything sooner: this machine is reached at once, where no TLS is to be negotiated. Nobody is
--- asked for a key, and no command is run for one.
local function is_worth_it(cfg)
  return not cfg.problem
    and not (address.is_loopback(cfg.base_url) and cfg.base_url:find('^http:'))
    and credentials.is_known(cfg)
    and connections.idle_ms(address.server(cfg.base_url)) >= KEPT_MS
end

--- Opens the connection, unless it is likely to be open. To be called when the user has begun something that ends in a
--- request. Asks for the list of models, which every server has and none bills; the answer is forgotten, and a failure
--- stands in the log only.
function M.up()
  host.schedule(function()
    local cfg = config.get()
    if is_worth_it(cfg) then
      credentials.get(cfg, function(key)
        client.connect(cfg, key)
      end)
    end
  end)
end

return M
