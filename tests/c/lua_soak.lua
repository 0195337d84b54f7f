-- One Lua state of test_lua_soak.c: the module is opened, used, shut down, dropped and opened anew, as a reload of the
-- plugin does it; the end of this file leaves to lua_close what is still on its way. `c` is what the C side offers.

local c = ...

-- What must come of a script when nobody cancels, and what had arrived; `late` is the time-out that is short.
local BEHAVIOURS = {
  { 'c-hello', 'done', 'Hello' },
  { 'c-tools', 'done', '' },
  { 'c-burst', 'done', ('x'):rep(1024 * 1024) },
  { 'c-cut-early-rst', 'network', '' },
  { 'c-cut-late-fin', 'truncated', 'Hello' },
  { 'c-empty', 'protocol', '' },
  { 'c-bad-json', 'protocol', 'Hello' },
  { 'c-401', 'auth', '' },
  { 'c-429', 'rate_limit', '' },
  { 'c-500-cut', 'http', '' },
  { 'c-endless-header', 'too_large', '' },
  { 'c-stalling', 'timeout', 'Hello', late = 'idle_timeout_ms' },
  { 'c-silent', 'timeout', '', late = 'first_byte_timeout_ms' },
}

--- The module as long as it is loaded: its requests by their id, and how many have not ended. Finalizers run in the
--- reverse order of their objects, so one of somebody else, who still holds the module, finds it closed.
local function live()
  local held = {}
  setmetatable(held, {
    __gc = function()
      pcall(held.core.stream_poll)
    end,
  })
  held.core = c.open()
  return { core = held.core, held = held, requests = {}, running = 0 }
end

local function ask(life)
  local behaviour = BEHAVIOURS[c.chance(#BEHAVIOURS) + 1]
  local spec = {
    url = c.url(behaviour[1]),
    key = 'sk-beans-secret',
    proxy = '',
    body = { model = 'm', messages = { { role = 'user', content = ('x'):rep(c.chance(4000)) } } },
    connect_timeout_ms = 20000,
    first_byte_timeout_ms = 20000,
    idle_timeout_ms = 20000,
  }
  if behaviour.late then
    spec[behaviour.late] = 100 + c.chance(200)
  end
  local id = assert(life.core.request(spec))
  assert(not life.requests[id], 'an id that was used before')
  life.requests[id] = { behaviour = behaviour, pieces = {} }
  life.running = life.running + 1
  c.count('requests')
  return id
end

local function check_end(life, request, event)
  local script, kind, text = request.behaviour[1], request.behaviour[2], table.concat(request.pieces)
  local got = event.type == 'done' and 'done' or event.kind
  if (request.cancelled and got == 'cancelled') or (life.shut and got == 'shutdown') then
    return
  end
  if got ~= 'done' then
    c.count('faults')
  end
  if got ~= kind then
    c.violation(('%s ended with %s: %s'):format(script, got, tostring(event.message)))
  elseif text ~= request.behaviour[3] and not (text == '' and request.behaviour.late) then
    c.violation(('%s: other text, %d bytes'):format(script, #text))
  end
end

local function take(life, event)
  local request = life.requests[event.id]
  if not request or request.ended then
    return c.violation(
      ('%s of request %d, which %s'):format(event.type, event.id, request and 'had ended' or 'is none')
    )
  end
  if event.type == 'text' then
    request.pieces[#request.pieces + 1] = event.text
  elseif event.type == 'done' or event.type == 'error' then
    request.ended = true
    life.running = life.running - 1
    check_end(life, request, event)
  end
end

local function poll(life, max)
  for _, event in ipairs(life.core.stream_poll(max)) do
    take(life, event)
  end
end

local function ask_some(life)
  local ids = {}
  for i = 1, 1 + c.chance(24) do
    ids[i] = ask(life)
    c.pause(c.chance(3000))
    poll(life, c.chance(4))
    local victim = ids[c.chance(60) + 1]
    if victim then
      life.requests[victim].cancelled = true
      life.core.cancel(victim)
      c.count('cancels')
    end
    if c.chance(4) == 0 then
      collectgarbage(c.chance(4) == 0 and 'collect' or 'step')
    end
  end
end

local function wait_ends(life)
  for _ = 1, 40000 do
    if life.running == 0 then
      return
    end
    poll(life)
    c.pause(1000)
  end
  c.violation(('%d requests have not ended'):format(life.running))
end

local function shut_down(life)
  life.shut = true
  life.core.shutdown()
  c.count('shutdowns')
  poll(life)
  if life.running > 0 then
    c.violation(('%d requests outlived the shutdown'):format(life.running))
  end
end

-- `now` is in use, `kept` was in use before a reload and has requests on their way.
local lives = {}
local threads_before = c.threads()

--- The module goes with whatever it does.
local function drop()
  lives.now = nil
  collectgarbage()
  c.count('reloads')
  -- The system may list a thread for a moment after it was joined.
  for _ = 1, 1000 do
    if c.threads() == threads_before + (lives.kept and 1 or 0) then
      return
    end
    c.pause(1000)
  end
  c.violation('the thread outlived the module')
end

for _ = 1, 1 + c.chance(4) do
  lives.now = live()
  ask_some(lives.now)
  local ending = c.chance(5)
  if ending == 0 then
    wait_ends(lives.now)
  elseif ending == 1 then
    shut_down(lives.now)
  elseif ending == 2 then
    drop()
  elseif ending == 3 and not lives.kept then
    lives.kept = lives.now
    c.count('reloads')
  else
    break
  end
  if lives.kept and c.chance(2) == 0 then
    wait_ends(lives.kept)
    lives.kept = nil
  end
end
