-- The C module in a Lua that runs out of memory, at each allocation that there is: `host tests/lua/starved.lua PORT`;
-- see host.c and abi.lua. What fails must fail as a whole, and nothing may be lost. Prints TAP.

package.path = './lua/?.lua;./?.lua;' .. package.path

local tap = require('tests.lua.tap')
local same, test = tap.same, tap.test
local open, starve = _G.open, _G.starve -- host.c's

local port = assert(tonumber((arg or {})[1]), 'usage: host tests/lua/starved.lua PORT')

-- What needs more allocations than this is a loop.
local ALLOCATIONS_MAX = 5000

--- Calls `fn` with no memory, then with memory for one allocation, for two… until it succeeds. Returns its result, and
--- how often it failed.
local function persist(fn)
  for allocations = 0, ALLOCATIONS_MAX do
    local ran, result = starve(allocations, fn)
    if ran then
      return result, allocations
    end
    tap.contains('memory', result)
  end
  error('never enough memory')
end

local function spec_for(script)
  return {
    url = ('http://127.0.0.1:%d/s/%s/v1/chat/completions'):format(port, script),
    proxy = '',
    body = { messages = { { role = 'user', content = ('x'):rep(1000) .. '\255' } }, tools = { { properties = {} } } },
    connect_timeout_ms = 5000,
    first_byte_timeout_ms = 5000,
    idle_timeout_ms = 5000,
  }
end

--- The events of one request, each poll starved; how often one failed.
local function starved_events(core, id)
  local events, failures, deadline = {}, 0, os.time() + 20
  while os.time() < deadline do
    local list, failed = persist(core.stream_poll)
    failures = failures + failed
    for _, event in ipairs(list) do
      same(id, event.id)
      events[#events + 1] = event
      if event.type == 'done' or event.type == 'error' then
        return events, failures
      end
    end
  end
  error('no terminal event within 20 s')
end

test('opening fails as a whole, and leaves no descriptor open', function()
  local first = open().wakeup_fd()
  collectgarbage()
  collectgarbage()
  local failures = select(
    2,
    persist(function()
      return open()
    end)
  )
  assert(failures > 10, failures)
  collectgarbage()
  collectgarbage()
  assert(open().wakeup_fd() <= first + 1, 'descriptors were left open')
end)

test('encoding fails as a whole', function()
  local core = open()
  local value = { b = { 1, 2.5, 'x\255', core.null }, a = core.object(), c = { { { d = {} } } } }
  local json, failures = persist(function()
    return core.encode(value)
  end)
  same('{"a":{},"b":[1,2.5,"x\239\191\189",null],"c":[[{"d":[]}]]}', json)
  assert(failures >= 2, failures)
end)

test('a request that raised was not sent', function()
  local core = open()
  local spec = spec_for('binding_refused')
  local id, failures = persist(function()
    return core.request(spec)
  end)
  same(1, id)
  assert(failures >= 2, failures)
  same('rate_limit', starved_events(core, id)[2].kind)
  core.shutdown()
  same({}, core.stream_poll())
end)

test('no event is lost or comes twice', function()
  local core = open()
  local id = core.request(spec_for('binding_answer'))
  local events, failures = starved_events(core, id)
  assert(failures > 50, failures)
  local text, calls = '', {}
  for _, event in ipairs(events) do
    text = text .. (event.type == 'text' and event.text or '')
    calls[#calls + 1] = event.call_id
  end
  same('a\0b \240\159\152\128', text)
  same({ 'c1', 'c2' }, calls)
  same('tool_calls', events[#events].finish_reason)
end)

tap.run('starved ' .. _VERSION)
