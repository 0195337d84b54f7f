local fake_host = require('tests.lua.fake_host')
local rig = require('tests.lua.complete_rig')

local FILE = rig.FILE

local says = rig.says

describe('completion', function()
  local place, host, fresh, core, policy, switch, typing, file

  before_each(function()
    place = rig.new(true)
    host, fresh, core, policy, switch = place.host, place.fresh, place.core, place.policy, place.switch
    typing, file = place.typing, place.file
  end)

  describe('policy', function()
    it('lets ordinary files be, once git has said that it does not ignore them', function()
      says('git is being asked', place:why())
      assert.same({ '-C', '/home/me/p' }, { host.spawned[1].argv[4], host.spawned[1].argv[5] })
      assert.equals('./a.lua', host.spawned[1].argv[#host.spawned[1].argv])
      says('git is being asked', place:why())
      place:git(1)
      assert.is_nil(place:why())
      assert.is_nil(policy.why_never(1, typing))
      assert.equals(0, #host.spawned)
    end)

    it('leaves alone what git ignores, unless that is allowed', function()
      place:why()
      place:git(0)
      says('complete.git_ignored = true', place:why())
      says('complete.git_ignored = true', policy.why_never(1, typing))
      host.user.complete.git_ignored = true
      assert.is_nil(place:why(true))
    end)

    it('asks git anew after a while, and goes by the old answer meanwhile', function()
      place:settle()
      host.run(61000)
      assert.is_nil(place:why())
      place:git(0)
      place:later()
      says('git ignores', place:why())
    end)

    it('asks git for the file that a link leads to as well', function()
      host.files['/home/me/elsewhere/b.lua'] = ''
      host.links[FILE] = '/home/me/elsewhere/b.lua'
      place:why()
      place:git(1, 0)
      says('git ignores', place:why())
    end)

    it('takes a file for ignored where git fails in a repository, and not elsewhere', function()
      place:why()
      place:git(128)
      assert.is_nil(place:why())
      host.files['/home/me/p/.git/HEAD'] = ''
      host.run(61000)
      place:why()
      place:git(128)
      place:later()
      says('git does not tell whether it ignores this file (git: fatal: dubious)', place:why())
    end)

    it('asks git nothing of buffers without a name, of files elsewhere and of its own', function()
      for _, path in ipairs({ '', 'scp://host/a.lua', '/home/me/p/.git/COMMIT_EDITMSG' }) do
        host.files[path] = ''
        file.path = path
        place:later()
        assert.is_nil(place:why())
      end
      assert.equals(0, #host.spawned)
    end)

    it('says where completion is switched off', function()
      place:settle()
      host.user.complete.auto = false
      says('complete.auto = false', place:why())
      assert.is_nil(policy.why_never(1, typing))
      host.user.complete.auto = true
      switch.set(false)
      says('switched off for this session: :Beans complete on', place:why())
      switch.set(true)
      assert.is_nil(place:why())
      host.switches.beans_complete = false
      says('b:beans_complete is off', place:why())
    end)

    it('reads file types as a list, as a table, and with dots', function()
      place:settle()
      local function off(filetype, wanted)
        host.user.complete.filetypes, file.filetype = wanted, filetype
        return place:why() ~= nil
      end
      assert.same({ false, true }, { off('lua', { 'lua', 'c' }), off('vim', { 'lua', 'c' }) })
      assert.same({ true, false }, { off('lua', { lua = false }), off('vim', { lua = false }) })
      assert.same({ true, false }, { off('lua', { lua = 0 }), off('lua', { lua = 1 }) })
      assert.same({ false, true }, { off('lua', { lua = true, ['*'] = false }), off('c', { ['*'] = false }) })
      assert.same({ false, true }, { off('c.doxygen', { 'c' }), off('c.doxygen', { c = false }) })
      assert.same({ true, false, false }, { off('beans'), off('beans', { beans = true }), off('beans', { 'beans' }) })
      assert.same({ false, true }, { off(''), off('', { 'lua' }) })
      says('off for no file type: name it in complete.filetypes, or set b:beans_complete = 1', place:why())
      host.switches.beans_complete = true
      assert.is_nil(place:why())
    end)

    it('leaves private buffers alone, at once and for good', function()
      place:settle()
      file.disabled = true
      says('private: b:beans_disable', place:why())
      file.disabled = false
      assert.is_nil(place:why())
      host.files['/home/me/p/.beansignore'] = '*.lua\n'
      assert.is_nil(place:why())
      says('private: .beansignore leaves it out', place:why(true))
      place:later()
      host.files['/home/me/p/.beansignore'] = nil
      file.path = '/home/me/p/.env'
      place:why()
      says('private: it is on the list of secrets', policy.why_never(1, typing))
    end)

    it('looks at the disk once a second', function()
      place:settle()
      place:why()
      local looks, facts = 0, host.file_facts
      function host.file_facts(path)
        looks = looks + 1
        return facts(path)
      end
      for _ = 1, 50 do
        host.run(10)
        place:why()
      end
      assert.equals(0, looks)
      place:later()
      policy.why_not(1, typing)
      assert.equals(0, looks) -- no key waits for it
      host.run(0)
      assert.is_true(looks > 0)
    end)

    it('knows the places where nobody writes a file', function()
      place:settle()
      for name, case in pairs({
        cmdwin = { true, 'command-line window' },
        buftype = { 'terminal', 'not in a terminal' },
        readonly = { true, 'read-only' },
        macro = { true, 'a macro' },
        paste = { true, ':set nopaste' },
        mode = { 'R', 'Replace mode' },
      }) do
        local before = typing[name]
        typing[name] = case[1]
        says(case[2], place:why())
        says(case[2], policy.why_never(1, typing))
        typing[name] = before
      end
      typing.buftype = 'nofile'
      says('\'buftype\' is "nofile"', place:why())
    end)

    it('leaves large files alone', function()
      place:settle()
      place:later()
      file.bytes = 2 * 1024 * 1024 + 1
      says('2.1 MB, more than the 2.1 of complete.max_bytes', place:why())
      host.user.complete.max_bytes = 3000000
      assert.is_nil(place:why(true))
    end)

    it('leaves comments alone when told to, but not its key', function()
      place:settle()
      assert.is_nil(place:why())
      host.user.complete.comments = false
      says('complete.comments = true', place:why())
      assert.is_nil(policy.why_never(1, typing))
      typing.col = 5
      assert.is_nil(place:why())
    end)

    it('says what is wrong with options and key, and runs no command for the key', function()
      place:settle()
      host.user.base_url = 'nonsense'
      says('a wrong option stops all requests: base_url = "nonsense"', place:why())
      host.user.base_url = nil
      host.environment.BEANS_API_KEY = nil
      says('no API key: set the environment variable', place:why())
      host.user.api_key = { 'pass' }
      assert.is_nil(place:why())
      assert.equals(0, #host.spawned)
    end)

    it('stops before the budget is spent, and says so once', function()
      place:settle()
      host.user.budget = { session_usd = 1 }
      local session = fresh('session')
      session.add_cost(899999)
      assert.is_nil(place:why(true))
      session.add_cost(1)
      says(
        'nearly spent: $0.9000 of $1.0000; the rest is for chats and rewrites. Raise budget.session_usd',
        place:why(true)
      )
      assert.is_nil(fresh('budget').refusal(fresh('config').get(), 'chat'))
      session.add_cost(100000)
      says('the budget for this session is spent: $1.0000 of $1.0000', place:why(true))
      assert.equals(1, #host.notes)
      assert.equals('info', host.notes[1].level)
      says('no more completions: the budget for this session', host.notes[1].text)
    end)

    it('reads a long ledger behind, and stops then', function()
      local ledger = fresh('ledger')
      ledger.add({ feature = 'chat', model = 'm', kind = 'done', cost_micro_usd = 1000 })
      local path = next(host.files)
      while not path:find('ledger', 1, true) do
        path = next(host.files, path)
      end
      host.files[path] = host.files[path]:rep(10000)
      host.user.budget = { day_usd = 10 }
      place:settle()
      assert.is_nil(place:why())
      host.run(0)
      place:later()
      says('the budget for today', place:why())
    end)

    it('is what a request for a completion is judged by, too', function()
      host.user.budget = { session_usd = 1 }
      fresh('session').add_cost(950000)
      local request = fake_host.caller(fresh('client'))
      local _, chat = request({ feature = 'chat' })
      local _, completion = request({ feature = 'complete' })
      host.run()
      assert.same({}, chat)
      assert.equals('budget', completion[1][2].kind)
      assert.equals(1, #core.requests)
    end)
  end)
end)
