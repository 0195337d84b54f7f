-- What the user does while a rewrite streams: elsewhere it never matters, in its own lines nothing is overwritten.

local rig = require('tests.editor.rewrite_rig')

local asked, await, delta, done, event, lines, open_file, told =
  rig.asked, rig.await, rig.delta, rig.done, rig.event, rig.lines, rig.open_file, rig.told
local FILE, type_keys = rig.BETWEEN, rig.type_keys

describe('rewrite', function()
  local editor = rig.shared()

  before_each(function()
    open_file(FILE)
    editor:ex('2,5Beans rewrite longer names')
    asked()
  end)

  it('does not mind what happens elsewhere in the buffer', function()
    delta('local aa = 1\nlocal b = 2\n')
    type_keys('ggOfirst<Esc>', 'first')
    type_keys('Goand last', 'and last') -- still in Insert mode
    delta('local cc = 3\nreturn')
    delta(' aa\n')
    done()
    local middle = { 'local aa = 1', 'local b = 2', 'local cc = 3', 'return aa' }
    await(vim.list_extend(vim.list_extend({ 'first', 'above' }, middle), { 'below', 'and last' }))
    assert.are.equal(8, editor:eval("line('.')"))
    editor:keys('<Esc>')
    editor:ex('3 | Beans accept!')
    editor:keys('u')
    await({ 'first', 'above', 'local a = 1', 'local b = 2', 'local c = 3', 'return a', 'below', 'and last' })
  end)

  it('pauses when its lines are changed, and keeps the change when the user says so', function()
    delta('local aa = 1\nlocal b = 2\n')
    type_keys('/return<CR>A + b<Esc>', 'return a + b')
    delta('local cc = 3\n')
    told('paused')
    editor:wait_screen('you changed these lines')
    editor:ex('Beans resolve keep')
    await({ 'above', 'local a = 1', 'local b = 2', 'local c = 3', 'return a + b', 'below' })
    assert.is_true(editor:lua('return requests[1].job.ended'))
    assert.are.equal('dropped', event('BeansRewriteSettled').reason)
  end)

  it('takes the change back when the user says so, and goes on', function()
    delta('local aa = 1\nlocal b = 2\n')
    type_keys('/return<CR>A + b<Esc>', 'return a + b')
    delta('local cc = 3\n')
    told('paused')
    editor:ex('Beans resolve take')
    delta('return aa\n')
    done()
    await({ 'above', 'local aa = 1', 'local b = 2', 'local cc = 3', 'return aa', 'below' })
    editor:ex('Beans reject!')
    await(FILE)
  end)

  it('merges, at the end, with hunks where both changed the same', function()
    delta('local aa = 1\nlocal b = 2\n')
    type_keys('/local c<CR>A -- mine<Esc>', 'mine')
    delta('local c = 3\n')
    told('paused')
    editor:ex('Beans resolve merge')
    editor:wait_screen('merges with your change')
    delta('return aa\n')
    done()
    await({ 'above', 'local aa = 1', 'local b = 2', 'local c = 3 -- mine', 'return aa', 'below' })
    editor:ex('Beans reject!')
    await({ 'above', 'local a = 1', 'local b = 2', 'local c = 3 -- mine', 'return a', 'below' })
  end)

  it('shows the text of both where they collide', function()
    delta('local aa = 1\nlocal b = 2\nlocal c = 3\n')
    type_keys('/return<CR>A .. mine<Esc>', 'mine')
    delta('return aa\n')
    done()
    editor:wait_screen('you changed these lines') -- all is there, and nothing was decided
    editor:keys(':Beans accept!<CR>')
    editor:wait_screen('You changed the lines')
    editor:keys('1<CR>')
    await({ 'above', 'local aa = 1', 'local b = 2', 'local c = 3', 'return aa', 'below' })
    editor:wait_screen('return a .. mine') -- above it, as what was there
    editor:ex('5 | Beans reject')
    await({ 'above', 'local aa = 1', 'local b = 2', 'local c = 3', 'return a .. mine', 'below' })
  end)

  it('takes the lines as they are when they change before anything is sent', function()
    editor:ex('Beans stop')
    editor:lua([[
      attach = require('beans.context').attach
      require('beans.context').attach = function(text, snapshot, on_done)
        go_on = function()
          attach(text, snapshot, on_done)
        end
      end
    ]])
    editor:ex('2,5Beans rewrite longer names')
    editor:wait_screen('gathers')
    type_keys('/local b<CR>A0<Esc>', 'local b = 20')
    editor:lua("require('beans.context').attach = attach; go_on()")
    local messages = asked(2)
    assert.is_truthy(messages[#messages].content:find('local b = 20', 1, true))
    delta('local a = 1\nlocal bb = 20\nlocal c = 3\nreturn a\n')
    done()
    await({ 'above', 'local a = 1', 'local bb = 20', 'local c = 3', 'return a', 'below' })
  end)

  it('ends when its lines are deleted', function()
    delta('local aa = 1\n')
    editor:ex('2,$delete')
    delta('local b = 2\n')
    editor:wait('the end', function()
      return editor:lua('return requests[1].job.ended')
    end)
    assert.are.same({ 'above' }, lines())
  end)

  it('keeps what is written into the file meanwhile, and says how many hunks are left', function()
    delta('local aa = 1\nlocal b = 2\nlocal c = 3\n')
    editor:wait('the hunk', function()
      return lines()[2] == 'local aa = 1'
    end)
    editor:keys(':w<CR>')
    editor:wait_screen('not settled yet')
    delta('return aa\n')
    done()
    await({ 'above', 'local aa = 1', 'local b = 2', 'local c = 3', 'return aa', 'below' })
    editor:ex('Beans reject!')
    assert.are.same(FILE, lines())
  end)

  local ANSWER = { 'local alpha = 1', 'local b = 2', '-- more', 'local gamma = 3', 'return alpha' }

  it('ends right whatever is written around it between any pieces', function()
    local seed = os.time()
    math.randomseed(seed)
    for round = 1, 6 do
      rig.reset()
      open_file(FILE)
      editor:ex('2,5Beans rewrite longer names')
      asked()
      local top, bottom = { 'above' }, { 'below' }
      local text, at = table.concat(ANSWER, '\n') .. '\n', 1
      while at <= #text do
        local upto = at + math.random(12)
        delta(text:sub(at, upto))
        at = upto + 1
        if math.random(3) == 1 then
          table.insert(top, 1, 'top ' .. at)
          editor:ex(("call append(0, 'top %d')"):format(at))
        elseif math.random(2) == 1 then
          table.insert(bottom, 'bottom ' .. at)
          editor:ex(("call append('$', 'bottom %d')"):format(at))
        end
      end
      done()
      local function around(middle)
        return vim.list_extend(vim.list_extend(vim.deepcopy(top), middle), bottom)
      end
      await(around(vim.deepcopy(ANSWER)))
      local what = ('seed %d, round %d'):format(seed, round)
      editor:ex(('%d | Beans %s!'):format(#top + 1, round % 2 == 0 and 'accept' or 'reject'))
      local old = vim.list_slice(FILE, 2, 5)
      assert.are.same(around(round % 2 == 0 and vim.deepcopy(ANSWER) or old), lines(), what)
      if round % 2 == 0 then
        editor:keys('u')
        await(around(old))
      end
    end
  end)
end)
