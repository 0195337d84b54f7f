-- A review of changes, as a person meets it: hunks in a real buffer, settled by commands, undone by `u`.

local rig = require('tests.editor.host_rig')

local OLD = { 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight' }
local NEW = { 'one', '2', 'three', 'four', 'four and a half', 'five', 'seven', 'eight' }

describe('review', function()
  local editor

  setup(function()
    editor = rig.start()
  end)

  teardown(function()
    editor:stop()
  end)

  local function reset()
    rig.reset(editor)
    editor:lua('got = {}') -- wiping a buffer ends its review
  end

  before_each(function()
    reset()
  end)

  after_each(function()
    local raised = editor:raised()
    assert.is_nil(raised)
  end)

  local function lines()
    return editor:eval("getline(1, '$')")
  end

  local function screen()
    editor:ex('redraw!')
    return table.concat(editor:screen(), '\n')
  end

  --- Waits until the screen has a pattern.
  local function sees(pattern)
    editor:wait(pattern, function()
      return screen():find(pattern)
    end)
  end

  --- Waits until the screen has a text no more.
  local function misses(text)
    editor:wait('no ' .. text, function()
      return not screen():find(text, 1, true)
    end)
  end

  --- A file with these lines, as if just opened.
  local function open_file(text)
    local path = editor.dir .. '/file.txt'
    vim.fn.writefile(text, path)
    editor:ex('edit! ' .. path)
  end

  local function begin(old, new)
    open_file(old)
    editor:ex('Beans hunk next') -- defines the groups
    editor:lua(
      [[
      local edit = require('beans.edit')
      review = edit.open({ buf = host.current().buf, on_settled = note('settled') })
      review:propose(1, select(1, ...), select(2, ...))
      review:complete()
    ]],
      #old,
      new
    )
    editor:ex('messages clear')
  end

  local function outcome()
    return rig.calls(editor, 'settled')[1][1]
  end

  local function undo_tree()
    return editor:eval('[undotree().seq_cur, string(undotree().entries)]')
  end

  it('shows new lines as text, old ones above them, and a bar', function()
    begin(OLD, NEW)
    assert.are.same(NEW, lines())
    editor:wait_screen('Beans: 3 of 3 hunks left')
    sees('one%s*\nBeans: [^\n]*\ntwo%s*\n2%s*\nthree')
    sees('four and a half *hunk 2 of 3')
    sees('five%s*\nsix%s*\nseven +hunk 3 of 3')
  end)

  it('accepts hunk by hunk, and one undo takes it back as a whole', function()
    begin(OLD, NEW)
    editor:keys('2G:Beans accept<CR>')
    editor:wait('two left', function()
      return screen():find('2 of 3 hunks left', 1, true)
    end)
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
      review = require('beans.edit').open({ buf = host.current().buf })
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
    editor:wait('the undo', function()
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

  it('works at the ends of a buffer, and where all lines go', function()
    for _, case in ipairs({
      { { 'a', 'b' }, { 'b' } },
      { { 'a', 'b' }, { 'a' } },
      { { 'a', 'b' }, { 'a', 'b', 'c' } },
      { { 'a', 'b' }, { 'z', 'a', 'b' } },
      { { 'a', 'b' }, { 'c', 'd', 'e' } },
      { { 'a', 'b' }, {} },
      { { '' }, { 'a', '', 'b' } },
    }) do
      for _, command in ipairs({ 'accept', 'reject' }) do
        reset()
        begin(case[1], case[2])
        local new = #case[2] == 0 and { '' } or case[2]
        assert.are.same(new, lines())
        screen()
        editor:ex('Beans! ' .. command)
        assert.are.same(command == 'accept' and new or case[1], lines())
        assert.are.equal('settled', outcome().reason)
      end
    end
  end)

  it('shows what is deleted at the top and at the end', function()
    begin({ 'first gone', 'a', 'b', 'last gone' }, { 'a', 'b' })
    editor:ex('normal! gg')
    sees('first gone%s*\na%s*\nb[^\n]*\nlast gone')
    editor:wait_screen('2 of 2 hunks left')
  end)

  it('walks', function()
    begin(OLD, NEW)
    local seen = {}
    editor:ex('normal! gg')
    for i, direction in ipairs({ 'next', 'next', 'next', 'next', 'prev', 'prev' }) do
      editor:ex('Beans hunk ' .. direction)
      seen[i] = editor:eval("line('.')")
    end
    assert.are.same({ 2, 5, 7, 2, 7, 5 }, seen)
  end)

  it('tells how many hunks are left when the file is written', function()
    begin(OLD, NEW)
    editor:keys(':w<CR>')
    editor:wait_screen('3 hunks not settled yet')
    assert.are.same(NEW, vim.fn.readfile(editor.dir .. '/file.txt'))
    editor:ex('Beans reject!')
    assert.are.same(OLD, lines())
  end)

  it('is over when the file is read anew, and when the buffer goes', function()
    begin(OLD, NEW)
    editor:ex('edit!')
    assert.are.equal('gone', outcome().reason)
    assert.are.same(OLD, lines())
    misses('Beans:')
    reset()
    begin(OLD, NEW)
    editor:ex('enew! | bwipeout! #')
    assert.are.equal('gone', outcome().reason)
  end)

  it('folds what would not fit on the screen, and shows it over everything', function()
    local old = { 'a' }
    for i = 1, 40 do
      old[i + 1] = 'line ' .. i
    end
    begin(old, { 'a', 'b' })
    editor:wait_screen('40 lines deleted (:Beans hunk deleted shows them)')
    editor:keys('2G:Beans hunk deleted<CR>')
    editor:wait_screen('line 7')
    editor:keys('q')
    editor:wait('the popup gone', function()
      return not screen():find('line 7', 1, true)
    end)
    assert.are.equal(2, editor:eval("line('.')"))
  end)

  it('says so where there is nothing to settle', function()
    open_file(OLD)
    editor:ex('Beans accept')
    editor:wait_screen('there is no review in this buffer')
    begin(OLD, NEW)
    editor:ex('1 | Beans reject')
    editor:wait_screen('no hunk under the cursor; 3 hunks left')
  end)

  it('shows the keys that the user has mapped', function()
    editor:ex('nmap gA <Plug>(beans-accept)')
    begin(OLD, NEW)
    editor:wait_screen('gA / :Beans reject')
    editor:keys('2GgA')
    editor:wait_screen('2 of 3 hunks left')
    editor:ex('nunmap gA')
  end)

  it('goes on while hunks are still to come', function()
    open_file(OLD)
    editor:lua([[
      review = require('beans.edit').open({ buf = host.current().buf, on_settled = note('settled') })
      review:propose(7, 8, { 'SEVEN', 'eight' })
    ]])
    editor:ex('7 | Beans accept')
    editor:lua("review:propose(2, 3, { 'TWO', 'three' })")
    assert.are.same({}, editor:lua('return got'))
    editor:lua('review:complete()')
    editor:ex('2 | Beans reject')
    assert.are.same({ 1, 1 }, { outcome().accepted, outcome().rejected })
    assert.are.same({ 'one', 'two', 'three', 'four', 'five', 'six', 'SEVEN', 'eight' }, lines())
    editor:keys('u')
    editor:wait('the old lines', function()
      return vim.deep_equal(OLD, lines())
    end)
  end)

  it('ends as the exact mix, whatever is accepted and rejected, with the user writing in between', function()
    math.randomseed(os.time())
    local kinds = { 'a', 'b', 'c', '', '  d' }
    for _ = 1, 12 do
      local old, new = {}, {}
      for i = 1, 14 do
        old[i] = kinds[math.random(#kinds)] .. math.random(3)
        local what = math.random(5)
        if what == 1 then
          new[#new + 1] = 'new ' .. i
        end
        if what ~= 2 then
          new[#new + 1] = what == 3 and old[i] .. '!' or old[i]
        end
      end
      reset()
      begin(old, new)
      local diff = require('beans.edit.diff')
      local hunks = diff.lines(old, new)
      local accepted, order = {}, {}
      for i = 1, #hunks do
        accepted[i] = math.random() < 0.5
        table.insert(order, math.random(#order + 1), i)
      end
      editor:lua(
        [[
        local order, accepted = ...
        local all = {}
        for i, hunk in ipairs(review.hunks) do
          all[i] = hunk
        end
        for _, i in ipairs(order) do
          if accepted[i] == true or accepted[i] == 1 then
            review:accept(all[i])
          else
            review:reject(all[i])
          end
        end
      ]],
        order,
        accepted
      )
      local mix = diff.apply(old, new, hunks, function(i)
        return accepted[i]
      end)
      assert.are.same(mix, lines())
      editor:ex('silent! undo')
      assert.are.same(old, lines())
    end
  end)
end)
