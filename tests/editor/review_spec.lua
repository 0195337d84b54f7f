-- A review of changes, as a person meets it: hunks in a real buffer, settled by commands, undone by `u`.

local rig = require('tests.editor.review_rig')

local NEW, OLD = rig.NEW, rig.OLD
local begin, lines, misses, open_file, outcome, sees, undo_tree =
  rig.begin, rig.lines, rig.misses, rig.open_file, rig.outcome, rig.sees, rig.undo_tree

describe('review', function()
  local editor = rig.shared()

  it('shows new lines as text, old ones above them, and a bar', function()
    begin(OLD, NEW)
    assert.are.same(NEW, lines())
    editor:wait_screen('Beans: 3 of 3 hunks left')
    sees('one%s*\nBeans: [^\n]*\n *next: [^\n]*\ntwo%s*\n2%s*\nthree')
    sees('four and a half *hunk 2')
    sees('five%s*\nsix%s*\nseven +hunk 3')
  end)

  it('accepts hunk by hunk, and one undo takes it back as a whole', function()
    begin(OLD, NEW)
    editor:keys('2G:Beans accept<CR>')
    editor:wait_screen('2 of 3 hunks left')
    assert.are.equal(5, editor:eval("line('.')"))
    editor:ex('Beans reject')
    editor:ex('call cursor(5, 1) | Beans accept')
    assert.are.same({ accepted = 2, rejected = 1, open = 0, reason = 'settled' }, outcome())
    assert.are.same({ 'one', '2', 'three', 'four', 'five', 'seven', 'eight' }, lines())
    misses('Beans:')
    editor:keys('u')
    editor:wait('the old lines', function()
      return vim.deep_equal(OLD, lines())
    end)
    assert.are.equal(0, editor:eval('undotree().seq_cur'))
  end)

  it('leaves the buffer and its undo tree as they were when all is rejected', function()
    begin(OLD, NEW)
    editor:ex('Beans! reject')
    assert.are.same(OLD, lines())
    assert.are.same({ 0, '[]' }, undo_tree())
    assert.are.equal(0, editor:eval('&modified + 0'))
    assert.are.same({ accepted = 0, rejected = 3, open = 0, reason = 'settled' }, outcome())
    -- The same where there is something to undo, and where the last change was undone.
    open_file(OLD)
    for _, command in ipairs({ "call setline(1, 'ONE')", 'let &ul = &ul', "call setline(2, 'TWO')", 'undo' }) do
      editor:ex(command)
    end
    local before = { undo_tree(), lines() }
    editor:lua([[
      review = require('beans.edit').open({ buf = host.current().buf, first = 1, last = 8 })
      review:propose(1, 8, { 'none' })
      review:complete()
    ]])
    assert.are.same({ 'none' }, lines())
    editor:ex('Beans reject!')
    assert.are.same(before, { undo_tree(), lines() })
    editor:ex('redo')
    assert.are.equal('TWO', lines()[2])
  end)

  it('rejects one by one to the same end', function()
    begin(OLD, NEW)
    for _ = 1, 3 do
      editor:ex('Beans hunk next')
      editor:ex('Beans reject')
    end
    assert.are.same(OLD, lines())
    assert.are.same({ 0, '[]' }, undo_tree())
  end)

  it('is taken back by an undo in between, and is over then', function()
    begin(OLD, NEW)
    editor:keys('u')
    editor:wait('the old lines', function()
      return vim.deep_equal(OLD, lines())
    end)
    assert.are.equal('undone', outcome().reason)
    misses('Beans:')
    misses('hunk 3')
  end)

  it('is not disturbed by what the user writes outside of hunks', function()
    begin(OLD, NEW)
    editor:keys('ggOabove<Esc>')
    editor:keys('Gobelow<Esc>')
    editor:keys('4G0ichanged <Esc>') -- 'three', right below the first hunk
    editor:wait('the edits', function()
      return #lines() == 10 and lines()[4] == 'changed three'
    end)
    editor:keys('5Gdd') -- 'four'
    editor:wait('the edits', function()
      return #lines() == 9
    end)
    editor:ex('Beans reject!')
    assert.are.same({ 'above', 'one', 'two', 'changed three', 'five', 'six', 'seven', 'eight', 'below' }, lines())
    assert.are.same(3, outcome().rejected)
  end)

  it('keeps what the user writes inside a hunk when it is accepted', function()
    begin({ 'a', 'b', 'c' }, { 'a', 'x', 'y', 'c' })
    editor:keys('2GA!<Esc>omore<Esc>')
    editor:wait('the edit', function()
      return #lines() == 5
    end)
    editor:ex('Beans accept!')
    assert.are.same({ 'a', 'x!', 'more', 'y', 'c' }, lines())
    assert.are.equal(1, outcome().accepted)
    -- What an undo brings back is not drawn over any more.
    editor:keys('u')
    editor:wait('the old lines', function()
      return vim.deep_equal({ 'a', 'b', 'c' }, lines())
    end)
    editor:keys('u')
    editor:wait('the undo of what the user wrote', function()
      return #lines() == 5
    end)
    editor:keys('u')
    editor:wait('what it was written into', function()
      return #lines() == 4
    end)
    if editor.is_vim then
      editor:wait('no drawing', function()
        return editor:eval("len(prop_list(1, {'end_lnum': -1}))") == 0
      end)
    end
  end)

  --- Chooses in the menu of the editor.
  local function choose(number)
    editor:wait_screen('old text back')
    if editor.is_vim then
      editor:keys(('j'):rep(number - 1) .. '<CR>')
    else
      editor:keys(number .. '<CR>')
    end
  end

  for number, case in ipairs({
    { name = 'keeps it', lines = { 'a', 'x!', 'c' }, field = 'accepted' },
    { name = 'takes it away', lines = { 'a', 'b', 'c' }, field = 'rejected' },
  }) do
    it('asks before it rejects what the user wrote, and ' .. case.name, function()
      begin({ 'a', 'b', 'c' }, { 'a', 'x', 'c' })
      editor:keys('2GA!<Esc>')
      editor:wait('the edit', function()
        return lines()[2] == 'x!'
      end)
      editor:keys(':Beans reject<CR>')
      choose(number)
      assert.are.equal(1, outcome()[case.field])
      assert.are.same(case.lines, lines())
    end)
  end

  it('asks once when all are rejected', function()
    begin(OLD, NEW)
    editor:keys('2GA!<Esc>')
    editor:wait('the edit', function()
      return lines()[2] == '2!'
    end)
    editor:keys(':Beans reject!<CR>')
    choose(1)
    local result = outcome()
    assert.are.same({ 1, 2 }, { result.accepted, result.rejected })
    assert.are.same({ 'one', '2!', 'three', 'four', 'five', 'six', 'seven', 'eight' }, lines())
  end)

  it('finds its place again where the user deleted the new text', function()
    begin({ 'a', 'b', 'c' }, { 'a', 'x', 'y', 'c' })
    editor:keys('2G2dd')
    editor:wait('the deletion', function()
      return #lines() == 2
    end)
    editor:keys(':2Beans reject<CR>')
    choose(2)
    assert.are.equal(1, outcome().rejected)
    assert.are.same({ 'a', 'b', 'c' }, lines())
  end)
end)
