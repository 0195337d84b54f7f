-- Reviews at the ends of buffers, in files that are written, read anew or wiped, with long deletions, in any order.

local rig = require('tests.editor.review_rig')

local NEW, OLD = rig.NEW, rig.OLD
local begin, lines, misses, open_file, outcome, sees, reset =
  rig.begin, rig.lines, rig.misses, rig.open_file, rig.outcome, rig.sees, rig.reset

describe('review', function()
  local editor = rig.shared()

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
        editor:ex('redraw!')
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
    misses('line 7')
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

  it('has a bar in as many lines as it takes, also after a resize', function()
    begin(OLD, NEW)
    editor:wait_screen('next: :Beans hunk next')
    editor:resize(24, 50)
    sees(':Beans accept / :Beans reject, all: ! *\n *next: :Beans hunk next')
    editor:resize(24, 80)
    sees('hunks left · :Beans accept / :Beans reject, all: ! *\n *next: :Beans hunk next')
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
      local on_settled = note('settled')
      review = require('beans.edit').open({ buf = host.current().buf, first = 1, last = 8, on_settled = on_settled })
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

  --- Lines, other lines made of them, and which of the first stay.
  local function random_change()
    local old, new, stays = {}, {}, {}
    for i = 1, 14 do
      old[i] = ('%02d %s'):format(i, ('x'):rep(math.random(0, 3)))
      local what = math.random(5)
      if what == 1 then
        new[#new + 1] = 'new ' .. i
      end
      if what ~= 2 then
        new[#new + 1] = what == 3 and old[i] .. '!' or old[i]
      end
      stays[i] = what ~= 2 and what ~= 3
    end
    return old, new, stays
  end

  it('ends as the exact mix, whatever is accepted and rejected, with the user writing in between', function()
    local seed = os.time()
    math.randomseed(seed)
    local diff = require('beans.edit.diff')
    for round = 1, 16 do
      local old, new, stays = random_change()
      reset()
      begin(old, new)
      local hunks = diff.lines(old, new)
      local accepted, order, writes = {}, {}, {}
      for i = 1, #hunks do
        accepted[i] = math.random() < 0.5
        table.insert(order, math.random(#order + 1), i)
        local line = math.random(14)
        writes[i] = round % 2 == 0 and stays[line] and old[line] or ''
      end
      editor:lua(
        [[
        local order, accepted, writes = ...
        local all = {}
        for i, hunk in ipairs(review.hunks) do
          all[i] = hunk
        end
        local function write_at(text)
          for i, line in ipairs(host.buf_lines(review.buf, 1, -1)) do
            if text ~= '' and line == text then
              host.buf_set_lines(review.buf, i, i, { line .. ' mine' })
              review:changed() -- as after each command
            end
          end
        end
        for _, i in ipairs(order) do
          write_at(writes[i])
          if accepted[i] == true or accepted[i] == 1 then
            review:accept(all[i])
          else
            review:reject(all[i])
          end
        end
      ]],
        order,
        accepted,
        writes
      )
      local mix = diff.apply(old, new, hunks, function(i)
        return accepted[i]
      end)
      for i, line in ipairs(mix) do
        mix[i] = vim.tbl_contains(writes, line) and line .. ' mine' or line
      end
      assert.are.same(mix, lines(), 'seed ' .. seed)
      editor:ex('silent! undo 0')
      assert.are.same(old, lines())
    end
  end)
end)
