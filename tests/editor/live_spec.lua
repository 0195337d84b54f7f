-- New text on its way into a review, as it comes: in pieces, with hunks settled and text written meanwhile.

local rig = require('tests.editor.review_rig')

local lines, open_file, reset, undo_tree = rig.lines, rig.open_file, rig.reset, rig.undo_tree

describe('live', function()
  local editor = rig.shared()

  setup(function()
    editor:ex('Beans hunk next') -- defines the groups
    editor:lua([[
      live_of, edit = require('beans.edit.live'), require('beans.edit')
      function begin(first, last)
        local buf = host.current().buf
        review = edit.open({ buf = buf, first = first, last = last, on_settled = note('settled') })
        live = live_of.new(review, host.buf_lines(buf, first, last))
      end
      --- The wrong lines, where the buffer is not what live says; nil where it is.
      function wrong()
        local first, last = review:lines()
        local there, wanted = host.buf_lines(review.buf, first, last), live:text('new', true)
        for i = 1, math.max(#there, #wanted) do
          if there[i] ~= wanted[i] then
            return ('line %d: %s instead of %s'):format(i, tostring(there[i]), tostring(wanted[i]))
          end
        end
      end
    ]])
  end)

  local OLD = { 'above', 'local one = 1', 'local two = 2', 'local three = 3', 'return one', 'below' }

  it('shows what comes where the stream is, and touches nothing that is the same', function()
    open_file(OLD)
    editor:ex("call cursor(3, 7) | execute 'normal! mk' | call cursor(5, 1)")
    editor:lua('begin(2, 5)')
    editor:lua("live:take({}, { 'local o' })")
    assert.are.same(OLD, lines()) -- the same so far
    editor:lua("live:take({ 'local one = 1', 'local two = 2' }, { 'local thr' })")
    assert.are.same(OLD, lines())
    editor:lua("live:take({}, { 'local tree = fi' })")
    assert.are.same(
      vim.list_extend(vim.list_slice(OLD, 1, 3), { 'local tree = fi', 'local three = 3', 'return one', 'below' }),
      lines()
    )
    editor:lua("live:take({ 'local tree = fir' }, { 'ret' })")
    assert.are.equal('ret', lines()[5])
    editor:lua("live:finish({ 'return one' }, false)")
    local new = { 'above', 'local one = 1', 'local two = 2', 'local tree = fir', 'return one', 'below' }
    assert.are.same(new, lines())
    assert.are.same({ 0, 3, 7, 0 }, editor:eval([[getpos("'k")]]))
    editor:lua('review:complete()')
    editor:ex('4 | Beans accept')
    assert.are.same(new, lines())
    editor:keys('u')
    editor:wait('the old lines', function()
      return vim.deep_equal(OLD, lines())
    end)
  end)

  it('has hunks that can be settled while the rest comes', function()
    open_file(OLD)
    editor:lua('begin(1, 6)')
    editor:lua("live:take({ 'ABOVE', 'local one = 1', 'local two = 2', 'local three = 3' }, {})")
    editor:wait_screen('1 of 1 hunks so far')
    editor:ex('1 | Beans reject')
    assert.are.same(OLD, lines())
    editor:lua("live:take({ 'more', 'return one' }, { 'bel' })")
    editor:lua("live:finish({ 'below', 'end' }, false)")
    editor:lua('review:complete()')
    local text = { 'above', 'local one = 1', 'local two = 2', 'local three = 3', 'more', 'return one', 'below', 'end' }
    assert.are.same(text, lines())
    editor:ex('Beans! reject')
    assert.are.same(OLD, lines())
    assert.are.same({ 0, '[]' }, undo_tree())
  end)

  it('leaves what it has not come to where it was cut off', function()
    open_file(OLD)
    editor:lua('begin(1, 6)')
    editor:lua("live:take({ 'above', 'local one = 11', 'local two = 2' }, { 'local thr' })")
    editor:lua('live:finish({}, true); review:complete()')
    local text = vim.list_extend({ 'above', 'local one = 11' }, vim.list_slice(OLD, 3))
    assert.are.same(text, lines())
  end)

  it('tells a change of the user in its lines from one elsewhere', function()
    open_file(OLD)
    editor:lua('begin(2, 5)')
    editor:lua("live:take({ 'local one = 10', 'local two = 2' }, {})")
    editor:ex('call setline(1, "changed") | call append(1, "more")')
    assert.is_false(editor:lua('return live:is_disturbed()'))
    editor:lua("live:take({ 'local three = 33' }, {})")
    assert.is_nil(editor:lua('return wrong()'))
    editor:ex('call setline(4, "inside")')
    assert.is_true(editor:lua('return live:is_disturbed()'))
  end)

  --- Lines, and what a model might make of them.
  local function random_texts()
    local words =
      { 'local a = 1', 'end', '', 'return a', '  if a then', '  b(a)', 'x', '}', 'for i = 1, 9 do', 'y = {}' }
    local old, new = {}, {}
    for i = 1, math.random(0, 30) do
      old[i] = words[math.random(#words)] .. (math.random(3) == 1 and ' ' .. i or '')
    end
    local how = math.random(4)
    for i = 1, #old do
      local what = math.random(10)
      if how == 1 or what == 1 then
        new[#new + 1] = 'new ' .. math.random(30)
      end
      if how ~= 2 and what > 2 then
        new[#new + 1] = what == 3 and old[i] .. '!' or old[i]
      end
    end
    return old, new
  end

  local RUN = [==[
    local new, cuts, settles, writes = ...
    local from = 1
    local outside = { 'first', 'last' }
    for i, upto in ipairs(cuts) do
      local complete = {}
      for j = from, upto do
        complete[#complete + 1] = new[j]
      end
      from = upto + 1
      local tail = new[from] and { new[from]:sub(1, 3) } or {}
      if i < #cuts then
        live:take(complete, tail)
      else
        live:finish(complete, false)
      end
      local problem = wrong()
      if problem then
        return problem
      end
      local open = review:open_hunks()
      local hunk = open[settles[i] > 0 and (settles[i] - 1) % math.max(1, #open) + 1 or 0]
      if hunk then
        if settles[i] % 2 == 0 then
          review:accept(hunk)
        else
          review:reject(hunk)
        end
      end
      if writes[i] > 0 then
        local line = writes[i] == 1 and 1 or host.buf_line_count(review.buf)
        outside[writes[i]] = outside[writes[i]] .. '!'
        host.buf_set_lines(review.buf, line, line, { outside[writes[i]] })
        review:changed() -- as after each command
      end
    end
    review:complete()
  ]==]

  it('ends as the exact mix, for any text in any pieces, with hunks settled and text written on the way', function()
    local seed = os.time()
    math.randomseed(seed)
    for round = 1, 40 do
      local old, new = random_texts()
      reset()
      open_file(vim.list_extend(vim.list_extend({ 'first' }, old), { 'last' }))
      editor:lua('begin(2, ...)', #old + 1)
      local cuts, settles, writes = {}, {}, {}
      for i = 1, #new do
        if math.random(3) == 1 then
          cuts[#cuts + 1] = i
        end
      end
      cuts[#cuts + 1] = #new
      for i = 1, #cuts do
        settles[i] = round % 3 > 0 and math.random(3) == 1 and math.random(20) or 0
        writes[i] = round % 2 == 0 and math.random(4) == 1 and math.random(2) or 0
      end
      local where = ('seed %d, round %d'):format(seed, round)
      assert.is_nil(editor:lua(RUN, new, cuts, settles, writes), where)
      local untouched = not vim.tbl_contains(writes, function(w)
        return w > 0
      end, { predicate = true })
      if untouched and round % 3 == 0 then
        assert.are.same(new, vim.list_slice(lines(), 2, #lines() - 1), where)
        editor:ex('Beans! reject')
        assert.are.same(old, vim.list_slice(lines(), 2, #lines() - 1), where)
        assert.are.same({ 0, '[]' }, undo_tree(), where)
      elseif untouched then
        editor:ex('Beans! accept')
        editor:ex('silent! undo 0')
        assert.are.same(old, vim.list_slice(lines(), 2, #lines() - 1), where)
      end
    end
  end)
end)
