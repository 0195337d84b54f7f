-- Where completion may be asked for, the question whether it may come by itself, and what tells of both.

local bench_of = require('tests.editor.bench')
local typing_rig = require('tests.editor.typing_rig')

local QUESTION = 'complete as you type?'
-- Longer than the question waits for the user's hands to rest.
local RESTED_MS = 1200

describe('completion', function()
  local bench, dir, editor, typist

  before_each(function()
    bench = bench_of.start()
    dir = vim.uv.fs_realpath(bench.dir) .. '/files'
    vim.fn.mkdir(dir)
  end)

  after_each(function()
    assert.is_nil(editor:raised())
    bench:stop()
  end)

  --- An editor that shares its data with all others of a test.
  local function start(complete, beans)
    editor = bench:editor('hello', {
      beans = vim.tbl_extend('force', { data_dir = bench.dir .. '/data', complete = complete }, beans or {}),
      size = { rows = 24, cols = 140 },
      config = { 'autocmd InsertEnter * lua require("beans.complete.consent").begin()', 'set hidden' },
    })
    typist = typing_rig.of(editor)
    return editor
  end

  local function edit(name, lines)
    if lines then
      vim.fn.writefile(lines, dir .. '/' .. name)
    end
    editor:ex('edit ' .. vim.fn.fnameescape(dir .. '/' .. name))
  end

  local function shows(text)
    return table.concat(editor:screen(), '\n'):find(text, 1, true) ~= nil
  end

  --- Why nothing is asked where the user is, from a policy that has forgotten nothing; 'nothing' when it may be asked.
  local function why()
    return editor:lua([[
      local host, policy = require('beans.host'), require('beans.complete.policy')
      local typing = host.typing()
      return policy.why_not(typing.buf, typing, true) or 'nothing'
    ]])
  end

  local function wait_why(text)
    local said
    local ok = pcall(editor.wait, editor, text, function()
      said = why()
      return said:find(text, 1, true)
    end)
    assert.is_true(ok, ('"%s", not "%s"'):format(said, text))
  end

  describe('policy', function()
    before_each(function()
      start({ auto = true })
    end)

    it('knows where nobody writes a file', function()
      edit('a.txt', { 'text' })
      wait_why('nothing')
      editor:ex('setlocal readonly')
      wait_why('read-only')
      editor:ex('setlocal noreadonly nomodifiable')
      wait_why('read-only')
      editor:ex('setlocal modifiable')
      editor:keys('R')
      wait_why('Replace mode')
      typist:normal()
      editor:keys('qa')
      wait_why('a macro is being recorded')
      editor:keys('q')
      wait_why('nothing')
      editor:ex('set paste')
      wait_why("'paste'")
      editor:ex('set nopaste')
      editor:keys('q:')
      wait_why('command-line window')
      editor:keys(':q<CR>')
      typist:normal()
      editor:ex('copen')
      wait_why('in the quickfix window')
      editor:ex('cclose | help')
      wait_why('in a help window')
      editor:ex('helpclose | new | setlocal buftype=prompt')
      wait_why('in a prompt')
      editor:ex('bwipeout!')
      editor:ex(editor.is_vim and 'terminal ++curwin cat' or 'terminal cat')
      wait_why('in a terminal')
      editor:ex('bwipeout!')
    end)

    it('keeps to switches, file types and size', function()
      edit('a.c', { 'int a;' })
      wait_why('nothing')
      editor:ex('let b:beans_complete = 0')
      wait_why('b:beans_complete is off')
      editor:ex('unlet b:beans_complete | let g:beans.complete = {"auto": 1, "filetypes": ["lua"]}')
      wait_why('the file type "c"')
      editor:ex('let b:beans_complete = 1')
      wait_why('nothing')
      editor:ex('unlet b:beans_complete | let g:beans.complete = {"auto": 1, "filetypes": {"c": 0}}')
      wait_why('the file type "c"')
      editor:ex('let g:beans.complete = {"auto": 1, "max_bytes": 6}')
      wait_why('complete.max_bytes')
      editor:ex('let g:beans.complete = {"auto": 1, "max_bytes": 7}')
      wait_why('nothing')
      editor:keys(':Beans chat<CR>')
      editor:wait('the chat', function()
        return editor:eval('&filetype') == 'beans'
      end)
      assert.are_not.equal('nothing', why())
    end)

    it('leaves comments alone when told to', function()
      edit('a.c', { 'int a; // said', '' })
      editor:ex('let g:beans.complete = {"auto": 1, "comments": 0}')
      editor:keys('A')
      wait_why('in a comment')
      editor:keys('<Esc>jA')
      wait_why('nothing')
      editor:keys('int b;')
      wait_why('nothing')
      editor:keys(' // sure')
      wait_why('in a comment')
      editor:ex('let g:beans.complete = {"auto": 1, "comments": 1}')
      wait_why('nothing')
    end)

    it('leaves private files alone', function()
      edit('.env', { 'KEY=1' })
      wait_why('private: it is on the list of secrets')
      edit('a.txt', { 'x' })
      editor:ex('let b:beans_disable = 1')
      wait_why('private: b:beans_disable')
      editor:ex('unlet b:beans_disable')
      vim.fn.writefile({ '*.txt' }, dir .. '/.beansignore')
      wait_why('.beansignore leaves it out')
    end)

    it('asks git what it ignores', function()
      vim.fn.system({ 'git', 'init', '-q', dir })
      vim.fn.writefile({ 'build/', '*.log' }, dir .. '/.gitignore')
      vim.fn.mkdir(dir .. '/build')
      edit('odd [1] name.log', { 'x' })
      wait_why('git ignores this file')
      edit('build/new.c')
      wait_why('git ignores this file')
      editor:ex('let g:beans.complete = {"auto": 1, "git_ignored": 1}')
      wait_why('nothing')
      editor:ex('let g:beans.complete = {"auto": 1}')
      edit('a.c', { 'x' })
      wait_why('nothing')
      edit('new-folder/b.c')
      wait_why('nothing')
      edit('build/newer/b.c')
      wait_why('git ignores this file')
      vim.uv.fs_symlink(dir .. '/odd [1] name.log', dir .. '/link.c')
      editor:ex('%bwipeout!')
      edit('link.c')
      wait_why('git ignores this file')
    end)
  end)

  describe('consent', function()
    --- Types in a file, and leaves Insert mode.
    local function type_something(name)
      edit(name or 'a.txt', { 'text' })
      editor:keys('Ahello')
      vim.wait(RESTED_MS)
      assert.is_false(shows(QUESTION))
      editor:keys('<Esc>')
    end

    local function is_on()
      return editor:lua("return require('beans.complete.policy').is_on()")
    end

    local function assert_not_asked()
      typist:wait_mode('n')
      vim.wait(RESTED_MS)
      assert.is_false(shows(QUESTION))
    end

    it('is asked for when nobody types, once and for all', function()
      start({ auto = 'ask' })
      type_something()
      editor:wait_screen(QUESTION)
      assert.is_true(shows('the text around the cursor to 127.0.0.1:'))
      assert.is_true(shows('+ 128 tokens each'))
      editor:keys(editor.is_vim and '<CR>' or '1<CR>')
      editor:wait_screen('completes as you type')
      assert.is_true(is_on())
      local path = bench.dir .. '/data/answers.tsv'
      assert.are.same({ 'complete\tyes' }, vim.fn.readfile(path))
      assert.are.equal('rw-------', vim.fn.getfperm(path))
      start({ auto = 'ask' })
      assert.is_true(is_on())
      type_something()
      assert_not_asked()
    end)

    it('takes no key that was meant for something else', function()
      start({ auto = 'ask' })
      edit('a.txt', { 'text' })
      editor:keys('Ahello<Esc>')
      for key in (':let g:typed = 12'):gmatch('.') do
        editor:keys(key)
        vim.wait(60)
      end
      editor:keys('<CR>')
      editor:wait('the command', function()
        return editor:eval("get(g:, 'typed', 0)") == 12
      end)
      editor:wait_screen(QUESTION)
      editor:keys('<Esc>')
      typist:wait_mode('n')
      assert.are.equal('texthello', editor:eval('getline(1)'))
      assert.is_false(is_on())
      type_something('b.txt')
      assert_not_asked()
      assert.are.equal(0, vim.fn.filereadable(bench.dir .. '/data/answers.tsv'))
    end)

    it('is not asked for without a key', function()
      start({ auto = 'ask' }, { base_url = 'https://beans.invalid/v1', api_key = '' })
      type_something()
      assert_not_asked()
    end)

    it('is not asked for in a private buffer', function()
      start({ auto = 'ask' })
      type_something('.env')
      assert_not_asked()
      type_something()
      editor:wait_screen(QUESTION)
      editor:keys(editor.is_vim and 'j<CR>' or '2<CR>')
      editor:wait_screen('completes only when asked')
      assert.are.same({ 'complete\tno' }, vim.fn.readfile(bench.dir .. '/data/answers.tsv'))
    end)
  end)

  describe('command', function()
    local function run(words, said)
      editor:ex('messages clear')
      editor:keys((':Beans complete %s<CR>'):format(words))
      editor:wait('"' .. said .. '"', function()
        return editor:ex('messages'):find(said, 1, true)
      end)
    end

    it('switches, tells and completes', function()
      start({ auto = false })
      edit('a.txt', { 'text' })
      assert.are.same({ 'on', 'off', 'toggle', 'now' }, editor:eval("getcompletion('Beans complete ', 'cmdline')"))
      run('', 'completion is off; here: complete.auto = false')
      run('on', 'switched on, for this session')
      wait_why('nothing')
      run('', 'completion is on; here: ')
      run('toggle', 'switched off, for this session')
      run('of', 'complete: "of" is none of on, off, toggle, now')
      editor:ex("let g:beans.complete = {'auto': 'ask'}")
      run('on', 'switched on, from now on')
      assert.are.same({ 'complete\tyes' }, vim.fn.readfile(bench.dir .. '/data/answers.tsv'))
    end)

    it('asks for a completion now, and says what the engine knows', function()
      start({ auto = false })
      editor:lua([[
        package.loaded['beans.complete'] = {
          trigger = function() triggered = true end,
          why = function() return 'waits for a pause' end,
        }
      ]])
      run('', 'completion is off; here: waits for a pause')
      editor:ex('Beans complete now')
      assert.is_true(editor:lua('return triggered'))
    end)

    it('is told by the status, too', function()
      start({ auto = true })
      edit('a.txt', { 'text' })
      editor:ex('setlocal readonly')
      editor:keys(':Beans status<CR>')
      editor:wait('the status', function()
        return editor:eval("bufname('%')") == 'beans://status'
      end)
      local text = table.concat(editor:eval("getline(1, '$')"), '\n')
      assert.is_truthy(text:find('completion +the buffer is read%-only'), text)
    end)
  end)

  it('is counted by day and language, through a crash', function()
    start({ auto = false })
    editor:lua([[
      local counts = require('beans.complete.counts')
      for _, kind in ipairs({ 'asked', 'asked', 'shown', 'accepted', 'cancelled' }) do
        counts.add(kind, 'lua')
      end
    ]])
    editor:quit()
    start({ auto = false })
    editor:lua("require('beans.complete.counts').add('asked', 'c')")
    editor:keys(':Beans usage<CR>')
    editor:wait('the usage', function()
      return editor:eval("bufname('%')") == 'beans://usage'
    end)
    local text = table.concat(editor:eval("getline(1, '$')"), '\n'):gsub(' +', ' ')
    for _, wanted in ipairs({
      'Completions asked shown accepted rate cached cancelled\n',
      'this session 1 0 0 - 0 0\n c 1 0',
      'today, all editors 3 1 1 100 % 0 1\n',
      ' lua 2 1 1 100 % 0 1\n',
    }) do
      assert.is_truthy(text:find(wanted, 1, true), ('no "%s" in\n%s'):format(wanted, text))
    end
    local files = vim.fn.glob(bench.dir .. '/data/ledger/*', true, true)
    assert.are.equal(1, #files)
    assert.are.equal('rw-------', vim.fn.getfperm(files[1]))
    editor:kill()
    start({ auto = false })
    editor:lua("require('beans.complete.counts').catch_up(function() end)")
    local lines = editor:lua("return require('beans.complete.counts').lines()")
    assert.is_truthy(table.concat(lines, '\n'):gsub(' +', ' '):find('today, all editors 3 ', 1, true))
  end)
end)
