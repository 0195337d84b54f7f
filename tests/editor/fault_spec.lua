-- Answers that break: what had come is kept, the error has its kind, there is one end, and the next request works.

local bench_of = require('tests.editor.bench')
local rig = require('tests.editor.fault_rig')

local SSE = 'header Content-Type: text/event-stream\n'
-- So far, so good: the text is out before what follows.
local BEGUN = SSE .. 'delta "Grüße "\ndelay 20\n'

describe('an answer that breaks', function()
  local bench, faults

  setup(function()
    bench = bench_of.start()
    faults = rig.start(bench)
  end)

  teardown(function()
    bench:stop()
  end)

  -- Where the connection ends. What follows the text is a part only, so it never counts.
  local PLACES = {
    { 'between two pieces', 'raw ""' },
    { 'in the middle of a chunk header', 'raw "5"' },
    { 'in the middle of a chunk', 'raw "fff\\r\\ndata: {"' },
    { 'in the middle of a JSON string', 'send "data: {\\"choices\\":[{\\"delta\\":{\\"content\\":\\"wor"' },
    { 'in the middle of a character', 'send "data: {\\"choices\\":[{\\"delta\\":{\\"content\\":\\"wor\\xE2\\x82"' },
    { 'before the blank line', 'send "data: {\\"choices\\":[{\\"delta\\":{\\"content\\":\\"wor\\"}}]}\\n"' },
  }
  for _, place in ipairs(PLACES) do
    for _, how in ipairs({ 'fin', 'rst' }) do
      it(('by %s %s'):format(how:upper(), place[1]), function()
        faults:meet({
          script = ('%s%s\ndelay 20\ncut %s'):format(BEGUN, place[2], how),
          kind = 'truncated',
          text = 'Grüße ',
          message = 'what came is kept',
          status = 200,
        })
      end)
    end
  end

  it('without any framing, in a way that HTTP calls an end', function()
    faults:meet({ script = 'framing close\n' .. BEGUN, kind = 'truncated', text = 'Grüße ' })
  end)

  it('in a character that is spread over two pieces', function()
    local half = 'send "data: {\\"choices\\":[{\\"delta\\":{\\"content\\":\\"wor\\xE2\\x82\\"}}]}\\n\\n"\ndelay 20\n'
    faults:meet({ script = BEGUN .. half .. 'cut fin', kind = 'truncated', text = 'Grüße wor�' })
  end)

  for _, how in ipairs({ 'fin', 'rst' }) do
    it(('by %s before the header'):format(how:upper()), function()
      faults:meet({ script = 'cut ' .. how, kind = 'network' })
    end)

    it(('by %s within the header'):format(how:upper()), function()
      faults:meet({ script = 'raw "HTTP/1.1 200 OK\\r\\nX-Half: "\ndelay 20\ncut ' .. how, kind = 'network' })
    end)
  end

  it('because its Content-Length is too large', function()
    faults:meet({
      script = 'framing length 5000\n' .. BEGUN .. 'cut fin',
      kind = 'truncated',
      text = 'Grüße ',
    })
  end)

  it('because its Content-Length is too small', function()
    local record = 'data: {"choices":[{"delta":{"content":"Hello"}}]}\n\n'
    local quoted = record:gsub('"', '\\"'):gsub('\n', '\\n')
    local script = ('%sframing length %d\nsend "%sdata: {"\nfinish stop\ndone'):format(SSE, #record + 4, quoted)
    faults:meet({ script = script, kind = 'truncated', text = 'Hello' })
  end)

  it('because its chunks have no size', function()
    faults:meet({ script = BEGUN .. 'raw "zz\\r\\nno chunk\\r\\n"\nstall', kind = 'truncated', text = 'Grüße ' })
  end)

  it('does not matter once the finish reason was there', function()
    faults:meet({ script = BEGUN .. 'finish stop\ndelay 20\ncut rst', kind = 'done', text = 'Grüße ' })
  end)

  it('because its header drips', function()
    faults:meet({
      script = 'raw "HTTP/1.1 200 OK\\r\\n"\nrepeat 1000\ndelay 20\nraw "X-Drip: %d\\r\\n"\nend',
      settings = { first_byte_timeout_ms = 300 },
      kind = 'timeout',
      message = 'first_byte_timeout_ms',
    })
  end)

  it('because its header never ends', function()
    faults:meet({
      script = 'raw "HTTP/1.1 200 OK\\r\\n"\nrepeat 100000\nraw "X-More: ' .. ('x'):rep(1000) .. '\\r\\n"\nend',
      kind = 'too_large',
      message = 'header',
    })
  end)

  it('because nothing comes any more', function()
    faults:meet({
      script = BEGUN .. 'stall',
      settings = { idle_timeout_ms = 200 },
      kind = 'timeout',
      text = 'Grüße ',
      message = 'idle_timeout_ms',
    })
  end)

  it('because it never ends', function()
    local one = faults:meet({
      script = SSE .. 'repeat 1000000\ndelta "' .. ('€'):rep(15000) .. '"\nend',
      kind = 'too_large',
      text = ('€'):rep(320),
    })
    assert.are.equal(0, one.bytes % #'€')
  end)

  describe('by compression that nobody asked for,', function()
    local MIB = 1024 * 1024

    --- Bytes that the editor has used at the most, since that was forgotten last.
    local function peak()
      local status = table.concat(vim.fn.readfile(('/proc/%d/status'):format(faults.editor:eval('getpid()'))), '\n')
      return tonumber(status:match('VmHWM:%s*(%d+)')) * 1024
    end

    local function forget_peak()
      vim.fn.writefile({ '5' }, ('/proc/%d/clear_refs'):format(faults.editor:eval('getpid()')))
    end

    --- 128 MiB that unpack to a stream of text.
    local function bomb()
      local record = ('data: {"choices":[{"delta":{"content":"%s"}}]}\n\n'):format(('x'):rep(MIB - 64))
      local file = assert(io.open(bench.dir .. '/scripts/bomb.gz', 'wb'))
      file:write(vim.system({ 'gzip', '-9' }, { stdin = record:rep(48) .. 'data: [DONE]\n\n' }):wait(10000).stdout)
      file:close()
    end

    for _, type in ipairs({ 'text/event-stream', 'application/json' }) do
      it('as ' .. type, function()
        bomb()
        forget_peak()
        local before = peak()
        faults:meet({
          script = ('header Content-Type: %s\nheader Content-Encoding: gzip\nfile bomb.gz'):format(type),
          kind = 'protocol',
          message = 'compressed',
          status = 200,
        })
        assert.is_true(peak() - before < 16 * MIB, ('%d MiB more'):format((peak() - before) / MIB))
      end)
    end
  end)
end)
