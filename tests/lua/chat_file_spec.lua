local fake_host = require('tests.lua.fake_host')

local PATH = '/data/beans/chats/a.md'

describe('the file of a chat', function()
  local host, file

  before_each(function()
    local fresh
    host, fresh = fake_host.fresh()
    file = fresh('chat.file')
  end)

  local CHAT = '---\nbeans: 1\ntitle: Old\nmine: kept\ncost_micro_usd: 99\n---\n'
    .. '\n# You\n\nhi\n\n# Beans\n\nHello\n\n# You\n\nmore\n'

  describe('renamed', function()
    it('has another title and is the same otherwise', function()
      host.files[PATH] = CHAT
      assert.is_true(file.rename(PATH, ' New:\n title '))
      assert.equals((CHAT:gsub('title: Old', 'title: New:  title')), host.files[PATH])
    end)

    it('keeps its line ends, and bytes of any kind', function()
      host.files[PATH] = CHAT:gsub('\n', '\r\n') .. '\0\255'
      assert.is_true(file.rename(PATH, 'New'))
      assert.equals((CHAT:gsub('Old', 'New'):gsub('\n', '\r\n')) .. '\0\255', host.files[PATH])
    end)

    it('gets a head where it has none', function()
      host.files[PATH] = '# You\n\nhi'
      assert.is_true(file.rename(PATH, 'New'))
      assert.equals('---\nbeans: 1\ntitle: New\n---\n\n# You\n\nhi', host.files[PATH])
    end)

    it('is changed in its buffer where it is open', function()
      host.files[PATH] = CHAT
      host.buffers[PATH] = { '---', 'title: Old', '---', '', '# You', '', 'unsaved' }
      assert.is_true(file.rename(PATH, 'New'))
      assert.same({ '---', 'title: New', '---', '', '# You', '', 'unsaved' }, host.buffers[PATH])
      assert.equals(CHAT, host.files[PATH])
    end)

    it('says what went wrong', function()
      local done, problem = file.rename(PATH, 'New')
      assert.is_falsy(done)
      assert.is_nil(problem) -- the fake host tells none
    end)
  end)

  it('removed is gone with its undo steps and its buffer', function()
    host.files = { [PATH] = CHAT, [host.undo_file(PATH)] = 'x', ['/other'] = 'y' }
    host.buffers[PATH] = { 'x' }
    assert.is_true(file.remove(PATH))
    assert.same({ ['/other'] = 'y' }, host.files)
    assert.same({}, host.buffers)
    assert.same({ false, 'no such file' }, { file.remove(PATH) })
  end)

  it('removed stays removed when its buffer writes as it goes', function()
    host.files[PATH], host.buffers[PATH] = CHAT, { 'x' }
    function host.buf_wipe()
      host.files[PATH] = 'written once more'
    end
    assert.is_true(file.remove(PATH))
    assert.is_nil(host.files[PATH])
  end)

  describe('forked', function()
    local function forked(chat, index)
      local path, problem = file.fork(chat, index)
      assert(path, problem)
      assert.are_not.equal(PATH, path)
      return (host.files[path]:gsub('created: %d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ', 'created: now'))
    end

    it('has all up to a question, and has cost nothing', function()
      host.files[PATH] = CHAT
      local head = '---\nbeans: 1\ntitle: Old (fork)\nmine: kept\ncost_micro_usd: 0\ncreated: now\n---\n'
      assert.equals(head .. '\n# You\n\nhi\n\n', forked(PATH, 1))
      assert.equals(head .. '\n# You\n\nhi\n\n# Beans\n\nHello\n\n# You\n\nmore\n', forked(PATH, 3))
      assert.equals(CHAT, host.files[PATH])
    end)

    it('has a place for a question below an answer', function()
      host.files[PATH] = CHAT
      assert.is_truthy(forked(PATH, 2):find('\n# Beans\n\nHello\n\n# You\n\n\n$'))
    end)

    it('never overwrites another', function()
      host.files[PATH] = CHAT
      local one, other = file.fork(PATH, 1), file.fork(PATH, 1)
      assert.are_not.equal(one, other)
    end)

    it('counts forks of forks', function()
      host.files[PATH] = CHAT:gsub('Old', 'Old (fork)')
      assert.is_truthy(forked(PATH, 1):find('title: Old (fork 2)\n', 1, true))
      host.files[PATH] = CHAT:gsub('Old', 'Old (fork 2)')
      assert.is_truthy(forked(PATH, 1):find('title: Old (fork 3)\n', 1, true))
    end)

    it('takes what stands in the buffer, or the lines it is given', function()
      host.buffers[PATH] = { '# You', '', 'unsaved' }
      assert.equals('---\nbeans: 1\ncost_micro_usd: 0\ncreated: now\n---\n\n# You\n\nunsaved\n', forked(PATH, 1))
      assert.is_truthy(forked({ '# You', '', 'x' }, 1):find('\n\nx\n', 1, true))
    end)

    it('says what went wrong', function()
      host.files[PATH] = CHAT
      assert.same({ nil, 'there is no such message' }, { file.fork(PATH, 4) })
      function host.write_file()
        return false, 'the disk is full'
      end
      assert.same({ nil, 'the disk is full' }, { file.fork(PATH, 1) })
    end)
  end)
end)
