-- Rewriting whatever a buffer may hold: its bytes are the user's, up to the last one that is not asked to change.

local rig = require('tests.editor.rewrite_rig')

local answer, asked, await, lines = rig.answer, rig.asked, rig.await, rig.lines

describe('rewrite', function()
  local editor = rig.shared({ 'xmap gR <Plug>(beans-rewrite)' })

  local function path()
    return editor.dir .. '/bytes.txt'
  end

  --- A file of exactly these bytes, as if just opened.
  local function open_bytes(bytes)
    local file = assert(io.open(path(), 'wb'))
    file:write(bytes)
    file:close()
    editor:ex('edit! ' .. path())
  end

  --- What the buffer is as a file.
  local function written()
    editor:ex('setlocal nofixendofline | silent write!')
    local file = assert(io.open(path(), 'rb'))
    local bytes = file:read('*a')
    file:close()
    return bytes
  end

  --- Rewrites lines by an answer that is not what they are; gives the file when it is accepted, undone and rejected.
  local function each_way(bytes, range, reply)
    local found = {}
    for i, way in ipairs({ 'accept!', 'accept!\nundo', 'reject!' }) do
      rig.reset()
      open_bytes(bytes)
      editor:ex(range .. 'Beans rewrite otherwise')
      answer(reply)
      editor:wait('the review', function()
        return rig.event('BeansRewriteReady')
      end)
      editor:ex('Beans ' .. way)
      found[i] = written()
    end
    return found
  end

  --- Types, and an instruction when it is asked for.
  local function rewrite_by(keys, instruction)
    editor:keys(keys)
    rig.type_instruction(instruction)
  end

  it('keeps line ends, the final newline or that there is none, and tabs', function()
    for name, case in pairs({
      dos = { 'one\r\ntwo\r\nthree\r\n', 'one\r\n2\r\nthree\r\n' },
      ['CR in the text'] = { 'one\r\ntwo\r\nthree\n', 'one\r\n2\r\nthree\n' },
      ['no newline at the end'] = { 'one\ntwo\nthree', 'one\n2\nthree' },
      ['dos, and none at the end'] = { 'one\r\ntwo\r\nthree', 'one\r\n2\r\nthree' },
      tabs = { '\tone\n\ttwo\t-- a\n\tthree\n', '\tone\n\t2\n\tthree\n' },
      ['a NUL'] = { 'on\0e\ntwo\nthree\n', 'on\0e\n2\nthree\n' },
    }) do
      local found = each_way(case[1], '2', '```\n2\n```')
      assert.are.same({ case[2], case[1], case[1] }, found, name)
    end
  end)

  it('puts back bytes that no answer could have', function()
    for _, bytes in ipairs({ 'a\0b\nc\255d\n\27[31m\n', 'x\r\ny\n', '\239\187\191bom\n' }) do
      local found = each_way(bytes, '%', 'other\ntext')
      assert.are.same({ bytes, bytes }, { found[2], found[3] }, bytes)
    end
  end)

  it('writes into an empty buffer', function()
    editor:ex('enew')
    editor:ex('%Beans rewrite write a fizzbuzz')
    answer('```lua\nfor i = 1, 15 do\n  print(i)\nend\n```')
    await({ 'for i = 1, 15 do', '  print(i)', 'end' })
    editor:ex('Beans accept!')
    editor:keys('u')
    await({ '' })
  end)

  it('rewrites the last line, and one of a single character', function()
    open_bytes('one\nx')
    editor:ex('2Beans rewrite longer')
    answer('yes\nno')
    await({ 'one', 'yes', 'no' })
    editor:ex('Beans reject!')
    await({ 'one', 'x' })
    rewrite_by('GvgR', 'longer')
    answer('why', 2)
    await({ 'one', 'why' })
    editor:ex('Beans accept!')
    assert.are.equal('one\nwhy', written())
  end)

  local function select_block(keys, reply)
    rig.reset()
    open_bytes('one\tzwei 三\nx\nfünf sechs\n')
    rewrite_by(keys .. 'gR', 'otherwise')
    local messages = asked()
    answer(reply)
    editor:wait('the review', function()
      return rig.event('BeansRewriteReady')
    end)
    return messages[#messages].content
  end

  it('takes the pieces of a block, to ragged ends too, and whatever number of lines comes', function()
    local content = select_block('gg<C-v>2j$', '```\nONE\nX\nFIVE\n```')
    assert.is_truthy(content:find('\none\tzwei 三\nx\nfünf sechs\n', 1, true), content)
    assert.are.same({ 'ONE', 'X', 'FIVE' }, lines())
    editor:ex('Beans reject!')
    assert.are.equal('one\tzwei 三\nx\nfünf sechs\n', written())
    -- From the second column on: the short line has nothing there.
    content = select_block('gg0l<C-v>2jl', '```\nNE\n\nÜN\n```')
    assert.is_truthy(content:find('\nne\n\nün\n', 1, true), content)
    assert.are.same({ 'oNE\tzwei 三', 'x', 'fÜNf sechs' }, lines())
    select_block('gg<C-v>2j', '```\nO\nX\nF\nand more\n```')
    assert.are.same({ 'One\tzwei 三', 'X', 'Fünf sechs', 'and more' }, lines())
    editor:ex('Beans reject!')
    select_block('gg<C-v>2j', '```\nO\n```')
    assert.are.same({ 'One\tzwei 三', '', 'ünf sechs' }, lines())
    editor:ex('Beans reject!')
    assert.are.equal('one\tzwei 三\nx\nfünf sechs\n', written())
  end)

  it('takes a file that may only be read, and does not wait for anybody to see that', function()
    open_bytes('one\ntwo\n')
    editor:ex('setlocal readonly')
    editor:ex('2Beans rewrite longer')
    answer('second')
    await({ 'one', 'second' })
    assert.is_nil(editor:ex('messages'):find('W10')) -- after which Neovim sleeps for a second
    assert.are.equal(1, editor:eval('&readonly + 0'))
    editor:ex('Beans reject!')
    await({ 'one', 'two' })
  end)

  it('goes without undo', function()
    for _, levels in ipairs({ -1, 0 }) do
      rig.reset()
      open_bytes('one\ntwo\nthree\n')
      editor:ex('setlocal undolevels=' .. levels)
      editor:ex('2,3Beans rewrite longer')
      answer('second\nthree')
      await({ 'one', 'second', 'three' })
      editor:ex('Beans reject!')
      await({ 'one', 'two', 'three' })
      editor:ex('2,3Beans rewrite longer')
      answer('second\nthird', 2)
      await({ 'one', 'second', 'third' })
      editor:ex('Beans accept!')
      await({ 'one', 'second', 'third' })
    end
  end)

  it('takes a line of a megabyte', function()
    local long = ('x'):rep(1000) .. ' '
    open_bytes('one\n' .. long:rep(1000) .. '\nthree\n')
    editor:ex('setlocal nowrap')
    editor:ex('%Beans rewrite shorter')
    answer('one\n' .. long:rep(999) .. 'y\nthree\n')
    editor:wait_screen('1 of 1 hunks left')
    assert.are.equal(#long * 999 + 1, editor:eval('len(getline(2))'))
    editor:ex('Beans reject!')
    assert.are.equal('one\n' .. long:rep(1000) .. '\nthree\n', written())
  end)
end)
