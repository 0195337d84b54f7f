-- TLS and HTTP/2, by nginx in front of the replay server: what is trusted, and what one connection carries.

local bench_of = require('tests.editor.bench')
local front_of = require('tests.editor.front')
local rig = require('tests.editor.fault_rig')

local STREAM = 'header Content-Type: text/event-stream\n'

describe('TLS', function()
  local bench, editor, front

  setup(function()
    bench = bench_of.start()
    front = front_of.start(bench.port)
  end)

  teardown(function()
    bench:stop()
    front:stop()
  end)

  after_each(function()
    editor:stop()
  end)

  --- Starts an editor that trusts our authority, unless told otherwise.
  local function start(beans)
    editor = bench:editor('hello', { beans = vim.tbl_extend('force', { ca_file = front.dir .. '/ca.pem' }, beans) })
    editor:lua('BEANS_TEST = { results = {}, errors = {} }')
  end

  --- Sends requests at once and waits for their ends.
  local function ask(count)
    editor:lua(
      [[
        for i = 1, ... do
          require('beans').request({
            messages = 'x',
            on_done = function(result)
              table.insert(BEANS_TEST.results, { text = result.text, reused = result.timing.reused })
            end,
            on_error = function(err)
              table.insert(BEANS_TEST.errors, { kind = err.kind, message = err.message })
            end,
          })
        end
      ]],
      count
    )
    return editor:wait('the ends', function()
      local got = editor:lua('return BEANS_TEST')
      return #got.results + #got.errors >= count and got
    end, 15000)
  end

  it('streams over HTTP/2, on a connection that stays warm', function()
    bench:script('warm', STREAM .. 'delta "one "\ndelay 20\ndelta "two"\nfinish stop\ndone')
    start({ base_url = front:url('good', 'warm') })
    assert.are.same({ { text = 'one two', reused = false } }, ask(1).results)
    editor:lua('BEANS_TEST.results = {}')
    assert.are.same({ { text = 'one two', reused = true } }, ask(1).results)
    local requests = editor:wait('the log of nginx', function()
      return #front:seen('warm') == 2 and front:seen('warm')
    end)
    assert.are.equal('HTTP/2.0', requests[1].protocol)
    assert.are.same(requests[1], requests[2])
  end)

  -- Over HTTP/1.1: some versions of libcurl (7.88) end a connection of HTTP/2 so that its session ends with it.
  it('takes up its session again on the next connection', function()
    bench:script('again', STREAM .. 'delta "again"\nfinish stop\ndone')
    start({ base_url = front:url('once', 'again') })
    ask(1)
    editor:lua('BEANS_TEST.results = {}')
    assert.are.same({ { text = 'again', reused = false } }, ask(1).results)
    local requests = editor:wait('the log of nginx', function()
      return #front:seen('again') == 2 and front:seen('again')
    end)
    assert.are_not.equal(requests[1].connection, requests[2].connection)
    assert.are.same({ false, true }, { requests[1].resumed, requests[2].resumed })
  end)

  it('carries many streams at once on one connection', function()
    bench:script('many', STREAM .. 'repeat 20\ndelta "%d "\ndelay 10\nend\nfinish stop\ndone')
    start({ base_url = front:url('good', 'many'), max_concurrent = 32 })
    ask(1)
    editor:lua('BEANS_TEST.results = {}')
    local results = ask(24).results
    assert.are.equal(24, #results)
    local requests = editor:wait('the log of nginx', function()
      return #front:seen('many') == 25 and front:seen('many')
    end)
    for i, request in ipairs(requests) do
      assert.are.same(requests[1], request, 'request ' .. i)
      assert.are.equal(results[1].text, (results[i] or results[1]).text)
    end
  end)

  it('stops one stream and leaves the others on the connection alone', function()
    bench:script('stopped', STREAM .. 'repeat 30\ndelta "%d "\ndelay 10\nend\nfinish stop\ndone')
    start({ base_url = front:url('good', 'stopped') })
    editor:lua([[
      local first
      for i = 1, 3 do
        local job
        job = require('beans').request({
          messages = 'x',
          on_delta = function() if job == first then job:cancel() end end,
          on_done = function(result) table.insert(BEANS_TEST.results, #result.text) end,
          on_error = function(err) table.insert(BEANS_TEST.errors, err.kind) end,
        })
        first = first or job
      end
    ]])
    local got = editor:wait('the ends', function()
      local got = editor:lua('return BEANS_TEST')
      return #got.results + #got.errors == 3 and got
    end)
    assert.are.same({ 'cancelled' }, got.errors)
    assert.are.equal(2, #got.results)
    assert.are.equal(got.results[1], got.results[2])
  end)

  describe('refuses, in one sentence that says why,', function()
    local faults

    before_each(function()
      faults = rig.start(bench)
      editor = faults.editor
    end)

    --- @param more? table of setup()
    local function refuses(port, sentence, more)
      local settings = vim.tbl_extend('force', { ca_file = front.dir .. '/ca.pem' }, more or {})
      settings.base_url = front:url(port, 'hello')
      local message = faults:meet({ settings = settings, kind = 'tls' }).message
      local first, last = sentence:match('^(.*) … (.*)$')
      assert.are.equal(('%s 127.0.0.1:%d ('):format(first, front[port]), message:match('^.- 127%.0%.0%.1:%d+ %('))
      assert.are.equal(last, message:match('%): (.*)$'))
      assert.are.same({}, front:seen('hello'))
      return message
    end

    local AUTHORITY = 'a certificate of an unknown authority came from … '
      .. "if it is your own server or your company's, set ca_file to that authority"

    it('an authority that nobody named', function()
      refuses('good', AUTHORITY, { ca_file = '/etc/ssl/certs/ca-certificates.crt' })
      refuses('good', AUTHORITY, { ca_file = front.dir .. '/self.pem' })
    end)

    it('a certificate that signed itself', function()
      refuses(
        'self',
        'a self-signed certificate came from … if it is your own server, set ca_file to this certificate'
      )
    end)

    it('an expired certificate', function()
      refuses(
        'expired',
        "an expired certificate came from … is this machine's clock right? If so, the server needs a new certificate"
      )
    end)

    it('a certificate that begins tomorrow', function()
      refuses(
        'early',
        'a certificate that is not valid yet came from … '
          .. "is this machine's clock right? If so, the server needs another certificate"
      )
    end)

    it('a certificate for another name', function()
      refuses('other', 'a certificate for another name came from … check the host in base_url')
    end)

    it('what is no TLS', function()
      refuses('plain', 'no secure connection to … is base_url right (https)?')
    end)

    it('everybody, when the file of authorities cannot be read', function()
      refuses('good', "the certificates can't be read for … check ca_file", { ca_file = front.dir .. '/none.pem' })
    end)
  end)

  it('trusts a certificate that signed itself when it is named', function()
    start({ base_url = front:url('self', 'hello'), ca_file = front.dir .. '/self.pem' })
    assert.are.same({ { text = 'Hello, world', reused = false } }, ask(1).results)
  end)
end)
