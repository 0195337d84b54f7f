-- A rewrite in each of its states, and what may come then: another command, an end, another rewrite.

local rig = require('tests.editor.rewrite_rig')

local answer, asked, await, delta, done, event, lines, open_file, told =
  rig.answer, rig.asked, rig.await, rig.delta, rig.done, rig.event, rig.lines, rig.open_file, rig.told
local FILE, type_instruction, type_keys = rig.BETWEEN, rig.type_instruction, rig.type_keys

describe('rewrite', function()
  local editor = rig.shared({ 'set hidden' })

  setup(function()
    editor:lua([[
      local context = require('beans.context')
      local attach = context.attach
      --- Has what goes along wait for `go_on()`.
      function hold()
        context.attach = function(text, snapshot, on_done)
          go_on = function()
            context.attach = attach
            attach(text, snapshot, on_done)
          end
        end
      end
    ]])
  end)

  before_each(function()
    open_file(FILE)
  end)

  local function content(number)
    local messages = asked(number)
    return messages[#messages].content
  end

  local function wait_end()
    editor:wait('the end', function()
      return event('BeansRewriteSettled')
    end)
  end

  --- One that is paused, with the user's change in the last of its lines.
  local function pause()
    editor:ex('2,5Beans rewrite longer names')
    asked()
    delta('local aa = 1\nlocal b = 2\n')
    type_keys('/return<CR>A + b<Esc>', 'return a + b')
    delta('local c = 3\n')
    told('paused')
  end

  local MINE = { 'above', 'local a = 1', 'local b = 2', 'local c = 3', 'return a + b', 'below' }

  it('pauses for what is being typed while another one writes', function()
    editor:ex('2,3Beans rewrite longer names')
    editor:ex('5,6Beans rewrite other names')
    asked(2)
    delta('local aa = 1\nlocal b', 'content', 1)
    type_keys('/local b = 2<CR>A -- mine', '-- mine') -- still in Insert mode
    delta('return other\nbel', 'content', 2)
    delta('b = 2\n', 'content', 1)
    told('paused')
    assert.is_truthy(table.concat(lines(), '\n'):find('local b = 2 -- mine', 1, true))
    editor:keys('<Esc>')
    editor:ex('3 | Beans resolve keep')
    done(nil, 2)
    editor:wait('the other one', function()
      return event('BeansRewriteReady')
    end)
    editor:ex('$ | Beans reject!')
    await({ 'above', 'local a = 1', 'local b = 2 -- mine', 'local c = 3', 'return a', 'below' })
  end)

  it('sends nothing when its buffer goes before', function()
    for _, command in ipairs({ 'edit!', 'bwipeout!', 'bdelete!', 'bunload!' }) do
      rig.reset()
      editor:ex('new')
      open_file(FILE)
      editor:lua('hold()')
      editor:ex('2,5Beans rewrite longer names')
      editor:wait('what goes along', function()
        return editor:lua('return go_on ~= nil')
      end)
      editor:ex(command)
      editor:lua('go_on()')
      editor:lua('host.schedule(note("later"))')
      editor:wait('later', function()
        return editor:lua('return got.later ~= nil')
      end)
      assert.are.same({ 0, 'gone' }, { editor:lua('return #requests'), event('BeansRewriteSettled').reason }, command)
      assert.is_nil(editor:raised(), command)
    end
  end)

  it('is stopped before anything is sent, by name or with all', function()
    for _, command in ipairs({ 'stop', 'stop!' }) do
      editor:lua('hold()')
      editor:ex('2,5Beans rewrite longer names')
      editor:wait_screen('gathers')
      editor:ex('Beans ' .. command)
      wait_end()
      editor:lua('go_on()')
      assert.are.same(FILE, lines())
    end
    assert.are.equal(0, editor:lua('return #requests'))
  end)

  it('is ended by what takes its buffer away, in mid-stream and when all is there', function()
    for _, command in ipairs({ 'bwipeout!', 'bdelete!', 'bunload!', 'quit!' }) do
      for _, is_whole in ipairs({ false, true }) do
        rig.reset()
        editor:ex('set nohidden | new')
        open_file(FILE)
        editor:ex('2,5Beans rewrite longer names')
        asked()
        delta('local aa = 1\nlocal b = 2\nlocal c = 3\n')
        if is_whole then
          done()
        end
        editor:wait('the hunk', function()
          return lines()[2] == 'local aa = 1'
        end)
        editor:ex(command)
        wait_end()
        assert.are.equal('gone', event('BeansRewriteSettled').reason, command)
        assert.is_true(editor:lua('return requests[1].job.ended'))
        open_file(FILE)
        assert.are.same(FILE, lines())
        assert.is_nil(editor:raised(), command)
      end
    end
    editor:ex('set hidden')
  end)

  it('goes on when its window is closed', function()
    editor:ex('split | 2,5Beans rewrite longer names')
    asked()
    local buf = editor:eval("bufnr('%')")
    delta('local aa = 1\n')
    editor:ex('enew | wincmd p | close')
    delta('local b = 2\nlocal c = 3\nreturn aa\n')
    done()
    editor:wait('the event', function()
      return event('BeansRewriteReady')
    end)
    editor:ex('buffer ' .. buf)
    await({ 'above', 'local aa = 1', 'local b = 2', 'local c = 3', 'return aa', 'below' })
    editor:wait_screen('2 of 2 hunks left')
  end)

  it('asked anew while it is paused, keeps the change, then and when it is given up', function()
    pause()
    editor:ex('Beans retry')
    assert.are.same(MINE, lines())
    assert.is_truthy(content(2):find('return a + b', 1, true))
    delta('local aaa = 1\nlocal b = 2\nlocal c = 3\n')
    await({ 'above', 'local aaa = 1', 'local b = 2', 'local c = 3', 'return a + b', 'below' })
    editor:ex('Beans reject!')
    assert.are.same(MINE, lines())
  end)

  it('lets the user think better of a merge', function()
    pause()
    editor:ex('Beans resolve merge')
    editor:wait_screen('merges with your change')
    editor:ex('Beans resolve keep')
    assert.are.same(MINE, lines())
    assert.is_true(editor:lua('return requests[1].job.ended'))
  end)

  it('accepts what comes of a merge when it is told to before', function()
    pause()
    editor:ex('Beans resolve merge')
    editor:ex('Beans accept!')
    delta('return a\n')
    done()
    await({ 'above', 'local aa = 1', 'local b = 2', 'local c = 3', 'return a + b', 'below' })
    editor:wait('the end', function()
      return event('BeansRewriteSettled')
    end)
  end)

  it('stopped while it is paused, goes on with what has come', function()
    pause()
    editor:ex('Beans stop')
    editor:ex('Beans resolve take')
    await({ 'above', 'local aa = 1', 'local b = 2', 'local c = 3', 'return a', 'below' })
    editor:ex('Beans reject!')
    await(FILE)
  end)

  it('counts what was accepted before the rest was given up', function()
    editor:ex('2,5Beans rewrite longer names')
    asked()
    delta('local aa = 1\nlocal b = 2\nlocal cc = 3\nretur')
    editor:wait('the hunk', function()
      return lines()[2] == 'local aa = 1'
    end)
    editor:ex('2 | Beans accept')
    editor:ex("call cursor(5, 3) | execute 'normal! mk'")
    type_keys('ggOtop<Esc>', 'top')
    editor:ex('3 | Beans reject!')
    await({ 'top', 'above', 'local aa = 1', 'local b = 2', 'local c = 3', 'return a', 'below' })
    assert.are.same({ 1, 'dropped' }, { event('BeansRewriteSettled').accepted, event('BeansRewriteSettled').reason })
    editor:keys('u')
    await({ 'top', 'above', 'local a = 1', 'local b = 2', 'local c = 3', 'return a', 'below' })
  end)

  it('begins elsewhere while one streams, wherever the lines have moved that are asked about', function()
    editor:ex('2Beans rewrite more')
    asked()
    editor:keys(':5Beans rewrite<CR>')
    rig.wait_prompt()
    delta('local x\nlocal y\nlocal z\n')
    editor:wait('its text', function()
      return #lines() > 6
    end)
    type_instruction('the second')
    assert.is_truthy(content(2):find('\nreturn a\n', 1, true))
    answer('return 1', 2)
    done(nil, 1)
    await({ 'above', 'local x', 'local y', 'local z', 'local b = 2', 'local c = 3', 'return 1', 'below' })
  end)

  it('does not begin when the lines have changed that are asked about', function()
    editor:keys(':5Beans rewrite<CR>')
    rig.wait_prompt()
    editor:lua("host.buf_set_lines(host.current().buf, 5, 5, { 'other' })")
    type_instruction('more')
    told('the text has changed meanwhile')
    assert.are.equal(0, editor:lua('return #requests'))
  end)

  it('asks for what is to become of it further, with prompts of the library, too', function()
    editor:ex('2Beans rewrite longer')
    answer('local aa = 1')
    await({ 'above', 'local aa = 1', 'local b = 2', 'local c = 3', 'return a', 'below' })
    editor:keys(':2<CR>:Beans rewrite<CR>')
    type_instruction('/fix it')
    local messages = asked(2)
    assert.are.equal('assistant', messages[#messages - 1].role)
    assert.is_truthy(messages[#messages].content:find('Fix what the diagnostics report', 1, true))
    answer('local aaa = 1', 2)
    await({ 'above', 'local aaa = 1', 'local b = 2', 'local c = 3', 'return a', 'below' })
  end)

  it('is repeated after it was rejected', function()
    editor:ex('2Beans rewrite longer')
    answer('local aa = 1')
    await({ 'above', 'local aa = 1', 'local b = 2', 'local c = 3', 'return a', 'below' })
    editor:ex('Beans reject!')
    editor:ex('$ | Beans retry')
    answer('local aaa = 1', 2)
    assert.are.same(content(1), content(2))
    await({ 'above', 'local aaa = 1', 'local b = 2', 'local c = 3', 'return a', 'below' })
  end)

  it('asked anew, tells of the text and of what surrounds it as they are by then', function()
    editor:ex('3,4Beans rewrite longer')
    answer('local bb = 2\nlocal c = 3')
    await({ 'above', 'local a = 1', 'local bb = 2', 'local c = 3', 'return a', 'below' })
    type_keys('ggOtop<Esc>', 'top')
    type_keys('/local c<CR>A4<Esc>', 'local c = 34')
    editor:ex('Beans retry')
    assert.is_truthy(content(2):find('\ntop\nabove\nlocal a = 1\n```', 1, true), content(2))
    assert.is_truthy(content(2):find('\nlocal b = 2\nlocal c = 34\n', 1, true))
    assert.is_truthy(content(2):find('\n```lua\nreturn a\nbelow\n', 1, true))
  end)

  it('says why it ended when what had come is of no use', function()
    editor:ex('2Beans rewrite longer')
    asked()
    delta('```lua\n')
    rig.fail('network', 'connection reset by peer')
    told('connection reset by peer')
    wait_end()
    assert.are.same(FILE, lines())
  end)
end)
