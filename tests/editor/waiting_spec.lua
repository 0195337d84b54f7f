-- Nothing comes yet: the user sees why where the answer will stand, for how long, and how to stop it.

local bench_of = require('tests.editor.bench')
local chat_rig = require('tests.editor.chat_rig')

describe('waiting', function()
  local bench, editor

  before_each(function()
    bench = bench_of.start()
  end)

  after_each(function()
    bench:stop()
  end)

  local STREAM = 'header Content-Type: text/event-stream\n'

  local function text()
    return chat_rig.of(editor):text()
  end

  local function screen()
    return table.concat(editor:screen(), '\n')
  end

  local function chat(name, options)
    options = vim.tbl_extend('force', { size = { rows = 24, cols = 160 } }, options or {})
    editor = bench:editor(name, options)
    editor:keys(':Beans chat hi<CR>')
  end

  it('for another try: why, the countdown, the end of it', function()
    bench:script('busy.1', 'status 503\nheader Retry-After: 3\nsend "{\\"error\\":{\\"message\\":\\"overloaded\\"}}"')
    bench:script('busy', STREAM .. 'delta "here"\nfinish stop\ndone')
    chat('busy')
    editor:wait_screen('tries again in 3.0 s (<C-c> stops): ')
    assert.is_truthy(screen():find('overloaded', 1, true))
    editor:wait('the countdown', function()
      return screen():match('tries again in [12]%.%d s')
    end)
    editor:wait_screen('here')
    assert.is_nil(screen():find('tries again', 1, true))
    assert.are.equal('# You\n\nhi\n\n# Beans\n\nhere\n\n# You\n\n', text())
  end)

  it('ends at once when it is stopped', function()
    bench:script('busy', 'status 503\nheader Retry-After: 30\nsend "{\\"error\\":{\\"message\\":\\"overloaded\\"}}"')
    chat('busy')
    editor:wait_screen('tries again in ')
    editor:keys('<C-c>')
    editor:wait_screen('> [!BEANS] stopped')
    editor:wait('the hint to go', function()
      return not screen():find('tries again', 1, true)
    end)
    assert.are.equal(1, #bench:requests())
  end)

  it('for a model that thinks', function()
    bench:script(
      'thinker',
      STREAM
        .. 'event "{\\"choices\\":[{\\"delta\\":{\\"reasoning_content\\":\\"hm\\"}}]}"\ndelay 1500\n'
        .. 'delta "42"\nfinish stop\ndone'
    )
    chat('thinker')
    editor:wait_screen('thinks (<C-c> stops)')
    editor:wait_screen('> hm')
    editor:wait_screen('42')
    assert.is_nil(screen():find('thinks', 1, true))
  end)

  it('for a server that takes its time', function()
    bench:script('slow', 'delay 1000\n' .. STREAM .. 'delta "late"\nfinish stop\ndone')
    chat('slow')
    editor:wait_screen('waits for the answer (<C-c> stops)')
    editor:wait_screen('late')
    assert.is_nil(screen():find('waits for', 1, true))
  end)

  it('for the rate limit, until it is reset', function()
    bench:script(
      'limited.1',
      STREAM
        .. 'header X-RateLimit-Limit-Requests: 60\nheader X-RateLimit-Remaining-Requests: 0\n'
        .. 'header X-RateLimit-Reset-Requests: 2s\ndelta "first"\nfinish stop\ndone'
    )
    bench:script('limited', STREAM .. 'delta "second"\nfinish stop\ndone')
    chat('limited')
    editor:wait_screen('first')
    editor:keys(':Beans chat again<CR>')
    editor:wait_screen('the rate limit for requests is reached')
    assert.are.equal(1, #bench:requests())
    editor:wait_screen('second')
    local times = {}
    for time in bench:index():gmatch('POST [^\n]* t=([%d.]+)') do
      times[#times + 1] = tonumber(time)
    end
    local gap_s = times[2] - times[1]
    assert.is_true(gap_s > 1.95 and gap_s < 2.6, tostring(gap_s))
  end)

  it('for a server that fails and names a long time: asking again by hand waits for it, visibly', function()
    bench:script('down', 'status 503\nheader Retry-After: 3600\nsend "{\\"error\\":{\\"message\\":\\"maintenance\\"}}"')
    chat('down')
    editor:wait_screen('> [!BEANS] error: the server asks to wait 60 min: ')
    editor:keys('gr')
    editor:wait_screen('starts in 60 min (<C-c> stops): the server asks to wait')
    editor:ex('Beans status')
    local status = table.concat(editor:eval("getline(1, '$')"), '\n')
    assert.is_truthy(status:find('starts in 60 min: the server asks to wait', 1, true), status)
    assert.is_truthy(status:find('rate limits +the server asks to wait 60 min'), status)
    editor:keys('q')
    editor:wait('the way back to the chat', function()
      return editor:eval('&filetype') == 'beans'
    end)
    editor:keys('<C-c>')
    editor:wait_screen('> [!BEANS] stopped')
    assert.are.equal(1, #bench:requests())
  end)
end)
