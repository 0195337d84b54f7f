-- What every host promises of buffers and windows, asked of the host of each editor.

local rig = require('tests.editor.host_rig')

describe('host', function()
  local editor = rig.shared()

  local function lua(code, ...)
    return editor:lua(code, ...)
  end

  local function calls(name, count)
    return rig.calls(editor, name, count)
  end

  local function scratch(lines)
    return rig.scratch(editor, lines)
  end

  describe('buffers', function()
    it('are unlisted, without file, swap or modelines, and begin without undo', function()
      local buf = scratch({ 'one', '# vim: set tabstop=3:' })
      assert.are.same({ 'one', '# vim: set tabstop=3:' }, lua('return host.buf_lines(..., 1, -1)', buf))
      assert.are.same({ 'nofile', 0, 0, 8 }, {
        editor:eval(("getbufvar(%d, '&buftype')"):format(buf)),
        editor:eval(("getbufvar(%d, '&swapfile') + 0"):format(buf)),
        editor:eval(('buflisted(%d)'):format(buf)),
        editor:eval(("getbufvar(%d, '&tabstop')"):format(buf)),
      })
      lua("host.win_open(..., 'below')", buf)
      editor:ex('silent! undo')
      assert.are.equal(2, lua('return host.buf_line_count(...)', buf))
    end)

    it('have lines that are put, replaced and taken, modifiable or not', function()
      local buf = scratch({ 'a', 'b', 'c' })
      lua("host.buf_option(..., 'modifiable', false)", buf)
      local tick = lua('return host.buf_tick(...)', buf)
      lua("host.buf_set_lines(..., 2, 2, { 'B', 'BB' })", buf)
      lua("host.buf_set_lines(..., 1, 0, { 'first' })", buf)
      lua('host.buf_set_lines(..., 5, 5, {})', buf)
      assert.are.same({ 'first', 'a', 'B', 'BB' }, lua('return host.buf_lines(..., 1, -1)', buf))
      assert.are.same({ 'a', 'B' }, lua('return host.buf_lines(..., 2, 3)', buf))
      assert.is_true(lua('return host.buf_tick(...)', buf) > tick)
      assert.are.equal(0, editor:eval(("getbufvar(%d, '&modifiable') + 0"):format(buf)))
    end)

    it('have NULs as text, not as line ends', function()
      local buf = scratch({ '' })
      assert.is_true(lua(
        [[
          local function is(...)
            return table.concat(host.buf_lines(buf, 1, -1), '|') == ...
          end
          buf = ...
          host.buf_set_lines(buf, 1, 1, { 'a\0b', '\0', 'c' })
          assert(is('a\0b|\0|c'))
          host.buf_set_lines(buf, 2, 1, { 'd\0', '\0\0' })
          assert(is('a\0b|d\0|\0\0|\0|c'))
          local mark = host.mark_set(buf, 1, 3)
          host.insert(buf, mark, '!')
          buf = host.buf_create({ name = 'beans://test/nul', filetype = '', lines = { 'first\0' } })
          assert(is('first\0'))
          buf = host.buf_new({ 'new\0' })
          return is('new\0')
        ]],
        buf
      ))
      assert.are.same({ 'a\nb!', 'd\n', '\n\n', '\n', 'c' }, editor:eval(("getbufline(%d, 1, '$')"):format(buf)))
    end)

    it('have marks that move with the text, and text put there, cleaned', function()
      local buf = scratch({ 'above', 'here|there' })
      lua('mark = host.mark_set(..., 2, 4)', buf)
      lua("host.buf_set_lines(..., 1, 0, { 'more' })", buf)
      assert.are.same({ 3, 4 }, lua('return { host.mark_get(..., mark) }', buf))
      assert.is_true(lua("return host.insert(..., mark, ' ä\\27\\r')", buf))
      assert.is_true(lua("return host.insert(..., mark, '\\nnext ')", buf))
      assert.are.same({ 'more', 'above', 'here ä␛', 'next |there' }, lua('return host.buf_lines(..., 1, -1)', buf))
      assert.are.same({ 4, 5 }, lua('return { host.mark_get(..., mark) }', buf))
      lua('host.mark_del(..., mark)', buf)
      assert.is_true(lua('return host.mark_get(..., mark) == nil', buf))
      assert.is_false(lua("return host.insert(..., mark, 'lost')", buf))
    end)

    it('take and give very many lines at once', function()
      local buf = scratch({ 'above', 'below' })
      local count = lua(
        [[
          local many = {}
          for i = 1, 100000 do
            many[i] = 'line ' .. i
          end
          host.buf_set_lines(..., 2, 1, many)
          return host.buf_line_count(...)
        ]],
        buf
      )
      assert.are.equal(100002, count)
      assert.are.same({ 'line 99999', 'line 100000', 'below' }, lua('return host.buf_lines(..., 100000, -1)', buf))
    end)

    it('have marks that are found again after all kinds of changes', function()
      local buf = scratch({ 'a', 'b', 'c', 'd' })
      lua('buf, mark, gone = ..., host.mark_set(..., 3, 1), host.mark_set(..., 2, 0)', buf)
      lua("host.buf_set_lines(buf, 4, 3, { 'below' }) host.buf_set_lines(buf, 1, 0, { 'above' })")
      lua("host.buf_set_lines(buf, 1, 0, { 'above' })")
      assert.are.same({ 5, 1 }, lua('return { host.mark_get(buf, mark) }'))
      lua('host.buf_set_lines(buf, 1, 3, {})')
      assert.are.same({ 2, 1 }, lua('return { host.mark_get(buf, mark) }'))
      lua('host.mark_del(buf, gone)')
      assert.is_true(lua('return host.mark_get(buf, gone) == nil'))
      assert.are.same({ 2, 1 }, lua('return { host.mark_get(buf, mark) }'))
    end)

    it('have a hint that is shown and is no text', function()
      local buf = scratch({ 'one', '' })
      lua("host.win_open(..., 'below')", buf)
      local tick = lua('return host.buf_tick(...)', buf)
      lua("host.hint(..., 2, 'waits for \\27 it')", buf)
      editor:wait_screen('waits for ␛ it')
      lua("host.hint(..., 1, 'elsewhere')", buf)
      editor:wait('the new hint alone', function()
        local screen = table.concat(editor:screen(), '\n')
        return screen:find('elsewhere', 1, true) and not screen:find('waits for', 1, true)
      end)
      assert.are.same({ 'one', '' }, lua('return host.buf_lines(..., 1, -1)', buf))
      assert.are.equal(tick, lua('return host.buf_tick(...)', buf))
      lua('host.hint(..., nil)', buf)
      editor:wait('no hint', function()
        return not table.concat(editor:screen(), '\n'):find('elsewhere', 1, true)
      end)
    end)

    it('tell their file, and whether they are private', function()
      editor:ex('edit some/file.lua | setfiletype lua')
      local buf = editor:eval("bufnr('%')")
      assert.are.same(
        { name = 'some/file.lua', filetype = 'lua', disabled = false },
        lua('return host.file_of(...)', buf)
      )
      editor:ex('let b:beans_disable = 1')
      assert.is_true(lua('return host.file_of(...).disabled', buf))
      editor:ex('let b:beans_disable = 0')
      assert.is_false(lua('return host.file_of(...).disabled', buf))
    end)

    it('tell when they are wiped', function()
      local buf = scratch({ '' })
      lua("host.on_buf(..., 'BufWipeout', note('wiped'))", buf)
      assert.is_true(lua('return host.buf_valid(...)', buf))
      editor:ex(buf .. 'bwipeout!')
      calls('wiped')
      assert.is_false(lua('return host.buf_valid(...)', buf))
    end)

    it('have keys of their own', function()
      local buf = scratch({ '' })
      lua("host.win_open(..., 'below')", buf)
      lua("host.keymap(..., 'ni', 'gX', note('key'), 'a key')", buf)
      editor:keys('gXigX<Esc>')
      assert.are.equal(2, #calls('key', 2))
      editor:ex('wincmd p')
      assert.are.equal(0, editor:eval("empty(maparg('gX', 'n')) ? 0 : maparg('gX', 'n', 0, 1).buffer"))
    end)
  end)

  describe('windows', function()
    it('open where they are told to, and are the current one', function()
      local buf = scratch({ 'a' })
      for _, position in ipairs({ 'right', 'left', 'above', 'below' }) do
        local win = lua('return host.win_open(select(1, ...), select(2, ...))', buf, position)
        assert.are.equal(win, editor:eval('win_getid()'))
        local place = editor:eval('win_screenpos(win_getid())')
        assert.are.equal(position == 'right' or position == 'below', place[1] + place[2] > 2, position)
        lua('host.win_close(...)', win)
      end
      lua("host.win_open(..., 'tab')", buf)
      assert.are.equal(2, editor:eval("tabpagenr('$')"))
      editor:ex('tabclose')
      lua("host.win_open(..., 'current')", buf)
      assert.are.equal(1, editor:eval("winnr('$')"))
      assert.are.same({ editor:eval('win_getid()') }, lua('return host.buf_windows(...)', buf))
    end)

    it('close, and the last one shows something else', function()
      local win = lua("return host.win_open(..., 'current')", scratch({ 'a' }))
      lua('host.win_close(...)', win)
      assert.are.same({ '' }, editor:eval("getline(1, '$')"))
    end)

    it('have a bar of plain text', function()
      local win = lua("return host.win_open(..., 'right')", scratch({ 'a' }))
      lua("host.win_bar(..., 'cost 5% %{1+1} %#Error# x')", win)
      editor:ex('redraw!')
      editor:wait_screen('cost 5% %{1+1} %#Error# x')
      lua("host.win_bar(..., 'the beginning ' .. ('and more '):rep(20))", win)
      editor:ex('redraw!')
      editor:wait_screen('the beginning and more')
    end)

    it('have a cursor that can be put', function()
      local buf = scratch({ 'one', 'two' })
      local win = lua("return host.win_open(..., 'below')", buf)
      lua('host.win_cursor(..., 2, 1)', win)
      assert.are.same({ buf = buf, win = win, line = 2, col = 1 }, lua('return host.current()'))
    end)

    it('are never higher than half of the screen', function()
      local win = lua("return host.win_open(..., 'below')", scratch({ 'a' }))
      lua('host.win_height(..., 3)', win)
      assert.are.equal(3, editor:eval(('winheight(%d)'):format(win)))
      lua('host.win_height(..., 300)', win)
      assert.are.equal(12, editor:eval(('winheight(%d)'):format(win)))
    end)

    it('leave Insert mode by a key', function()
      local buf = scratch({ '' })
      lua("host.win_open(..., 'below')", buf)
      lua("host.keymap(..., 'i', '<C-s>', function() host.stop_insert() note('left')() end, 'leave')", buf)
      editor:keys('itext<C-s>')
      calls('left')
      editor:wait('Normal mode', function()
        return editor:eval('mode()') == 'n'
      end)
      assert.are.same({ 'text' }, editor:eval("getline(1, '$')"))
    end)

    it('yank lines', function()
      lua("host.yank('a\\nb\\n')")
      assert.are.same({ 'a', 'b' }, editor:eval("getreg('\"', 1, 1)"))
      assert.are.equal('V', editor:eval("getregtype('\"')"))
    end)

    it('have groups of highlighting that a colour scheme may change', function()
      editor:ex('highlight link BeansTestTaken Error')
      lua("host.highlights({ BeansTestFree = 'Comment', BeansTestTaken = 'Comment' })")
      local function links_to(group)
        return editor:eval(("synIDattr(synIDtrans(hlID('%s')), 'name')"):format(group))
      end
      assert.are.same({ 'Comment', 'Error' }, { links_to('BeansTestFree'), links_to('BeansTestTaken') })
    end)
  end)
end)
