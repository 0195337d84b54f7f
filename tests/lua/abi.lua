-- The C module under one Lua ABI, in plain Lua: `LUA tests/lua/abi.lua PORT` from the root of the repository, with the
-- port of a replay server that has the scripts of tests/data/replay. Prints TAP. core_spec.lua runs it under each Lua,
-- and under host.c, which brings the module along, sanitized.

package.path = './lua/?.lua;./?.lua;' .. package.path

local port = assert(tonumber((arg or {})[1]), 'usage: LUA tests/lua/abi.lua PORT')
local core = _G.open and _G.open() or assert(require('beans.core').load())
local tap = require('tests.lua.tap')
local contains, same, test, words = tap.contains, tap.same, tap.test, tap.words

-- Requests ------------------------------------------------------------------------------------------------------------

local function spec_for(script, more)
  local spec = {
    url = ('http://127.0.0.1:%d/s/%s/v1/chat/completions'):format(port, script),
    body = { model = 'toy', stream = true },
    proxy = '',
    connect_timeout_ms = 5000,
    first_byte_timeout_ms = 5000,
    idle_timeout_ms = 5000,
  }
  for name, value in pairs(more or {}) do
    spec[name] = value
  end
  return spec
end

--- The events of a request up to its terminal event, or to the first of the type `last`.
local function events_of(id, last)
  local events, deadline = {}, os.time() + 10
  while os.time() < deadline do
    for _, event in ipairs(core.stream_poll()) do
      if event.id == id then
        events[#events + 1] = event
      end
    end
    local newest = events[#events] and events[#events].type
    if newest and (newest == 'done' or newest == 'error' or newest == last) then
      return events
    end
  end
  error('no terminal event within 10 s: ' .. words(events))
end

--- Events by their type; of text the pieces joined.
local function by_type(events)
  local found = {}
  for _, event in ipairs(events) do
    local kind = event.type
    if event.text then
      found[kind] = (found[kind] or '') .. event.text
    elseif kind == 'tool_call' then
      found[event.call_id] = event
    else
      assert(not found[kind], 'twice: ' .. kind)
      found[kind] = event
    end
  end
  return found
end

-- Values to JSON ------------------------------------------------------------------------------------------------------

test('it is the build for this Lua, of the version of the Lua files', function()
  local version = core.version()
  same(_VERSION, version.lua)
  same(require('beans.version'), version.version)
  contains('libcurl', version.curl)
  contains(version.library.version, version.curl)
  contains(version.library.tls, version.curl)
  for _, name in ipairs({ 'http2', 'brotli', 'zstd', 'async_dns' }) do
    same('boolean', type(version.library[name]))
  end
  same('number', type(core.wakeup_fd()))
end)

test('values become JSON', function()
  local cases = {
    { {}, '[]' },
    { core.object(), '{}' },
    { core.object({ a = 1 }), '{"a":1}' },
    { { 'a', true, false, core.null, { {} } }, '["a",true,false,null,[[]]]' },
    { { b = 1, a = { 2 }, ['a\0'] = 3, aa = 4, B = 5 }, '{"B":5,"a":[2],"a\\u0000":3,"aa":4,"b":1}' },
    { { [''] = { x = {} } }, '{"":{"x":[]}}' },
  }
  for _, case in ipairs(cases) do
    same(case[2], core.encode(case[1]))
  end
end)

test('what is called properties among the tools is an object', function()
  local parameters = { properties = { list = { properties = {} } }, required = {} }
  same(
    '{"properties":[],"tools":[{"parameters":{"properties":{"list":{"properties":{}}},"required":[]}}]}',
    core.encode({ tools = { { parameters = parameters } }, properties = {} })
  )
  same('{"a":{"tools":{"properties":[]}}}', core.encode({ a = { tools = { properties = {} } } }))
end)

test('numbers are as short as they can be and read back the same', function()
  local cases = {
    { 0, '0' },
    { -7, '-7' },
    { 0.1, '0.1' },
    { -1.5, '-1.5' },
    { 1 / 3, '0.3333333333333333' },
    { 100 / 3, '33.333333333333336' },
    { 5e-324, '4.94065645841247e-324' },
    { 1e15, '1000000000000000' },
    { 2 ^ 53, '9007199254740992' },
    { -2 ^ 53, '-9007199254740992' },
    { 1e22, '1e+22' },
  }
  for _, case in ipairs(cases) do
    same(case[2], core.encode(case[1]))
    same(case[1], tonumber(case[2]), case[2])
  end
  if _VERSION >= 'Lua 5.3' then
    local largest, smallest = '9223372036854775807', '-9223372036854775808'
    same(('[%s,%s]'):format(largest, smallest), core.encode({ tonumber(largest), tonumber(smallest) }))
  end
end)

test('strings become valid UTF-8, with no more escapes than they need', function()
  local bad = '\239\191\189'
  local cases = {
    { '/ \226\128\168 \127 \195\169 \240\159\152\128', '/ \226\128\168 \127 \195\169 \240\159\152\128' },
    { '"\\\b\f\n\r\t\0\1\31', '\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u0001\\u001f' },
    { 'a\255b', 'a' .. bad .. 'b' },
    { '\195', bad },
    { '\226\130a', bad .. 'a' },
    { '\195\195\169', bad .. '\195\169' },
    { '\192\128', bad .. bad },
    { '\237\160\189\237\184\128', bad:rep(6) },
    { '\244\144\128\128', bad:rep(4) },
    { '\240\159\152\128\240\159\152', '\240\159\152\128' .. bad },
    { ('12345678'):rep(3) .. '"' .. ('12345678'):rep(3), ('12345678'):rep(3) .. '\\"' .. ('12345678'):rep(3) },
  }
  for _, case in ipairs(cases) do
    same('"' .. case[2] .. '"', core.encode(case[1]))
    same('{"' .. case[2] .. '":1}', core.encode({ [case[1]] = 1 }))
  end
  for byte = 32, 127 do
    for place = 0, 8 do
      local text = ('x'):rep(place) .. string.char(byte) .. ('y'):rep(9)
      same('"' .. text:gsub('["\\]', '\\%0') .. '"', core.encode(text))
    end
  end
end)

test('what JSON has no form for is refused by its place', function()
  local itself = {}
  itself.again = itself
  local cases = {
    { { messages = { {}, { content = print } } }, 'messages[2].content: a function' },
    { { x = { 1, 0 / 0 } }, 'x[2]: NaN' },
    { 1 / 0, 'the top level: NaN and infinity' },
    { { a = { 1, b = 2 } }, 'a: a table with both names and list items' },
    { { a = { 1, [3] = 3 } }, 'a: a list must have no gaps' },
    { { a = { [2 ^ 40] = 1 } }, 'a: a list must have no gaps' },
    { { [true] = 1 }, 'the top level: a key' },
    { { { [0] = 1 } }, '[1]: a key' },
    { { { [1.5] = 1 } }, '[1]: a key' },
    { { tools = { { properties = { 'a' } } } }, 'tools[1].properties: must be an object' },
    { core.object({ 'a' }), 'the top level: must be an object' },
    { itself, 'too many tables within tables' },
    { { [('n'):rep(2000)] = print }, 'n: a function' },
  }
  for _, case in ipairs(cases) do
    local json, message, kind = core.encode(case[1])
    same(nil, json, case[2])
    same('config', kind, case[2])
    contains(case[2], message)
  end
end)

test('depth and size have their limits', function()
  local function nest(depth)
    local value = {}
    for _ = 2, depth do
      value = { value }
    end
    return value
  end
  same(('['):rep(128) .. (']'):rep(128), core.encode(nest(128)))
  same(nil, (core.encode(nest(129))))
  local _, message, kind = core.encode({ ('x'):rep(64 * 1024 * 1024) })
  same('too_large', kind)
  contains('64 MiB', message)
end)

test('no metamethod of a table is called', function()
  local function trap()
    error('a metamethod was called')
  end
  local traps = { __index = trap, __len = trap, __pairs = trap, __ipairs = trap, __eq = trap, __tostring = trap }
  same('{"a":[1]}', core.encode(setmetatable({ a = setmetatable({ 1 }, traps) }, traps)))
  local spec = setmetatable(spec_for('binding_answer', { url = 'ftp://x' }), traps)
  same({ n = 'config' }, { n = select(3, core.request(spec)) })
end)

-- What the functions take ---------------------------------------------------------------------------------------------

test('wrong types raise, with the name of the field', function()
  local cases = {
    { url = 1 },
    { key = {} },
    { proxy = false },
    { ca_file = 7 },
    { body = 'text' },
    { format = 1 },
    { format = 'chats' },
    { connect_timeout_ms = 'soon' },
    { first_byte_timeout_ms = true },
    { idle_timeout_ms = {} },
  }
  for _, case in ipairs(cases) do
    local ran, message = pcall(core.request, spec_for('binding_answer', case))
    same(false, ran)
    contains(next(case) .. ': ', message)
  end
  same({ false, false, false }, { (pcall(core.request)), (pcall(core.models, 'x')), (pcall(core.cancel, 'x')) })
  same({ false, false, false }, { (pcall(core.stream_poll, -1)), (pcall(core.object, 1)), (pcall(core.marks, 1, 1)) })
  same(false, (pcall(core.encode)))
end)

test('what cannot be sent is returned', function()
  local cases = {
    { url = 'ftp://example.org' },
    { url = 'http://a\0b' },
    { key = 'sk\nX-Evil: 1' },
    { key = 'sk\0' },
    { body = { x = 0 / 0 } },
    { idle_timeout_ms = 0 },
    { idle_timeout_ms = 0 / 0 },
  }
  for _, case in ipairs(cases) do
    local id, message, kind = core.request(spec_for('binding_answer', case))
    same(nil, id)
    same('config', kind)
    same('string', type(message))
    assert(not message:find('sk', 1, true), 'the key is in the message')
  end
end)

-- Events --------------------------------------------------------------------------------------------------------------

test('an answer comes as events', function()
  local id = core.request(spec_for('binding_answer'))
  local list = events_of(id)
  local events = by_type(list)
  same('headers', list[1].type)
  same('hm', events.reasoning)
  same('a\0b \240\159\152\128', events.text)
  same('no', events.refusal)
  same({ 'f', 'g' }, { events.c1.name, events.c2.name })
  same({ l = { 1, core.null, 2.5 }, o = {}, s = '\239\191\189\0' }, events.c1.args)
  same('{"o":{}}', core.encode({ o = events.c1.args.o }))
  same('{"l":[1,null,2.5],"o":{},"s":"\\ud800\\u0000"}', events.c1.arguments)
  same({ '[1]', nil }, { events.c2.arguments, events.c2.args })
  local done = events.done
  same({ 'tool_calls', 'toy-1' }, { done.finish_reason, done.model })
  same({
    total_tokens = 12,
    big = 2 ^ 53 + 2,
    half = 0.5,
    yes = true,
    none = core.null,
    list = {},
    object = {},
  }, done.usage)
  same('{"list":[],"object":{}}', core.encode({ list = done.usage.list, object = done.usage.object }))
end)

test('response and timing say what is known and leave out the rest', function()
  local events = by_type(events_of(core.request(spec_for('binding_answer'))))
  local response = {
    status = 200,
    http_version = '1.1',
    request_id = 'req-answer',
    cost_micro_usd = 123,
    rate_limit = { requests = { limit = 60, remaining = 59, reset_s = 1.5 } },
  }
  same(response, events.headers.response)
  same(response, events.done.response)
  same(nil, events.headers.timing.first_delta_ms)
  local timing = events.done.timing
  assert(timing.first_byte_ms <= timing.first_delta_ms and timing.first_delta_ms <= timing.total_ms, words(timing))
  same(true, timing.reused)
end)

test('a list of models is asked for without a body', function()
  local done = by_type(events_of(core.models(spec_for('binding_models', { body = print })))).done
  same({ { id = 'one', context = 8192 }, { id = 'tw\239\191\189o', owner = core.null } }, done.models)
end)

test('a refusal of the server is an error with all that it told', function()
  local err = by_type(events_of(core.request(spec_for('binding_refused')))).error
  same({ 'rate_limit', 'rate_limit_exceeded', 'model' }, { err.kind, err.code, err.param })
  contains('too many', err.message)
  same({
    status = 429,
    http_version = '1.1',
    retry_after_s = 2,
    should_retry = false,
    rate_limit = { tokens = { remaining = 0 }, retry_after_s = 2 },
  }, err.response)
end)

test('a server that is not there is an error without an answer', function()
  local events = events_of(core.request(spec_for('x', { url = 'http://127.0.0.1:1/' })))
  same({ 1, 'network', 0 }, { #events, events[1].kind, events[1].response.status })
  local timing = events[1].timing
  same({ reused = false, dns_ms = timing.dns_ms, total_ms = timing.total_ms }, timing)
  assert(timing.dns_ms >= 0 and timing.dns_ms <= timing.total_ms, words(timing))
end)

test('a cancelled request ends as cancelled, and ids are never used again', function()
  local id = core.request(spec_for('binding_silent'))
  same('begun', events_of(id, 'text')[2].text)
  core.cancel(id)
  same('cancelled', by_type(events_of(id)).error.kind)
  for _, odd in ipairs({ id, 0, -1, 1.5, 1e300, 0 / 0 }) do
    core.cancel(odd)
  end
  local later = core.request(spec_for('binding_refused'))
  assert(later > id, 'an id came twice')
  events_of(later)
end)

test('a poll takes no more than it is asked for', function()
  same({}, core.stream_poll())
  local id = core.request(spec_for('x', { url = 'http://127.0.0.1:1/' }))
  local other = core.request(spec_for('x', { url = 'http://127.0.0.1:1/' }))
  local seen, deadline = {}, os.time() + 10
  while #seen < 2 and os.time() < deadline do
    local events = core.stream_poll(1)
    assert(#events <= 1, 'more than asked for')
    seen[#seen + 1] = events[1] and events[1].id
  end
  table.sort(seen)
  same({ id, other }, seen)
end)

test('the marks of the editor are given and taken, ours still taken', function()
  local null, mark = {}, {}
  local ours = core.object()
  core.marks(null, mark)
  same('[null,null,{},{},{}]', core.encode({ null, core.null, setmetatable({}, mark), ours, core.object() }))
  local events = by_type(events_of(core.request(spec_for('binding_answer'))))
  assert(events.done.usage.none == null and events.c1.args.l[2] == null, "null is not the editor's")
  assert(getmetatable(events.c1.args.o) == mark and getmetatable(core.object()) == mark, "the mark is not the editor's")
  core.marks(nil, nil)
  assert(getmetatable(core.object()) == mark, 'nil must leave what is there')
end)

local function threads()
  local file = assert(io.open('/proc/self/status'))
  local count = file:read('*a'):match('Threads:%s*(%d+)')
  file:close()
  return tonumber(count)
end

test('each opening has an engine of its own, which ends with it', function()
  local path = ('build/core-%s.so'):format(_VERSION:match('%d%.%d'))
  local open = _G.open or assert(package.loadlib(path, 'luaopen_beans_core'))
  local before = threads()
  do
    local other = open()
    assert(other.wakeup_fd() ~= core.wakeup_fd(), 'one engine for both')
    same(1, other.request(spec_for('binding_silent')))
    same(before + 1, threads(), 'threads')
  end
  collectgarbage()
  collectgarbage()
  same(before, threads(), 'threads')
  same('tool_calls', by_type(events_of(core.request(spec_for('binding_answer')))).done.finish_reason)
end)

test('a shutdown ends what runs, and refuses what comes', function()
  local id = core.request(spec_for('binding_silent'))
  events_of(id, 'text')
  core.shutdown()
  same('shutdown', by_type(events_of(id)).error.kind)
  same({ n = 'shutdown' }, { n = select(3, core.request(spec_for('binding_silent'))) })
  core.shutdown()
  core.cancel(id)
  same({}, core.stream_poll())
end)

tap.run(_VERSION)
