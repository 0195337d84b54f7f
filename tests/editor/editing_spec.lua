-- The user goes on working while an answer streams: edits, undoes, scrolls, leaves, quits.

local bench_of = require('tests.editor.bench')
local chat_rig = require('tests.editor.chat_rig')

describe('while an answer streams', function()
  local bench, editor

  before_each(function()
    bench = bench_of.start()
    bench:script(
      'lines',
      'header Content-Type: text/event-stream\nrepeat 30\ndelta "line %d\\n"\ndelay 50\nend\n' .. 'finish stop\ndone'
    )
    editor = bench:editor('lines')
  end)

  after_each(function()
    bench:stop()
  end)

  local function lines()
    return chat_rig.of(editor):lines()
  end

  local function text()
    return chat_rig.of(editor):text()
  end

  local function wait_text(wanted)
    editor:wait(('"%s" in the chat'):format(wanted), function()
      return text():find(wanted, 1, true)
    end, 10000)
  end

  local function wait_end()
    wait_text('line 29\n\n\n# You')
    chat_rig.of(editor):wait_end(0)
  end

  local function whole_answer()
    local wanted = {}
    for i = 0, 29 do
      wanted[i + 1] = 'line ' .. i
    end
    return table.concat(wanted, '\n') .. '\n\n\n# You\n\n'
  end

  it('an answer is one undo step', function()
    editor:keys(':Beans chat hi<CR>')
    wait_end()
    local after = text()
    editor:keys('u')
    editor:wait('the undo', function()
      return text() == '# You\n\nhi'
    end)
    editor:keys('<C-r>')
    editor:wait('the redo', function()
      return text() == after
    end)
  end)

  it("the user's change is a step of its own", function()
    editor:keys(':Beans chat hi<CR>')
    wait_text('line 5')
    editor:keys('gg/# You<CR>Ayou<Esc>')
    wait_text('line 20')
    wait_end()
    assert.are.equal('# Youyou', lines()[1])
    editor:keys('u')
    editor:wait('the undo of what came after the change', function()
      return not text():find('line 29', 1, true) and lines()[1] == '# Youyou'
    end)
    editor:keys('u')
    editor:wait('the undo of the change', function()
      return lines()[1] == '# You' and text():find('line 5', 1, true)
    end)
  end)

  it('undo in mid-stream loses no text that comes later', function()
    editor:keys(':Beans chat hi<CR>')
    wait_text('line 5')
    editor:keys('u')
    wait_end()
    assert.is_truthy(text():find('line 28\nline 29\n\n\n# You\n\n', 1, true))
    assert.is_nil(editor:raised())
  end)

  it('text typed above stays and nothing of the answer is lost', function()
    editor:keys(':Beans chat hi<CR>')
    wait_text('line 3')
    editor:keys('gg/# You<CR>Onotes<CR>more notes<Esc>')
    wait_end()
    assert.are.equal('notes\nmore notes\n# You\n\nhi\n\n# Beans\n\n' .. whole_answer(), text())
  end)

  it('goes on at the end when the place it stood at was deleted', function()
    editor:keys(':Beans chat hi<CR>')
    wait_text('line 5')
    editor:keys(':%delete _<CR>')
    wait_end()
    assert.is_truthy(text():find('line 29\n\n\n# You\n\n', 1, true))
  end)

  it('only windows at the end follow it', function()
    editor:keys(':Beans chat hi<CR>')
    wait_text('line 2')
    editor:keys(':split<CR>gg')
    wait_end()
    local cursors = editor:lua([[
      local host, rows = require('beans.host'), {}
      for _, win in ipairs(host.buf_windows(host.current().buf)) do
        host.win_focus(win)
        rows[#rows + 1] = host.current().line
      end
      table.sort(rows)
      return rows
    ]])
    assert.are.same({ 1, editor:eval("line('$')") }, cursors)
    editor:wait_screen('line 29')
  end)

  it('the cursor of a window elsewhere does not move', function()
    editor:lua("require('beans.host').buf_set_lines(1, 1, 1, { 'a', 'b', 'c' })")
    editor:keys(':Beans chat hi<CR>')
    wait_text('line 2')
    editor:keys('<C-w>pGA more<Esc>')
    wait_end()
    assert.are.equal('c more', editor:eval('getbufline(1, 3)[0]'))
    assert.are.equal(3, editor:eval("line('.')"))
  end)

  it('goes on when its window is closed', function()
    editor:keys(':Beans chat hi<CR>')
    wait_text('line 2')
    editor:keys('q')
    wait_end()
    editor:keys(':Beans chat<CR>')
    editor:wait_screen('line 29')
    assert.are.equal('# You\n\nhi\n\n# Beans\n\n' .. whole_answer(), text())
  end)

  it('stops when its buffer is wiped', function()
    editor:keys(':Beans chat hi<CR>')
    wait_text('line 2')
    editor:keys(':bwipeout!<CR>')
    editor:wait('the server to see it', function()
      return bench:index():find('aborted', 1, true)
    end)
    assert.is_nil(editor:raised())
  end)

  it('a small window and a resize do no harm', function()
    editor:keys(':Beans chat hi<CR>')
    wait_text('line 2')
    editor:resize(6, 20)
    wait_text('line 10')
    editor:resize(24, 80)
    wait_end()
    assert.is_truthy(text():find(whole_answer(), 1, true))
  end)

  it('text that is typed in Insert mode elsewhere in the chat is kept', function()
    editor:keys(':Beans chat hi<CR>')
    wait_text('line 2')
    editor:keys('gg/^hi$<CR>A there')
    wait_end()
    editor:keys('<Esc>')
    editor:wait('Normal mode', function()
      return editor:eval('mode()') == 'n'
    end)
    assert.are.equal('# You\n\nhi there\n\n# Beans\n\n' .. whole_answer(), text())
  end)

  --- A process that has ended may still have a number, but no memory and so no arguments.
  local function is_running(pid)
    local file = io.open(('/proc/%d/cmdline'):format(pid))
    local arguments = file and file:read('*a') or ''
    if file then
      file:close()
    end
    return arguments ~= ''
  end

  it('quitting is prompt and leaves nothing behind', function()
    bench:script('endless', 'header Content-Type: text/event-stream\ndelta "begun"\nstall')
    editor:lua(
      [[
      local beans, url = require('beans'), ...
      beans.setup({ base_url = url, api_key = 'k', max_concurrent = 20 })
      BEANS_TEST_DELTAS = 0
      for _ = 1, 10 do
        beans.request({ messages = 'x', on_error = function() end, on_delta = function()
          BEANS_TEST_DELTAS = BEANS_TEST_DELTAS + 1
        end })
      end
    ]],
      bench:url('endless')
    )
    editor:wait('ten streams', function()
      return editor:lua('return BEANS_TEST_DELTAS') == 10
    end)
    editor:lua("require('beans.host').spawn({ 'sleep', '30' }, function() end)")
    local processes = editor:processes()
    assert.is_true(#processes > 1)
    local took_ms = editor:quit('qall!')
    assert.is_true(took_ms < 500, took_ms .. ' ms') -- the bench holds it to 100 ms
    assert.are.equal(0, editor.exit_code)
    editor:wait('the end of what it had started', function()
      return #vim.tbl_filter(is_running, processes) == 0
    end)
    editor:wait('ten closed connections', function()
      local _, count = bench:index():gsub('aborted', '')
      return count == 10
    end)
  end)
end)
