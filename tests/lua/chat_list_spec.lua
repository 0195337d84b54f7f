local fake_host = require('tests.lua.fake_host')

local DIR = '/data/beans/chats/'

local function chat_text(fields, ...)
  local lines = { '---', 'beans: 1' }
  for _, field in ipairs(fields) do
    lines[#lines + 1] = field
  end
  lines[#lines + 1] = '---'
  lines[#lines + 1] = ''
  for i, text in ipairs({ ... }) do
    lines[#lines + 1] = (i % 2 == 1 and '# You' or '# Beans') .. '\n\n' .. text .. '\n'
  end
  return table.concat(lines, '\n')
end

describe('what a chat is about', function()
  local summary

  before_each(function()
    local _, fresh = fake_host.fresh()
    summary = fresh('chat.summary')
  end)

  it('is read from its head and its first question', function()
    local text = chat_text({ 'title:  Sorting in C', 'model: m', 'cost_micro_usd: 1234' }, 'How\ndo I   sort?', 'So.')
    local _, body = text:find('\n---\n', 5, true)
    assert.same({
      title = 'Sorting in C',
      model = 'm',
      cost_micro_usd = 1234,
      preview = 'How do I   sort?',
      body = body,
    }, summary.of(text))
    assert.same('How do I   sort?', summary.of((text:gsub('\n', '\r\n'))).preview)
    assert.same('Sorting in C', summary.of((text:gsub('\n', '\r\n'))).title)
  end)

  it('is what can be read of anything else', function()
    local none = { title = '', preview = '', body = 0 }
    for _, text in ipairs({ '', '---', '---\n', '---\ntitle: x\n', '\0\255\n\n---\n', '# Youth\n', 'text\n# You' }) do
      assert.same(none, summary.of(text), text)
    end
    assert.same({ title = '', preview = 'hi', body = 0 }, summary.of('# You\nhi'))
    assert.same({ title = '', preview = 'hi', body = 0 }, summary.of('notes\n# You\n\nhi\n'))
    assert.same('$x [0;1m', summary.of('---\ntitle: $x\27\27[0;1m\n---\n').title)
  end)

  it('says when more is needed for the head', function()
    assert.is_true(summary.ends_in_head('---\nsystem_prompt: "long'))
    assert.is_false(summary.ends_in_head('---\ntitle: x\n---\n'))
    assert.is_false(summary.ends_in_head('# You'))
  end)

  it('has the question itself, not what was mentioned before it', function()
    local context = '[@file:a.lua · lines 1-2 · ~120 tokens]\n````lua\n```\nfoo\n````\n'
    assert.equals('why?', summary.of(chat_text({}, context .. '\nwhy?')).preview)
    assert.equals('look why?', summary.of(chat_text({}, 'look\n[@image:a.png · 3 KB · ~1.2k tokens]\nwhy?')).preview)
    assert.is_truthy(summary.of(chat_text({}, context)).preview:find('[@file:a.lua', 1, true))
  end)

  it('never cuts a character in half', function()
    for length = 395, 405 do
      local preview = summary.of('# You\n\n' .. ('x'):rep(length) .. ('日'):rep(20)).preview
      assert.is_nil(preview:gsub('日', ''):find('[\128-\255]'), length)
    end
    assert.is_truthy(summary.of('# You\n\n' .. ('日'):rep(600)).preview:find('日日日'))
  end)
end)

describe('chats', function()
  local host, library, search

  before_each(function()
    local fresh
    host, fresh = fake_host.fresh()
    library, search = fresh('chat.library'), fresh('chat.search')
    local read = host.read_part
    -- Reading takes its time.
    function host.read_part(...)
      host.now = host.now + 1
      return read(...)
    end
  end)

  local function list()
    local got, problem
    library.list(function(...)
      got, problem = ...
    end)
    assert.is_nil(got) -- never at once
    host.run(10000)
    return got, problem
  end

  local function names(entries)
    local all = {}
    for i, entry in ipairs(entries) do
      all[i] = entry.name
    end
    return all
  end

  local function add(name, text, modified)
    host.files[DIR .. name] = text
    host.modified[DIR .. name] = modified
  end

  it('are listed by their last change, damaged and foreign ones by their names', function()
    add('b.md', chat_text({ 'title: B' }, 'b'), 100)
    add('a.md', chat_text({ 'title: A' }, 'a'), 100)
    add('new.md', chat_text({}, 'no title yet', 'no'), 200)
    add('damaged.md', '---\ntitle: never ended', 300)
    add('empty.md', '', 50)
    add('picture.png', 'x', 400)
    add('deeper/x.md', 'x', 400)
    local all = list()
    assert.same({ 'damaged.md', 'new.md', 'a.md', 'b.md', 'empty.md' }, names(all))
    assert.same('damaged.md', all[1].title)
    assert.same({ 'no title yet', '' }, { all[2].title, all[2].preview })
    assert.same({ 'A', 'a' }, { all[3].title, all[3].preview })
  end)

  it('are none without a folder, and an error with one that can not be read', function()
    assert.same({}, list())
    host.files[DIR .. 'a.md'] = 'x'
    function host.list_names()
      return nil, 'permission denied'
    end
    local got, problem = list()
    assert.same({ nil, 'permission denied' }, { got, problem })
  end)

  it('are read once, 2 KB each, in short slices, and not again until they change', function()
    for i = 1, 1000 do
      add(('%d.md'):format(i), chat_text({ 'title: t' }, ('x'):rep(5000)), i)
    end
    local longest, began = 0, nil
    local defer = host.defer
    function host.defer(ms, fn)
      return defer(ms, function()
        began = host.now
        fn()
        longest = math.max(longest, host.now - began)
      end)
    end
    assert.equals(1000, #list())
    assert.equals(1000, #host.reads)
    for _, read in ipairs(host.reads) do
      assert.is_true(read.bytes <= 2048)
    end
    assert.is_true(longest <= 13, longest)
    list()
    assert.equals(1000, #host.reads)
    host.modified[DIR .. '7.md'] = 5000
    host.files[DIR .. '8.md'] = chat_text({ 'title: other' }, 'y')
    local again = list()
    assert.equals(1002, #host.reads)
    assert.equals('7.md', again[1].name)
    host.files[DIR .. '8.md'] = nil
    assert.equals(999, #list())
  end)

  it('are read again while they may change without another time', function()
    add('a.md', chat_text({ 'title: one' }), os.time())
    assert.equals('one', list()[1].title)
    host.files[DIR .. 'a.md'] = chat_text({ 'title: two' })
    assert.equals('two', list()[1].title)
  end)

  it('with a long head are read further', function()
    add('a.md', chat_text({ 'system_prompt: "' .. ('x'):rep(9000) .. '"', 'title: far down' }, 'hi'), 1)
    assert.equals('far down', list()[1].title)
  end)

  it('can be stopped while they are listed', function()
    add('a.md', 'x', 1)
    local called = false
    local running = library.list(function()
      called = true
    end)
    running:stop()
    running:stop()
    host.run(100)
    assert.is_false(called)
  end)

  describe('with words', function()
    local progress

    local function find(text)
      local entries, got = list(), nil
      progress = {}
      search.run(entries, search.words(text), {
        on_found = function(found)
          got = found
        end,
        on_progress = function(done, all)
          progress[#progress + 1] = { done, all }
        end,
      })
      host.run(100000)
      return names(got)
    end

    before_each(function()
      add('a.md', chat_text({ 'title: Sorting in C', 'model: zebra' }, 'How?', 'Quick [sort] 100%'), 3)
      add('b.md', chat_text({ 'title: Trees' }, 'Which sort of tree?', 'Oak.'), 2)
      add('c.md', 'no chat at all, but some SORT of text', 1)
    end)

    it('have all of them, in title and text together, great and small letters the same', function()
      assert.same({ 'a.md', 'b.md', 'c.md' }, find('sort'))
      assert.same({ 'a.md' }, find('c QUICK'))
      assert.same({ 'b.md' }, find('trees oak'))
      assert.same({}, find('sorting oak'))
    end)

    it('are plain text, never patterns', function()
      assert.same({ 'a.md' }, find('[sort] %'))
      assert.same({}, find('s.rt'))
      assert.same({}, find('%a'))
    end)

    it('do not count what stands in the head', function()
      assert.same({}, find('zebra'))
      assert.same({}, find('beans: 1'))
    end)

    it('know letters beyond ASCII', function()
      host.lower = vim.fn.tolower
      host.upper = vim.fn.toupper
      add('d.md', chat_text({}, 'ÄRGER mit Größe Жук'), 5)
      for _, word in ipairs({ 'ärger', 'ÄRGER', 'GRÖßE', 'жуК', 'Ärger größe' }) do
        assert.same({ 'd.md' }, find(word), word)
      end
      assert.same({}, find('arger'))
    end)

    it('are found where two pieces meet', function()
      for before = 65520, 65540 do
        add('e.md', ('x'):rep(before) .. 'Needle' .. ('y'):rep(70000) .. ' haystack', 9)
        assert.same({ 'e.md' }, find('needle HAYSTACK'), before)
        assert.same({}, find('needles'))
      end
    end)

    it('never run together from title and text', function()
      add('f.md', '---\ntitle: half\n---\nway', 9)
      assert.same({}, find('halfway'))
      assert.same({ 'f.md' }, find('half way'))
    end)

    it('say how far they are when it takes long, in slices of 3 ms', function()
      for i = 1, 1500 do
        add(('%d.md'):format(i), 'text', i)
      end
      local longest, defer = 0, host.defer
      find('text') -- the list is known now
      function host.defer(ms, fn)
        return defer(ms, function()
          local began = host.now
          fn()
          longest = math.max(longest, host.now - began)
        end)
      end
      assert.equals(1501, #find('text'))
      assert.is_true(longest <= 3, longest)
      assert.equals(2, #progress) -- at 300 ms, and a second later; a pause of 1 ms is in each 4
      assert.equals(1503, progress[1][2])
      assert.is_true(progress[1][1] > 200 and progress[1][1] < 320, progress[1][1])
    end)
  end)
end)

describe('rows', function()
  local host, rows

  before_each(function()
    local fresh
    host, fresh = fake_host.fresh()
    rows = fresh('chat.rows')
  end)

  local now = os.time({ year = 2026, month = 11, day = 25, hour = 0, min = 5 })

  it('say a time as people do', function()
    local date = rows.dates(now)
    assert.equals('today 00:01', date(now - 240))
    assert.equals('yesterday 23:59', date(now - 359.5))
    assert.equals('2026-11-23', date(now - 48 * 3600))
    assert.equals('2026-11-26', date(now + 86400))
  end)

  it('stand below each other and end at the edge', function()
    local list = {
      { changed = now, title = 'Sorting', model = 'm', cost_micro_usd = 1234, preview = 'How do I sort a long list' },
      { changed = now - 3600, title = 'a longer title than there is room', preview = '' },
    }
    local row = rows.chats(list, 60, now, host.fit)
    assert.same({
      'today 00:05      Sorting                m  $0.0012  How do I',
      'yesterday 23:05  a longer title than t',
    }, { row(list[1]), row(list[2]) })
  end)

  it('count messages', function()
    local messages = { { role = 'user', content = 'hi\nthere' }, { role = 'assistant', content = 'Hello' } }
    assert.same({ '  1  You     hi there', '  2  Beans   Hello' }, rows.messages(messages, 60, host.fit))
  end)
end)
