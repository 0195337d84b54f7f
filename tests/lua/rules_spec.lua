local fake_host = require('tests.lua.fake_host')

local ANSWERS = '/data/beans/rules.tsv'

describe('rules', function()
  local host, rules

  before_each(function()
    local fresh
    host, fresh = fake_host.fresh()
    rules = fresh('rules')
    host.files['/home/me/.bashrc'] = ''
    host.files['/home/me/p/.git/HEAD'] = ''
    host.files['/home/me/p/AGENTS.md'] = 'Use tabs.\r\n'
    host.files['/home/me/p/src/deep/a.c'] = ''
  end)

  --- What came, in a list; 'none' where no rule did.
  local function get(folder, may_send)
    local came = {}
    rules.get(folder, function(rule)
      came[#came + 1] = rule or 'none'
    end, may_send)
    return came
  end

  it('are asked for once a project, and the answer is kept', function()
    local came = get('/home/me/p/src/deep')
    assert.same({}, came)
    assert.equals('Send AGENTS.md of /home/me/p along with chats?', host.asked.prompt)
    assert.same({ 'Always for this project', 'Never for this project', 'Not now' }, host.asked.items)
    host.asked.answer(host.asked.items[1], 1)
    local rule = { path = '/home/me/p/AGENTS.md', name = 'AGENTS.md', project = '/home/me/p', text = 'Use tabs.' }
    assert.same({ rule }, came)
    assert.equals('yes\t/home/me/p\n', host.files[ANSWERS])
    host.asked = nil
    assert.same({ rule }, get('/home/me/p'))
    assert.is_nil(host.asked)
  end)

  it('are not sent where the user said never', function()
    local came = get('/home/me/p')
    host.asked.answer(nil, 2)
    assert.same({ 'none' }, came)
    assert.equals('no\t/home/me/p\n', host.files[ANSWERS])
    host.asked = nil
    assert.same({ 'none' }, get('/home/me/p'))
    assert.is_nil(host.asked)
  end)

  it('are not asked for again in this session where the user said not now, or turned away', function()
    for _, index in ipairs({ 3, false }) do
      package.loaded['beans.rules'] = nil
      rules = require('beans.rules')
      local came = get('/home/me/p')
      host.asked.answer(nil, index or nil)
      assert.same({ 'none' }, came)
      host.asked = nil
      assert.same({ 'none' }, get('/home/me/p'))
      assert.is_nil(host.asked)
      assert.is_nil(host.files[ANSWERS])
    end
  end)

  it('ask one question for all who wait, and take one answer', function()
    local one, other = get('/home/me/p'), get('/home/me/p/src')
    host.asked.answer(nil, 1)
    host.asked.answer(nil, 2)
    assert.equals('Use tabs.', one[1].text)
    assert.equals('Use tabs.', other[1].text)
    assert.equals(1, #one)
    assert.equals('yes\t/home/me/p\n', host.files[ANSWERS])
  end)

  it('keep the answers for other projects', function()
    host.files[ANSWERS] = 'yes\t/other\ngarbage\nno\t/home/me/p%0Aq\n'
    get('/home/me/p')
    host.asked.answer(nil, 1)
    assert.equals('yes\t/other\nno\t/home/me/p%0Aq\nyes\t/home/me/p\n', host.files[ANSWERS])
    host.files['/home/me/p\nq/AGENTS.md'] = 'x'
    host.asked = nil
    assert.same({ 'none' }, get('/home/me/p\nq'))
    assert.is_nil(host.asked)
  end)

  it('say when the answer was not kept, and use it all the same', function()
    host.write_file = function()
      return false, 'no space'
    end
    local came = get('/home/me/p')
    host.asked.answer(nil, 1)
    assert.equals('Use tabs.', came[1].text)
    assert.equals('beans: the answer was not kept: no space', host.notes[1].text)
  end)

  it('are the nearest', function()
    host.files['/home/me/p/src/AGENTS.md'] = 'Near.'
    host.files[ANSWERS] = 'yes\t/home/me/p\n'
    assert.equals('src/AGENTS.md', get('/home/me/p/src/deep')[1].name)
    assert.equals('AGENTS.md', get('/home/me/p')[1].name)
  end)

  it('are looked for up to the root of the project, to the home, and to the top', function()
    host.files['/home/me/AGENTS.md'] = 'Home.'
    host.files['/home/AGENTS.md'] = 'Above.'
    host.files['/AGENTS.md'] = 'Top.'
    host.files['/srv/x/y'] = ''
    host.files['/home/me/q/.git/HEAD'] = ''
    host.files['/home/me/r/x'] = ''
    assert.is_nil(rules.find('/home/me/q'))
    assert.equals('/home/me/AGENTS.md', rules.find('/home/me/r').path)
    host.files['/home/me/AGENTS.md'] = nil
    assert.is_nil(rules.find('/home/me/r'))
    assert.equals('/AGENTS.md', rules.find('/srv/x').path)
    assert.is_nil(rules.find('/nowhere'))
  end)

  it('have the names that chat.rules has, the first first', function()
    host.files['/home/me/p/CLAUDE.md'] = 'Other.'
    host.files['/home/me/p/.github/rules.md'] = 'Hub.'
    host.user = { chat = { rules = { '.github/rules.md', 'CLAUDE.md' } } }
    assert.equals('.github/rules.md', rules.find('/home/me/p/src').name)
    host.user = { chat = { rules = 'CLAUDE.md' } }
    assert.equals('CLAUDE.md', rules.find('/home/me/p/src').name)
  end)

  it('never come from outside of the project', function()
    host.files['/home/me/.ssh/id_ed25519'] = 'secret'
    host.files['/home/me/p2/AGENTS.md'] = 'neighbour'
    for _, target in ipairs({ '/home/me/.ssh/id_ed25519', '/home/me/p2/AGENTS.md', '/home/me/p/.git/HEAD' }) do
      host.links['/home/me/p/AGENTS.md'] = target
      assert.is_nil(rules.find('/home/me/p'))
    end
    assert.equals(1, #host.notes)
    assert.equals('beans: /home/me/p/AGENTS.md leads out of its project: not read', host.notes[1].text)
    host.files['/home/me/p/doc/rules.md'] = 'inside'
    host.links['/home/me/p/AGENTS.md'] = '/home/me/p/doc/rules.md'
    assert.equals('/home/me/p/doc/rules.md', rules.find('/home/me/p').path)
  end)

  it('are not sent where something else forbids it', function()
    host.files[ANSWERS] = 'yes\t/home/me/p\n'
    local asked_for
    assert.same(
      { 'none' },
      get('/home/me/p', function(path)
        asked_for = path
        return false
      end)
    )
    assert.equals('/home/me/p/AGENTS.md', asked_for)
  end)

  it('are cut, with a word, and left out when they are no rules', function()
    host.files[ANSWERS] = 'yes\t/home/me/p\n'
    host.files['/home/me/p/AGENTS.md'] = ('A line of it.\n'):rep(5000)
    local text = get('/home/me/p')[1].text
    assert.is_true(#text < 33 * 1024)
    assert.equals('A line of it.\n[cut here: the first 32 of 68 KiB]', text:match('[^\n]*\n[^\n]*$'))
    host.files['/home/me/p/AGENTS.md'] = ('ä'):rep(20 * 1024)
    assert.truthy(get('/home/me/p')[1].text:gsub('ä', ''):find('^\n%[cut'))
    for _, nothing in ipairs({ '', ' \n', 'a\0b' }) do
      host.files['/home/me/p/AGENTS.md'] = nothing
      assert.same({ 'none' }, get('/home/me/p'))
    end
    host.files['/home/me/p/AGENTS.md'] = ('x'):rep(2e6)
    assert.same({ 'none' }, get('/home/me/p'))
    assert.equals('beans: /home/me/p/AGENTS.md has 2 MB: not sent', host.notes[1].text)
  end)

  it('cost no time, whatever is in them', function()
    host.files[ANSWERS] = 'yes\t/home/me/p\n'
    host.files['/home/me/p/AGENTS.md'] = 'a' .. (' '):rep(1e6) .. 'b'
    local began = os.clock()
    get('/home/me/p')
    assert.is_true(os.clock() - began < 1, os.clock() - began)
  end)

  it('stand in the system message with their name', function()
    local text = rules.wrap({ name = 'src/AGENTS.md', text = 'Use %d tabs.' })
    assert.truthy(text:find('in its file src/AGENTS.md. Keep to them.\n\nUse %d tabs.', 1, true))
  end)
end)
