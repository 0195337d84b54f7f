-- What every host promises to inline completion: ghost text, and what is typed.

local rig = require('tests.editor.host_rig')
local typing_rig = require('tests.editor.typing_rig')

describe('host', function()
  local editor, typist = typing_rig.shared()

  setup(function()
    editor:ex('Beans hunk next') -- defines the groups
  end)

  describe('ghost', function()
    it('stands at the cursor, what follows flows behind it, and more lines stand below', function()
      typist:insert({ 'a(b, c)', 'next' }, 1, 2)
      local tick = editor:lua('return host.buf_tick(host.current().buf)')
      typist:ghost({ 'mid, ', '    second', '', 'fourth' })
      typist:wait_rows({ 'a(mid, b, c)', '    second', '', 'fourth', 'next' })
      assert.are.same({ 'a(b, c)', 'next' }, typist:text())
      assert.are.equal(tick, editor:lua('return host.buf_tick(host.current().buf)'))
      assert.are.equal(3, editor:eval('wincol()'))
      typist:ghost(nil)
      typist:wait_rows({ 'a(b, c)', 'next', '~' })
    end)

    it('stands at the end of a line, of the first and of the last one', function()
      typist:insert({ 'one', '', 'three' }, 1, 3)
      typist:ghost({ ' more', '  below' })
      typist:wait_rows({ 'one more', '  below', '', 'three', '~' })
      typist:ghost({ '', 'only below' })
      typist:wait_rows({ 'one', 'only below', '', 'three', '~' })
      editor:ex('call cursor(3, 6)')
      typist:ghost({ '(', ')' })
      typist:wait_rows({ 'one', '', 'three(', ')', '~' })
      editor:ex('call cursor(2, 1)')
      typist:ghost({ 'x' })
      typist:wait_rows({ 'one', 'x', 'three', '~' })
    end)

    it('shows tabs as the buffer does, wide characters, and control characters as something harmless', function()
      typist:insert({ 'ab', 'next' }, 1, 2)
      editor:ex('setlocal tabstop=4')
      typist:ghost({ '\tc\td', '\t\27e\r漢字', '\tf' })
      typist:wait_rows({ 'ab  c   d', '    ␛e 漢字', '    f', 'next' })
    end)

    it('is drawn anew where it looks different, and is gone when it is to go', function()
      typist:insert({ 'one', 'two' }, 1, 3)
      typist:ghost({ 'a', 'b', 'c' })
      typist:wait_rows({ 'onea', 'b', 'c', 'two' })
      typist:ghost({ 'a', 'b' })
      typist:wait_rows({ 'onea', 'b', 'two', '~' })
      typist:ghost({ '', 'b' })
      typist:wait_rows({ 'one', 'b', 'two', '~' })
      typist:ghost({ 'x', 'y', 'z' })
      typist:wait_rows({ 'onex', 'y', 'z', 'two' })
      editor:ex('call append(0, "above")')
      typist:ghost({ 'x', 'y' })
      typist:wait_rows({ 'above', 'onex', 'y', 'two', '~' })
      editor:ex('call setline(2, "ONE")')
      typist:ghost({ 'x' })
      typist:wait_rows({ 'above', 'ONEx', 'two', '~' })
      editor:ex('2delete | 1')
      typist:ghost({ '!', '?' })
      editor:ex('new | only')
      typist:ghost({ 'new' })
      typist:wait_rows({ 'new', '~' })
      editor:ex('buffer #')
      typist:wait_rows({ 'above', 'two', '~' })
      typist:ghost(nil)
      typist:wait_rows({ 'above', 'two', '~' })
    end)

    it('does not come back with an undo', function()
      typist:insert({ 'one', 'two' }, 1, 3)
      typist:ghost({ 'a', 'b' })
      typist:wait_rows({ 'onea', 'b', 'two', '~' })
      editor:keys('x<CR>y')
      typist:wait_text({ 'onex', 'y', 'two' })
      typist:ghost({ 'a', 'b' })
      typist:wait_rows({ 'onex', 'ya', 'b', 'two', '~' })
      editor:keys('<Esc>dd')
      typist:ghost(nil)
      typist:wait_rows({ 'onex', 'two', '~' })
      editor:keys('u')
      typist:wait_rows({ 'onex', 'y', 'two', '~' })
      editor:keys('u')
      typist:wait_rows({ 'one', 'two', '~' })
    end)

    it('wraps as the text does, and stands above a closed fold', function()
      typist:lines({ 'one', 'two', 'three', 'four' })
      editor:ex('setlocal foldmethod=manual foldtext=foldclosed(v:foldstart) | 2,3fold | call cursor(1, 3)')
      editor:keys('a')
      typist:wait_mode('i')
      typist:ghost({ ('x'):rep(100), ('漢'):rep(50), 'end' })
      typist:wait_rows({
        'one' .. ('x'):rep(77),
        ('x'):rep(23),
        ('漢'):rep(40),
        ('漢'):rep(10),
        'end',
      })
      editor:ex('setlocal nowrap')
      typist:ghost({ ' y', 'z' })
      editor:wait('the fold', function()
        local screen = editor:screen()
        return vim.startswith(screen[1], 'one y') and vim.startswith(screen[2], 'z') and vim.startswith(screen[3], '2')
      end)
    end)

    it('is scrolled into sight at the bottom of a window', function()
      local lines = {}
      for i = 1, 60 do
        lines[i] = 'line ' .. i
      end
      typist:lines(lines)
      local last = editor:eval('winheight(0)')
      editor:keys(('zt%djA'):format(last - 1))
      typist:wait_mode('i')
      editor:wait('the line at the bottom', function()
        return editor:eval('winline()') == last
      end)
      typist:ghost({ '(', '  deep', ')' })
      editor:wait('all of it', function()
        local screen = table.concat(editor:screen(), '\n')
        return screen:find(('line %d%%(%%s*\n  deep%%s*\n%%)'):format(last))
      end)
    end)
  end)

  describe('on_typing', function()
    --- Notes every call, and shows what is left of a text that begins where Insert mode began.
    local function listen(lines)
      editor:lua(
        [[
        local lines, first = ..., nil
        local function show(place)
          first = first or place.col
          local typed = host.typing().prefix:sub(first + 1)
          local fits = lines and lines[1]:sub(1, #typed) == typed
          local rest = {}
          for i, line in ipairs(fits and lines or {}) do
            rest[i] = i == 1 and line:sub(#typed + 1) or line
          end
          host.ghost(place.buf, place.line, place.col, fits and rest or nil)
        end
        host.on_typing({
          entered = function(place)
            note('entered')(place.line, place.col)
          end,
          typed = function(place)
            note('typed')(place.line, place.col)
            show(place)
          end,
          left = function()
            note('left')()
            host.ghost(0, 1, 0, nil)
            first = nil
          end,
        })
      ]],
        lines
      )
    end

    local function calls(name)
      return editor:lua('return got[...] or {}', name)
    end

    before_each(function()
      editor:keys('<C-\\><C-n>')
      typist:wait_mode('n')
    end)

    after_each(function()
      editor:lua('host.on_typing(nil)')
    end)

    it('tells of each key once, of the beginning and of the end', function()
      editor:ex('enew! | set backspace=indent,eol,start')
      listen()
      editor:keys('i')
      rig.calls(editor, 'entered')
      assert.are.same({ { 1, 0 } }, calls('entered'))
      for i, key in ipairs({ 'a', '(', '<CR>', 'b', '\27[D', '<C-h>' }) do
        editor:keys(key)
        rig.calls(editor, 'typed', i)
      end
      assert.are.same({ { 1, 1 }, { 1, 2 }, { 2, 0 }, { 2, 1 }, { 2, 0 }, { 1, 2 } }, calls('typed'))
      assert.are.same({}, calls('left'))
      editor:keys('<Esc>')
      rig.calls(editor, 'left')
      editor:keys('A')
      rig.calls(editor, 'entered', 2)
      editor:keys('<C-c>')
      rig.calls(editor, 'left', 2)
      typist:wait_mode('n')
      editor:keys('ggdG')
      editor:lua('host.on_typing(nil)')
      editor:keys('ix<Esc>')
      typist:wait_text({ 'x' })
      assert.are.equal(2, #calls('entered'))
      assert.are.equal(2, #calls('left'))
    end)

    it('tells of keys that are typed while the menu is open, and not of its choice twice', function()
      typist:insert({ 'foobar foobaz', '' }, 2, 0)
      listen()
      editor:keys('foo')
      rig.calls(editor, 'entered')
      editor:keys('<C-n>')
      editor:wait('the choice', function()
        local typed = calls('typed')
        return #typed > 0 and vim.deep_equal(typed[#typed], { 2, 6 })
      end)
      local count = #calls('typed')
      editor:keys('<C-n>')
      rig.calls(editor, 'typed', count + 1)
      assert.are.equal(count + 1, #calls('typed'))
      assert.is_true(editor:lua('return host.typing().menu and host.typing().selected'))
    end)

    it('tells that another buffer or window was gone to, and that typing went on there', function()
      typist:insert({ 'a' }, 1, 1)
      listen()
      editor:keys('b')
      rig.calls(editor, 'entered')
      editor:ex('split')
      editor:keys('<C-o>:wincmd w<CR>')
      rig.calls(editor, 'left')
      editor:keys('c')
      rig.calls(editor, 'entered', 2)
    end)

    it('fires no other events', function()
      editor:ex('let g:left = 0\naugroup left\nautocmd BufLeave,WinLeave * let g:left += 1\naugroup END')
      typist:insert({ '' }, 1, 0)
      editor:ex('let g:left = 0')
      listen({ 'abc', 'def' })
      editor:keys('x')
      rig.calls(editor, 'entered')
      editor:keys('a')
      rig.calls(editor, 'typed')
      editor:lua('host.typing()')
      assert.are.equal(0, editor:eval('g:left'))
      editor:ex('autocmd! left')
    end)

    it('lets ghost text shrink while it is typed, and nothing else is ever drawn', function()
      typist:insert({ '', 'int last;' }, 1, 0)
      editor:keys('<Esc>')
      typist:wait_mode('n')
      editor:ex('setlocal filetype=c syntax=c')
      listen({ 'foo(bar', '  second', ')' })
      -- Both draw once before CursorMovedI, if anybody listens to it and there is highlighting.
      editor:ex([[
        function! Row(row)
          return substitute(join(map(range(1, 20), 'screenstring(a:row, v:val)'), ''), ' *$', '', '')
        endfunction
        let g:drawn = []
        augroup seen
        autocmd CursorMovedI,TextChangedI,TextChanged * call add(g:drawn, [Row(1), Row(2), Row(3), Row(4)])
        augroup END]])
      editor:keys('i ')
      rig.calls(editor, 'entered')
      typist:wait_rows({ ' foo(bar', '  second', ')', 'int last;' })
      local allowed = { [' foo(bar'] = true }
      editor:ex('let g:drawn = []')
      for key in ('foo(ba'):gmatch('.') do
        editor:keys(key)
        typist:wait_rows({ ' foo(bar', '  second', ')', 'int last;' })
      end
      typist:wait_text({ ' foo(ba', 'int last;' })
      typist:wait_rows({ ' foo(bar', '  second', ')', 'int last;' })
      for _, drawn in ipairs(editor:eval('g:drawn')) do
        assert.is_true(allowed[drawn[1]], vim.inspect(drawn))
        assert.are.same({ '  second', ')', 'int last;' }, vim.list_slice(drawn, 2))
      end
      editor:ex('let g:drawn = []')
      editor:lua("local here = host.current() host.accept(here.buf, here.line, here.col, { 'r' })")
      typist:wait_text({ ' foo(bar', 'int last;' })
      for _, drawn in ipairs(editor:eval('g:drawn')) do
        assert.are.same({ ' foo(bar', '  second', ')', 'int last;' }, drawn)
      end
      editor:keys('x')
      typist:wait_rows({ ' foo(barx', 'int last;', '~' })
      editor:ex('autocmd! seen')
    end)
  end)

  it('knows where the user types, and what is in the way', function()
    typist:insert({ 'a漢(b)' }, 1, 4)
    local now = editor:lua('return host.typing()')
    assert.are.equal(editor:eval('bufnr()'), now.buf)
    assert.are.equal(editor:eval('b:changedtick'), now.tick)
    now.buf, now.tick = nil, nil
    local plain = {
      line = 1,
      col = 4,
      prefix = 'a漢',
      suffix = '(b)',
      mode = 'i',
      menu = false,
      selected = false,
      macro = false,
      paste = false,
      snippet = false,
      behind_end = false,
      cmdwin = false,
      buftype = '',
      readonly = false,
    }
    assert.are.same(plain, now)
    editor:ex('setlocal readonly buftype=nofile | set paste')
    editor:keys('<C-o>gR')
    typist:wait_mode('Rv')
    now = editor:lua('return host.typing()')
    assert.are.same({ true, 'nofile', true, 'Rv' }, { now.readonly, now.buftype, now.paste, now.mode })
    typist:normal()
    editor:ex('set nopaste virtualedit=all | normal! 20|')
    editor:keys('i')
    typist:wait_mode('i')
    assert.is_true(editor:lua('return host.typing().behind_end'))
    editor:ex('set virtualedit&')
    editor:keys('<Esc>qqi')
    typist:wait_mode('i')
    assert.is_true(editor:lua('return host.typing().macro'))
    editor:keys('<Esc>qq:i')
    editor:wait('the command-line window', function()
      return editor:lua('return host.typing().cmdwin')
    end)
    editor:keys('<C-c><C-c>')
  end)
end)
