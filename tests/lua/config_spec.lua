local fake_host = require('tests.lua.fake_host')

describe('config', function()
  local host, config

  before_each(function()
    local fresh
    host, fresh = fake_host.fresh()
    config = fresh('config')
  end)

  local function problem_of(user)
    host.user = user
    local _, problems = config.get()
    assert.equals(1, #problems, table.concat(problems, '\n'))
    return problems[1]
  end

  it('has the defaults of the contract', function()
    local cfg, problems = config.get()
    assert.same({}, problems)
    assert.equals('https://api.beansai.dev/v1', cfg.base_url)
    assert.equals('gpt-5.5', cfg.model)
    assert.same({ 10000, 120000, 60000, 8 }, {
      cfg.connect_timeout_ms,
      cfg.first_byte_timeout_ms,
      cfg.idle_timeout_ms,
      cfg.max_concurrent,
    })
    assert.equals(2, cfg.retry.max)
    assert.equals('right', cfg.chat.position)
    assert.same({ 'AGENTS.md' }, cfg.chat.rules)
    assert.equals('ask', cfg.complete.auto)
    for _, key in ipairs({ 'api_key', 'proxy', 'ca_file', 'params', 'system_prompt', 'data_dir', 'problem' }) do
      assert.is_nil(cfg[key])
    end
  end)

  it('puts setup over g:beans over the environment, option by option', function()
    host.environment.BEANS_BASE_URL = 'http://env/v1'
    assert.equals('http://env/v1', config.get().base_url)
    host.user = { base_url = 'http://user/v1', model = 'user', chat = { position = 'tab', model = 'user-chat' } }
    assert.equals('http://user/v1', config.get().base_url)
    config.setup({ model = 'setup', chat = { model = 'setup-chat' } })
    local cfg = config.get()
    assert.equals('setup', cfg.model)
    assert.equals('http://user/v1', cfg.base_url)
    assert.equals('setup-chat', cfg.chat.model)
    assert.equals('tab', cfg.chat.position)
    config.setup({})
    assert.equals('user', config.get().model)
  end)

  it('never reads the key from the environment', function()
    assert.is_nil(config.get().api_key)
  end)

  it('takes the null of the editor for unset', function()
    host.null = {}
    host.user = { model = host.null }
    assert.equals('gpt-5.5', config.get().model)
  end)

  it('names key, value and what was expected', function()
    assert.equals(
      'chat.position = "middle": expected one of "right", "left", "above", "below", "tab", "current"',
      problem_of({ chat = { position = 'middle' } })
    )
    assert.equals('max_concurrent = 0: expected a whole number of at least 1', problem_of({ max_concurrent = 0 }))
    assert.equals('retry.max = 1.5: expected a whole number of at least 0', problem_of({ retry = { max = 1.5 } }))
    assert.equals('model = "": expected a string that is not empty', problem_of({ model = '' }))
    assert.equals('params = a table: expected a table of request parameters by name', problem_of({ params = { 1 } }))
    assert.equals('chat = "x": expected a table of options', problem_of({ chat = 'x' }))
  end)

  it('suggests the nearest key for an unknown one', function()
    assert.equals('modle = "x": there is no such option; did you mean model?', problem_of({ modle = 'x' }))
    assert.equals(
      'chat.positon = "tab": there is no such option; did you mean chat.position?',
      problem_of({ chat = { positon = 'tab' } })
    )
    assert.equals('zzzzzzzz = true: there is no such option; see :help beans-options', problem_of({ zzzzzzzz = true }))
    assert.equals('1 = 5: there is no such option; see :help beans-options', problem_of({ 5 }))
  end)

  it('never shows a key, not even under a misspelt name', function()
    assert.equals('api_kye: there is no such option; did you mean api_key?', problem_of({ api_kye = 'geheim' }))
    assert.equals(
      'api_key: expected a string, or a list of strings: the command that prints the key',
      problem_of({ api_key = 5 })
    )
    assert.is_nil(problem_of({ api_key = { 'pass', 5 } }):find('pass', 1, true))
  end)

  it('tells the user of each problem once, on a later turn', function()
    host.user = { model = 5 }
    local cfg = config.get()
    assert.equals('gpt-5.5', cfg.model)
    assert.equals(0, #host.notes)
    config.get()
    host.run()
    assert.equals(1, #host.notes)
    assert.equals('error', host.notes[1].level)
    assert.equals('beans: model = 5: expected a string that is not empty', host.notes[1].text)
    host.user = { model = 6 }
    config.get()
    host.run()
    assert.equals(2, #host.notes)
  end)

  it('checks what setup gets at once', function()
    config.setup({ modle = 'x' })
    host.run()
    assert.equals(1, #host.notes)
  end)

  it('takes numbers as Vim has them', function()
    host.user = { max_concurrent = 4.0, complete = { auto = 0, debounce_ms = 75.0 } }
    local cfg, problems = config.get()
    assert.same({}, problems)
    assert.equals('4', tostring(cfg.max_concurrent))
    assert.is_false(cfg.complete.auto)
    assert.equals('75', tostring(cfg.complete.debounce_ms))
    host.user = { complete = { auto = 1 } }
    assert.is_true(config.get().complete.auto)
  end)

  it('refuses numbers that are none', function()
    problem_of({ idle_timeout_ms = 0 / 0 })
    problem_of({ idle_timeout_ms = math.huge })
    problem_of({ idle_timeout_ms = '5000' })
  end)

  it('expands ~ in paths and keeps an empty proxy', function()
    host.user = { ca_file = '~/ca.pem', proxy = '', chat = { rules = 'RULES.md' } }
    local cfg = config.get()
    assert.equals('/home/me/ca.pem', cfg.ca_file)
    assert.equals('', cfg.proxy)
    assert.same({ 'RULES.md' }, cfg.chat.rules)
  end)

  describe('base_url', function()
    it('loses blanks and slashes at its ends', function()
      host.user = { base_url = ' http://host:8080/v1// ' }
      assert.equals('http://host:8080/v1', config.get().base_url)
      host.user = { base_url = 'http://[::1]:8080' }
      assert.equals('http://[::1]:8080', config.get().base_url)
    end)

    it('stops requests when it is wrong, and says what to write', function()
      local expected = {
        ['api.example.com/v1'] = 'https://api.example.com/v1',
        ['localhost:8080/v1/'] = 'http://localhost:8080/v1',
        ['127.0.0.1:8080'] = 'http://127.0.0.1:8080',
        ['https://host/v1/chat/completions'] = 'https://host/v1',
        ['https://host/v1?key=1'] = 'https://host/v1',
        ['ftp://host/v1'] = 'https://api.beansai.dev/v1',
        ['file:///etc/passwd'] = 'https://api.beansai.dev/v1',
        ['not a url'] = 'https://api.beansai.dev/v1',
        ['https://'] = 'https://api.beansai.dev/v1',
        ['http://a\nb/v1'] = 'https://api.beansai.dev/v1',
        [''] = 'https://api.beansai.dev/v1',
      }
      for wrong, right in pairs(expected) do
        local problem = problem_of({ base_url = wrong })
        local advice = 'expected the address of the API, up to and with its version, as in ' .. right
        assert.equals(advice, problem:match('expected.*'))
        assert.equals(problem, config.get().problem)
      end
    end)

    it('is checked when it comes from the environment', function()
      host.environment.BEANS_BASE_URL = 'nonsense'
      local cfg = config.get()
      assert.equals('BEANS_BASE_URL = "nonsense"', cfg.problem:match('^[^:]*'))
    end)
  end)

  it('stops requests on other values that could send or spend what was not meant', function()
    for _, user in ipairs({
      { proxy = 5 },
      { ca_file = '' },
      { api_key = {} },
      { budget = { day_usd = 'two' } },
      { budget = { session_usd = -1 } },
    }) do
      assert.equals(problem_of(user), config.get().problem)
    end
    host.user = { model = 5 }
    assert.is_nil(config.get().problem)
  end)

  it('stops requests when g:beans can not be read', function()
    host.user_config = function()
      error('g:beans is no dict', 0)
    end
    assert.equals('g:beans is no dict', config.get().problem)
  end)

  describe('for_feature', function()
    it('falls back from the feature to the top', function()
      host.user = {
        model = 'top',
        params = { temperature = 0.5, seed = 1 },
        chat = { model = 'own', params = { temperature = 1 } },
      }
      local chat, rewrite = config.for_feature('chat'), config.for_feature('rewrite')
      assert.equals('own', chat.model)
      assert.same({ temperature = 1, seed = 1 }, chat.params)
      assert.equals('top', rewrite.model)
      assert.same({ temperature = 0.5, seed = 1 }, rewrite.params)
      assert.equals('top', config.for_feature(nil).model)
    end)

    it('has a prompt for the chat, and takes another or none', function()
      assert.is_string(config.for_feature('chat').system_prompt)
      assert.is_nil(config.for_feature(nil).system_prompt)
      host.user = { system_prompt = 'top' }
      assert.equals('top', config.for_feature('chat').system_prompt)
      host.user = { system_prompt = 'top', chat = { system_prompt = '' } }
      assert.is_nil(config.for_feature('chat').system_prompt)
    end)

    it('prefers the model picked for the session', function()
      host.user = { chat = { model = 'own' } }
      config.pick_model('chat', 'picked')
      assert.equals('picked', config.for_feature('chat').model)
      assert.equals('gpt-5.5', config.for_feature('rewrite').model)
      config.pick_model(nil, 'all')
      assert.equals('all', config.for_feature('chat').model)
      assert.equals('all', config.for_feature(nil).model)
    end)
  end)

  it('describes every option in a sentence', function()
    for _, option in ipairs(require('beans.schema').options) do
      assert.truthy(option.doc:match('^%u.*%.$'), option.key)
      if option.default ~= nil then
        assert.same(option.default, require('beans.types').check(option, option.default), option.key)
      end
    end
  end)
end)
