-- A soak of the editor: requests with random faults, cancels and reloads of the plugin at random moments, a server that
-- dies and comes back, and `:qall!` in the middle of it. BEANS_SOAK_SECONDS (10) tells how long, BEANS_SOAK_SEED
-- repeats a run.

local bench_of = require('tests.editor.bench')
local front_of = require('tests.editor.front')

local assert = require('luassert')

local SECONDS = tonumber(os.getenv('BEANS_SOAK_SECONDS')) or 10
local SEED = tonumber(os.getenv('BEANS_SOAK_SEED')) or os.time()
-- An editor that waits for something of ours would need seconds.
local EXIT_MS = 2000

-- What must come of a script, and of the same when the server may die under it.
local BEHAVIOURS = {
  { 'c-hello', 'done' },
  { 'c-hello', 'done' },
  { 'c-burst', 'done' },
  { 'c-tools', 'done' },
  { 'c-cut-early-fin', 'network' },
  { 'c-cut-early-rst', 'network' },
  { 'c-cut-late-fin', 'truncated' },
  { 'c-cut-late-rst', 'truncated' },
  { 'c-bad-chunk', 'truncated' },
  { 'c-empty', 'protocol' },
  { 'c-html', 'protocol' },
  { 'c-401', 'auth' },
  { 'c-500-cut', 'http' },
  { 'c-stream-error', 'http' },
  { 'c-endless-header', 'too_large' },
  { 'c-silent', 'timeout', late = 'first_byte_timeout_ms' },
  { 'c-slow-header', 'timeout', late = 'first_byte_timeout_ms' },
  { 'c-stalling', 'timeout', late = 'idle_timeout_ms' },
  { 'nobody', 'network' },
}
-- What the death of a server may make of each of them.
local DEAD = { network = true, truncated = true }

-- Ends are written down at once, so that those at the very end of the editor are found as well. A job is known by the
-- number that the driver gave it, because their ids begin anew with a reload.
local SEND = [[
  local path, number, settings = ...
  local function note(what)
    local file = assert(io.open(path, 'a'))
    file:write(what, '\n')
    file:close()
  end
  BEANS_SOAK = BEANS_SOAK or {}
  require('beans').setup(settings)
  note(('sent %d'):format(number))
  BEANS_SOAK[number] = require('beans').request({
    messages = 'x',
    on_done = function() note(('end %d done'):format(number)) end,
    on_error = function(err) note(('end %d %s %s'):format(number, err.kind, err.message)) end,
  })
]]

local CANCEL = [[
  local job = BEANS_SOAK[...]
  job:cancel()
]]

local RELOAD = [[
  for name in pairs(package.loaded) do
    if name == 'beans' or name:match('^beans%.') then
      package.loaded[name] = nil
    end
  end
  require('beans')
]]

describe('a soak', function()
  local bench, editor, path, sent
  local counts = { requests = 0, faults = 0, cancels = 0, reloads = 0, quits = 0, deaths = 0, violations = 0 }

  local function say(text, ...)
    io.stdout:write('# ', text:format(...), '\n')
  end

  setup(function()
    say('BEANS_SOAK_SEED=%d', SEED)
    math.randomseed(SEED)
    bench = bench_of.start()
  end)

  teardown(function()
    bench:stop()
  end)

  local function chance(below)
    return math.random(0, below - 1)
  end

  local function violation(text, ...)
    counts.violations = counts.violations + 1
    say('violation: ' .. text, ...)
  end

  local function pause(ms)
    vim.wait(chance(ms))
  end

  local function send()
    local behaviour = BEHAVIOURS[chance(#BEHAVIOURS) + 1]
    local nobody = behaviour[1] == 'nobody' and ('http://127.0.0.1:%d/v1'):format(front_of.free_ports(1)[1])
    local settings =
      { base_url = nobody or bench:url(behaviour[1]), retry = { max = 0 }, max_concurrent = 1 + chance(30) }
    if behaviour.late then
      settings[behaviour.late] = 100 + chance(200)
    end
    sent[#sent + 1] = { behaviour = behaviour }
    editor:lua(SEND, path, #sent, settings)
    counts.requests = counts.requests + 1
  end

  local function cancel()
    local number = chance(#sent) + 1
    sent[number].cancelled = true
    editor:lua(CANCEL, number)
    counts.cancels = counts.cancels + 1
  end

  --- All before it ends, as with the editor itself.
  local function reload()
    editor:lua(RELOAD)
    for _, one in ipairs(sent) do
      one.shut = true
    end
    counts.reloads = counts.reloads + 1
  end

  local function kill_server()
    counts.deaths = counts.deaths + 1
    bench:close()
    for _, one in ipairs(sent) do
      one.dead = true
    end
    pause(100)
    bench:open()
  end

  --- What was written down: the ends of each request.
  local function ends()
    local list = {}
    for _, line in ipairs(vim.fn.readfile(path)) do
      local number, kind, message = line:match('^end (%d+) (%S+) ?(.*)$')
      number = tonumber(number)
      if number then
        list[number] = list[number] or {}
        table.insert(list[number], { kind = kind, message = message })
      end
    end
    return list
  end

  local function check(number, one, list)
    local script, kind = one.behaviour[1], one.behaviour[2]
    if #list ~= 1 then
      return violation('request %d (%s): %d ends', number, script, #list)
    end
    local got = list[1].kind
    local excused = (got == 'cancelled' and one.cancelled) or (got == 'shutdown' and one.shut)
    if not excused and got ~= kind and not (one.dead and DEAD[got]) then
      violation('request %d (%s) ended with %s: %s', number, script, got, list[1].message)
    end
    if not excused and got ~= 'done' then
      counts.faults = counts.faults + 1
    end
  end

  local function quit()
    for _, one in ipairs(sent) do
      one.shut = true
    end
    local ms = editor:quit()
    counts.quits = counts.quits + 1
    if ms > EXIT_MS or editor.exit_code ~= 0 then
      violation('the editor took %.0f ms to quit, its exit code was %d', ms, editor.exit_code)
    end
  end

  --- Until everything has ended; then a request works as ever.
  local function calm_down()
    editor:wait('the ends', function()
      return vim.tbl_count(ends()) == #sent
    end, 20000)
    local raised = editor:raised() or editor:ex('messages'):match('beans: error[^\n]*')
    if raised then
      violation('%s', raised)
    end
  end

  --- One editor: some requests, some of everything else in between, and an end that may come before theirs.
  local function one_editor()
    editor, sent = bench:editor('hello'), {}
    path = bench.dir .. '/ends'
    vim.fn.writefile({}, path)
    for _ = 1, 10 + chance(40) do
      send()
      pause(15)
      if chance(5) == 0 then
        cancel()
      elseif chance(15) == 0 then
        reload()
      elseif chance(30) == 0 then
        kill_server()
      end
    end
    if chance(3) == 0 then
      calm_down()
    end
    quit()
    local list = ends()
    for number, one in ipairs(sent) do
      check(number, one, list[number] or {})
    end
    editor:stop()
  end

  it('begins with this: what a reload leaves behind ends with the first request after it', function()
    editor, sent = bench:editor('hello'), {}
    path = bench.dir .. '/ends'
    vim.fn.writefile({}, path)
    editor:lua(SEND, path, 1, { base_url = bench:url('c-stalling') })
    editor:wait('the request', function()
      return #bench:requests() == 1
    end)
    editor:lua(RELOAD)
    editor:lua(SEND, path, 2, { base_url = bench:url('c-hello') })
    editor:wait('both ends', function()
      return #vim.fn.readfile(path) == 4
    end)
    local list = ends()
    assert.are.same({ 1, 1, 'shutdown', 'done' }, { #list[1], #list[2], list[1][1].kind, list[2][1].kind })
    assert.is_nil(editor:raised())
    editor:stop()
  end)

  it('survives anything', function()
    local deadline = vim.uv.hrtime() + SECONDS * 1e9
    repeat
      one_editor()
    until vim.uv.hrtime() > deadline or counts.violations > 0
    local told = {}
    for _, name in ipairs({ 'requests', 'faults', 'cancels', 'violations', 'reloads', 'deaths', 'quits' }) do
      told[#told + 1] = ('%d %s'):format(counts[name], name)
    end
    say('%s', table.concat(told, ', '))
    assert.are.equal(0, counts.violations)
  end)
end)
