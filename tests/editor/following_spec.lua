-- Windows that show a chat while text comes: those that follow its end, and those that don't.

local rig = require('tests.editor.view_rig')

local find_row, open, row_of = rig.find_row, rig.open, rig.row_of

describe('text that comes lets a window', function()
  local editor = rig.shared()

  --- A long chat in the window, with the place for the next question at its end and the cursor there.
  local function open_long()
    local lines = {}
    for i = 1, 200 do
      lines[i] = 'line ' .. i
    end
    vim.list_extend(lines, { '', '# You', '', 'next question' })
    open(lines)
    editor:lua('mark = host.mark_set(buf, 200, 8) later(function() host.win_cursor(win, 204, 3) end)')
    row_of('next question')
  end

  local function insert(text)
    editor:lua('local text = ... later(function() host.insert(buf, mark, text) end)', text)
  end

  --- The row in which the last line stands, counted from the bottom of the window: 1.
  local function from_bottom()
    return editor:eval('winheight(0) - winline() + 1')
  end

  it('follow with its last line at the bottom, however many lines come', function()
    open_long()
    for i, count in ipairs({ 1, 3, 60, 500, 1 }) do
      local lines = {}
      for k = 1, count do
        lines[k] = ('%d-%d'):format(i, k)
      end
      insert('\n' .. table.concat(lines, '\n'))
      row_of(lines[count])
      row_of('next question')
      assert.are.equal(1, from_bottom())
      assert.are.equal('next question', editor:eval('getline(".")'))
      assert.are.equal(4, editor:eval('col(".")'))
    end
  end)

  it('follow when it is not the current one', function()
    open_long()
    editor:ex('botright new | resize 5')
    insert('\n' .. ('more\n'):rep(100) .. 'the end')
    row_of('the end')
    row_of('next question')
  end)

  it('follow folds and long lines', function()
    open_long()
    insert('\n' .. ('many words '):rep(100) .. '\nthe end')
    row_of('the end')
    row_of('next question')
    assert.is_true(from_bottom() <= 2)
  end)

  it('stay where it is while its cursor is elsewhere', function()
    open_long()
    editor:keys('100Gzz')
    local before = editor:wait('the middle', function()
      return find_row('line 100') and editor:screen()
    end)
    insert('\n' .. ('more\n'):rep(100) .. 'the end')
    editor:wait('the text', function()
      return editor:eval('line("$")') == 305
    end)
    for row = 1, 36 do
      assert.are.equal(before[row], editor:screen()[row])
    end
    assert.are.equal(100, editor:eval('line(".")'))
  end)
end)
