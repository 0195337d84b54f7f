-- The chat is a file: saved by itself, and as good as any file for all that an editor does with files.

local bench_of = require('tests.editor.bench')
local chat_rig = require('tests.editor.chat_rig')
local transcript = require('beans.transcript')

local SSE = 'header Content-Type: text/event-stream\n'
local NEW_CHAT = { '---', 'beans: 1', 'title: x', '---', '', '# You', '', '', '' }

describe('the file of a chat', function()
  local bench, editor, view

  before_each(function()
    bench = bench_of.start()
  end)

  after_each(function()
    bench:stop()
  end)

  local read = chat_rig.read

  local function start(script, options)
    editor, view = chat_rig.start(bench, script, options)
    return editor
  end

  local function write(name, lines)
    vim.fn.mkdir(vim.fs.dirname(name), 'p')
    vim.fn.writefile(lines, name, 'b')
    return name
  end

  local function files()
    return vim.fn.glob(bench.dir .. '/data/chats/*', true, true)
  end

  it('is what stands in the buffer, private, with a head', function()
    bench:script('paid', SSE .. 'header X-Request-Cost-Micro-Usd: 1234\ndelta "yes"\nfinish stop\nusage 3 4\ndone')
    start('paid')
    editor:keys(':Beans chat hi<CR>')
    view:wait_end(2)
    local name = view:path()
    assert.are.equal(bench.dir .. '/data/chats', vim.fs.dirname(name))
    view:wait_disk(name, 'cost_micro_usd: 1234\n')
    assert.is_true(view:is_saved(name))
    assert.are.equal('rw-------', vim.fn.getfperm(name))
    assert.are.equal('rwx------', vim.fn.getfperm(vim.fs.dirname(name)))
    local head = chat_rig.of(editor):head()
    assert.are.same({ '1', 'hi', 'gpt-5.5' }, { head.beans, head.title, head.model })
    assert.is_truthy(head.created:find('^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$'))
    assert.is_false(view:modified())
  end)

  it('has what is typed when the user pauses', function()
    start('hello')
    editor:keys(':Beans chat<CR>')
    editor:wait_screen('# You')
    local name = view:path()
    editor:keys('GiWhat I type')
    view:wait_disk(name, '# You\n\nWhat I type\n')
    editor:wait('the buffer to be saved', function()
      return not view:modified()
    end)
    assert.are.equal('i', editor:eval('mode()'))
  end)

  it('has the last changes when the editor quits, which asks nothing', function()
    for _, command in ipairs({ 'qall', 'wqall' }) do
      start('hello')
      editor:keys(':Beans! chat<CR>')
      editor:wait_screen('# You')
      local name = view:path()
      editor:ex("call setline('$', 'Just typed')")
      editor:quit(command)
      assert.is_truthy(read(name):find('# You\n\nJust typed\n$'), command)
    end
  end)

  it('comes back with a session', function()
    start('hello')
    editor:keys(':Beans chat hi<CR>')
    view:wait_end(2)
    local session = bench.dir .. '/session.vim'
    editor:ex('mksession ' .. session)
    editor:quit('qall')
    start('hello')
    editor:ex('source ' .. session)
    editor:wait_screen('Hello, world')
    editor:ex(('call win_gotoid(win_findbuf(%d)[0])'):format(view:look().buf))
    editor:wait_screen('Beans · gpt-5.5')
    editor:keys('Gaagain<Esc><CR>')
    view:wait_end(3)
    assert.is_nil(editor:raised())
  end)

  it('sets no options by what stands in it', function()
    local name = bench.dir .. '/mode.md'
    local lines = vim.deepcopy(NEW_CHAT)
    lines[#lines - 1] = 'vim: set tabstop=3 shiftwidth=5:'
    lines[3] = 'title: vim: set tabstop=7:'
    write(name, lines)
    start('hello', { config = { 'set modeline modelines=9' } })
    editor:ex('edit ' .. name)
    editor:keys('<CR>')
    view:wait_end(2)
    editor:ex('edit!')
    assert.are.same({ 8, 8 }, editor:eval('[&tabstop, &shiftwidth]'))
    assert.are.equal('beans', editor:eval('&filetype'))
  end)

  it('goes on under another name, and is copied', function()
    start('hello')
    editor:keys(':Beans chat hi<CR>')
    view:wait_end(2)
    local old, other, copy = view:path(), bench.dir .. '/other.md', bench.dir .. '/copy.md'
    editor:ex('write ' .. copy)
    assert.is_true(view:is_saved(copy))
    assert.are.equal(old, view:path())
    editor:ex('saveas ' .. other)
    assert.are.equal(other, view:path())
    editor:keys('Gaagain<Esc><CR>')
    view:wait_end(3)
    view:wait_disk(other, 'again')
    editor:wait('the whole to be saved', function()
      return view:is_saved(other)
    end)
    assert.are.equal(read(copy), read(old))
    assert.is_nil(editor:raised())
    local first = editor
    start('hello')
    editor:ex('edit ' .. other)
    view:wait_message('open in another editor, too (process ' .. first:eval('getpid()') .. ')')
  end)

  describe('of any name', function()
    local name

    before_each(function()
      local lines = vim.deepcopy(NEW_CHAT)
      lines[8] = 'hi'
      name = write(bench.dir .. '/talk it over.txt', lines)
    end)

    --- It is one, in its window and on its way to the server.
    local function is_a_chat()
      editor:wait_screen('Beans · gpt-5.5')
      assert.are.equal('beans', editor:eval('&filetype'))
      editor:keys('<CR>')
      view:wait_end(2)
      view:wait_disk(name, 'Hello, world')
      assert.is_nil(editor:raised())
    end

    it('is a chat when it is edited', function()
      start('hello', { config = { 'set laststatus=2' } })
      editor:ex('edit ' .. vim.fn.fnameescape(name))
      is_a_chat()
    end)

    it('is one as an argument of the editor', function()
      start('hello', { config = { 'set laststatus=2' }, files = { name } })
      is_a_chat()
    end)

    it('is one in a session', function()
      local session = bench.dir .. '/session.vim'
      start('hello')
      editor:ex('edit ' .. vim.fn.fnameescape(name))
      editor:ex('mksession ' .. session)
      editor:quit('qall')
      start('hello', { config = { 'set laststatus=2' } })
      editor:ex('source ' .. session)
      is_a_chat()
    end)

    it('is one by the name that :saveas gave it, and when it is read again', function()
      local copy = bench.dir .. '/copy'
      start('hello', { config = { 'set laststatus=2' } })
      editor:ex('edit ' .. vim.fn.fnameescape(name))
      editor:ex('saveas ' .. copy)
      name = copy
      is_a_chat()
      editor:ex('bwipeout!')
      editor:ex('edit ' .. copy)
      editor:wait_screen('Beans · gpt-5.5')
      editor:wait_screen('Hello, world')
      assert.are.equal('beans', editor:eval('&filetype'))
    end)

    it('is none where it is no file', function()
      start('hello')
      editor:ex('edit odd://nowhere/x')
      editor:ex(('silent 0read %s | doautocmd BufReadPost'):format(vim.fn.fnameescape(name)))
      editor:ex('enew | set buftype=nowrite')
      editor:ex(('silent 0read %s | doautocmd BufReadPost'):format(vim.fn.fnameescape(name)))
      assert.are.equal('---', editor:eval('getline(1)'))
      assert.are.equal(0, view:look().buf)
    end)
  end)

  it('is no other Markdown file', function()
    local lines = { '---', 'title: notes', '---', '', '# You', '', 'text', '', '# Beans', '' }
    start('hello')
    editor:ex('edit ' .. write(bench.dir .. '/notes.md', lines))
    assert.are.equal('markdown', editor:eval('&filetype'))
    assert.are.equal(0, view:look().buf)
    editor:ex('edit ' .. write(bench.dir .. '/bare.md', { '# You', '', 'beans: 1', '' }))
    assert.are.equal(0, view:look().buf)
  end)

  it('of an older format is upgraded when it is written', function()
    local name = write(bench.dir .. '/old.md', { '---', 'beans: 0', 'title: old', '---', '', '# You', '', 'hi', '' })
    start('hello')
    editor:ex('edit ' .. name)
    editor:wait('the chat', function()
      return view:look().buf > 0
    end)
    assert.is_truthy(read(name):find('beans: 0', 1, true))
    editor:keys('<CR>')
    view:wait_end(2)
    view:wait_disk(name, 'beans: 1\ntitle: old\n')
    local bare = write(bench.dir .. '/bare.md', { '# You', '', 'hi', '' })
    editor:lua("require('beans.chat').open_file(...)", bare)
    editor:keys('<CR>')
    view:wait_disk(bare, 'Hello, world')
    assert.is_truthy(read(bare):find('^%-%-%-\nbeans: 1\n'))
  end)

  it('of a newer format is shown, told of, and never written by itself', function()
    local lines = { '---', 'beans: 99', 'title: new', '---', '', '# You', '', 'hi', '' }
    local name = write(bench.dir .. '/new.md', lines)
    local before = read(name)
    start('hello')
    editor:ex('edit ' .. name)
    view:wait_message('a newer Beans')
    editor:keys('<CR>')
    view:wait_message('nothing is sent: ')
    editor:keys('Gaand more<Esc>')
    vim.wait(1500)
    assert.are.equal(before, read(name))
    assert.are.same({}, bench:requests())
    assert.is_true(view:modified())
    editor:ex('write')
    assert.is_truthy(read(name):find('and more', 1, true))
    assert.is_truthy(read(name):find('beans: 99', 1, true))
    assert.is_nil(editor:raised())
  end)

  it('keeps its line ends', function()
    local lines = vim.tbl_map(function(line)
      return line .. '\r'
    end, NEW_CHAT)
    lines[8], lines[#lines] = 'hi\r', ''
    local name = write(bench.dir .. '/dos.md', lines)
    start('hello')
    editor:ex('edit ' .. name)
    editor:keys('<CR>')
    view:wait_end(2)
    assert.are.same({ role = 'user', content = 'hi' }, bench:requests()[1].body.messages[2])
    view:wait_disk(name, 'Hello, world\r\n')
    editor:wait('the whole to be saved', function()
      return view:is_saved(name, '\r\n')
    end)
  end)

  it('is kept in memory while the disk takes nothing, and written when it does', function()
    write(bench.dir .. '/data/chats', { 'in the way' })
    start('hello')
    editor:keys(':Beans chat hi<CR>')
    view:wait_end(2)
    view:wait_message('not saved, and will be tried again')
    editor:keys('Gaagain<Esc><CR>')
    view:wait_end(3)
    local said, times = editor:ex('messages'):gsub('beans: the chat is not saved, and will be tried again:[^\n]*', '')
    assert.is_nil(said:find('E%d'), said)
    assert.are.equal(1, times)
    vim.fn.delete(bench.dir .. '/data/chats')
    local name = view:path()
    editor:wait('the file', function()
      return view:is_saved(name)
    end, 12000)
    assert.is_false(view:modified())
    editor:keys('Gaafter that<Esc>')
    view:wait_disk(name, 'after that')
  end)

  it('is not there when nothing was said', function()
    start('hello')
    editor:keys(':Beans chat<CR>')
    editor:wait_screen('# You')
    assert.are.equal(1, #files())
    editor:quit('qall')
    assert.are.same({}, files())
    start('hello')
    editor:keys(':Beans chat<CR>')
    editor:wait_screen('# You')
    editor:ex('bwipeout ' .. view:look().buf)
    assert.are.same({}, files())
    editor:keys(':Beans chat<CR>')
    editor:wait_screen('# You')
    editor:keys('GiSomething<Esc>')
    editor:wait('the text', function()
      return view:text():find('Something', 1, true)
    end)
    editor:quit('qall')
    assert.are.equal(1, #files())
    assert.are.same({}, vim.fn.glob(bench.dir .. '/data/live/*', true, true))
  end)

  it('gives the exact text back, whatever is asked and answered', function()
    local asked = '# Beans\n\n\\# You\n> [!BEANS] stopped\n[@file:x · ~1 tokens]\n```\n# You\n```\n'
      .. '---\nbeans: 2\nGrüße 🫘 \194\173\n\n\n\tend'
    local answered = '> [!BEANS] gpt · $1\n\\\\# System\n```\n# You\n```\n\n> quoted\n# Beansprout\n\n---'
    local pieces = {}
    for piece in answered:gmatch('..?') do
      pieces[#pieces + 1] = ('delta %s'):format(vim.json.encode(piece))
    end
    bench:script('mirror', SSE .. table.concat(pieces, '\n') .. '\nfinish stop\ndone')
    start('mirror')
    editor:lua("require('beans.chat').open({ prompt = ... })", asked)
    view:wait_end(2)
    local name = view:path()
    view:wait_disk(name, 'Beansprout')
    local got = {}
    for _, message in ipairs(transcript.parse(vim.split(read(name):gsub('\n$', ''), '\n'))) do
      got[#got + 1] = message.content
    end
    assert.are.same({ asked, answered, '' }, got)
    assert.are.equal(asked, bench:requests()[1].body.messages[2].content)
  end)
end)
