-- What `@` mentions bring along, from real files, buffers, lists and repositories, in a real editor.

local rig_of = require('tests.editor.context_rig')

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

  --- The one block of a message, and no problem.
  local function the_block(text)
    local blocks, problems = rig:attach(text)
    assert.are.same({}, problems)
    assert.are.equal(1, #blocks)
    return blocks[1]
  end

  --- The one problem of a message, and no block.
  local function the_problem(text)
    local blocks, problems = rig:attach(text)
    assert.are.same({}, blocks)
    assert.are.equal(1, #problems)
    return problems[1]
  end

  local function has(part, text)
    assert.is_truthy(text:find(part, 1, true), ('"%s" in:\n%s'):format(part, text))
  end

  local function has_not(part, text)
    assert.is_nil(text:find(part, 1, true), ('no "%s" in:\n%s'):format(part, text))
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

    it('a range of :Beans chat goes along as it is told', function()
      local block = lua([[
        return require('beans.attachment').excerpt({
          name = 'lua/a.lua', filetype = 'lua', first = 2, last = 3, lines = { 'local b', 'local c' },
        })
      ]])
      assert.are.equal('[@selection · lua/a.lua · lines 2-3 · ~4 tokens]\n```lua\nlocal b\nlocal c\n```', block)
    end)
  end)

  describe('what was found', function()
    it('@quickfix is the list, without lines of private files', function()
      rig:write('.env', 'SECRET=1\n')
      rig:write('a.lua', 'local x\n')
      editor:ex([[
        call setqflist([{'filename': 'a.lua', 'lnum': 1, 'col': 7, 'text': 'x 100% unused'}, {'filename': '.env', 'lnum': 1, 'text': 'SECRET=1'}])
        call setqflist([], 'a', {'title': ':grep x'})
      ]])
      local blocks, problems = rig:attach('@quickfix')
      has('[@quickfix · :grep x · 2 entries ·', blocks[1])
      has('\na.lua:1:7: x 100% unused\n', blocks[1])
      has_not('SECRET', blocks[1])
      assert.are.same({ '@quickfix: 1 of files that are never sent are left out' }, problems)
    end)

    it('@quickfix says when there is none', function()
      has('the list is empty', the_problem('@quickfix'))
    end)

    it('@diagnostics are those of the buffer, with the code', function()
      editor:ex('edit ' .. rig:write('a.lua', 'local x\n  local y\n'))
      has('there are none in a.lua', the_problem('@diagnostics'))
      if editor.is_vim then
        editor:ex([[
          call setloclist(0, [{'bufnr': bufnr(), 'lnum': 2, 'col': 9, 'type': 'W', 'text': 'y is unused'}])
        ]])
      else
        lua([[
          vim.diagnostic.set(vim.api.nvim_create_namespace('t'), 0, {
            { lnum = 1, col = 8, severity = vim.diagnostic.severity.WARN, message = 'y is unused', source = 'luals' },
          })
        ]])
      end
      editor:ex('Beans chat')
      local block = the_block('@diagnostics')
      has('[@diagnostics · a.lua · 1 finding ·', block)
      has('\n2:9: warning: y is unused', block)
      has('\n    > local y\n', block)
    end)

    it('@diagnostics falls back to the quickfix list in Vim', function()
      if editor.is_vim then
        editor:ex('edit ' .. rig:write('a.lua', 'local x\n'))
        editor:ex("call setqflist([{'bufnr': bufnr(), 'lnum': 1, 'type': 'E', 'text': 'broken'}])")
        has('error: broken', the_block('@diagnostics'))
      end
    end)
  end)

  describe('@diff', function()
    before_each(function()
      rig:git('init', '-q')
      rig:write('a.txt', 'one\n')
      rig:write('.env', 'OLD\n')
      rig:write('sub/b.txt', 'one\n')
      rig:git('add', '-A')
      rig:git('commit', '-qm', 'first')
      editor:ex('edit sub/b.txt')
    end)

    it('is what is not committed, staged or not, without secrets', function()
      has('nothing is changed', the_problem('@diff'))
      rig:write('a.txt', 'two\n')
      rig:write('.env', 'NEWSECRET\n')
      rig:write('sub/b.txt', 'three\n')
      rig:git('add', 'a.txt')
      local blocks, problems = rig:attach('@diff')
      has('[@diff · not committed · 2 files ·', blocks[1])
      has('+two', blocks[1])
      has('+three', blocks[1])
      has_not('SECRET', blocks[1])
      assert.are.same({ '@diff: .env: never sent: it is on the list of secrets' }, problems)
      local staged = the_block('@diff:staged')
      has('+two', staged)
      has_not('+three', staged)
      local unstaged = rig:attach('@diff:unstaged')[1]
      has('+three', unstaged)
      has_not('+two', unstaged)
      has('only @diff', the_problem('@diff:other'))
    end)

    it('asks for renamed secrets by both names, and for odd names', function()
      rig:git('mv', '.env', 'harmless.txt')
      rig:write('ä "b"\n.txt', 'odd\n')
      rig:git('add', '-A')
      local blocks, problems = rig:attach('@diff')
      has_not('-OLD', blocks[1])
      has('+odd', blocks[1])
      assert.are.equal(1, #problems)
    end)

    it('runs no program that the repository names', function()
      rig:git('config', 'diff.evil.textconv', 'touch ' .. rig.dir .. '/ran; cat')
      rig:git('config', 'diff.external', 'touch ' .. rig.dir .. '/ran')
      rig:write('.gitattributes', '*.txt diff=evil\n')
      rig:write('a.txt', 'two\n')
      has('+two', the_block('@diff'))
      assert.is_nil(vim.uv.fs_stat(rig.dir .. '/ran'))
    end)

    it('says when there is no repository', function()
      vim.fn.delete(rig.dir .. '/.git', 'rf')
      has('not a git repository', the_problem('@diff'))
    end)
  end)

  it('@diff takes what is staged before the first commit', function()
    rig:git('init', '-q')
    rig:write('a.txt', 'new\n')
    rig:git('add', '-A')
    has('+new', the_block('@diff'))
  end)

  describe('@tree', function()
    it('is what git knows', function()
      rig:git('init', '-q')
      rig:write('.gitignore', 'out/\n')
      rig:write('out/x', '')
      rig:write('lua/a.lua', '')
      rig:write('lua/ä.lua', '')
      rig:write('b', '')
      local block = the_block('@tree')
      has('[@tree · 4 files ·', block)
      has('```\nlua/\n  a.lua\n  ä.lua\n.gitignore\nb\n```', block)
    end)

    it('is a walk where git knows nothing', function()
      rig:write('lua/a.lua', '')
      rig:write('b', '')
      has('```\nlua/\n  a.lua\nb\n```', the_block('@tree'))
    end)

    it('closes deep folders where it would be too long', function()
      for i = 1, 900 do
        rig:write(('many/%d'):format(i), '')
      end
      rig:write('b', '')
      local block = the_block('@tree')
      has('folders below depth 1 closed', block)
      has('\nmany/ (900 files)\nb\n', block)
    end)
  end)

  describe('symbols', function()
    local CODE = 'local M = {}\n\nfunction M.one()\n  local a = 1\n  return a\nend\n\nreturn M\n'

    it('@symbol is the function around the cursor', function()
      editor:ex('edit ' .. rig:write('a.lua', CODE))
      if editor.is_vim then
        assert.are.same({}, (rig:attach('@symbol')))
        return
      end
      has('in no function', the_problem('@symbol'))
      editor:ex('4')
      editor:ex('Beans chat')
      local block = the_block('@symbol')
      has('[@symbol · a.lua · lines 3-6 ·', block)
      has('```lua\nfunction M.one()\n  local a = 1\n  return a\nend\n```', block)
    end)

    it('@lsp and @symbol ask the language server', function()
      if editor.is_vim then
        return
      end
      editor:ex('edit ' .. rig:write('a.unknown', CODE))
      has('no language server', the_problem('@lsp'))
      lua([[
        local function range(first, last)
          return { start = { line = first, character = 0 }, ['end'] = { line = last, character = 3 } }
        end
        local one = { name = 'one', kind = 12, range = range(2, 5), selectionRange = range(2, 2) }
        local module = { name = 'M', kind = 2, range = range(0, 7), selectionRange = range(0, 0), children = { one } }
        vim.lsp.start({
          name = 'fake',
          cmd = function()
            return {
              request = function(method, _, reply)
                if method == 'initialize' then
                  reply(nil, { capabilities = { documentSymbolProvider = true } })
                else
                  reply(nil, method == 'textDocument/documentSymbol' and { module } or nil)
                end
                return true, 1
              end,
              notify = function() return true end,
              is_closing = function() return false end,
              terminate = function() end,
            }
          end,
        })
      ]])
      editor:ex('4')
      local block = the_block('@lsp')
      has('[@lsp · a.unknown · 2 symbols ·', block)
      has('\nmodule M (lines 1-8)\n  function one (lines 3-6)\n', block)
      has('[@symbol · a.unknown · lines 3-6 ·', the_block('@symbol'))
    end)
  end)

  describe('@url', function()
    local function url(name)
      return ('http://127.0.0.1:%d/s/%s'):format(rig.bench.port, name)
    end

    it('is the text of a page', function()
      rig.bench:script(
        'page',
        'header Content-Type: text/html; charset=utf-8\n'
          .. 'send "<title>A page</title><h1>Beans</h1><script>no()</script><p>One &amp; two"'
      )
      local block = the_block('@url:' .. url('page'))
      has(' · A page · ', block)
      has('```\n# Beans\n\nOne & two\n```', block)
    end)

    it('says what the server says, and takes no pictures', function()
      has('the server says 404', the_problem('@url:' .. url('none')))
      rig.bench:script('picture', 'header Content-Type: image/png\nsend "abc"')
      has('no text (image/png)', the_problem('@url:' .. url('picture')))
      has('only http', the_problem('@url:file:///etc/passwd'))
      has('onnect', the_problem('@url:http://127.0.0.1:1/x'))
    end)

    it('follows no way out of the web', function()
      rig.bench:script('away', 'status 302\nheader Location: file:///etc/passwd\nsend ""')
      has_not('root:', the_problem('@url:' .. url('away')))
    end)

    it('is cut when it does not end', function()
      rig.bench:script(
        'flood',
        'header Content-Type: text/plain\nrepeat 4000\nsend "' .. ('x'):rep(1000) .. '\\n"\nend'
      )
      local block = the_block('@url:' .. url('flood'))
      has('cut to the first', block)
      assert.is_true(#block < 70000)
    end)
  end)

  describe('@image', function()
    local PNG = '\137PNG\r\n\26\n\0\0\0\13IHDR\0\0\2\0\0\0\1\0\8\2\0\0\0' .. ('\0'):rep(1000)

    it('is a line of text that is sent as an image', function()
      rig:write('shots/a.png', PNG)
      local line = the_block('@image:shots/a.png')
      assert.are.equal('[@image:shots/a.png · 1 KB · ~255 tokens]', line)
      local content = lua(
        [[
          local content, problems =
            require('beans.attachment').content(..., require('beans.context').read_image)
          assert(#problems == 0)
          return content
        ]],
        'look:\n\n' .. line .. '\n\nwell?'
      )
      assert.are.same({ type = 'text', text = 'look:\n\n' .. line }, content[1])
      assert.are.equal('image_url', content[2].type)
      assert.are.equal('data:image/png;base64,' .. vim.base64.encode(PNG), content[2].image_url.url)
      assert.are.same({ type = 'text', text = '\nwell?' }, content[3])
    end)

    it('says what can not be had', function()
      rig:write('a.png', 'no image')
      rig:write('id_rsa.png', PNG)
      rig:write('big.png', PNG .. ('x'):rep(6 * 1024 * 1024))
      has('no image', the_problem('@image:a.png'))
      has('no such file', the_problem('@image:b.png'))
      has('list of secrets', the_problem('@image:id_rsa.png'))
      has('more than 5.0 MB', the_problem('@image:big.png'))
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
