-- The text of a chat is the user's: whatever is done to it is what is sent, and whatever comes stands there as it came,
-- at any pace, without moving anything else on the screen.

local bench_of = require('tests.editor.bench')
local chat_rig = require('tests.editor.chat_rig')

local SSE = 'header Content-Type: text/event-stream\n'

describe('the text of a chat', function()
  local bench, editor, view

  before_each(function()
    bench = bench_of.start()
  end)

  after_each(function()
    bench:stop()
  end)

  local function start(script, options)
    editor, view = chat_rig.start(bench, script, options)
    return editor
  end

  --- What was sent with a request, the system prompt left out.
  local function sent(number)
    local contents = {}
    for i, message in ipairs(bench:requests()[number].body.messages) do
      contents[i] = message.role .. ': ' .. message.content
    end
    return vim.list_slice(contents, 2)
  end

  --- Asks once and again, so that two questions and two answers stand there.
  local function two_exchanges()
    for i, text in ipairs({ 'uno', 'due', 'tre' }) do
      bench:script('count.' .. i, ('%sdelta "%s"\nfinish stop\ndone'):format(SSE, text))
    end
    bench:script('count', SSE .. 'delta "more"\nfinish stop\ndone')
    start('count')
    editor:keys(':Beans chat one<CR>')
    view:wait_end(2)
    editor:keys('Gatwo<Esc><CR>')
    view:wait_end(3)
  end

  it('is sent in the order in which it stands, whatever was moved and deleted', function()
    two_exchanges()
    -- The second exchange above the first.
    local moved = '# You\n\ntwo\n\n# Beans\n\ndue\n\n# You\n\none\n\n# Beans\n\nuno\n\n# You\n\n'
    editor:ex(table.concat({
      "let g:second = search('^two$', 'w') - 2",
      "let g:last = search('^# You$', 'W') - 1",
      "let g:first = search('^one$', 'w') - 2",
      "execute g:second .. ',' .. g:last .. 'move' g:first - 1",
    }, '\n'))
    editor:wait('the new order', function()
      return view:text() == moved
    end)
    editor:keys('Gathree<Esc><CR>')
    view:wait_end(4)
    assert.are.same({ 'user: two', 'assistant: due', 'user: one', 'assistant: uno', 'user: three' }, sent(3))
    editor:keys(":call search('^uno$', 'w')<CR>:.-2,.+3delete _<CR>Gafour<Esc><CR>")
    view:wait_end(5)
    assert.are.same(
      { 'user: two', 'assistant: due', 'user: one', 'user: three', 'assistant: tre', 'user: four' },
      sent(4)
    )
    assert.is_nil(editor:raised())
  end)

  it('is the same when it was written elsewhere and is read from there', function()
    two_exchanges()
    local elsewhere = bench.dir .. '/notes/2026 talk'
    vim.fn.mkdir(vim.fs.dirname(elsewhere))
    editor:ex('write ' .. vim.fn.fnameescape(elsewhere))
    editor:quit('qall')
    vim.fn.delete(bench.dir .. '/data', 'rf')
    start('count', { config = { 'set laststatus=2' } })
    editor:ex('edit ' .. vim.fn.fnameescape(elsewhere))
    editor:wait_screen('Beans · gpt-5.5')
    editor:keys('Gathree<Esc><CR>')
    view:wait_end(4)
    assert.are.same({ 'user: one', 'assistant: uno', 'user: two', 'assistant: due', 'user: three' }, sent(3))
    view:wait_disk(elsewhere, 'tre')
    assert.are.same({}, vim.fn.glob(bench.dir .. '/data/chats/*', true, true))
  end)

  it('is shown, kept and sent back as it came, in any script', function()
    local lines = {
      'שלום **עולם** `x = 1` مرحبا',
      '漢字 かな 한국어',
      '🫘👩‍👩‍👧 e\204\129',
      '\226\128\174abc\226\128\172',
      ('x'):rep(5000),
    }
    local whole = table.concat(lines, '\n')
    local script = { SSE:sub(1, -2) }
    for _, char in ipairs(vim.fn.split(whole, [[\zs]])) do
      script[#script + 1] = 'delta ' .. vim.json.encode(char)
    end
    bench:script('scripts', table.concat(script, '\n') .. '\nfinish stop\ndone')
    start('scripts', { size = { rows = 30, cols = 60 } })
    editor:keys(':Beans chat שאלה 🫘<CR>:only<CR>')
    view:wait_end(2)
    editor:keys('gg')
    editor:wait_screen('漢字 かな 한국어')
    view:wait_disk(view:path(), whole)
    editor:keys('Gaagain<Esc><CR>')
    view:wait_end(3)
    assert.are.same({ 'user: שאלה 🫘', 'assistant: ' .. whole, 'user: again' }, sent(2))
    assert.is_nil(editor:raised())
  end)

  describe('comes whole and leaves all else where it is,', function()
    for _, pace in ipairs({ 30, 3000 }) do
      it(('at %d tokens a second'):format(pace), function()
        local count = pace * 3
        local form = '%sheader X-Request-Cost-Micro-Usd: 10\npace %d\nrepeat %d\ndelta "tok%%d "\n'
          .. 'delta "`a` **b**\\n"\nend\nfinish stop\nusage 3 4\ndone'
        bench:script('first', SSE .. 'delta "```lua\\nlocal a = 1\\n```\\n\\n> quoted **words**"\nfinish stop\ndone')
        bench:script('flow', form:format(SSE, pace, count / 2))
        start('first', { size = { rows = 24, cols = 80 } })
        editor:keys(':Beans chat hi<CR>:only<CR>')
        view:wait_end(2)
        editor:ex(("let g:beans.base_url = '%s'"):format(bench:url('flow')))
        editor:keys('Gaagain<Esc>:split<CR>:resize 11<CR>gg<C-w>p<CR>')
        -- The upper window shows the beginning, and follows nothing.
        view:wait_text('tok1 ')
        local function colours()
          return editor:eval('map(range(1, 11), {_, row -> map(range(1, 20), {_, col -> screenattr(row, col)})})')
        end
        local function top()
          return vim.list_slice(editor:screen(), 2, 11)
        end
        local before, looks = top(), nil
        editor:wait('colours', function()
          looks = colours()
          for row, line in ipairs(editor:screen()) do
            if line:find('^local a') then
              return looks[row][1] ~= 0
            end
          end
        end)
        local samples = 0
        while view:look().answering do
          samples = samples + 1
          editor:keys('<Esc>') -- Vim, while timers run, may leave what its channel has brought until a key comes
          assert.are.same(before, top())
          assert.are.same(looks, colours())
        end
        assert.is_true(samples > 1)
        local whole = {}
        for i = 1, count / 2 do
          whole[i] = ('tok%d `a` **b**'):format(i - 1)
        end
        assert.is_truthy(view:text():find('# Beans\n\n' .. table.concat(whole, '\n'), 1, true))
        editor:wait_screen(('tok%d '):format(count / 2 - 1))
        assert.is_nil(editor:raised())
      end)
    end
  end)
end)
