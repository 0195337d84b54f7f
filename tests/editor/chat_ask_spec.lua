-- Asking in a chat: what waits in line, what goes on, what is answered anew, and what is told of an answer.

local bench_of = require('tests.editor.bench')
local chat_rig = require('tests.editor.chat_rig')

local SSE = 'header Content-Type: text/event-stream\n'

--- A script that answers with one text.
local function says(text, finish)
  return ('%sdelta %s\nfinish %s\ndone'):format(SSE, vim.json.encode(text), finish or 'stop')
end

local function reasons(text)
  local event = vim.json.encode({ choices = { { delta = { reasoning_content = text } } } })
  return ('event %s\n'):format(vim.json.encode(event))
end

describe('asking in a chat', function()
  local bench, editor, view

  before_each(function()
    bench = bench_of.start()
  end)

  after_each(function()
    bench:stop()
  end)

  local function start(script, options)
    editor, view = chat_rig.start(bench, script, options)
  end

  --- Asks in a new chat, and waits for the end of the answer.
  local function ask(script, question)
    start(script)
    editor:keys((':Beans chat %s<CR>'):format(question or 'hi'))
    view:wait_end(2)
  end

  local function wait_exact(wanted)
    editor:wait('the chat to be exactly\n' .. wanted, function()
      return not view:look().answering and view:text() == wanted
    end, 10000)
    assert.is_nil(editor:raised())
  end

  local function sent(number)
    editor:wait(('request %d'):format(number), function()
      return #bench:requests() >= number
    end, 10000)
    return bench:requests()[number].body.messages
  end

  --- The line of the chat, in the current window, that is or begins with this.
  local function line_of(beginning)
    for i, line in ipairs(view:look().lines) do
      if line:sub(1, #beginning) == beginning then
        return i
      end
    end
  end

  describe('while an answer comes', function()
    it('puts the next question in line, visibly', function()
      bench:script('queue.1', SSE .. 'delta "one"\ndelay 1500\ndelta " two"\nfinish stop\ndone')
      bench:script('queue', says('three'))
      start('queue')
      editor:keys(':Beans chat first<CR>')
      view:wait_text('one')
      editor:keys('Gasecond<Esc><CR>')
      editor:wait_screen('the next question is sent after that')
      assert.are.equal(1, #bench:requests())
      wait_exact('# You\n\nfirst\n\n# Beans\n\none two\n\n# You\n\nsecond\n\n# Beans\n\nthree\n\n# You\n\n')
      local messages = sent(2)
      assert.are.same({ 'one two', 'second' }, { messages[3].content, messages[4].content })
      assert.is_nil(table.concat(editor:screen(), '\n'):find('sent after that', 1, true))
    end)

    it('says so, too, in the only window, which may have no bar', function()
      bench:script('queue.1', SSE .. 'delta "one"\nstall')
      start('queue', { config = { 'set laststatus=1' } })
      editor:keys(':Beans chat first<CR>:only<CR>')
      view:wait_text('one')
      editor:keys('Gasecond<Esc><CR>')
      editor:wait_screen('this question is sent when the answer has ended')
      assert.are.equal(1, editor:eval('&laststatus'))
    end)

    it('sends nothing after it was stopped', function()
      bench:script('stopped', SSE .. 'delta "one"\nstall')
      start('stopped')
      editor:keys(':Beans chat first<CR>')
      view:wait_text('one')
      editor:keys('Gasecond<Esc><CR>')
      editor:wait_screen('the next question is sent after that')
      view:look() -- the mapping has ended: Vim takes a <C-c> before that for an interrupt
      editor:keys('<C-c>')
      wait_exact('# You\n\nfirst\n\n# Beans\n\none\n\n> [!BEANS] stopped\n\n# You\n\nsecond')
      assert.are.equal(1, #bench:requests())
    end)

    it('writes on where the user has locked the text', function()
      bench:script('locked', SSE .. 'delta "one"\ndelay 1000\ndelta " two\\nthree"\nfinish stop\ndone')
      start('locked')
      editor:keys(':Beans chat hi<CR>')
      view:wait_text('one')
      editor:ex('setlocal nomodifiable')
      wait_exact('# You\n\nhi\n\n# Beans\n\none two\nthree\n\n# You\n\n')
      assert.are.equal(0, editor:eval('&modifiable + 0'))
    end)
  end)

  it('goes on in place where the length limit cut, without a seam', function()
    bench:script('long.1', says('one two thr', 'length'))
    bench:script('long', says('ee\\# You\n# You', 'stop'))
    ask('long')
    assert.is_truthy(view:text():find('\n\n> [!BEANS] cut off: the answer reached the length limit', 1, true))
    editor:keys('Gaa draft<Esc>g.')
    wait_exact('# You\n\nhi\n\n# Beans\n\none two three\\# You\n\\# You\n\n# You\n\na draft')
    assert.are.equal(1, #view:feet())
    local messages = sent(2)
    assert.are.same({ role = 'assistant', content = 'one two thr' }, messages[3])
    assert.are.same({ 'user', 4 }, { messages[4].role, #messages })
    editor:keys('u')
    editor:wait('the cut answer', function()
      return view:text():find('one two thr\n\n> [!BEANS] cut off', 1, true)
    end)
  end)

  it('is an undo step of its own, and no more than one', function()
    ask('hello', 'first')
    local before = view:text()
    editor:keys('Gasecond<Esc><CR>')
    view:wait_end(3)
    local after = view:text()
    editor:keys('u')
    wait_exact(before .. 'second')
    editor:keys('<C-r>')
    wait_exact(after)
    editor:keys('uu')
    wait_exact(before)
  end)

  it('answers an earlier question anew, and keeps what followed', function()
    for i, text in ipairs({ 'one', 'two', 'three' }) do
      bench:script('many.' .. i, says(text))
    end
    ask('many', 'first')
    editor:keys('Gasecond<Esc><CR>')
    view:wait_end(3)
    local whole = view:text()
    editor:ex(('call cursor(%d, 1)'):format(line_of('one')))
    editor:keys('gr')
    local kept = '> [!BEANS] alternative 1 of 2\n> # Beans\n>\n> one\n'
    editor:wait('the third answer', function()
      return view:text():find('\n\nthree\n\n# You\n\n$') and not view:look().answering
    end, 10000)
    assert.is_truthy(view:text():find('# You\n\nfirst\n\n# Beans\n\n' .. kept, 1, true), view:text())
    assert.is_truthy(view:text():find('\n> # You\n>\n> second\n>\n> # Beans\n>\n> two\n', 1, true), view:text())
    assert.are.same({ role = 'user', content = 'first' }, sent(3)[2])
    assert.are.equal(2, #sent(3))
    editor:keys('gb')
    view:wait_text('# You\n\nfirst\n\n# Beans\n\n> [!BEANS] alternative 2 of 2\n> # Beans\n>\n> three\n')
    assert.is_truthy(view:text():find('\n\none\n\n# You\n\nsecond\n\n# Beans\n\ntwo\n\n# You\n\n$'), view:text())
    editor:keys('gB')
    editor:wait('the new answer', function()
      return view:text():find('\n\nthree\n\n# You\n\n$')
    end)
    editor:keys('uuu')
    wait_exact(whole)
  end)

  it('keeps the question that was begun below when the last is answered anew', function()
    ask('hello', 'first')
    editor:keys('Gaa draft<Esc>')
    editor:ex(('call cursor(%d, 1)'):format(line_of('Hello')))
    editor:keys('gr')
    sent(2)
    editor:wait('the second answer', function()
      return view:text():find('\n\nHello, world\n\n# You\n\na draft$') and not view:look().answering
    end, 10000)
    assert.is_truthy(view:text():find('> [!BEANS] alternative 1 of 2\n', 1, true))
  end)

  describe('tells', function()
    local USAGE = '{"choices":[],"usage":{"prompt_tokens":120,"completion_tokens":340,'
      .. '"prompt_tokens_details":{"cached_tokens":80}}}'

    it('at the foot of an answer what it took, and the sum in the bar', function()
      local paid = 'header X-Request-Cost-Micro-Usd: 1234\n'
      local rest = 'delta "a"\ndelay 200\ndelta "b"\nfinish stop\nevent ' .. vim.json.encode(USAGE) .. '\ndone'
      bench:script('paid', SSE .. paid .. rest)
      local name = bench.dir .. '/old.md'
      local lines = { '---', 'beans: 1', 'cost_micro_usd: 5000', '---', '', '# You', '', 'hi', '' }
      vim.fn.writefile(lines, name)
      start('paid', { config = { 'set laststatus=2' } })
      editor:ex('edit ' .. name)
      editor:keys('<CR>')
      view:wait_end(2)
      local foot = view:feet()[1]
      local wanted = '^> %[!BEANS%] replay%-1 · 120 → 340 tokens %(80 cached%) · first %d+%.%d%d s · '
        .. '%d+ tokens/s · %$0%.0012$'
      assert.is_truthy(foot and foot:find(wanted), foot)
      editor:wait_screen('Beans · gpt-5.5 · $0.0062')
      view:wait_disk(name, 'cost_micro_usd: 6234\n')
    end)

    it('that nobody told the cost', function()
      bench:script('free', says('a'))
      ask('free')
      assert.is_truthy(view:feet()[1]:find(' · cost unknown$'))
      view:wait_disk(view:path(), '· cost unknown')
      assert.is_truthy(chat_rig.read(view:path()):find('cost_micro_usd: 0\n', 1, true))
    end)

    it('what the content filter cut', function()
      bench:script('filtered', says('half', 'content_filter'))
      ask('filtered')
      assert.is_truthy(view:text():find('half\n\n> [!BEANS] cut off: by the content filter', 1, true))
    end)
  end)

  describe('shows what the model thinks', function()
    it('while it does, then folded, and never sends it', function()
      bench:script(
        'thinker',
        SSE
          .. reasons('line one\n')
          .. reasons('# You\nline two')
          .. 'delay 1500\ndelta "42"\nfinish stop\nusage 1 2\ndone'
      )
      start('thinker')
      editor:keys(':Beans chat hi<CR>')
      editor:wait_screen('> line two')
      assert.are.equal(-1, editor:eval(('foldclosed(%d)'):format(line_of('> line one'))))
      view:wait_text('42')
      local notice = line_of('> [!BEANS] Reasoning')
      editor:wait('the fold', function()
        return editor:eval(('foldclosed(%d)'):format(notice)) == notice
      end)
      view:wait_end(2)
      assert.are.equal(notice + 3, editor:eval(('foldclosedend(%d)'):format(notice)))
      local answer = '> [!BEANS] Reasoning\n> line one\n> # You\n> line two\n\n42'
      assert.are.equal('# You\n\nhi\n\n# Beans\n\n' .. answer .. '\n\n# You\n\n', view:text())
      editor:keys('Gaagain<Esc><CR>')
      assert.are.same({ role = 'assistant', content = '42' }, sent(2)[3])
    end)

    it('below the answer when it comes late', function()
      bench:script('late', SSE .. 'delta "42"\n' .. reasons('why\nso') .. 'delta "!"\nfinish stop\nusage 1 2\ndone')
      ask('late')
      assert.are.equal('# You\n\nhi\n\n# Beans\n\n42!\n\n> [!BEANS] Reasoning\n> why\n> so\n\n# You\n\n', view:text())
    end)
  end)

  it('takes any text into any window', function()
    local odd = '🫘👩‍👩‍👧 שלום עולם مرحبا 漢字 e\204\129'
    local long = ('word🫘 '):rep(100)
    local whole = odd .. '\n' .. long:rep(120)
    bench:script(
      'odd',
      ('%sdelta %s\nrepeat 120\ndelta "%s"\nend\nfinish stop\ndone'):format(SSE, vim.json.encode(odd .. '\n'), long)
    )
    start('odd', { size = { rows = 7, cols = 24 } })
    editor:keys(':Beans chat hi<CR>:resize 3<CR>')
    local name = view:path()
    -- By its file: the channels of the editors are slow with long lines.
    view:wait_disk(name, '\n\n# Beans\n\n' .. whole .. '\n\n> [!BEANS] replay-1')
    editor:keys('Gaagain<Esc><CR>')
    assert.are.equal(whole, sent(2)[3].content)
    assert.is_nil(editor:raised())
  end)
end)
