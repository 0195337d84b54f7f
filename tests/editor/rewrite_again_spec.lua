-- Rewriting once more: asked again, gone on with, repeated, in several places at once.

local rig = require('tests.editor.rewrite_rig')

local answer, asked, await, delta, done, lines, open_file, told =
  rig.answer, rig.asked, rig.await, rig.delta, rig.done, rig.lines, rig.open_file, rig.told

describe('rewrite', function()
  local editor

  local FILE = { 'local a = 1', 'local b = 2', 'local c = 3', 'return a + b', '' }

  setup(function()
    editor = rig.start()
  end)

  teardown(function()
    editor:stop()
  end)

  before_each(function()
    rig.reset()
    open_file(FILE)
  end)

  after_each(function()
    assert.is_nil(editor:raised())
  end)

  local function with(changes, from)
    local text = vim.deepcopy(from or FILE)
    for i, line in pairs(changes) do
      text[i] = line
    end
    return text
  end

  it('asks anew with the same words or others, and goes on with what stands there', function()
    editor:ex('2,3Beans rewrite longer names')
    answer('```lua\nlocal bee = 2\nlocal cee = 3\n```')
    await(with({ [2] = 'local bee = 2', [3] = 'local cee = 3' }))
    editor:ex('2 | Beans retry')
    assert.are.same(FILE, lines())
    assert.are.same(asked(1), asked(2))
    answer('```lua\nlocal bb = 2\nlocal cc = 3\n```', 2)
    await(with({ [2] = 'local bb = 2', [3] = 'local cc = 3' }))
    editor:ex('2 | Beans retry short names')
    assert.is_truthy(vim.inspect(asked(3)):find('short names', 1, true))
    answer('```lua\nlocal b2 = 2\nlocal c = 3\n```', 3)
    await(with({ [2] = 'local b2 = 2' }))
    -- A change of what stands there; the conversation is kept.
    editor:ex('2 | Beans rewrite even shorter')
    local messages = asked(4)
    local last, before = messages[#messages], messages[#messages - 1]
    assert.are.same({ 'assistant', 'user' }, { before.role, last.role })
    assert.is_truthy(before.content:find('local b2 = 2\nlocal c = 3', 1, true))
    assert.is_truthy(last.content:find('even shorter', 1, true))
    answer('```lua\nlocal b = 22\nlocal c = 3\n```', 4)
    await(with({ [2] = 'local b = 22' }))
    editor:ex('2 | Beans accept!')
    editor:keys('u')
    await(FILE)
  end)

  it('repeats what was settled, where its lines stand again', function()
    editor:ex('2,3Beans rewrite longer names')
    answer('local bee = 2\nlocal c = 3')
    await(with({ [2] = 'local bee = 2' }))
    editor:ex('Beans accept!')
    editor:ex('Beans retry')
    told('its lines are not as they were')
    editor:keys('u')
    await(FILE)
    editor:keys('ggOabove<Esc>')
    editor:wait('the line', function()
      return #lines() == 6
    end)
    editor:ex('Beans retry')
    asked(2)
    answer('local bbb = 2\nlocal c = 3', 2)
    await({ 'above', 'local a = 1', 'local bbb = 2', 'local c = 3', 'return a + b', '' })
  end)

  it('takes prompts of the library, and what they and the instruction mention', function()
    vim.fn.writefile({ 'other text' }, editor.dir .. '/other.txt')
    editor:ex('2Beans rewrite /fix as in @file:other.txt')
    local messages = asked()
    local text = messages[#messages].content
    assert.is_truthy(text:find('Fix what the diagnostics report', 1, true), text)
    assert.is_truthy(text:find('other text', 1, true), text)
    editor:ex('Beans stop')
  end)

  it('runs in several places of one buffer at once', function()
    editor:ex('1Beans rewrite one')
    editor:ex('4Beans rewrite four')
    asked(2)
    delta('local a = 10\n', 'content', 1)
    delta('return b + a\n', 'content', 2)
    delta('local aa = 11\n', 'content', 1)
    done(nil, 2)
    done(nil, 1)
    local new = { 'local a = 10', 'local aa = 11', 'local b = 2', 'local c = 3', 'return b + a', '' }
    await(new)
    editor:ex('1 | Beans reject!')
    editor:ex('4 | Beans accept!')
    await(with({ [4] = 'return b + a' }))
    editor:keys('u')
    await(FILE)
  end)

  it('is not begun in lines that are under review, and not asked again while it streams', function()
    editor:ex('2,3Beans rewrite longer')
    asked()
    editor:ex('1,2Beans rewrite other')
    told('under review')
    editor:ex('2 | Beans rewrite other')
    told('still being rewritten')
    assert.are.equal(1, editor:lua('return #requests'))
    editor:ex('Beans stop')
  end)
end)
