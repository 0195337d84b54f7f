-- Keys on messages and code blocks of a chat.

local bench_of = require('tests.editor.bench')

describe('a key in a chat', function()
  local bench, editor

  local CHAT = {
    '# You',
    '',
    'How?',
    '\\# You',
    '',
    '# Beans',
    '',
    'So:',
    '```lua',
    'local a',
    '```',
    'or',
    '~~~',
    'b',
    '~~~',
    '',
    '> [!BEANS] stopped',
    '',
    '# You',
    '',
    'Thanks',
  }

  before_each(function()
    bench = bench_of.start()
    editor = bench:editor('hello')
    editor:keys(':Beans chat<CR>')
    editor:wait_screen('# You')
    editor:lua(
      [[
      local host, lines = require('beans.host'), ...
      host.buf_set_lines(host.current().buf, 1, host.buf_line_count(host.current().buf), lines)
    ]],
      CHAT
    )
    editor:ex('normal! zEgg') -- without the fold of the head that stood there
  end)

  after_each(function()
    assert.is_nil(editor:raised())
    bench:stop()
  end)

  local function lines()
    return editor:eval("getline(1, '$')")
  end

  local function wait_line(number)
    editor:wait('the cursor in line ' .. number, function()
      return editor:eval("line('.')") == number
    end)
  end

  local function wait_lines(wanted)
    editor:wait('the lines', function()
      return vim.deep_equal(wanted, lines())
    end)
  end

  local function yanked()
    return editor:eval("getreg('\"')")
  end

  it('moves by code blocks', function()
    for _, line in ipairs({ 9, 13, 13 }) do
      editor:keys(']b')
      wait_line(line)
    end
    editor:keys('G[b')
    wait_line(13)
    editor:keys('[b')
    wait_line(9)
    editor:keys('gy')
    editor:wait('the yank', function()
      return yanked() == 'local a\n'
    end)
  end)

  it('moves by messages', function()
    editor:keys(']]]]')
    wait_line(19)
    editor:keys('[[')
    wait_line(6)
  end)

  it('folds a message and unfolds it', function()
    editor:keys('8Ggz')
    editor:wait('the fold', function()
      return editor:eval('foldclosed(6)') == 6
    end)
    assert.are.equal(17, editor:eval('foldclosedend(6)'))
    editor:wait('the text to be hidden', function()
      return not table.concat(editor:screen(), '\n'):find('local a', 1, true)
    end)
    editor:keys('gz')
    editor:wait('no fold', function()
      return editor:eval('foldclosed(8)') == -1
    end)
    editor:wait_screen('local a')
    -- What was added since is in the fold, and there is only one.
    editor:keys('17Goadded<Esc>gz')
    editor:wait('the fold', function()
      return editor:eval('foldclosed(6)') == 6
    end)
    assert.are.same({ 18, 1 }, { editor:eval('foldclosedend(6)'), editor:eval('foldlevel(6)') })
  end)

  it('folds a message that has folds in it', function()
    editor:ex('9,11fold')
    editor:keys('6Ggz')
    editor:wait('the fold', function()
      return editor:eval('foldclosed(6)') == 6
    end)
    editor:keys('gz')
    editor:wait('the inner fold alone', function()
      return editor:eval('foldclosed(6)') == -1 and editor:eval('foldclosed(10)') == 9
    end)
    editor:keys('gz')
    editor:wait('both', function()
      return editor:eval('foldclosed(6)') == 6 and editor:eval('foldlevel(10)') == 2
    end)
  end)

  it('folds nothing where folds are not made by hand', function()
    editor:ex('setlocal foldmethod=indent')
    editor:keys('gz')
    editor:wait_screen('a message is folded by hand only')
    assert.are.equal(-1, editor:eval('foldclosed(1)'))
  end)

  it('yanks a message as it would be sent', function()
    editor:keys('gY')
    editor:wait('the question', function()
      return yanked() == 'How?\n# You\n'
    end)
    editor:keys('12GgY')
    editor:wait('the answer', function()
      return yanked() == 'So:\n```lua\nlocal a\n```\nor\n~~~\nb\n~~~\n'
    end)
    assert.are.equal('V', editor:eval("getregtype('\"')"))
  end)

  it('says when there is no message', function()
    editor:keys('Onothing<Esc>gY')
    editor:wait_screen('there is no message under the cursor')
    editor:keys('gXgz')
    assert.are.equal(#CHAT + 1, #lines())
  end)

  it('deletes a message in one undo step', function()
    editor:keys('8GgX')
    wait_lines(vim.list_extend(vim.list_slice(CHAT, 1, 5), vim.list_slice(CHAT, 19)))
    wait_line(6)
    editor:keys('u')
    wait_lines(CHAT)
  end)

  it('leaves a place for a question when the last message is deleted', function()
    editor:keys('GgX')
    wait_lines(vim.list_extend(vim.list_slice(CHAT, 1, 18), { '# You', '', '' }))
    wait_line(21)
    editor:keys('8GgX')
    wait_lines(vim.list_extend(vim.list_slice(CHAT, 1, 5), { '# You', '', '' }))
    editor:keys('GgX')
    wait_lines(vim.list_slice(CHAT, 1, 5))
    wait_line(5)
    editor:keys('gX')
    wait_lines({ '# You', '', '' })
    wait_line(3)
  end)

  it('deletes nothing of an answer that is on its way', function()
    bench:script('endless', 'header Content-Type: text/event-stream\ndelta "begun"\nstall')
    editor:lua("require('beans').setup({ base_url = ... })", bench:url('endless'))
    editor:keys('G<CR>')
    editor:wait_screen('begun')
    editor:keys('GgX')
    editor:wait_screen('still answering')
    assert.is_truthy(table.concat(lines(), '\n'):find('Thanks\n\n# Beans\n\nbegun', 1, true))
    editor:keys('/^How?<CR>gX')
    editor:wait('the first message to be gone', function()
      return not vim.tbl_contains(lines(), 'How?')
    end)
  end)

  it('is listed by g?', function()
    editor:keys('g?')
    editor:wait_screen('send the message')
    editor:keys('G')
    editor:wait_screen('gX     delete the message under the cursor')
  end)
end)
