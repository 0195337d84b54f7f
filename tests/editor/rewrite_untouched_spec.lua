-- What a rewrite leaves alone: all that belongs to lines that stay, the views of windows, and the user's undo tree.

local rig = require('tests.editor.rewrite_rig')

local answer, asked, await, delta, done, event, lines, open_file, told =
  rig.answer, rig.asked, rig.await, rig.delta, rig.done, rig.event, rig.lines, rig.open_file, rig.told
local type_keys = rig.type_keys

describe('rewrite', function()
  local editor = rig.shared({ 'set hidden', 'sign define here text=>>' })

  local function numbered(count)
    local text = {}
    for i = 1, count do
      text[i] = ('local value_%d = %d'):format(i, i * i)
    end
    return text
  end

  --- With every tenth line changed, and one more below it.
  local function changed(text)
    local new = {}
    for i, line in ipairs(text) do
      new[#new + 1] = i % 10 == 0 and line .. ' + 1' or line
      new[#new + 1] = i % 10 == 0 and '-- more' or nil
    end
    return new
  end

  --- Where things are in the text: what each of them stands at.
  local function places()
    local found = {}
    for i, place in ipairs({
      [[getpos("'k")[1:2] ]],
      [[getpos("'m")[1:2] ]],
      "[sign_getplaced('', {})[0].signs[0].lnum, 0]",
      "[line('.'), col('.')]",
      "[foldclosed(search('value_33 ', 'n')), foldclosedend(search('value_33 ', 'n'))]",
    }) do
      local at = editor:eval(place)
      found[i] = { lines()[at[1]], i == 5 and at[2] - at[1] or at[2] }
    end
    return found
  end

  it('keeps marks, signs, folds and the cursor in lines that are the same', function()
    local text = numbered(60)
    open_file(text)
    editor:ex("call cursor(12, 7) | execute 'normal! mk' | call cursor(55, 3) | execute 'normal! mm'")
    editor:ex("call sign_place(1, '', 'here', '', { 'lnum': 25 }) | setlocal foldmethod=manual")
    editor:ex('33,38fold | call cursor(47, 5)')
    local before = places()
    editor:ex('%Beans rewrite more')
    asked()
    local reply = table.concat(changed(text), '\n') .. '\n'
    for at = 1, #reply, 97 do
      delta(reply:sub(at, at + 96))
    end
    done()
    await(changed(text))
    assert.are.same(before, places())
    editor:ex('normal! gg')
    editor:ex('Beans accept!')
    editor:ex('call cursor(search("value_47 "), 5)')
    assert.are.same(before, places())
    editor:keys('u')
    await(text)
    editor:ex('call cursor(search("value_47 "), 5)')
    assert.are.same(before, places())
    editor:ex('%Beans rewrite more')
    answer(reply, 2)
    await(changed(text))
    editor:ex('Beans reject!')
    await(text)
    editor:ex('call cursor(search("value_47 "), 5)')
    assert.are.same(before, places())
  end)

  it('scrolls no other window, and moves no other cursor', function()
    local text = numbered(200)
    open_file(text)
    editor:ex('split | wincmd j | normal! 100Gzt5j')
    editor:ex('wincmd k')
    local function other()
      return editor:eval("[getline(line('w0', win_getid(2))), getline(line('.', win_getid(2))), winnr()]")
    end
    local before = other()
    editor:ex('1,60Beans rewrite more')
    asked()
    local new = changed(numbered(60))
    local reply = table.concat(new, '\n') .. '\n'
    for at = 1, #reply, 197 do
      delta(reply:sub(at, at + 196))
      editor:ex('redraw')
      assert.are.same(before, other())
    end
    done()
    editor:wait('the review', function()
      return event('BeansRewriteReady')
    end)
    editor:ex('redraw')
    assert.are.same(before, other())
    editor:ex('Beans reject!')
    editor:ex('redraw')
    assert.are.same(before, other())
    assert.are.same(text, lines())
  end)

  it('brings marks back, however it is rejected', function()
    local text = numbered(6)
    for _, meanwhile in ipairs({ false, true }) do
      for _, is_whole in ipairs({ false, true }) do
        rig.reset()
        open_file(text)
        editor:ex("call cursor(2, 4) | execute 'normal! mk'")
        editor:ex('1,5Beans rewrite more')
        asked()
        delta('local value_1 = 1\nlocal other = 2\nlocal value_3 = 9\nlocal value_4 = 16\n')
        editor:wait('the hunk', function()
          return lines()[2] == 'local other = 2'
        end)
        if meanwhile then
          type_keys('Goend<Esc>', 'end')
        end
        if is_whole then
          delta('local value_5 = 25\n')
          done()
        end
        editor:ex('2 | Beans reject!')
        await(meanwhile and vim.list_extend(vim.deepcopy(text), { 'end' }) or text)
        assert.are.same({ 0, 2, 4, 0 }, editor:eval([[getpos("'k")]]))
      end
    end
  end)

  it('is undone and redone by one step each, with the steps of the user before, in between and after', function()
    local function text(first, two, five, last)
      return { first, two, 'local three = 3', 'local four = 4', five, last }
    end
    local old = text('one', 'local two = 2', 'local five = 5', 'six')
    open_file(old)
    type_keys('ggA before<Esc>', 'before')
    editor:ex('2,5Beans rewrite other')
    asked()
    delta('local zwei = 2\nlocal three = 3\n')
    await(text('one before', 'local zwei = 2', 'local five = 5', 'six'))
    type_keys('GA between<Esc>', 'between')
    delta('local four = 4\nlocal cinq = 5\n')
    done()
    await(text('one before', 'local zwei = 2', 'local cinq = 5', 'six between'))
    editor:ex('2 | Beans accept')
    editor:ex('5 | Beans accept')
    type_keys('ggA after<Esc>', 'after')
    local states = {
      text('one before after', 'local zwei = 2', 'local cinq = 5', 'six between'),
      text('one before', 'local zwei = 2', 'local cinq = 5', 'six between'),
      text('one before', 'local two = 2', 'local five = 5', 'six between'),
    }
    assert.are.same(states[1], lines())
    for _ = 1, 3 do
      for i = 2, 3 do
        editor:keys('u')
        await(states[i])
      end
      for i = 2, 1, -1 do
        editor:keys('<C-r>')
        await(states[i])
      end
    end
    editor:ex('undo 0')
    await(old)
  end)

  it('is told to, and writes, in Insert mode', function()
    open_file({ 'one', 'two', 'three' })
    editor:ex('inoremap <C-l> <Cmd>2Beans rewrite other<CR>')
    editor:keys('ggAx<C-l>y')
    asked()
    delta('2 and\n')
    done()
    editor:wait('the text', function()
      return lines()[2] == '2 and'
    end)
    editor:keys('z<Esc>')
    editor:wait('the mode', function()
      return editor:eval('mode()') == 'n'
    end)
    editor:ex('iunmap <C-l>')
    assert.are.same({ 'onexyz', '2 and', 'three' }, lines())
    editor:ex('2 | Beans accept!')
    editor:keys('u')
    await({ 'onexyz', 'two', 'three' })
  end)

  it('is nothing for a chat, a terminal, or a list', function()
    editor:ex('Beans chat')
    editor:ex('1Beans rewrite more')
    told('a chat is no text')
    editor:ex('stopinsert | quit! | messages clear | copen')
    editor:ex('1Beans rewrite more')
    told('rewrite: this buffer')
    editor:ex('cclose | messages clear')
    editor:ex(editor.name:find('nvim') and 'terminal' or 'terminal ++curwin')
    editor:ex('1Beans rewrite more')
    told('rewrite: this buffer')
    editor:ex('bwipeout!')
    assert.are.equal(0, editor:lua('return #requests'))
  end)

  it('does not keep the editor from quitting', function()
    local other = rig.start()
    open_file({ 'one', 'two', 'three' })
    other:ex('2,3Beans rewrite more')
    asked()
    delta('2\nthr')
    other:wait('the text', function()
      return lines()[2] == '2'
    end)
    other:quit('qall!')
    assert.are.same({ 'one', 'two', 'three' }, vim.fn.readfile(other.dir .. '/file.lua'))
    other:stop()
  end)
end)
