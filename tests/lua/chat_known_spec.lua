local fake_host = require('tests.lua.fake_host')

local DIR, INDEX = '/data/beans/chats/', '/data/beans/chats.tsv'
local OLD = 1700000000

describe('the index of chats', function()
  local index

  before_each(function()
    local _, fresh = fake_host.fresh()
    index = fresh('chat.index')
  end)

  local entries = {
    { name = 'a.md', changed = OLD + 0.123456, size = 5, body = 0, title = 'A', preview = '' },
    {
      name = 'größe %d - [x].md',
      changed = OLD,
      size = 2 ^ 40,
      body = 77,
      cost_micro_usd = 0.5,
      model = 'm',
      title = '日本 "x" \\ \255',
      preview = ' # You, 100% | y',
    },
  }

  local function text_of(list)
    local lines = {}
    for i, entry in ipairs(list) do
      lines[i] = index.line(entry)
    end
    return index.text(lines, vim.fn.sha256)
  end

  it('gives back what it was given', function()
    local facts, count = index.parse(text_of(entries), vim.fn.sha256)
    assert.equals(2, count)
    for _, entry in ipairs(entries) do
      local again = index.entry(facts[entry.name])
      again.name = entry.name
      assert.same(entry, again)
    end
    assert.same({ {}, 0 }, { index.parse(text_of({}), vim.fn.sha256) })
  end)

  it('is nothing when any byte of it is another one, or missing', function()
    local text = text_of(entries)
    for at = 1, #text do
      for _, byte in ipairs({ '\0', '\n', '\t', 'x', '0', '' }) do
        local damaged = text:sub(1, at - 1) .. byte .. text:sub(at + 1)
        assert.is_true(damaged == text or index.parse(damaged, vim.fn.sha256) == nil, ('%d %q'):format(at, byte))
      end
      assert.is_nil((index.parse(text:sub(1, at - 1), vim.fn.sha256)))
    end
    assert.is_nil((index.parse(text .. '\n', vim.fn.sha256)))
    assert.is_nil((index.parse(text:gsub('^beans%-chats 1', 'beans-chats 0'), vim.fn.sha256)))
  end)
end)

describe('what is known of chats', function()
  local host, library

  before_each(function()
    local fresh
    host, fresh = fake_host.fresh()
    library = fresh('chat.library')
  end)

  local function add(name, title, modified)
    host.files[DIR .. name] = ('---\nbeans: 1\ntitle: %s\nmodel: m\ncost_micro_usd: 7\n---\n\n# You\n\nWhy?\n'):format(
      title
    )
    host.modified[DIR .. name] = modified or OLD
  end

  --- Titles by name, and in how many files it looked for them. Time goes by until all is written.
  local function list()
    local titles, before = {}, #host.reads
    local got
    library.list(function(entries)
      got = entries
    end)
    host.run(5000)
    for _, entry in ipairs(got) do
      assert.is_truthy(entry.path:find('/chats/' .. entry.name, 1, true))
      titles[entry.name] = entry.title
    end
    return titles, #host.reads - before
  end

  --- Another editor on the same files.
  local function begin_session()
    local before = host
    local fresh
    host, fresh = fake_host.fresh()
    host.files, host.modified = before.files, before.modified
    library = fresh('chat.library')
  end

  local function written()
    local count, write = { 0 }, host.write_file
    function host.write_file(...)
      count[1] = count[1] + 1
      return write(...)
    end
    return count
  end

  it('is known in the next session, without a look at their text', function()
    for i = 1, 50 do
      add(i .. '.md', 'Bean ' .. i)
    end
    local titles, reads = list()
    assert.equals(50, reads)
    assert.is_true(host.fleeting[INDEX])
    begin_session()
    local count = written()
    local again, none = list()
    assert.same({ titles, 0, 0 }, { again, none, count[1] })
  end)

  it('is what it was in all its parts', function()
    add('a.md', 'A')
    local first, second
    library.list(function(entries)
      first = entries
    end)
    host.run(5000)
    begin_session()
    library.list(function(entries)
      second = entries
    end)
    host.run(5000)
    assert.same(first, second)
    assert.same({ 'A', 'm', 7, 'Why?' }, { first[1].title, first[1].model, first[1].cost_micro_usd, first[1].preview })
  end)

  it('is read anew for a chat with another time or size', function()
    add('a.md', 'one')
    add('b.md', 'one')
    add('c.md', 'one')
    list()
    begin_session()
    add('a.md', 'two', OLD + 1)
    add('b.md', 'three')
    local titles, reads = list()
    assert.same({ { ['a.md'] = 'two', ['b.md'] = 'three', ['c.md'] = 'one' }, 2 }, { titles, reads })
    begin_session()
    local again, none = list()
    assert.same({ titles, 0 }, { again, none })
  end)

  it('is never kept of a chat that may change without another time', function()
    for _, time in ipairs({ os.time(), os.time() - 2, os.time() + 100 }) do
      add('a.md', 'one', time)
      list()
      begin_session()
      add('a.md', 'two', time)
      assert.same({ ['a.md'] = 'two' }, (list()))
      begin_session()
    end
    assert.is_nil(host.files[INDEX])
  end)

  it('is never kept of a chat that could not be read', function()
    add('a.md', 'one')
    local read = host.read_part
    function host.read_part() end
    assert.same({ ['a.md'] = 'a.md' }, (list()))
    host.read_part = read
    assert.same({ ['a.md'] = 'one' }, (list()))
  end)

  it('is the same whether an editor tells whole seconds or fractions', function()
    add('a.md', 'one', OLD + 0.75)
    list()
    for _, time in ipairs({ OLD, OLD + 0.75 }) do
      begin_session()
      host.modified[DIR .. 'a.md'] = time
      assert.same({ { ['a.md'] = 'one' }, 0 }, { list() })
    end
    begin_session()
    add('a.md', 'two', OLD + 0.5)
    assert.same({ { ['a.md'] = 'two' }, 1 }, { list() })
  end)

  it('is no more than there are chats', function()
    for i = 1, 9 do
      add(i .. '.md', 'Bean ' .. i)
    end
    list()
    begin_session()
    for i = 1, 8 do
      host.files[DIR .. i .. '.md'] = nil
    end
    list()
    local text = host.files[INDEX]
    assert.is_nil(text:find('Bean 8', 1, true))
    assert.is_truthy(text:find('Bean 9', 1, true))
    host.files[DIR .. '9.md'] = nil
    list()
    assert.is_nil(host.files[INDEX]:find('Bean', 1, true))
  end)

  it('is forgotten at once of a chat that is deleted', function()
    add('a.md', 'secret')
    add('b.md', 'open')
    local entries
    library.list(function(got)
      entries = got
    end)
    host.run(100) -- the file is not written yet
    local chat = entries[1].name == 'a.md' and entries[1] or entries[2]
    host.files[chat.path] = nil
    library.forget(chat)
    host.run(5000)
    assert.is_nil(host.files[INDEX])
    list()
    assert.is_nil(host.files[INDEX]:find('secret', 1, true))
    assert.is_truthy(host.files[INDEX]:find('open', 1, true))
    host.files[DIR .. 'b.md'] = nil
    library.forget({ name = 'b.md', path = DIR .. 'b.md' })
    assert.is_nil(host.files[INDEX])
  end)

  it('is written anew when the file is damaged', function()
    add('a.md', 'one')
    list()
    local whole = host.files[INDEX]
    for _, damaged in ipairs({ '', whole:sub(1, -2), (whole:gsub('one', 'two')) }) do
      host.files[INDEX] = damaged
      begin_session()
      assert.same({ { ['a.md'] = 'one' }, 1 }, { list() })
      assert.equals(whole, host.files[INDEX])
    end
  end)

  it('is written again after a full disk', function()
    add('a.md', 'one')
    local write = host.write_file
    function host.write_file()
      return false, 'no space left'
    end
    list()
    host.write_file = write
    assert.same({ { ['a.md'] = 'one' }, 0 }, { list() })
    assert.is_truthy(host.files[INDEX])
  end)

  it('is kept by folder', function()
    add('a.md', 'one')
    list()
    host.user = { data_dir = '/other' }
    assert.same({}, (list()))
    host.files['/other/chats/a.md'], host.modified['/other/chats/a.md'] = host.files[DIR .. 'a.md'], OLD
    assert.same({ { ['a.md'] = 'one' }, 1 }, { list() })
    assert.is_truthy(host.files['/other/chats.tsv'])
  end)

  it('has no names that do not fit in a line', function()
    add('a\tb\n.md', 'one')
    add('c.md', 'two')
    list()
    begin_session()
    assert.same({ { ['a\tb\n.md'] = 'one', ['c.md'] = 'two' }, 1 }, { list() })
  end)
end)
