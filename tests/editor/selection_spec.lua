-- What is selected, to the character, and what the operator <Plug>(beans-rewrite) works on: with keys, on each editor.

local rig = require('tests.editor.host_rig')

describe('selection', function()
  local editor = rig.shared()

  setup(function()
    editor:lua([[
      selection_of = require('beans.selection')
      -- In the place of the feature, which is not what is tested here.
      package.loaded['beans.rewrite'] = {
        operator = function(buf, selection, again)
          note('operator')({ text = selection_of.lines(buf, selection), kind = selection.kind, again = again })
        end,
      }
    ]])
    editor:ex('map gb <Plug>(beans-rewrite)\nnmap gbb <Plug>(beans-rewrite-line)')
    editor:ex('onoremap il :<C-u>normal! _vg_<CR>')
  end)

  local function lua(code, ...)
    return editor:lua(code, ...)
  end

  before_each(function()
    editor:ex('set selection=inclusive virtualedit= noexpandtab nostartofline tabstop=8 vartabstop=')
  end)

  local function edit(lines)
    lua(
      [[
      local buf = host.current().buf
      host.buf_set_lines(buf, 1, host.buf_line_count(buf), ...)
    ]],
      lines
    )
    editor:ex('call cursor(1, 1)')
  end

  --- The text and the bytes of what was selected last, once it is as a test expects.
  local function selects(keys, wanted, kind)
    editor:ex('call setpos("\'<", [0, 0, 0, 0])')
    editor:keys(keys .. '<Esc>:let g:typed = 1<CR>')
    editor:wait('the keys', function()
      return editor:eval("get(g:, 'typed', 0) && mode() ==# 'n'") == 1
    end)
    editor:ex('unlet g:typed')
    local before = editor:eval('winsaveview()')
    assert.are.same(wanted, lua('return selection_of.lines(host.current().buf, host.selection(host.current().buf))'))
    assert.are.same(before, editor:eval('winsaveview()'))
    assert.are.equal(kind or 'block', lua('return host.selection(host.current().buf).kind'))
    assert.are.equal('n', editor:eval('mode()'))
  end

  describe('by characters', function()
    it('ends with the last one, whole, and with what is combined with it', function()
      edit({ 'aäe\u{301}x', '日本語', '' })
      selects('gg0lvl', { 'äe\u{301}' }, 'char')
      selects('gg0lvj', { 'äe\u{301}x', '日' }, 'char')
      selects('gg0llvjj', { 'e\u{301}x', '日本語', '' }, 'char')
      selects('gg0llvho', { 'äe\u{301}' }, 'char')
    end)

    it('reaches to the end of the line, and not behind it', function()
      edit({ 'abc', 'd' })
      selects('gg0lv$', { 'bc' }, 'char')
      selects('gg0lvj$', { 'bc', 'd' }, 'char')
    end)

    it("is without the last one where 'selection' says so", function()
      editor:ex('set selection=exclusive')
      edit({ 'aäb日c', 'def' })
      selects('gg0lv3l', { 'äb日' }, 'char')
      selects('gg0llvj0', { 'b日c' }, 'char')
      selects('gg0vjl', { 'aäb日c', 'd' }, 'char')
    end)

    it('finds a character in a long line', function()
      edit({ ('x'):rep(100000) .. ' 日本 ' .. ('y'):rep(100000) })
      selects('gg0100001lvl', { '日本' }, 'char')
      selects('gg0v$', { ('x'):rep(100000) .. ' 日本 ' .. ('y'):rep(100000) }, 'char')
    end)
  end)

  it('by lines is whole lines', function()
    edit({ 'abc', '', 'def' })
    selects('gg0llVjj', { 'abc', '', 'def' }, 'line')
  end)

  describe('of a block', function()
    it('is what stands between its columns', function()
      edit({ 'abcdef', 'ab', '', 'abcdef' })
      selects('gg0ll<C-v>3jl', { 'cd', '', '', 'cd' })
      selects('gg03l<C-v>3jhh', { 'bcd', 'b', '', 'bcd' })
      selects('G0ll<C-v>3kl', { 'cd', '', '', 'cd' })
    end)

    it('counts cells: of tabs, of wide and of combined characters', function()
      edit({ 'abcdefghijkl', 'ab\tijkl', '日本語日本語', 'ae\u{301}e\u{301}defghij', 'ab\1efghij' })
      selects('gg08l<C-v>4jl', { 'ij', 'ij', '本', 'ij', 'ij' })
      selects('gg0<C-v>jjl', { 'abcd', 'ab\t', '日本' })
      selects('gg0ll<C-v>4jll', { 'cdef', '\t', '本語', 'e\u{301}def', '\1ef' })
      editor:ex('set tabstop=4')
      selects('gg04l<C-v>jl', { 'ef', 'ij' })
      editor:ex('set vartabstop=3,5')
      edit({ 'abcdefghijkl', '\t\tijkl' })
      selects('gg02l<C-v>jl', { 'cdefgh', '\t\t' })
      selects('gg08l<C-v>jl', { 'ij', 'ij' })
    end)

    it('reaches to the end of each line where it was selected by `$`', function()
      edit({ 'abc', 'abcdefghij', '', 'abcdef' })
      selects('gg0l<C-v>3j$', { 'bc', 'bcdefghij', '', 'bcdef' })
      selects('G0l<C-v>3k$', { 'bc', 'bcdefghij', '', 'bcdef' })
      selects('gg0l<C-v>3j$h', { 'bc', 'bcdef', '', 'bcdef' })
      selects('G0l<C-v>3k8l', { 'bc', 'bcd', '', 'bcd' })
      editor:ex('set selection=old')
      edit({ 'abcdef', 'abcä' })
      selects('gg0l<C-v>j$', { 'bcdef', 'bcä' })
    end)

    it('tells so in Insert mode, of a buffer that is shown elsewhere or nowhere', function()
      edit({ 'abc', 'abcdefghij', 'x' })
      selects('gg0l<C-v>jj$', { 'bc', 'bcdefghij', '' })
      local buf = editor:eval("bufnr('%')")
      editor:ex('set hidden | new')
      edit({ 'xz' })
      editor:keys('ay')
      editor:wait('the text', function()
        return editor:eval("getline('.') ==# 'xyz' && mode() ==# 'i'") == 1
      end)
      local wanted = { 'bc', 'bcdefghij', '' }
      assert.are.same(wanted, lua('return selection_of.lines(..., host.selection(...))', buf))
      editor:ex('only')
      assert.are.same(wanted, lua('return selection_of.lines(..., host.selection(...))', buf))
      assert.are.equal('i', editor:eval('mode()'))
      editor:keys('+<Esc>')
      editor:wait('what was typed', function()
        return editor:eval("getline('.') ==# 'xy+z' && mode() ==# 'n'") == 1
      end)
    end)

    it("is without its last column where 'selection' says so", function()
      editor:ex('set selection=exclusive')
      edit({ 'abcdef', 'a日def' })
      selects('gg0l<C-v>jll', { 'bcd', '日d' })
      selects('gg0<C-v>jl', { 'a', 'a' })
      selects('gg04l<C-v>jhh', { 'bcde', '日de' })
      selects('gg0l<C-v>j', { 'bc', '日' })
    end)

    it('may begin and end where no text is', function()
      editor:ex('set virtualedit=block')
      edit({ 'ab', 'abcdefghij', 'a\tij' })
      selects('gg0<C-v>4lojll', { '', 'cde' })
      selects('gg0l<C-v>2j7l', { 'b', 'bcdefghi', '\ti' })
      selects('2G03l<C-v>jl', { 'de', '\t' })
      editor:ex('set virtualedit=all')
      selects('gg06l<C-v>jl', { '', 'gh' })
    end)
  end)

  it('is told as bytes of each line, and not of lines that are gone', function()
    edit({ 'aä', 'b' })
    selects('gg0lvj', { 'ä', 'b' }, 'char')
    local pieces = [[
      local found = host.selection(host.current().buf)
      found.last = found.last + 5
      return (selection_of.pieces(host.current().buf, found))
    ]]
    assert.are.same({ { from = 1, to = 3 }, { from = 0, to = 1 } }, lua(pieces))
  end)

  describe('the operator', function()
    --- Types, and tells what came of it.
    local function operated(keys)
      lua('got = {}')
      editor:keys(keys)
      local calls = rig.calls(editor, 'operator')
      assert.are.equal(1, #calls)
      return calls[1][1]
    end

    --- What is typed makes this of it; `.` elsewhere, that.
    local function works(keys, text, kind)
      local call = operated(keys)
      assert.are.same(text, call.text)
      assert.are.equal(kind, call.kind)
      assert.is_false(call.again)
    end

    local function repeats(keys, text, kind)
      local call = operated(keys)
      assert.are.same(text, call.text)
      assert.are.equal(kind, call.kind)
      assert.is_true(call.again)
    end

    it('goes with motions, text objects and counts', function()
      edit({ 'one zwei=日本', 'three', 'four', 'five' })
      works('gg0wgbiw', { 'zwei' }, 'char')
      works('gg0gb2w', { 'one zwei' }, 'char')
      works('gg02wlgbe', { '日本' }, 'char')
      works('gg0wgb$', { 'zwei=日本' }, 'char')
      works('gg0gbj', { 'one zwei=日本', 'three' }, 'line')
      works('gg0gbip', { 'one zwei=日本', 'three', 'four', 'five' }, 'line')
      works('2G3gbb', { 'three', 'four', 'five' }, 'line')
      works('2Ggbb', { 'three' }, 'line')
      works('gg0wgb/ou<CR>', { 'zwei=日本', 'three', 'f' }, 'char')
      works('2Ggbil', { 'three' }, 'char')
      works('2G0lgb<C-v>/u<CR>', { 'hr', 'ou' }, 'block')
    end)

    it('is repeated by `.`', function()
      edit({ 'one two', 'three four', 'five', 'six' })
      works('gg0gbiw', { 'one' }, 'char')
      repeats('2G0w.', { 'four' }, 'char')
      works('gg0gbil', { 'one two' }, 'char')
      repeats('2G.', { 'three four' }, 'char')
      works('gg2gbb', { 'one two', 'three four' }, 'line')
      repeats('3G.', { 'five', 'six' }, 'line')
      works('gg0lgb<C-v>j', { 'n', 'h' }, 'block')
      repeats('3G0.', { 'f', 's' }, 'block')
    end)

    it('takes what is selected, and is repeated on as much', function()
      edit({ 'äbc', 'abcdefg', 'xyzäöü', 'xy', 'uvwxyz' })
      works('gg0vlgb', { 'äb' }, 'char')
      repeats('3G0ll.', { 'zä' }, 'char')
      works('ggVjgb', { 'äbc', 'abcdefg' }, 'line')
      repeats('3G.', { 'xyzäöü', 'xy' }, 'line')
      works('gg0l<C-v>jlgb', { 'bc', 'bc' }, 'block')
      repeats('3G0lll.', { 'äö', '' }, 'block')
      works('gg0l<C-v>j$gb', { 'bc', 'bcdefg' }, 'block')
      repeats('4G0.', { 'xy', 'uvwxyz' }, 'block')
    end)

    it("goes by 'selection'", function()
      editor:ex('set selection=exclusive')
      edit({ 'aäbc', 'defg' })
      works('gg0lvllgb', { 'äb' }, 'char')
      repeats('2G0.', { 'de' }, 'char')
      works('gg0l<C-v>jllgb', { 'äb', 'ef' }, 'block')
      repeats('gg0.', { 'aä', 'de' }, 'block')
    end)

    it('takes what is there where the cursor may stand anywhere', function()
      editor:ex('set virtualedit=all')
      edit({ 'abc', 'abcdefgh' })
      works('gg05l<C-v>jllgb', { '', 'fgh' }, 'block')
      works('gg0llv5lgb', { 'c' }, 'char')
    end)

    it('does nothing when there is nothing, or when it is given up', function()
      edit({ 'one two', 'three four' })
      works('gg0gbiw', { 'one' }, 'char')
      lua('got = {}')
      editor:keys('2Ggb0')
      editor:wait('the motion', function()
        return editor:eval("mode(1) ==# 'n' && line('.') == 2") == 1
      end)
      assert.are.equal(0, lua('return #(got.operator or {})'))
      works('gg0gbiw', { 'one' }, 'char')
      lua('got = {}')
      editor:keys('2Ggb')
      editor:wait('the operator to wait', function()
        return editor:eval('mode(1)') == 'no'
      end)
      editor:keys('<Esc>')
      editor:wait('its end', function()
        return editor:eval('mode(1)') == 'n'
      end)
      assert.are.equal(0, lua('return #(got.operator or {})'))
      repeats('2G0.', { 'three' }, 'char')
    end)
  end)

  it('raised nothing', function()
    assert.is_nil(editor:raised())
  end)
end)
