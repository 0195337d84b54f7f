-- `:Beans chats`: earlier chats, found, opened, renamed, deleted and forked, by real keys on a real screen.

local bench_of = require('tests.editor.bench')

describe(':Beans chats', function()
  local bench, editor, dir

  local NOW = os.time()

  before_each(function()
    bench = bench_of.start()
    dir = bench.dir .. '/data/chats'
    vim.fn.mkdir(dir, 'p')
  end)

  after_each(function()
    bench:stop()
  end)

  --- Writes a chat that was changed so many seconds ago.
  local function write(name, title, question, answer, ago)
    local lines = { '---', 'beans: 1', 'title: ' .. title, 'model: bean-9', 'cost_micro_usd: 12300', '---', '' }
    vim.list_extend(lines, { '# You', '', question, '', '# Beans', '', answer, '', '# You', '', '' })
    vim.fn.writefile(lines, dir .. '/' .. name)
    assert(vim.uv.fs_utime(dir .. '/' .. name, NOW - ago, NOW - ago))
  end

  local function write_three()
    write('c.md', 'Sorting in C', 'How do I sort?', 'With qsort, or by hand.', 0)
    write('trees.md', 'Trees', 'Which tree is größer?', 'The OAK.', 40 * 86400)
    vim.fn.writefile({ 'no chat at all' }, dir .. '/foreign.md')
    assert(vim.uv.fs_utime(dir .. '/foreign.md', NOW - 80 * 86400, NOW - 80 * 86400))
  end

  local function start(size)
    editor = bench:editor('hello', { beans = { data_dir = bench.dir .. '/data' }, size = size })
  end

  local function on_screen(text)
    return table.concat(editor:screen(), '\n'):find(text, 1, true) ~= nil
  end

  local function wait_gone(text)
    editor:wait(('no "%s" on the screen'):format(text), function()
      return not on_screen(text)
    end)
  end

  --- Chooses by the place in a menu.
  local function choose(number)
    editor:keys(('<C-n>'):rep(number - 1) .. '<CR>')
  end

  local function wait_opened(name)
    editor:wait(name .. ' in the current window', function()
      return vim.fs.basename(editor:eval("expand('%:p')")) == name
    end)
  end

  local function read(name)
    return table.concat(vim.fn.readfile(dir .. '/' .. name), '\n')
  end

  --- From `:Beans! chats` to the menu of what can be done with the one that has these words.
  local function act_on(words)
    editor:keys(':Beans! chats<CR>')
    editor:wait_screen('Chats (')
    editor:keys(words .. '<CR>')
    editor:wait_screen('open in a tab page')
  end

  it('lists title, date, model, cost and preview, and opens what is chosen', function()
    write_three()
    start({ rows = 24, cols = 120 })
    editor:keys(':Beans chats<CR>')
    editor:wait_screen('Chats (3)')
    local lines = {}
    for _, line in ipairs(editor:screen()) do
      lines[#lines + 1] = line:match('today.*') or line:match('20%d%d%-.*')
    end
    assert.is_truthy(lines[1]:find('Sorting in C  bean-9  $0.0123  How do I sort?', 1, true), lines[1])
    assert.is_truthy(lines[2]:find('Trees         bean-9  $0.0123  Which tree is größer?', 1, true), lines[2])
    assert.is_truthy(lines[3]:find('foreign.md', 1, true), lines[3])
    editor:keys('tree<CR>')
    wait_opened('trees.md')
    wait_gone('Chats (')
    assert.is_nil(editor:raised())
  end)

  it('is left by Escape, without a change', function()
    write_three()
    start()
    editor:keys(':Beans chats<CR>')
    editor:wait_screen('Chats (3)')
    editor:keys('<Esc>')
    wait_gone('Chats (')
    assert.are.equal('', editor:eval("expand('%')"))
  end)

  it('says that there are none', function()
    vim.fn.delete(dir, 'rf')
    start()
    editor:keys(':Beans chats<CR>')
    editor:wait_screen('there are no chats yet')
  end)

  it('finds those with all words in title or text', function()
    write_three()
    start({ rows = 24, cols = 120 })
    editor:keys(':Beans chats oak GRÖßER<CR>')
    editor:wait_screen('Chats with oak GRÖßER (1)')
    editor:keys('<CR>')
    wait_opened('trees.md')
    editor:keys(':Beans chats q.ort<CR>')
    editor:wait_screen('no chat has all of: q.ort')
  end)

  it('fits a small screen, wide characters too', function()
    write('wide.md', ('日本語の'):rep(20), 'x', 'y', 0)
    start({ rows = 8, cols = 40 })
    editor:keys(':Beans chats<CR>')
    editor:wait_screen('日本語')
    editor:keys('<CR>')
    wait_opened('wide.md')
    assert.is_nil(editor:raised())
  end)

  it('makes foreign titles harmless', function()
    write('evil.md', 'a\27[2Jb %{1+1}', 'x', 'y', 0)
    start()
    editor:keys(':Beans! chats<CR>')
    editor:wait_screen('a [2Jb %{1+1}')
    editor:keys('<CR>')
    editor:wait_screen('open in a tab page')
    choose(1)
    wait_opened('evil.md')
    assert.is_nil(editor:raised())
  end)

  it('opens in a split or a tab page, a window like any other of a chat', function()
    write_three()
    start()
    editor:ex('set nowrap nolinebreak')
    for place, windows in ipairs({ { 1, 2 }, { 2, 1 } }) do
      act_on('sorting')
      choose(place + 1)
      wait_opened('c.md')
      assert.are.same(windows, editor:eval("[tabpagenr('$'), winnr('$')]"))
      assert.are.same({ 1, 1 }, editor:eval('[&wrap, &linebreak]'))
      assert.are.equal(editor:eval("line('$')"), editor:eval("line('.')"))
    end
    -- Another window for a chat that has one.
    assert.are.equal(2, editor:eval('len(win_findbuf(bufnr()))'))
  end)

  it('renames a chat in its file', function()
    write_three()
    start()
    local before = read('c.md')
    act_on('sorting')
    choose(4)
    editor:wait_screen('Title: Sorting in C')
    editor:keys('<C-u>New: name<CR>')
    editor:wait('the new title', function()
      return read('c.md') == before:gsub('Sorting in C', 'New: name')
    end)
    assert.are.equal('rw-------', vim.fn.getfperm(dir .. '/c.md'))
    editor:keys(':Beans chats<CR>')
    editor:wait_screen('New: name')
  end)

  it('renames a chat that is open in its buffer', function()
    write_three()
    start()
    act_on('sorting')
    choose(1)
    wait_opened('c.md')
    editor:keys('Gomore<Esc>')
    act_on('sorting')
    choose(4)
    editor:wait_screen('Title: Sorting in C')
    editor:keys('<C-u>Other<CR>')
    editor:wait('the new title', function()
      return editor:eval('getline(3)') == 'title: Other'
    end)
    assert.are.equal('more', editor:eval("getline('$')"))
    editor:keys('u')
    editor:wait('the undo', function()
      return editor:eval('getline(3)') == 'title: Sorting in C'
    end)
    assert.are.equal('more', editor:eval("getline('$')"))
  end)

  it('deletes a chat only after a yes, with its buffer', function()
    write_three()
    start()
    act_on('sorting')
    choose(1)
    wait_opened('c.md')
    local buf = editor:eval("bufnr('%')")
    act_on('sorting')
    choose(5)
    editor:wait_screen('Delete "Sorting in C" for good?')
    choose(1)
    wait_gone('for good?')
    assert.are.equal(1, vim.fn.filereadable(dir .. '/c.md'))
    act_on('sorting')
    choose(5)
    editor:wait_screen('Delete "Sorting in C" for good?')
    choose(2)
    editor:wait_screen('deleted "Sorting in C"')
    assert.are.equal(0, vim.fn.filereadable(dir .. '/c.md'))
    assert.are.equal(0, editor:eval(('bufexists(%d)'):format(buf)))
    editor:keys(':Beans chats<CR>')
    editor:wait_screen('Chats (2)')
  end)

  it('forks a chat from a message', function()
    write_three()
    start()
    act_on('sorting')
    choose(6)
    editor:wait_screen('up to which message?')
    editor:wait_screen('2  Beans   With qsort, or by hand.')
    editor:keys('beans<CR>')
    editor:wait('the fork', function()
      return editor:eval("expand('%:t')"):find('fork', 1, true)
    end)
    local lines = editor:eval("getline(1, '$')")
    assert.are.same({ 'title: Sorting in C (fork)', 'model: bean-9', 'cost_micro_usd: 0' }, vim.list_slice(lines, 3, 5))
    local text = table.concat(lines, '\n')
    assert.is_truthy(text:find('\n# You\n\nHow do I sort?\n\n# Beans\n\nWith qsort, or by hand.\n\n# You\n', 1, true))
    assert.are.equal('rw-------', vim.fn.getfperm(editor:eval("expand('%:p')")))
    assert.is_truthy(read('c.md'):find('title: Sorting in C\n', 1, true))
  end)

  it('searches again', function()
    write_three()
    start()
    act_on('sorting')
    choose(7)
    editor:wait_screen('all of these words:')
    editor:keys('oak<CR>')
    editor:wait_screen('Chats with oak (1)')
    editor:keys('<CR>')
    editor:wait_screen('open in a tab page')
    choose(1)
    wait_opened('trees.md')
  end)

  it('takes a thousand', function()
    for i = 1, 1000 do
      write(('%d.md'):format(i), ('Bean %d of many'):format(i), 'Why?', 'Because.', i * 60)
    end
    start()
    editor:keys(':Beans chats<CR>')
    editor:wait_screen('Chats (1000)', 10000)
    editor:wait_screen('Bean 1 of many')
    editor:keys('777')
    editor:wait_screen('Chats (1 of 1000)')
    editor:keys('<CR>')
    wait_opened('777.md')
  end)

  describe('from session to session', function()
    local index

    --- Lists the chats in a new editor, until what is known of them is on disk.
    local function list_in_a_session()
      index = bench.dir .. '/data/chats.tsv'
      start({ rows = 24, cols = 120 })
      editor:keys(':Beans chats<CR>')
      editor:wait_screen('Chats (')
      editor:wait('what is known of them on disk', function()
        return vim.uv.fs_stat(index) ~= nil
      end)
    end

    --- Writes another title of the same length, and gives the file the time that it had.
    local function change_unseen(ago)
      write('c.md', 'Sorting in D', 'How do I sort?', 'With qsort, or by hand.', ago)
    end

    before_each(function()
      write('c.md', 'Sorting in C', 'How do I sort?', 'With qsort, or by hand.', 100)
    end)

    it('knows them without a look at their text, and looks when they were written', function()
      list_in_a_session()
      assert.are.equal('rw-------', vim.fn.getfperm(index))
      editor:stop()
      change_unseen(100)
      start({ rows = 24, cols = 120 })
      editor:keys(':Beans chats<CR>')
      editor:wait_screen('Sorting in C  bean-9  $0.0123  How do I sort?')
      editor:stop()
      change_unseen(99)
      start({ rows = 24, cols = 120 })
      editor:keys(':Beans chats<CR>')
      editor:wait_screen('Sorting in D  bean-9')
      assert.is_nil(editor:raised())
    end)

    it('lists them all the same when what was known is damaged', function()
      vim.fn.writefile({ 'beans-chats 1 \n\255' }, bench.dir .. '/data/chats.tsv')
      start({ rows = 24, cols = 120 })
      editor:keys(':Beans chats<CR>')
      editor:wait_screen('Sorting in C  bean-9  $0.0123  How do I sort?')
      editor:wait('what is known of them, whole again', function()
        return (vim.fn.readfile(bench.dir .. '/data/chats.tsv')[2] or ''):find('Sorting in C', 1, true)
      end)
      assert.is_nil(editor:raised())
    end)

    it('keeps no word of one that is deleted', function()
      list_in_a_session()
      editor:keys('<Esc>')
      wait_gone('Chats (')
      act_on('sorting')
      choose(5)
      editor:wait_screen('Delete "Sorting in C" for good?')
      choose(2)
      editor:wait_screen('deleted "Sorting in C"')
      assert.is_nil(vim.uv.fs_stat(index))
    end)
  end)

  it('tells how far a long search is, takes keys meanwhile, and can be stopped', function()
    local text = ('nothing of the kind here\n'):rep(160000)
    local file = assert(io.open(bench.dir .. '/large', 'wb'))
    file:write(text)
    file:close()
    for i = 1, 100 do
      assert(vim.uv.fs_symlink(bench.dir .. '/large', ('%s/%d.md'):format(dir, i)))
    end
    start()
    editor:keys(':Beans chats needle<CR>:call setline(1, "typed meanwhile")<CR>')
    editor:wait_screen('searching chats, ', 10000)
    assert.are.equal('typed meanwhile', editor:eval('getline(1)'))
    assert.is_false(on_screen('no chat has all of'))
    editor:keys(':Beans stop<CR>')
    editor:wait_screen('stopped the search')
    editor:keys(':Beans stop<CR>')
    editor:wait_screen('nothing runs here')
    assert.is_nil(editor:ex('messages'):find('no chat has all of', 1, true))
  end)

  it('has a mapping', function()
    write_three()
    start()
    editor:ex('nmap gC <Plug>(beans-chats)')
    editor:keys('gC')
    editor:wait_screen('Chats (3)')
  end)
end)
