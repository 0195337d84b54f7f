-- What `@` mentions bring along from files and buffers, and what never goes, in a real editor.

local rig_of = require('tests.editor.context_rig')

local has = rig_of.has

describe('context', function()
  local rig, editor

  setup(function()
    rig = rig_of.start()
    editor = rig.editor
  end)

  teardown(function()
    rig:stop()
  end)

  before_each(function()
    rig:reset()
  end)

  after_each(function()
    assert.is_nil(editor:raised())
  end)

  local function lua(code, ...)
    return editor:lua(code, ...)
  end

  local function the_block(text)
    return rig:the_block(text)
  end

  local function the_problem(text)
    return rig:the_problem(text)
  end

  describe('@file', function()
    it('takes a file, with its name, lines, tokens and language', function()
      rig:write('lua/a.lua', 'local a = 1\nreturn a\n')
      assert.are.equal(
        '[@file:lua/a.lua · lines 1-2 · ~5 tokens]\n```lua\nlocal a = 1\nreturn a\n```',
        the_block('see @file:lua/a.lua, please')
      )
    end)

    it('takes names with blanks, from the home, and by their whole path', function()
      rig:write('a b.txt', 'one')
      has('one', the_block('@file:"a b.txt"'))
      has('[@file:~/project/c.txt · line 1', (rig:write('c.txt', 'two') and the_block('@file:~/project/c.txt')))
      has('two', the_block('@file:' .. rig.dir .. '/c.txt'))
    end)

    it('takes the text of an open buffer, saved or not', function()
      editor:ex('edit ' .. rig:write('a.txt', 'saved\n'))
      lua("require('beans.host').buf_set_lines(require('beans.host').current().buf, 1, 1, { 'changed' })")
      has('changed', the_block('@file:a.txt'))
    end)

    it('says what can not be had', function()
      rig:write('bin', 'a\0b')
      rig:write('dir/x', '')
      vim.system({ 'mkfifo', rig.dir .. '/pipe' }):wait()
      assert.are.equal('@file:none.txt: no such file', the_problem('@file:none.txt'))
      has('no text', the_problem('@file:bin'))
      has('folder', the_problem('@file:dir'))
      has('no ordinary file', the_problem('@file:pipe'))
      has('no file matches', the_problem('@file:*.none'))
    end)

    it('cuts what is long and says so', function()
      rig:write('long.txt', ('line\n'):rep(5000))
      rig:write('wide.txt', ('ä'):rep(300000))
      local block = the_block('@file:long.txt')
      has('lines 1-4000 · cut to the first 4000 of 5000 lines', block)
      assert.are.equal(4003, select(2, block:gsub('\n', '')) + 1)
      has('cut, the file has 586 KB', the_block('@file:wide.txt'))
      assert.is_true(#the_block('@file:wide.txt') < 140 * 1024)
      editor:ex('edit long.txt')
      has('cut, the file has 5000 lines', the_block('@buffer'))
    end)

    it('takes patterns, in order, each file in a block that names the pattern', function()
      rig:write('lua/a.lua', 'a')
      rig:write('lua/b.lua', 'b')
      rig:write('lua/deep/c.lua', 'c')
      rig:write('lua/d.txt', 'd')
      local blocks, problems = rig:attach('@file:lua/*.lua')
      assert.are.same({}, problems)
      assert.are.equal('[@file:lua/a.lua · @file:lua/*.lua · line 1 · ~1 tokens]\n```lua\na\n```', blocks[1])
      has('lua/b.lua', blocks[2])
      assert.are.equal(2, #blocks)
      assert.are.equal(3, #rig:attach('@file:**/*.lua'))
      assert.are.equal(2, #rig:attach('@file:lua/?.lua'))
      assert.are.equal(1, #rig:attach('@file:lua/[!ab].*'))
    end)

    it('leaves out of ** what git ignores and what is hidden, and never runs anything', function()
      rig:write('.gitignore', 'build/\n')
      rig:write('build/x.lua', 'x')
      rig:write('.hidden/y.lua', 'y')
      rig:write('z.lua', 'z')
      assert.are.equal(1, #rig:attach('@file:**/*.lua'))
      assert.are.equal(1, #rig:attach('@file:build/*.lua'))
      assert.are.equal(1, #rig:attach('@file:.hidden/*'))
      the_problem(('@file:"`touch %s/ran`*"'):format(rig.dir))
      the_problem(('@file:"=writefile([],`%s/ran`)"'):format(rig.dir))
      assert.is_nil(vim.uv.fs_stat(rig.dir .. '/ran'))
    end)

    it('takes no more files than fit', function()
      for i = 1, 60 do
        rig:write(('many/%02d.txt'):format(i), 'x')
      end
      local blocks, problems = rig:attach('@file:many/*')
      assert.are.equal(50, #blocks)
      assert.are.same({ '@file:many/*: only the first 50 files were taken' }, problems)
    end)

    it('is not led in circles', function()
      rig:write('a/x.txt', 'x')
      vim.uv.fs_symlink(rig.dir, rig.dir .. '/a/loop')
      assert.are.equal(1, #rig:attach('@file:**/*.txt'))
    end)

    it('sends Latin-1 and CRLF as UTF-8 and LF', function()
      rig:write('old.txt', 'gr\252n\r\nzwei\r\n')
      has('```txt\ngrün\nzwei\n```', the_block('@file:old.txt'))
    end)

    it('can not be broken out of by backticks', function()
      rig:write('a.md', '```lua\nx\n```\n````\n')
      has('\n`````md\n```lua', the_block('@file:a.md'))
    end)
  end)

  describe('privacy', function()
    it('never sends secrets, but samples of them', function()
      for _, name in ipairs({ '.env', '.env.local', 'server.pem', 'id_ed25519', '.npmrc', '.aws/credentials' }) do
        rig:write(name, 'SECRET')
        assert.are.equal(
          ('@file:%s: never sent: it is on the list of secrets'):format(name),
          the_problem('@file:' .. name)
        )
      end
      rig:write('.env.example', 'SAMPLE')
      has('SAMPLE', the_block('@file:.env.example'))
    end)

    it('is not led astray by links and ways round', function()
      rig:write('.env', 'SECRET')
      rig:write('x/y', '')
      vim.uv.fs_symlink(rig.dir .. '/.env', rig.dir .. '/harmless.txt')
      has('list of secrets', the_problem('@file:harmless.txt'))
      has('list of secrets', the_problem('@file:x/../.env'))
      has('list of secrets', the_problem('@file:.ENV'))
    end)

    it('obeys .beansignore, nested, and as it is changed', function()
      rig:write('.beansignore', '*.log\n/private/\n')
      rig:write('a.log', 'x')
      rig:write('private/deep/a.txt', 'x')
      rig:write('sub/.beansignore', '!keep.log\nown.txt\n')
      rig:write('sub/keep.log', 'kept')
      rig:write('sub/own.txt', 'x')
      assert.are.equal(
        '@file:a.log: never sent: .beansignore leaves it out (line 1: *.log)',
        the_problem('@file:a.log')
      )
      has('line 2: /private/', the_problem('@file:private/deep/a.txt'))
      has('sub/.beansignore leaves it out (line 2: own.txt)', the_problem('@file:sub/own.txt'))
      has('kept', the_block('@file:sub/keep.log'))
      rig:write('.beansignore', '*.txt\n/private/\n')
      has('x', the_block('@file:a.log'))
    end)

    it('obeys b:beans_disable, in every way to the buffer', function()
      editor:ex('edit ' .. rig:write('a.lua', 'local function f()\n  return 1\nend\n'))
      editor:ex('let b:beans_disable = 1')
      has('b:beans_disable', the_problem('@file:a.lua'))
      has('b:beans_disable', the_problem('@buffer'))
      has('b:beans_disable', the_problem('@buffers'))
      has('b:beans_disable', the_problem('@diagnostics'))
      if not editor.is_vim then
        has('b:beans_disable', the_problem('@symbol'))
        has('b:beans_disable', the_problem('@lsp'))
      end
    end)

    it('obeys b:beans_disable of a buffer that was left', function()
      editor:ex('set nohidden')
      editor:ex('edit ' .. rig:write('a.lua', 'return 1\n'))
      editor:ex('let b:beans_disable = 1')
      editor:ex('edit ' .. rig:write('b.lua', 'return 2\n'))
      has('b:beans_disable', the_problem('@file:a.lua'))
      vim.uv.fs_symlink(rig.dir .. '/a.lua', rig.dir .. '/c.lua')
      has('b:beans_disable', the_problem('@file:c.lua'))
      local blocks, problems = rig:attach('@buffers')
      assert.are.equal(1, #blocks)
      assert.are.equal(1, #problems)
    end)

    it('takes no range of a private buffer along', function()
      editor:ex('edit ' .. rig:write('.env', 'SECRET\n'))
      editor:keys(':1Beans chat explain<CR>')
      editor:wait_screen('list of secrets')
      assert.are.same({}, rig.bench:requests())
    end)
  end)

  describe('buffers', function()
    it('@buffer is the one the user comes from, also out of a chat', function()
      editor:ex('edit ' .. rig:write('a.lua', 'return 1\n'))
      editor:ex('Beans chat')
      assert.are.equal('beans', editor:eval('&filetype'))
      assert.are.equal('[@buffer · a.lua · line 1 · ~3 tokens]\n```lua\nreturn 1\n```', the_block('@buffer'))
    end)

    it('@buffer says when there is none', function()
      editor:ex('Beans chat\nonly\n%bwipeout 1')
      has('no buffer', the_problem('@buffer'))
    end)

    it('@buffers are all open files, but private ones, which are named', function()
      for _, name in ipairs({ 'a.lua', 'b.lua', '.env' }) do
        editor:ex('edit ' .. rig:write(name, name .. ' text\n'))
      end
      editor:ex('Beans chat')
      local blocks, problems = rig:attach('@buffers')
      local all = table.concat(blocks, '\n')
      has('[@file:a.lua · @buffers · line 1', all)
      has('b.lua text', all)
      assert.are.equal(2, #blocks)
      assert.are.same({ '@buffers: .env: never sent: it is on the list of secrets' }, problems)
    end)

    it('tells what brought nothing from what was left out of the rest', function()
      editor:ex('edit ' .. rig:write('a.lua', 'return 1\n'))
      editor:ex('edit ' .. rig:write('.env', 'SECRET\n'))
      lua([[
        local context = require('beans.context')
        counts = nil
        context.attach('@buffers @file:none', context.snapshot(), function(blocks, problems, notes)
          counts = { #blocks, problems, notes }
        end)
      ]])
      local counts = editor:wait('the answer', function()
        return lua('return counts')
      end)
      assert.are.same({
        1,
        { '@file:none: no such file' },
        { '@buffers: .env: never sent: it is on the list of secrets' },
      }, counts)
    end)

    it('@selection is what was selected last, to the character', function()
      editor:ex('edit ' .. rig:write('a.lua', 'local ä = 1\nlocal b = 2\nlocal c = 3\n'))
      has('nothing was selected', the_problem('@selection'))
      editor:keys('ggwvj<Esc>')
      editor:wait('the selection', function()
        return editor:eval('line("\'>")') == 2
      end)
      editor:ex('Beans chat')
      assert.are.equal(
        '[@selection · a.lua · lines 1-2 · ~4 tokens]\n```lua\nä = 1\nlocal b\n```',
        the_block('@selection')
      )
    end)

    it('@selection takes whole lines of a selection by lines', function()
      editor:ex('edit ' .. rig:write('a.lua', 'local a = 1\nlocal b = 2\nlocal c = 3\n'))
      editor:keys('jVj<Esc>')
      editor:wait('the selection', function()
        return editor:eval('line("\'>")') == 3
      end)
      has('lines 2-3 · ~7 tokens]\n```lua\nlocal b = 2\nlocal c = 3\n```', the_block('@selection'))
    end)

    it('@selection takes the block of a selection by block', function()
      editor:ex('edit ' .. rig:write('a.lua', 'local ä = 1\nreturn\nlocal c = 3\n'))
      editor:keys('ggw<C-v>jj4l<Esc>')
      editor:wait('the selection', function()
        return editor:eval('line("\'>")') == 3
      end)
      editor:ex('Beans chat')
      has('lines 1-3 · ~4 tokens]\n```lua\nä = 1\n\nc = 3\n```', the_block('@selection'))
    end)

    it('a range of :Beans chat goes along as it is told', function()
      local block = lua([[
        return require('beans.attachment').excerpt({
          name = 'lua/a.lua', filetype = 'lua', first = 2, last = 3, lines = { 'local b', 'local c' },
        })
      ]])
      assert.are.equal('[@selection · lua/a.lua · lines 2-3 · ~4 tokens]\n```lua\nlocal b\nlocal c\n```', block)
    end)
  end)

  describe('mentions', function()
    it('are expanded once, each', function()
      rig:write('a.txt', 'one')
      rig:write('b.txt', 'two')
      local block = the_block('@file:a.txt and @file:a.txt')
      assert.are.same({}, (rig:attach('@file:a.txt\n\n' .. block)))
      has('two', the_block('@file:a.txt @file:b.txt\n\n' .. block))
      local blocks = rig:attach('@file:*.txt @file:a.txt')
      assert.are.equal(2, #blocks)
      assert.are.same({}, (rig:attach('@file:*.txt @file:a.txt\n\n' .. table.concat(blocks, '\n\n'))))
    end)

    it('keep their order', function()
      rig:write('a.txt', 'one')
      rig:write('b.txt', 'two')
      local blocks = rig:attach('@tree, @file:b.txt, @file:a.txt')
      has('[@tree', blocks[1])
      has('[@file:b.txt', blocks[2])
      has('[@file:a.txt', blocks[3])
    end)
  end)

  describe('completion', function()
    local function words(line)
      return lua(
        [[
          local col, items = require('beans.context').omni(...)
          local words = {}
          for i, item in ipairs(items or {}) do
            words[i] = item.word
          end
          return { col or -1, words }
        ]],
        line
      )
    end

    it('knows names, then paths of one folder', function()
      rig:write('lua/one.lua', '')
      rig:write('lua/two words.lua', '')
      rig:write('lua/deep/x', '')
      rig:write('lua/.hidden', '')
      rig:write('lua/key.pem', '')
      rig:write('a.png', '')
      assert.are.same({ 4, { '@file:' } }, words('see @fi'))
      assert.are.same({ 0, { '@diff', '@diagnostics' } }, { 0, { words('@di')[2][2], words('@di')[2][1] } })
      assert.are.same({ 0, { '@file:a.png', '@file:lua/' } }, words('@file:'))
      assert.are.same(
        { 0, { '@file:lua/deep/', '@file:lua/one.lua', '@file:"lua/two words.lua"' } },
        words('@file:lua/')
      )
      assert.are.same({ 0, { '@file:"lua/two words.lua"' } }, words('@file:"lua/two w'))
      assert.are.same({ 0, { '@image:a.png', '@image:lua/' } }, words('@image:'))
      assert.are.same({ 0, { '@diff:staged' } }, words('@diff:st'))
      assert.are.same({ -1, {} }, words('me@fi'))
    end)

    it('offers only what the editor can', function()
      local names = lua([[
        local names = {}
        for i, provider in ipairs(require('beans.context').providers()) do
          names[i] = provider.name
        end
        return table.concat(names, ' ')
      ]])
      assert.are.equal(not editor.is_vim, names:find('symbol') ~= nil and names:find('lsp') ~= nil)
    end)

    it('completes as one types', function()
      rig:write('lua/one.lua', '')
      editor:ex('enew')
      lua([[
        local host = require('beans.host')
        host.omnifunc(host.current().buf, require('beans.context').omni)
      ]])
      editor:keys('isee @file:lu<C-x><C-o>')
      editor:wait('the folder', function()
        return editor:eval('getline(1)') == 'see @file:lua/'
      end)
      editor:keys('<C-x><C-o>')
      editor:wait('the file', function()
        return editor:eval('getline(1)') == 'see @file:lua/one.lua'
      end)
      editor:keys('<Esc>oplain <C-x><C-o>x<Esc>')
      editor:wait('the rest', function()
        return editor:eval('getline(2)') == 'plain x'
      end)
    end)
  end)
end)
