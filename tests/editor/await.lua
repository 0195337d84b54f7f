--- Lets the driver's loop run until something is so. Everything that waits goes through here, so everything is bounded;
--- that is why `done` is not asked inside of vim.wait(), which knows no end when `done` itself waits.
---@param what string for the message
---@param ms integer
---@param done fun(): any
---@return any # what `done` returned
return function(what, ms, done)
  local deadline = vim.uv.hrtime() + ms * 1e6
  repeat
    local value = done()
    if value then
      return value
    end
    vim.wait(1)
  until vim.uv.hrtime() > deadline
  error(('waited %d ms in vain for %s'):format(ms, what), 0)
end
