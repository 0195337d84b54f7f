-- A chat whose answer breaks, as a person meets it: the text stays, one notice below it says what happened, and the
-- conversation goes on.

local bench_of = require('tests.editor.bench')
local chat_rig = require('tests.editor.chat_rig')
local front_of = require('tests.editor.front')

local SSE = 'header Content-Type: text/event-stream\n'
local WHOLE = SSE .. 'delta "whole"\nfinish stop\ndone'

describe('a chat', function()
  local bench, editor, front

  before_each(function()
    bench = bench_of.start()
  end)

  after_each(function()
    bench:stop()
    if front then
      front:stop()
      front = nil
    end
  end)

  local function text()
    return chat_rig.of(editor):text()
  end

  local function wait_end(questions)
    chat_rig.of(editor):wait_end(questions)
  end

  --- Asks in a new chat, and waits for the end.
  local function ask(name, settings)
    editor = bench:editor(name, { beans = vim.tbl_extend('force', { retry = { max = 0 } }, settings or {}) })
    editor:keys(':Beans chat hi<CR>')
    wait_end(2)
  end

  --- The chat has to be just this, with one notice in the place of NOTICE. Returns it.
  local function assert_chat(wanted)
    local before, after = wanted:match('^(.*)NOTICE(.*)$')
    local notice = text():match('^' .. vim.pesc(before) .. '(> %[!BEANS%] [^\n]+)' .. vim.pesc(after) .. '$')
    assert.is_string(notice, text())
    assert.is_nil(editor:raised())
    return notice
  end

  it('keeps the text of an answer that stopped coming, and asks again with gr', function()
    bench:script('stalled.1', SSE .. 'delta "Grüße,\\n\\nhalf a "\nstall')
    bench:script('stalled', WHOLE)
    ask('stalled', { idle_timeout_ms = 200 })
    local notice = assert_chat('# You\n\nhi\n\n# Beans\n\nGrüße,\n\nhalf a \n\nNOTICE\n\n# You\n\n')
    assert.is_truthy(notice:find('idle_timeout_ms', 1, true), notice)
    editor:keys('gr')
    editor:wait('the second answer', function()
      return text():find('\n\nwhole\n\n# You\n\n$')
    end)
    assert.is_truthy(text():find('> [!BEANS] alternative 1 of 2\n> # Beans\n>\n> Grüße', 1, true))
    assert.are.same(bench:requests()[1].body.messages, bench:requests()[2].body.messages)
  end)

  it('keeps the text of an answer that was cut off, and goes on with a follow-up', function()
    local half = 'send "data: {\\"choices\\":[{\\"delta\\":{\\"content\\":\\"wor\\xE2\\x82"\n'
    bench:script('cut.1', SSE .. 'delta "Grüße "\n' .. half .. 'delay 20\ncut rst')
    bench:script('cut', WHOLE)
    ask('cut')
    local notice = assert_chat('# You\n\nhi\n\n# Beans\n\nGrüße \n\nNOTICE\n\n# You\n\n')
    assert.is_truthy(notice:find('cut off', 1, true), notice)
    assert.is_truthy(notice:find('truncated', 1, true), notice)
    editor:keys('Gago on<Esc><CR>')
    wait_end(3)
    assert_chat('# You\n\nhi\n\n# Beans\n\nGrüße \n\nNOTICE\n\n# You\n\ngo on\n\n# Beans\n\nwhole\n\n# You\n\n')
    local sent = bench:requests()[2].body.messages
    assert.are.same({ role = 'user', content = 'go on' }, sent[#sent])
    assert.are.same('Grüße', vim.trim(sent[#sent - 1].content))
  end)

  it('says that the server is not there, and asks again with gr once it is', function()
    bench:close()
    ask('hello')
    local notice = assert_chat('# You\n\nhi\n\n# Beans\n\nNOTICE\n\n# You\n\n')
    assert.is_truthy(notice:find('could not connect', 1, true), notice)
    bench:open()
    editor:keys('gr')
    editor:wait('the answer', function()
      return text() == '# You\n\nhi\n\n# Beans\n\nHello, world\n\n# You\n\n'
    end)
  end)

  it('tries again by itself, and leaves no trace of it', function()
    bench:script('twice.1', 'cut rst')
    bench:script('twice', WHOLE)
    ask('twice', { retry = { max = 2 } })
    assert.are.equal('# You\n\nhi\n\n# Beans\n\nwhole\n\n# You\n\n', text())
    assert.are.equal(2, #bench:requests())
  end)

  it('keeps the text when the HTTP/2 stream is reset', function()
    bench:script('reset.1', SSE .. 'delta "Grüße"\ndelay 20\ncut rst')
    bench:script('reset', WHOLE)
    front = front_of.start(bench.port)
    ask('reset', { base_url = front:url('good', 'reset'), ca_file = front.dir .. '/ca.pem' })
    assert_chat('# You\n\nhi\n\n# Beans\n\nGrüße\n\nNOTICE\n\n# You\n\n')
    editor:keys('gr')
    editor:wait('the second answer', function()
      return text():find('\n\nwhole\n\n# You\n\n$')
    end)
    assert.is_truthy(text():find('> [!BEANS] alternative 1 of 2\n> # Beans\n>\n> Grüße', 1, true))
  end)
end)
