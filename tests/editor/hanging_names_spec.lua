-- A name server that never answers: the system's lookup hangs for a minute (hanging_names.c), and nobody waits for it.

local bench_of = require('tests.editor.bench')
local rig = require('tests.editor.fault_rig')

local assert = require('luassert')

local HANGING = 'http://hanging.invalid/v1'
-- Far from the minute, and bearable for a busy machine.
local PROMPT_MS = 2000

describe('a name lookup that hangs', function()
  local bench, faults, library

  setup(function()
    bench = bench_of.start()
    library = bench.dir .. '/hanging_names.so'
    local source = 'tests/editor/hanging_names.c'
    local built = vim.system({ 'cc', '-D_GNU_SOURCE', '-shared', '-fPIC', '-o', library, source, '-ldl' }):wait(20000)
    assert.are.equal(0, built.code, built.stderr)
  end)

  teardown(function()
    bench:stop()
  end)

  before_each(function()
    faults = rig.start(bench, { env = { LD_PRELOAD = library } })
  end)

  after_each(function()
    faults.editor:stop()
  end)

  it('ends in a time-out, and the next request works', function()
    faults:meet({
      settings = { base_url = HANGING, connect_timeout_ms = 300 },
      kind = 'timeout',
      message = 'could not connect in time to hanging.invalid',
    })
  end)

  it('holds up no other request, and can be cancelled', function()
    faults:send({ base_url = HANGING })
    faults:assert_others_run()
    faults.editor:ex('Beans! stop')
    local one = faults:wait(2)[1]
    assert.are.equal('cancelled', one.kind, one.message)
    faults:assert_whole()
  end)

  it('does not hold up the end of the editor', function()
    faults:send({ base_url = HANGING })
    faults:assert_others_run()
    local ms = faults.editor:quit()
    assert.is_true(ms < PROMPT_MS, ('%d ms'):format(ms))
    assert.are.equal(0, faults.editor.exit_code)
  end)
end)
