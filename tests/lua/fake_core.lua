-- The C module without a network: it keeps what it was asked to send, and specs say what the server answers. It obeys
-- the event protocol: the wakeup comes when the queue turns non-empty, a cancel is answered by the terminal event.

local M = {}

local TIMING = { first_byte_ms = 10, first_delta_ms = 12, total_ms = 50, reused = false }

local function module_of(core, events)
  local last_id = 0

  local function accept(list)
    return function(spec)
      if core.refusal then
        return nil, core.refusal.message, core.refusal.kind
      end
      last_id = last_id + 1
      list[#list + 1] = { id = last_id, spec = spec, fresh = spec.fresh }
      core.open[last_id] = true
      return last_id
    end
  end

  return {
    null = core.null,
    request = accept(core.requests),
    models = accept(core.model_requests),
    object = function(fields)
      return setmetatable(fields or {}, { object = true })
    end,
    stream_poll = function(max)
      core.polls = core.polls + 1
      local taken = {}
      while events[1] and #taken < max do
        taken[#taken + 1] = table.remove(events, 1)
      end
      return taken
    end,
    cancel = function(id)
      core.cancelled[#core.cancelled + 1] = id
      if core.open[id] and not core.deaf then
        core.fail(id, { kind = 'cancelled', message = 'cancelled' })
      end
    end,
    wakeup_fd = function()
      return 7
    end,
    shutdown = function()
      core.is_shut = true
      for id = 1, last_id do
        if core.open[id] then
          core.fail(id, { kind = 'shutdown', message = 'shut down' })
        end
      end
    end,
    version = function()
      local library = { version = '8.0', tls = 'TLS/3', http2 = true, brotli = false, zstd = true, async_dns = true }
      return { version = '0.1.0', lua = 'Lua 5.1', curl = 'libcurl/8.0', library = library }
    end,
  }
end

local function with_defaults(id, kind, fields)
  local event = { id = id, type = kind }
  for name, value in pairs(fields or {}) do
    event[name] = value
  end
  event.response = event.response or { status = 200 }
  event.timing = event.timing or TIMING
  return event
end

---@param host table the fake host whose waker is called
function M.new(host)
  local events = {}
  local core = {
    requests = {},
    model_requests = {},
    cancelled = {},
    open = {},
    polls = 0,
    null = {},
    problem = nil,
  }
  local module = module_of(core, events)
  core.loader = {
    load = function()
      if core.problem then
        return nil, core.problem
      end
      return module
    end,
  }

  --- Puts an event in the queue and wakes the host.
  function core.push(event)
    events[#events + 1] = event
    if #events == 1 then
      host.schedule(host.waker_state.drain)
    end
  end

  function core.text(id, text, kind)
    core.push({ id = id, type = kind or 'text', text = text })
  end

  function core.headers(id, response)
    core.push(with_defaults(id, 'headers', { response = response }))
  end

  function core.done(id, fields)
    core.open[id] = nil
    core.push(with_defaults(id, 'done', fields))
  end

  --- `fields`: kind, message, …; a status goes into the response.
  function core.fail(id, fields)
    core.open[id] = nil
    local event = with_defaults(id, 'error', fields)
    event.response = fields.response or { status = fields.status or 0 }
    core.push(event)
  end

  return core
end

return M
