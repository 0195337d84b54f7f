-- What every host promises to inline completion: text that is accepted, and the key for it.

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

  describe('accept', function()
    --- Puts lines at the cursor; whether it will.
    local function accept(lines)
      return editor:lua(
        [[
        local here = host.current()
        return host.accept(here.buf, here.line, here.col, ...)
      ]],
        lines
      )
    end

    it('inserts at the cursor, which goes behind it', function()
      typist:insert({ 'a(b, c)', 'next' }, 1, 2)
      assert.is_true(accept({ 'mid, ', '    second', '', '\tfourth漢 ' }))
      typist:wait_text({ 'a(mid, ', '    second', '', '\tfourth漢 b, c)', 'next' })
      assert.are.same({ 4, #'\tfourth漢 ' + 1 }, { editor:eval("line('.')"), editor:eval("col('.')") })
      editor:keys('!')
      typist:wait_text({ 'a(mid, ', '    second', '', '\tfourth漢 !b, c)', 'next' })
    end)

    it('changes nothing of the text, whatever the editor would do with what is typed', function()
      editor:ex('inoreabbrev foo FOO\ninoremap ( ()<Left>\ninoremap x X')
      editor:ex('let g:typed = []\nautocmd InsertCharPre * call add(g:typed, v:char)')
      typist:insert({ '\t/* foo */' }, 1, 10)
      editor:ex('setlocal autoindent cindent textwidth=10 formatoptions=tcroqa expandtab softtabstop=4 tabstop=4')
      editor:ex('setlocal filetype=c')
      local lines = { ' foo (x) foo and a long line ', '// comment', '\t\tif (foo) {  ', 'x\ty', '\t}' }
      accept(lines)
      local wanted = vim.deepcopy(lines)
      wanted[1] = '\t/* foo */' .. wanted[1]
      typist:wait_text(wanted)
      assert.are.same({}, editor:eval('g:typed'))
      assert.are.same({ 0, 10, 4 }, editor:eval('[&paste, &textwidth, &softtabstop]'))
      assert.are.equal('', editor:eval('&eventignore'))
      editor:ex('iabclear | iunmap (\niunmap x\nautocmd! InsertCharPre')
    end)

    it('keeps blanks that the text behind the cursor begins with', function()
      typist:insert({ 'a   b' }, 1, 1)
      accept({ '1', '  2' })
      typist:wait_text({ 'a1', '  2   b' })
    end)

    it('is one step to undo, apart from what was typed before and after', function()
      typist:insert({ '' }, 1, 0)
      editor:keys('one')
      typist:wait_text({ 'one' })
      accept({ ' two', 'three' })
      typist:wait_text({ 'one two', 'three' })
      editor:keys(' four')
      typist:wait_text({ 'one two', 'three four' })
      editor:keys('<Esc>u')
      typist:wait_text({ 'one two', 'three' })
      editor:keys('u')
      typist:wait_text({ 'one' })
      editor:keys('u')
      typist:wait_text({ '' })
    end)

    it('can be undone from Insert mode', function()
      typist:insert({ '' }, 1, 0)
      editor:keys('one')
      typist:wait_text({ 'one' })
      accept({ ' two' })
      typist:wait_text({ 'one two' })
      editor:keys('<C-o>u')
      typist:wait_text({ 'one' })
      editor:keys('!')
      typist:wait_text({ 'one!' })
    end)

    it('is repeated by `.`, with what was typed around it', function()
      for _, lines in ipairs({ { 'b' }, { 'b (', '    d (', '    e' } }) do
        typist:insert({ '' }, 1, 0)
        editor:ex('setlocal autoindent')
        editor:keys('a')
        typist:wait_text({ 'a' })
        accept(lines)
        editor:keys('c<Esc>')
        typist:wait_mode('n')
        local wanted = typist:text()
        assert.are.equal(#lines, #wanted)
        editor:ex('call append(line("$"), "")')
        editor:keys('G.')
        typist:wait_text(vim.list_extend(vim.deepcopy(wanted), wanted))
      end
    end)

    it('comes before keys that were typed already', function()
      typist:insert({ '' }, 1, 0)
      editor:lua([[
        host.tab_map(function()
          local here = host.current()
          return host.accept(here.buf, here.line, 0, { 'abc' })
        end)
      ]])
      editor:keys('a<Tab>d<Esc>')
      typist:wait_text({ 'abcd' })
      editor:ex('iunmap <Tab>')
    end)

    it('closes the completion menu first and leaves its text', function()
      typist:insert({ 'foobar foobaz', '' }, 2, 0)
      editor:keys('foo<C-n>')
      editor:wait('the menu', function()
        return editor:eval('pumvisible()') == 1
      end)
      accept({ '!', '?' })
      typist:wait_text({ 'foobar foobaz', 'foobar!', '?' })
      assert.are.equal(0, editor:eval('pumvisible()'))
      editor:keys(';')
      typist:wait_text({ 'foobar foobaz', 'foobar!', '?;' })
    end)

    it('does nothing outside of Insert mode, or when the cursor is elsewhere', function()
      typist:insert({ 'a' }, 1, 1)
      assert.is_false(editor:lua('return host.accept(host.current().buf, 1, 0, { "x" })'))
      assert.is_false(editor:lua('return host.accept(host.current().buf, 1, 2, { "x" })'))
      editor:keys('<Esc>')
      typist:wait_mode('n')
      assert.is_false(editor:lua('return host.accept(host.current().buf, 1, 0, { "x" })'))
      editor:keys('R')
      typist:wait_mode('R')
      assert.is_false(editor:lua('return host.accept(host.current().buf, 1, 0, { "x" })'))
      assert.are.same({ 'a' }, typist:text())
    end)
  end)
end)
