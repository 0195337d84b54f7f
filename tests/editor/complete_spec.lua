-- Inline completion: ghost text that grows, shrinks, goes, and is accepted.

local rig = require('tests.editor.complete_rig')

describe('completion', function()
  local user

  after_each(function()
    assert.is_nil(user.editor:raised())
    user:stop()
  end)

  it('comes after a pause, grows while it streams, and is accepted by <Tab>', function()
    user = rig.start()
    user:answer({ 100, 'mpute(', 150, 'a, b)', 150, '\nprint(x)', 150, '\nreturn x\n' })
    user:write({ '-- first', 'local x = ' }, 2, 10)
    user.editor:keys('co')
    user:wait_rows({ '-- first', 'local x = compute(', '~' })
    user:wait_rows({ '-- first', 'local x = compute(a, b)', '~' })
    user:wait_rows({ '-- first', 'local x = compute(a, b)', 'print(x)', '~' })
    user:wait_rows({ '-- first', 'local x = compute(a, b)', 'print(x)', 'return x', '~' })
    assert.are.same({ '-- first', 'local x = co' }, user:text())
    vim.wait(150)
    user:answer('')
    user.editor:keys('<Tab>')
    user:wait_text({ '-- first', 'local x = compute(a, b)', 'print(x)', 'return x' })
    user:wait_asked(2)
  end)
end)
