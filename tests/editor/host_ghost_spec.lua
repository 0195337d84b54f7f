-- What every host promises to inline completion: ghost text, and what is typed.

local rig = require('tests.editor.host_rig')
local typing_rig = require('tests.editor.typing_rig')

describe('host', function()
  local editor, typist

  setup(function()
    editor = rig.start()
    editor:ex('Beans hunk next') -- defines the groups
    typist = typing_rig.of(editor)
  end)

  teardown(function()
    editor:stop()
  end)

  before_each(function()
    typist:normal()
    rig.reset(editor)
  end)

  after_each(function()
    assert.is_nil(editor:raised())
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
      editor:keys('x')
      typist:wait_rows({ ' foo(bax', 'int last;', '~' })
      editor:ex('autocmd! seen')
    end)
  end)
end)
