-- A kept connection that died unseen, as after a sleep of the machine: no FIN, no RST, nothing comes any more. The next
-- request finds out by its time-out, and goes on over a connection of its own.

local bench_of = require('tests.editor.bench')
local front_of = require('tests.editor.front')
local rig = require('tests.editor.fault_rig')

local WHOLE = 'header Content-Type: text/event-stream\ndelta "whole"\nfinish stop\ndone'

describe('a kept connection that fell silent', function()
  local bench, faults, front, relay

  setup(function()
    bench = bench_of.start()
    faults = rig.start(bench)
    front = front_of.start(bench.port)
    bench:script('whole', WHOLE)
  end)

  teardown(function()
    bench:stop()
    front:stop()
  end)

  before_each(function()
    faults:reset()
  end)

  after_each(function()
    relay:stop()
  end)

  --- Both ways to the script, through a relay.
  local WAYS = {
    ['HTTP/1.1'] = function()
      relay = rig.relay(bench.port)
      return { base_url = ('http://127.0.0.1:%d/s/whole/v1'):format(relay.port) }
    end,
    ['HTTP/2'] = function()
      relay = rig.relay(front.good)
      local url = ('https://127.0.0.1:%d/s/whole/v1'):format(relay.port)
      return { base_url = url, ca_file = front.dir .. '/ca.pem' }
    end,
  }

  local function assert_whole_answer(one, attempts)
    assert.are.equal('whole', one.text, one.message)
    assert.are.equal(attempts, one.attempts)
  end

  --- Leaves a connection that is kept, and dead.
  local function leave_dead(way)
    local settings = WAYS[way]()
    faults:send(settings)
    assert_whole_answer(faults:wait(1)[1], 1)
    assert.are.equal(1, relay.connections)
    relay:fall_silent()
    return settings
  end

  for _, way in ipairs({ 'HTTP/1.1', 'HTTP/2' }) do
    it(('is replaced by the next try, over %s'):format(way), function()
      local settings = leave_dead(way)
      faults:send(vim.tbl_extend('force', settings, { first_byte_timeout_ms = 300, retry = { max = 1 } }))
      assert_whole_answer(faults:wait(2)[2], 2)
      assert.are.equal(2, relay.connections)
      faults:assert_whole()
    end)

    it(('is not used again by the next request, over %s'):format(way), function()
      local settings = leave_dead(way)
      faults:send(vim.tbl_extend('force', settings, { first_byte_timeout_ms = 300 }))
      local late = faults:wait(2)[2]
      assert.are.equal('timeout', late.kind, late.message)
      faults:send(settings)
      assert_whole_answer(faults:wait(3)[3], 1)
      assert.are.equal(2, relay.connections)
      faults:assert_whole()
    end)
  end

  it('is replaced though another request still waits on it', function()
    local settings = leave_dead('HTTP/2')
    faults:send(vim.tbl_extend('force', settings, { first_byte_timeout_ms = 3000, retry = { max = 1 } }))
    faults:send(vim.tbl_extend('force', settings, { first_byte_timeout_ms = 300, retry = { max = 1 } }))
    assert_whole_answer(faults:wait(2)[3], 2)
    assert.are.equal(2, relay.connections)
    assert_whole_answer(faults:wait(3)[2], 2)
    faults:assert_whole()
  end)

  it('in the middle of an answer is not used again either', function()
    bench:script('half.1', 'header Content-Type: text/event-stream\ndelta "half"\nstall')
    bench:script('half', WHOLE)
    local settings = WAYS['HTTP/2']()
    settings.base_url, settings.idle_timeout_ms = settings.base_url:gsub('whole', 'half'), 300
    faults:send(settings)
    faults:wait_begun(1)
    relay:fall_silent()
    local cut = faults:wait(1)[1]
    assert.are.equal('timeout', cut.kind, cut.message)
    assert.are.equal('half', cut.text)
    faults:send(settings)
    assert_whole_answer(faults:wait(2)[2], 1)
    assert.are.equal(2, relay.connections)
    faults:assert_whole()
  end)
end)
