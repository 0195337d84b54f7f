-- Whether completion may come by itself: the switch, and the question.

local rig = require('tests.lua.complete_rig')

local ANSWERS = '/data/beans/answers.tsv'

local says = rig.says

describe('completion', function()
  local place, host, fresh, policy, switch, typing, file

  before_each(function()
    place = rig.new('ask')
    host, fresh, policy, switch = place.host, place.fresh, place.policy, place.switch
    typing, file = place.typing, place.file
  end)

  describe('switch', function()
    it('is off until the user has answered, and keeps the answer', function()
      assert.is_false(policy.is_on())
      place:settle()
      says('you have not said yet', place:why())
      assert.is_true(switch.set(true))
      assert.is_true(policy.is_on())
      assert.is_nil(place:why())
      assert.equals('complete\tyes\n', host.files[ANSWERS])
      switch.set(false)
      says('as you have answered', place:why())
      assert.equals('complete\tno\n', host.files[ANSWERS])
      package.loaded['beans.complete.switch'] = nil
      assert.is_false(require('beans.complete.switch').answer(fresh('config').get()))
    end)

    it('says first what stands in the way of all, while nobody has answered', function()
      host.environment.BEANS_API_KEY = nil
      says('no API key', place:why())
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
      consent = fresh('complete.consent')
    end)

    --- The user begins to type, and stops.
    local function type_and_stop(code)
      consent.begin()
      host.run(0)
      if host.spawned[1] then
        place:git(code or 1)
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
        place:later()
        assert.is_nil(type_and_stop())
        file[name] = before
      end
      typing.buftype = 'terminal'
      assert.is_nil(type_and_stop())
      typing.buftype = ''
      place:later()
      file.filetype = 'beans'
      assert.is_nil(type_and_stop())
      file.filetype = 'lua'
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
      place:git(1)
      host.files[ANSWERS] = 'complete\tyes\n'
      assert.is_nil(type_and_stop())
      assert.is_true(policy.is_on())
    end)

    it('is answered by the command, too', function()
      consent.begin()
      place:git(1)
      fresh('command')
      switch.set(false)
      assert.is_nil(type_and_stop())
    end)
  end)
end)
