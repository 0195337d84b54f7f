local fake_host = require('tests.lua.fake_host')

local ANSWERS = '/data/beans/answers.tsv'
local FILE = '/home/me/p/a.lua'

describe('completion', function()
  local host, core, fresh, policy, switch, typing, file

  before_each(function()
    host, fresh, core = fake_host.fresh()
    host.user = { complete = { auto = true } }
    host.files[FILE] = ''
    typing = { buf = 1, line = 3, col = 4, mode = 'i', buftype = '', macro = false, paste = false }
    file = { name = 'a.lua', filetype = 'lua', disabled = false, path = FILE, bytes = 100 }
    host.switches, host.idle, host.screen = {}, {}, true
    function host.typing()
      return typing
    end
    function host.file_of()
      return file
    end
    function host.buf_path()
      return file.path
    end
    function host.buf_bytes()
      return file.bytes
    end
    function host.buf_switch(_, name)
      return host.switches[name]
    end
    function host.cwd()
      return '/home/me/p'
    end
    function host.in_comment(_, line, col)
      return line == 3 and col == 4
    end
    function host.when_idle(_, fn)
      host.idle[#host.idle + 1] = fn
    end
    function host.has_screen()
      return host.screen
    end
    policy, switch = fresh('complete.policy'), fresh('complete.switch')
  end)

  --- Lets git answer what it is asked, with these codes.
  local function git(...)
    for _, code in ipairs({ ... }) do
      local program = table.remove(host.spawned, 1)
      assert(program, 'git was not asked')
      program.on_exit({ code = code, stdout = '', stderr = code > 1 and 'fatal: dubious\n' or '' })
    end
    assert.equals(0, #host.spawned)
  end

  local function why(anew)
    return policy.why_not(1, typing, anew)
  end

  local function says(text, reason)
    assert.truthy((reason or ''):find(text, 1, true), ('no "%s" in "%s"'):format(text, tostring(reason)))
  end

  --- Waits until what is known of the disk is looked at again.
  local function later()
    host.run(1001)
  end

  local function settle()
    why()
    git(1)
  end

  describe('policy', function()
    it('lets ordinary files be, once git has said that it does not ignore them', function()
      says('git is being asked', why())
      assert.same({ '-C', '/home/me/p' }, { host.spawned[1].argv[4], host.spawned[1].argv[5] })
      assert.equals('./a.lua', host.spawned[1].argv[#host.spawned[1].argv])
      says('git is being asked', why())
      git(1)
      assert.is_nil(why())
      assert.is_nil(policy.why_never(1, typing))
      assert.equals(0, #host.spawned)
    end)

    it('leaves alone what git ignores, unless that is allowed', function()
      why()
      git(0)
      says('complete.git_ignored = true', why())
      says('complete.git_ignored = true', policy.why_never(1, typing))
      host.user.complete.git_ignored = true
      assert.is_nil(why(true))
    end)

    it('asks git anew after a while, and goes by the old answer meanwhile', function()
      settle()
      host.run(61000)
      assert.is_nil(why())
      git(0)
      later()
      says('git ignores', why())
    end)

    it('asks git for the file that a link leads to as well', function()
      host.files['/home/me/elsewhere/b.lua'] = ''
      host.links[FILE] = '/home/me/elsewhere/b.lua'
      why()
      git(1, 0)
      says('git ignores', why())
    end)

    it('takes a file for ignored where git fails in a repository, and not elsewhere', function()
      why()
      git(128)
      assert.is_nil(why())
      host.files['/home/me/p/.git/HEAD'] = ''
      host.run(61000)
      why()
      git(128)
      later()
      says('git does not tell whether it ignores this file (git: fatal: dubious)', why())
    end)

    it('asks git nothing of buffers without a name, of files elsewhere and of its own', function()
      for _, path in ipairs({ '', 'scp://host/a.lua', '/home/me/p/.git/COMMIT_EDITMSG' }) do
        host.files[path] = ''
        file.path = path
        later()
        assert.is_nil(why())
      end
      assert.equals(0, #host.spawned)
    end)

    it('says where completion is switched off', function()
      settle()
      host.user.complete.auto = false
      says('complete.auto = false', why())
      assert.is_nil(policy.why_never(1, typing))
      host.user.complete.auto = true
      switch.set(false)
      says('switched off for this session: :Beans complete on', why())
      switch.set(true)
      assert.is_nil(why())
      host.switches.beans_complete = false
      says('b:beans_complete is off', why())
    end)

    it('reads file types as a list, as a table, and with dots', function()
      settle()
      local function off(filetype, wanted)
        host.user.complete.filetypes, file.filetype = wanted, filetype
        return why() ~= nil
      end
      assert.same({ false, true }, { off('lua', { 'lua', 'c' }), off('vim', { 'lua', 'c' }) })
      assert.same({ true, false }, { off('lua', { lua = false }), off('vim', { lua = false }) })
      assert.same({ true, false }, { off('lua', { lua = 0 }), off('lua', { lua = 1 }) })
      assert.same({ false, true }, { off('lua', { lua = true, ['*'] = false }), off('c', { ['*'] = false }) })
      assert.same({ false, true }, { off('c.doxygen', { 'c' }), off('c.doxygen', { c = false }) })
      assert.same({ true, false, false }, { off('beans'), off('beans', { beans = true }), off('beans', { 'beans' }) })
      assert.same({ false, true }, { off(''), off('', { 'lua' }) })
      says('off for no file type: name it in complete.filetypes, or set b:beans_complete = 1', why())
      host.switches.beans_complete = true
      assert.is_nil(why())
    end)

    it('leaves private buffers alone, at once and for good', function()
      settle()
      file.disabled = true
      says('private: b:beans_disable', why())
      file.disabled = false
      assert.is_nil(why())
      host.files['/home/me/p/.beansignore'] = '*.lua\n'
      assert.is_nil(why())
      says('private: .beansignore leaves it out', why(true))
      later()
      host.files['/home/me/p/.beansignore'] = nil
      file.path = '/home/me/p/.env'
      says('private: it is on the list of secrets', policy.why_never(1, typing))
    end)

    it('looks at the disk once a second', function()
      settle()
      why()
      local looks, facts = 0, host.file_facts
      function host.file_facts(path)
        looks = looks + 1
        return facts(path)
      end
      for _ = 1, 50 do
        host.run(10)
        why()
      end
      assert.equals(0, looks)
      later()
      why()
      assert.is_true(looks > 0)
    end)

    it('knows the places where nobody writes a file', function()
      settle()
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
        says(case[2], why())
        says(case[2], policy.why_never(1, typing))
        typing[name] = before
      end
      typing.buftype = 'nofile'
      says('\'buftype\' is "nofile"', why())
    end)

    it('leaves large files alone', function()
      settle()
      later()
      file.bytes = 2 * 1024 * 1024 + 1
      says('2.1 MB, more than the 2.1 of complete.max_bytes', why())
      host.user.complete.max_bytes = 3000000
      assert.is_nil(why(true))
    end)

    it('leaves comments alone when told to, but not its key', function()
      settle()
      assert.is_nil(why())
      host.user.complete.comments = false
      says('complete.comments = true', why())
      assert.is_nil(policy.why_never(1, typing))
      typing.col = 5
      assert.is_nil(why())
    end)

    it('says what is wrong with options and key, and runs no command for the key', function()
      settle()
      host.user.base_url = 'nonsense'
      says('a wrong option stops all requests: base_url = "nonsense"', why())
      host.user.base_url = nil
      host.environment.BEANS_API_KEY = nil
      says('no API key: set the environment variable', why())
      host.user.api_key = { 'pass' }
      assert.is_nil(why())
      assert.equals(0, #host.spawned)
    end)

    it('stops before the budget is spent, and says so once', function()
      settle()
      host.user.budget = { session_usd = 1 }
      local session = fresh('session')
      session.add_cost(899999)
      assert.is_nil(why(true))
      session.add_cost(1)
      says('nearly spent: $0.9000 of $1.0000; the rest is for chats and rewrites. Raise budget.session_usd', why(true))
      assert.is_nil(fresh('budget').refusal(fresh('config').get(), 'chat'))
      session.add_cost(100000)
      says('the budget for this session is spent: $1.0000 of $1.0000', why(true))
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
      settle()
      assert.is_nil(why())
      host.run(0)
      later()
      says('the budget for today', why())
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

  describe('switch', function()
    before_each(function()
      host.user.complete.auto = 'ask'
    end)

    it('is off until the user has answered, and keeps the answer', function()
      assert.is_false(policy.is_on())
      settle()
      says('you have not said yet', why())
      assert.is_true(switch.set(true))
      assert.is_true(policy.is_on())
      assert.is_nil(why())
      assert.equals('complete\tyes\n', host.files[ANSWERS])
      switch.set(false)
      says('as you have answered', why())
      assert.equals('complete\tno\n', host.files[ANSWERS])
      package.loaded['beans.complete.switch'] = nil
      assert.is_false(require('beans.complete.switch').answer(fresh('config').get()))
    end)

    it('says first what stands in the way of all, while nobody has answered', function()
      host.environment.BEANS_API_KEY = nil
      says('no API key', why())
    end)

    it('toggles for the session alone', function()
      assert.is_true(switch.toggle())
      assert.is_true(policy.is_on())
      assert.is_nil(host.files[ANSWERS])
      assert.is_false(switch.toggle())
      host.user.complete.auto = true
      assert.is_false(policy.is_on())
      assert.is_false(switch.set(true))
      assert.is_true(policy.is_on())
    end)

    it('tells of each change', function()
      local heard = {}
      policy.on_change(function()
        heard[#heard + 1] = policy.is_on()
      end)
      switch.set(true)
      switch.toggle()
      switch.set(false)
      assert.same({ true, false, false }, heard)
    end)
  end)

  describe('consent', function()
    local consent

    before_each(function()
      host.user.complete.auto = 'ask'
      consent = fresh('complete.consent')
    end)

    --- The user begins to type, and stops.
    local function type_and_stop(code)
      consent.begin()
      if host.spawned[1] then
        git(code or 1)
      end
      local idle = host.idle
      host.idle = {}
      for _, fn in ipairs(idle) do
        fn()
      end
      host.run()
      return host.asked
    end

    it('asks once, when nobody types: what is sent, to whom, and how much of it', function()
      consent.begin()
      consent.begin()
      assert.is_nil(host.asked)
      assert.equals(1, #host.idle)
      local asked = type_and_stop()
      says('the text around the cursor to api.beansai.dev', asked.prompt)
      assert.same({ 'No: only when I ask for it', 'Not now' }, { asked.items[2], asked.items[3] })
      assert.truthy(
        asked.items[1]:match('^Yes: a request per pause, at most %d,%d00 %+ 128 tokens each$'),
        asked.items[1]
      )
      asked.answer(asked.items[1], 1)
      assert.is_true(policy.is_on())
      assert.equals('complete\tyes\n', host.files[ANSWERS])
      host.asked = nil
      assert.is_nil(type_and_stop())
      package.loaded['beans.complete.consent'] = nil
      consent = require('beans.complete.consent')
      assert.is_nil(type_and_stop())
    end)

    it('says what a request costs, where this month tells it', function()
      fresh('ledger').add({
        feature = 'complete',
        model = 'gpt-5.5',
        kind = 'done',
        cost_micro_usd = 1000,
        usage = { prompt_tokens = 900, completion_tokens = 100 },
      })
      assert.truthy(type_and_stop().items[1]:match('tokens, %$0%.00%d+ each$'), host.asked.items[1])
    end)

    it('keeps a no, and asks again in the next session where nothing was said', function()
      type_and_stop().answer(nil, nil)
      assert.is_nil(host.files[ANSWERS])
      host.asked = nil
      assert.is_nil(type_and_stop())
      package.loaded['beans.complete.consent'] = nil
      consent = require('beans.complete.consent')
      type_and_stop().answer(nil, 2)
      assert.equals('complete\tno\n', host.files[ANSWERS])
      assert.is_false(policy.is_on())
    end)

    it('comes up only with a key, a screen, and where text may be sent', function()
      host.environment.BEANS_API_KEY = nil
      assert.is_nil(type_and_stop())
      host.environment.BEANS_API_KEY = 'sk-test'
      host.screen = false
      assert.is_nil(type_and_stop())
      host.screen = true
      for name, value in pairs({ disabled = true, path = '/home/me/p/.env' }) do
        local before = file[name]
        file[name] = value
        later()
        assert.is_nil(type_and_stop())
        file[name] = before
      end
      typing.buftype = 'terminal'
      assert.is_nil(type_and_stop())
      typing.buftype = ''
      later()
      assert.truthy(type_and_stop())
    end)

    it('is no matter where completion is switched on or off otherwise', function()
      for _, auto in ipairs({ true, false }) do
        host.user.complete.auto = auto
        assert.is_nil(type_and_stop())
      end
      host.user.complete.auto = 'ask'
      switch.toggle()
      assert.is_nil(type_and_stop())
    end)

    it('is not asked where another editor was answered meanwhile', function()
      consent.begin()
      git(1)
      host.files[ANSWERS] = 'complete\tyes\n'
      assert.is_nil(type_and_stop())
      assert.is_true(policy.is_on())
    end)

    it('is answered by the command, too', function()
      consent.begin()
      git(1)
      fresh('command')
      switch.set(false)
      assert.is_nil(type_and_stop())
    end)
  end)
end)
