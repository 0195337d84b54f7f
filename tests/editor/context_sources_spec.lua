-- What `@` mentions bring along from lists, repositories, language servers and the web, in a real editor.

local rig_of = require('tests.editor.context_rig')

local has, has_not = rig_of.has, rig_of.has_not

describe('context from', function()
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

  describe('what was found', function()
    it('@quickfix is the list, without lines of private files', function()
      rig:write('.env', 'SECRET=1\n')
      rig:write('a.lua', 'local x\n')
      editor:ex([[
        call setqflist([{'filename': 'a.lua', 'lnum': 1, 'col': 7, 'text': 'x 100% unused'}])
        call setqflist([{'filename': '.env', 'lnum': 1, 'text': 'SECRET=1'}], 'a')
        call setqflist([], 'a', {'title': ':grep x'})
      ]])
      local blocks, problems = rig:attach('@quickfix')
      has('[@quickfix · ":grep x" · 2 entries ·', blocks[1])
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

    it('@symbol is a definition, not a mention of one', function()
      if editor.is_vim then
        return
      end
      editor:ex('edit ' .. rig:write('a.c', 'struct p {\n  int x;\n};\n\nint f(struct p *p)\n{\n  return p->x;\n}\n'))
      editor:ex('call cursor(5, 8)')
      has('lines 5-8', rig:the_block('@symbol'))
      editor:ex('call cursor(2, 3)')
      has('lines 1-3', rig:the_block('@symbol'))
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
      has(' · "A page" · ', block)
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
end)
