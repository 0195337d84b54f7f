-- Several reviews at once, and what the user does meanwhile: each is settled for itself, each undone for itself.

local rig = require('tests.editor.review_rig')

local lines, open_file, undo_tree = rig.lines, rig.open_file, rig.undo_tree

describe('reviews', function()
  local editor = rig.shared()

  local TEXT = { 'a1', 'a2', 'a3', 'between', 'b1', 'b2', 'b3' }

  before_each(function()
    open_file(TEXT)
    editor:ex('Beans hunk next') -- defines the groups
    editor:lua([[
      local edit = require('beans.edit')
      local function begin(name, first, last, new)
        local buf = host.current().buf
        local review = edit.open({ buf = buf, first = first, last = last, on_settled = note(name) })
        review:propose(first, last, new)
        review:complete()
        return review
      end
      first = begin('first', 1, 3, { 'a1', 'A2', 'more', 'a3' })
      second = begin('second', 6, 8, { 'B1', 'b2', 'B3' })
    ]])
  end)

  local BOTH = { 'a1', 'A2', 'more', 'a3', 'between', 'B1', 'b2', 'B3' }

  local function await(wanted)
    editor:wait('the lines', function()
      return vim.deep_equal(wanted, lines())
    end)
  end

  it('stand in one buffer, and are settled one by one', function()
    assert.are.same(BOTH, lines())
    editor:ex('6 | Beans! accept')
    assert.is_nil(editor:lua('return got.first'))
    assert.are.equal(2, editor:lua('return got.second[1][1].accepted'))
    editor:ex('2 | Beans! reject')
    assert.are.equal('settled', editor:lua('return got.first[1][1].reason'))
    await({ 'a1', 'a2', 'a3', 'between', 'B1', 'b2', 'B3' })
  end)

  it('are not begun where one is', function()
    local open = [[
      local first, last = ...
      local review = require('beans.edit').open({ buf = host.current().buf, first = first, last = last })
      return review == nil
    ]]
    assert.is_true(editor:lua(open, 4, 5))
    assert.is_true(editor:lua(open, 1, 8))
    assert.is_false(editor:lua(open, 5, 5))
  end)

  it('are undone one by one', function()
    editor:ex('2 | Beans! accept')
    editor:ex('6 | Beans! accept')
    editor:keys('u')
    await({ 'a1', 'A2', 'more', 'a3', 'between', 'b1', 'b2', 'b3' })
    editor:keys('<C-r>')
    await(BOTH)
  end)

  it('leave no trace when all of them are rejected', function()
    editor:ex('2 | Beans! reject')
    editor:ex('6 | Beans! reject')
    assert.are.same(TEXT, lines())
    assert.are.same({ 0, '[]' }, undo_tree())
  end)

  it('are walked through as one', function()
    local seen = {}
    editor:ex('4')
    for i = 1, 4 do
      editor:ex('Beans hunk next')
      seen[i] = editor:eval("line('.')")
    end
    assert.are.same({ 6, 8, 2, 6 }, seen)
  end)

  it('take back what was accepted with one undo, and nothing that the user wrote meanwhile', function()
    editor:ex('6 | Beans! reject')
    editor:keys('4GAn edit<Esc>')
    editor:wait('the edit', function()
      return lines()[4] == 'a3n edit'
    end)
    editor:keys('gg')
    editor:ex('2 | Beans! accept')
    await({ 'a1', 'A2', 'more', 'a3n edit', 'between', 'b1', 'b2', 'b3' })
    editor:keys('u')
    await({ 'a1', 'a2', 'a3n edit', 'between', 'b1', 'b2', 'b3' })
    editor:keys('<C-r>')
    await({ 'a1', 'A2', 'more', 'a3n edit', 'between', 'b1', 'b2', 'b3' })
  end)

  it('bring marks back with the lines that are rejected', function()
    rig.reset()
    open_file(TEXT)
    editor:ex('call cursor(2, 2) | normal! mk')
    editor:lua([[
      review = require('beans.edit').open({ buf = host.current().buf, first = 1, last = 3 })
      review:propose(1, 3, { 'a1', 'x', 'y', 'a3' })
      review:complete()
    ]])
    editor:keys('Goend<Esc>')
    editor:wait('the edit', function()
      return #lines() == 9
    end)
    editor:ex('2 | Beans! reject')
    assert.are.same({ 0, 2, 2, 0 }, editor:eval([[getpos("'k")]]))
  end)
end)
