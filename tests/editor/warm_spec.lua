-- The connection is opened while the user still types: the replay server sees one for both.

local bench_of = require('tests.editor.bench')
local chat_rig = require('tests.editor.chat_rig')

describe('warming', function()
  local bench, editor, view

  before_each(function()
    bench = bench_of.start()
    bench:script('warm.1', 'header Content-Type: application/json\nsend "{\\"data\\": [{\\"id\\": \\"m\\"}]}"')
    bench:script('warm', 'header Content-Type: text/event-stream\ndelta "Hello."\nfinish stop\ndone')
  end)

  after_each(function()
    bench:stop()
  end)

  --- libcurl finds this machine by such a name; Beans takes it for another.
  local function start(settings)
    local beans = { base_url = ('http://service.localhost:%d/s/warm/v1'):format(bench.port) }
    editor, view = chat_rig.start(bench, 'warm', { beans = vim.tbl_extend('force', beans, settings or {}) })
  end

  --- What came, as `GET /s/warm/v1/models`, and over how many connections.
  local function seen()
    local requests, connections, count = {}, {}, 0
    local index = bench.dir .. '/record/index'
    for _, line in ipairs(vim.fn.filereadable(index) == 1 and vim.fn.readfile(index) or {}) do
      local connection, request = line:match('conn=(%d+) (%u+ %S+)')
      requests[#requests + 1] = request
      if connection and not connections[connection] then
        connections[connection], count = true, count + 1
      end
    end
    return requests, count
  end

  local function wait_for(count)
    editor:wait(('%d requests'):format(count), function()
      return #seen() == count
    end)
  end

  local LIST, CHAT = 'GET /s/warm/v1/models', 'POST /s/warm/v1/chat/completions'

  it('opens the connection with the chat, once, over which the question goes', function()
    start()
    editor:ex('Beans chat')
    wait_for(1)
    editor:wait('the list', function()
      return editor:lua("return require('beans.log').lines()[1] or ''"):find('to open a connection', 1, true)
    end)
    assert.are.same({}, editor:lua("return require('beans').status().running"))
    editor:ex('Beans chat')
    editor:keys('ihi<C-s>')
    view:wait_end(2)
    local requests, connections = seen()
    assert.are.same({ LIST, CHAT }, requests)
    assert.are.equal(1, connections)
    assert.is_nil(editor:raised())
  end)

  it('has nothing to do where the question is sent at once', function()
    start()
    editor:ex('Beans chat hi')
    view:wait_end(2)
    assert.are.same({ CHAT }, (seen()))
  end)

  it('runs no command for a key: the request does', function()
    start({ api_key = { 'sh', '-c', 'echo sk-test-key' } })
    editor:ex('Beans chat')
    editor:keys('ihi<C-s>')
    view:wait_end(2)
    assert.are.same({ CHAT }, (seen()))
  end)

  it('does not hold up the end of the editor', function()
    bench:script('warm.1', 'stall')
    start()
    editor:ex('Beans chat')
    wait_for(1)
    assert.is_true(editor:quit() < 2000)
    assert.are.equal(0, editor.exit_code)
  end)
end)
