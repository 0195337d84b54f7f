-- What every host promises of files, of parts of them and of text on the screen, asked of the host of each editor.

local rig = require('tests.editor.host_rig')

describe('host', function()
  local editor = rig.shared()

  local function lua(code, ...)
    return editor:lua(code, ...)
  end

  describe('files', function()
    local dir

    before_each(function()
      dir = editor.dir .. '/folder [x] *'
      vim.fn.delete(dir, 'rf')
      vim.fn.mkdir(dir .. '/below', 'p')
      vim.fn.writefile({ 'one', 'two' }, dir .. '/a.md')
    end)

    it('reads parts of a file', function()
      local path = dir .. '/a.md'
      assert.are.equal('one\nt', lua('return host.read_head(..., 5)', path))
      assert.are.equal('one\ntwo\n', lua('return host.read_head(..., 500)', path))
      assert.are.same({ 'ne', 'o\n', '' }, {
        lua('return host.read_part(..., 1, 2)', path),
        lua('return host.read_part(..., 6, 5)', path),
        lua('return host.read_part(..., 8, 5)', path),
      })
      assert.is_true(lua('return host.read_head(..., 5) == nil', dir .. '/nowhere'))
      assert.is_true(
        lua('local text, why = host.read_part(..., 0, 5) return text == nil and #why > 0', dir .. '/below')
      )
    end)

    it('are there at each moment while they are written anew', function()
      local path = dir .. '/a.md'
      local write = (':lua for i = 1, 300 do host.write_file(%q, "x") end got.written = { { 1 } }<CR>'):format(path)
      editor:keys(write)
      local missing, size = 0, 8
      repeat
        for _ = 1, 200 do
          local found = vim.uv.fs_stat(path)
          missing, size = missing + (found and 0 or 1), found and found.size or size
        end
        vim.wait(0)
      until size == 1 and lua('return got.written ~= nil')
      assert.are.equal(0, missing)
    end)

    it('removes a file, or says why not', function()
      assert.is_true(lua('return (host.remove_file(...))', dir .. '/a.md'))
      assert.are.same({ 'below' }, vim.fn.readdir(dir))
      assert.is_true(lua('local ok, why = host.remove_file(...) return ok == false and #why > 0', dir .. '/a.md'))
    end)

    it('knows where the undo steps of a file are kept', function()
      editor:ex('set undodir=~/undo')
      vim.fn.mkdir(editor.dir .. '/undo', 'p')
      assert.is_truthy(lua('return host.undo_file(...)', dir .. '/a.md'):find(editor.dir .. '/undo/', 1, true))
    end)

    it('finds the buffer of a file by its exact name, and wipes it', function()
      local path = dir .. '/a.md'
      assert.is_true(lua('return host.buf_of_file(...) == nil', path))
      editor:ex('execute "edit" fnameescape("' .. path .. '")')
      local buf = editor:eval("bufnr('%')")
      assert(vim.uv.fs_symlink(dir, editor.dir .. '/link'))
      editor:ex('hide enew')
      assert.are.equal(buf, lua('return host.buf_of_file(...)', path))
      assert.are.equal(buf, lua('return host.buf_of_file(...)', editor.dir .. '/link/a.md'))
      assert.is_true(lua('return host.buf_of_file(...) == nil', dir .. '/a'))
      editor:ex(('call setbufline(%d, 1, "changed")'):format(buf))
      lua('host.buf_wipe(...)', buf)
      assert.are.equal(0, editor:eval(('bufexists(%d)'):format(buf)))
    end)
  end)

  describe('text on the screen', function()
    it('is cut, or filled up, to cells', function()
      assert.are.same({ 'ab  ', 'abcd', 'ä日 ', '日 ', '日本', '' }, {
        lua("return host.fit('ab', 4)"),
        lua("return host.fit('abcdef', 4)"),
        lua("return host.fit('ä日', 4)"),
        lua("return host.fit('日本', 3)"),
        lua("return host.fit('日本', 4)"),
        lua("return host.fit('日本', 0)"),
      })
      assert.are.equal(80, lua('return host.screen_width()'))
      assert.are.equal(5, lua("return host.text_cells('ä日本')"))
    end)

    it('has small letters and capitals of all scripts', function()
      assert.are.same({ 'größe 日 жук', 'GRÖSSE ЖУК' }, {
        lua("return host.lower('GRÖßE 日 ЖУК')"),
        lua("return host.upper('grösse жук')"),
      })
    end)
  end)

  describe('a menu that typing narrows', function()
    -- As terminals send them.
    local DOWN, UP, PAGE_DOWN, PAGE_UP = '\27[B', '\27[A', '\27[6~', '\27[5~'

    local function open(count)
      lua(
        [[
          local items = {}
          for i = 1, ... do
            items[i] = ('item %d %s'):format(i, i % 2 == 0 and 'Even' or 'ÖDD')
          end
          host.schedule(function()
            host.select(items, 'Which', function(item, index)
              note('chosen')(tostring(item), tostring(index))
            end, { narrow = true })
          end)
        ]],
        count
      )
      editor:wait_screen('Which (' .. count .. ')')
      editor:wait_screen('item 1 ')
    end

    local function chosen()
      return rig.calls(editor, 'chosen')
    end

    local function on_screen(text)
      return table.concat(editor:screen(), '\n'):find(text, 1, true) ~= nil
    end

    it('takes words, in any order and case', function()
      open(1000)
      editor:keys('51 ev')
      editor:wait_screen('Which (5 of 1000)')
      editor:keys(DOWN)
      assert.is_false(on_screen('item 51 '))
      editor:keys('<CR>')
      assert.are.same({ { 'item 512 Even', '512' } }, chosen())
      assert.are.equal('n', editor:eval('mode()'))
    end)

    it('knows capitals of all scripts, and takes what is typed back', function()
      open(30)
      editor:keys('öddx')
      editor:wait_screen('Which (0 of 30)')
      editor:keys('<CR>')
      editor:keys('\127')
      editor:wait_screen('Which (15 of 30)')
      editor:keys('<C-u>even<C-w>')
      editor:wait_screen('Which (30)')
      editor:keys('jk')
      editor:wait_screen('Which (0 of 30)')
      editor:keys('<C-u><CR>')
      assert.are.same({ { 'item 1 ÖDD', '1' } }, chosen())
    end)

    it('moves by lines and by pages', function()
      open(1000)
      editor:keys(PAGE_DOWN .. PAGE_DOWN)
      editor:wait_screen('item 34 ')
      editor:keys('<C-n><C-p>' .. DOWN .. UP .. PAGE_UP:rep(3) .. DOWN .. '<CR>')
      assert.are.same({ { 'item 2 Even', '2' } }, chosen())
    end)

    it('takes no for an answer, and leaves nothing behind', function()
      editor:ex('split')
      local win = editor:eval('win_getid()')
      open(5)
      editor:keys('ev')
      editor:wait_screen('Which (2 of 5)')
      editor:keys('<Esc>')
      assert.are.same({ { 'nil', 'nil' } }, chosen())
      editor:wait('the menu to go', function()
        return not on_screen('Which')
      end)
      assert.are.same({ win, 2, 'n' }, { editor:eval('win_getid()'), editor:eval("winnr('$')"), editor:eval('mode()') })
      assert.are.same({ '' }, editor:eval("getline(1, '$')"))
    end)

    it('shows foreign text cleaned', function()
      lua("host.schedule(function() host.select({ 'a\\27[2J\\nb' }, 'Which', note('chosen'), { narrow = true }) end)")
      editor:wait_screen('a␛[2J b')
      editor:keys('<CR>')
      assert.are.same({ { 'a\27[2J\nb', 1 } }, chosen())
    end)

    it('is the picker of the user, where there is one', function()
      if not editor.is_vim then
        lua([[
          plain_select = vim.ui.select
          vim.ui.select = function(items, options, on_choice)
            on_choice(items[2] .. options.kind, 2)
          end
          host.select({ 'a', 'b' }, 'Which', note('chosen'), { narrow = true })
          vim.ui.select = plain_select
        ]])
        assert.are.same({ { 'bbeans', 2 } }, chosen())
      end
    end)
  end)
end)
