-- `make try` without a terminal, behind make.

local bench_of = require('tests.editor.bench')

describe('make try', function()
  local bench

  before_each(function()
    bench = bench_of.start()
  end)

  after_each(function()
    bench:stop()
  end)

  --- Runs it, and gives its exit status and what it printed.
  local function try(env)
    local run = vim.system({ 'tests/try.sh' }, { stdin = nil, env = env, timeout = 240000 }):wait()
    return run.code, run.stdout, run.stderr
  end

  local function has(text, ...)
    for _, wanted in ipairs({ ... }) do
      assert.is_truthy(text:find(wanted), ('no "%s" in\n%s'):format(wanted, text))
    end
  end

  it('without a key has an answer of the practice server, and what it took', function()
    local code, printed, complaints = try({})
    assert.are.equal(0, code, printed .. complaints)
    has(printed, '\nquestion: +%S', '\nanswer:\n# Hello from the practice server\n', 'BEANS_API_KEY')
    has(printed, '\nmodel: +gpt%-5%.5\n', '\nfirst token: +%d+%.%d ms\n', '\ncost: +%$0%.%d+\n')
  end)

  it('with a key asks the server, and fails when that does not answer', function()
    local code, printed = try({ BEANS_BASE_URL = 'http://127.0.0.1:1/v1', BEANS_API_KEY = 'sk-test' })
    assert.are_not.equal(0, code)
    has(printed, '\nfailed: +network: [^\n]*127%.0%.0%.1')
  end)

  it('prints nothing that a terminal would obey', function()
    local chunk = '{"model":"m\\u001b[2J","choices":[{"delta":{"content":"a\\u001b[31mb"}}]}'
    bench:script(
      'escapes',
      ('header Content-Type: text/event-stream\nevent "%s"\nfinish stop\ndone'):format(chunk:gsub('["\\]', '\\%0'))
    )
    local code, printed = try({ BEANS_BASE_URL = bench:url('escapes'), BEANS_API_KEY = 'sk-test' })
    assert.are.equal(0, code, printed)
    has(printed, 'a␛%[31mb', '\nmodel: +m[^\n]+%[2J')
    assert.is_nil(printed:find('\27', 1, true))
  end)
end)
