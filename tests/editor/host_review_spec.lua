-- What every host promises to reviews and to the keys of code blocks.

local rig = require('tests.editor.host_rig')

describe('host', function()
  local editor = rig.shared()

  setup(function()
    editor:ex('Beans hunk next') -- defines the groups
  end)

  local function lua(code, ...)
    return editor:lua(code, ...)
  end

  --- A buffer in a window, and a range in it: `buf` and `range` in the editor.
  local function range_in(lines, first, last)
    editor:ex('enew!')
    editor:eval(("setline(1, json_decode('%s'))"):format(vim.json.encode(lines)))
    editor:ex('let &undolevels = &undolevels') -- ends the undo step
    lua('buf = host.current().buf; range = host.range_set(buf, ...)', first, last)
  end

  local function range()
    return lua('return { host.range_get(buf, range) }')
  end

  it('tells how wide the text of a buffer is in its narrowest window', function()
    range_in({ 'a' }, 1, 1)
    assert.are.equal(80, lua('return host.text_width(buf)'))
    editor:ex('vertical 30split | setlocal number numberwidth=4')
    assert.are.equal(26, lua('return host.text_width(buf)'))
    editor:ex('only | setlocal nonumber | enew!')
    assert.are.equal(80, lua('return host.text_width(buf)'))
  end)

  it('knows the marks that the user sets, and sets them in any buffer', function()
    range_in({ 'ab', 'cde' }, 1, 1)
    editor:ex([[call cursor(2, 3) | execute 'normal! mk' | enew!]])
    assert.are.same({ { name = 'k', line = 2, col = 2 } }, lua('return host.named_marks(buf)'))
    lua("host.name_mark(buf, { name = 'k', line = 1, col = 1 })")
    assert.are.same({ { name = 'k', line = 1, col = 1 } }, lua('return host.named_marks(buf)'))
    lua("host.name_mark(buf, { name = 'k', line = 9, col = 0 })") -- no line is there
    assert.is_nil(editor:raised())
  end)

  describe('ranges', function()
    it('move with the text, and grow and shrink by what is edited in them', function()
      range_in({ 'a', 'b', 'c', 'd', 'e' }, 2, 4)
      for _, case in ipairs({
        { 'call append(0, "above")', 3, 5 },
        { 'call append(2, "right above")', 4, 6 },
        { 'call append(6, "right below")', 4, 6 },
        { 'call append(4, "inside")', 4, 7 },
        { 'normal! 4G0ibegin ', 4, 7 },
        { 'normal! 7GAend', 4, 7 },
        { '5delete', 4, 6 },
        { '1delete', 3, 5 },
      }) do
        editor:ex(case[1])
        assert.are.same({ case[2], case[3] }, range(), case[1])
      end
    end)

    it('know their place when their lines are deleted, and again when that is undone', function()
      range_in({ 'a', 'b', 'c', 'd' }, 2, 3)
      editor:ex('2,3delete')
      assert.are.same({ 2, 1 }, range())
      editor:ex('undo')
      assert.are.same({ 2, 3 }, range())
    end)

    it('may be empty, at either end too', function()
      for _, first in ipairs({ 1, 2, 3 }) do
        range_in({ 'a', 'b' }, first, first - 1)
        assert.are.same({ first, first - 1 }, range())
        editor:ex('call append(0, "above")')
        local now = range()
        assert.are.equal(now[1] - 1, now[2])
        assert.is_true(now[1] == first + 1 or first == 1) -- at the top it may be above or below that line
      end
    end)

    it('at the ends keep their place when the line next to them is set anew', function()
      range_in({ 'a', 'b' }, 3, 2)
      lua("host.buf_set_lines(buf, 2, 2, { 'B' })")
      assert.are.same({ 3, 2 }, range())
      range_in({ 'a', 'b' }, 1, 0)
      lua("host.buf_set_lines(buf, 1, 1, { 'A' })")
      assert.are.same({ 1, 0 }, range())
      range_in({ 'a', 'b' }, 2, 1)
      lua("host.buf_set_lines(buf, 2, 2, { 'B' })")
      assert.are.same({ 2, 1 }, range())
    end)

    it('are gone when they are deleted', function()
      range_in({ 'a', 'b' }, 1, 1)
      lua('host.range_del(buf, range)')
      assert.are.same({}, range())
    end)
  end)

  it('draws over a range, as no text, and takes it away', function()
    range_in({ 'one', 'two', 'three' }, 2, 2)
    local tick = lua('return host.buf_tick(buf)')
    local code = [[
      host.draw(buf, range, {
        first = 2, last = 2, words = { { line = 2, from = 0, to = 1 } },
        above = { { { 'old ', 'BeansDiffDelete' }, { 'two\27', 'BeansDiffText' } } }, note = 'a note',
      })
    ]]
    lua(code)
    editor:wait('the drawing', function()
      return table.concat(editor:screen(), '\n'):find('one%s*\nold two␛%s*\ntwo *a note')
    end)
    assert.are.same({ 'one', 'two', 'three' }, editor:eval("getline(1, '$')"))
    assert.are.equal(tick, lua('return host.buf_tick(buf)'))
    local looks = {}
    for _, place in ipairs({ { 2, 1 }, { 3, 1 }, { 3, 2 }, { 4, 1 } }) do
      looks[editor:eval(('screenattr(%d, %d)'):format(place[1], place[2]))] = true
    end
    assert.are.equal(4, vim.tbl_count(looks), 'deleted, changed word, new line, other line')
    for _, away in ipairs({ 'host.draw(buf, range, nil)', 'host.draw_none(buf)' }) do
      lua(code)
      editor:wait_screen('a note')
      lua(away)
      editor:wait('no drawing', function()
        local screen = table.concat(editor:screen(), '\n')
        return not screen:find('a note', 1, true) and not screen:find('old two', 1, true)
      end)
    end
  end)

  it('goes back in the undo tree without a trace', function()
    range_in({ 'a' }, 1, 1)
    editor:ex('let &ul = &ul\ncall setline(1, "b")\nlet &ul = &ul\ncall setline(1, "c")\nundo')
    local tree = editor:eval('string(undotree())')
    lua('kept = host.undo_keep(buf)')
    assert.are.equal(editor:eval('undotree().seq_cur'), lua('return host.undo_seq(buf)'))
    lua("host.buf_set_lines(buf, 1, 1, { 'x', 'y' })")
    assert.are_not.equal(lua('return kept.seq'), lua('return host.undo_seq(buf)'))
    lua('host.undo_back(buf, kept)')
    assert.are.same({ 'b' }, editor:eval("getline(1, '$')"))
    assert.are.equal(
      (tree:gsub("'save_[^,}]*", ''):gsub("'synced[^,}]*", '')),
      (editor:eval('string(undotree())'):gsub("'save_[^,}]*", ''):gsub("'synced[^,}]*", ''))
    )
    editor:ex('redo')
    assert.are.same({ 'c' }, editor:eval("getline(1, '$')"))
  end)

  it('goes back in a very long undo tree, and leaves the undone step', function()
    range_in({ 'a' }, 1, 1)
    editor:ex('setlocal undolevels=5000')
    editor:ex('for i in range(1600) | let &l:undolevels = 5000 | call setline(1, i) | endfor')
    local before = editor:eval('undotree().seq_last')
    lua('kept = host.undo_keep(buf)')
    lua("host.buf_set_lines(buf, 1, 1, { 'x', 'y' })")
    lua('host.undo_back(buf, kept)')
    assert.are.same({ '1599' }, editor:eval("getline(1, '$')"))
    assert.are.same({ before, before + 1 }, editor:eval('[undotree().seq_cur, undotree().seq_last]'))
    editor:ex('silent undo')
    assert.are.same({ '1598' }, editor:eval("getline(1, '$')"))
  end)

  it('opens a file by a name that is taken as it is, and new buffers without one', function()
    local path = editor.dir .. '/$HOME `x` %.txt'
    vim.fn.writefile({ 'text' }, path)
    local buf = lua('return (host.buf_open(...))', path)
    assert.are.same({ 'text' }, lua('return host.buf_lines(..., 1, -1)', buf))
    assert.are.equal(1, editor:eval(('buflisted(%d)'):format(buf)))
    local state = lua('return host.buf_state(...)', buf)
    assert.are.same({ path, '', true, 8 }, { state.path, state.buftype, state.modifiable, state.tabstop })
    buf = lua("return host.buf_new({ 'a', 'b' })")
    assert.are.same({ 'a', 'b' }, lua('return host.buf_lines(..., 1, -1)', buf))
    assert.are.equal('', lua('return host.buf_state(...).path', buf))
  end)

  it('knows files, links and where it is', function()
    local dir = vim.uv.fs_realpath(editor.dir)
    vim.fn.mkdir(dir .. '/folder', 'p')
    vim.fn.writefile({}, dir .. '/folder/file')
    vim.uv.fs_symlink(dir .. '/folder', dir .. '/link')
    vim.uv.fs_symlink(dir .. '/nothing', dir .. '/lost')
    assert.are.equal(dir .. '/folder/file', lua('return host.real_path(...)', dir .. '/link/../folder/./file'))
    assert.is_true(lua('return host.real_path(...) == nil', dir .. '/lost'))
    assert.is_true(lua('return host.real_path(...) == nil', dir .. '/nothing'))
    assert.are.same(
      { 'dir', 'file', 'link', 'none' },
      lua(
        [[
        local dir = ...
        return { host.file_type(dir .. '/folder'), host.file_type(dir .. '/folder/file'),
          host.file_type(dir .. '/lost'), host.file_type(dir .. '/nothing') or 'none' }
      ]],
        dir
      )
    )
    assert.are.equal(editor:eval('getcwd()'), lua('return host.cwd()'))
  end)

  it('finds the window that was used last, and keys', function()
    editor:ex('edit one.txt | split two.txt | split three.txt | wincmd j | wincmd k')
    editor:ex('call setline(1, "text")')
    local found = lua([[
      return host.last_window(function(buf) return host.buf_state(buf).path:find('two') ~= nil end)
    ]])
    assert.are.same({ editor:eval("bufwinid('two.txt')"), 1, 0 }, { found.win, found.line, found.col })
    found = lua('return host.last_window(function() return true end)')
    assert.are.equal(editor:eval("bufwinid('two.txt')"), found.win)
    assert.is_true(lua('return host.last_window(function() return false end) == nil'))
    editor:ex('nmap gA <Plug>(beans-accept)')
    assert.are.equal('gA', lua("return host.key_for('<Plug>(beans-accept)')"))
    assert.is_true(lua("return host.key_for('<Plug>(beans-reject)') == nil"))
    assert.is_true(lua('return host.virtual_max(host.current().buf) < 24'))
    editor:ex('%bwipeout!')
  end)
end)
