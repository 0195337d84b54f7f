local fake_host = require('tests.lua.fake_host')

describe('credentials', function()
  local host, credentials, log, answers

  before_each(function()
    local fresh
    host, fresh = fake_host.fresh()
    credentials, log = fresh('credentials'), fresh('log')
    answers = {}
  end)

  local function ask(cfg)
    cfg.base_url = cfg.base_url or 'https://api.example.com/v1'
    credentials.get(cfg, function(key, message)
      answers[#answers + 1] = { key = key, message = message }
    end)
    return answers[#answers]
  end

  it('takes the option over the environment, trimmed', function()
    assert.same({ key = 'sk-beans-test' }, ask({}))
    assert.same({ key = 'own' }, ask({ api_key = ' own\n' }))
    assert.same({ key = 'sk-beans-test' }, ask({ api_key = ' ' }))
  end)

  it('reads the environment when it is asked, not before', function()
    host.environment.BEANS_API_KEY = 'late'
    assert.equals('late', ask({}).key)
  end)

  it('says how to set a key when there is none', function()
    host.environment = {}
    local answer = ask({})
    assert.is_nil(answer.key)
    assert.truthy(answer.message:find('BEANS_API_KEY', 1, true))
    assert.truthy(answer.message:find('api_key', 1, true))
  end)

  it('needs no key for a server on this machine', function()
    host.environment = {}
    for _, name in ipairs({ 'localhost', 'LOCALHOST:80', '127.0.0.1:8080', '127.1.2.3', '[::1]:80', 'me@localhost' }) do
      assert.same({}, ask({ base_url = 'http://' .. name .. '/v1' }), name)
    end
    for _, name in ipairs({ 'localhost.org', '127.0.0.1.example.com', '10.0.0.1', '[::2]', 'localhost@host' }) do
      assert.is_string(ask({ base_url = 'http://' .. name .. '/v1' }).message, name)
    end
  end)

  it('refuses a key that would break the header, without showing it', function()
    local answer = ask({ api_key = 'geheim\r\nX-Evil: 1' })
    assert.is_nil(answer.key)
    assert.truthy(answer.message:find('the option api_key holds control characters', 1, true))
    assert.is_nil(answer.message:find('geheim', 1, true))
    host.environment.BEANS_API_KEY = 'geheim\0'
    assert.truthy(ask({}).message:find('the environment variable BEANS_API_KEY holds', 1, true))
  end)

  it('runs a command once for all who wait, and keeps its answer', function()
    local cfg = { api_key = { 'pass', 'show', 'beans' } }
    ask(cfg)
    ask(cfg)
    assert.equals(1, #host.spawned)
    assert.same({ 'pass', 'show', 'beans' }, host.spawned[1].argv)
    assert.same({}, answers)
    host.spawned[1].on_exit({ code = 0, stdout = 'printed\n', stderr = '' })
    assert.same({ { key = 'printed' }, { key = 'printed' } }, answers)
    assert.equals('printed', ask(cfg).key)
    assert.equals(1, #host.spawned)
    ask({ api_key = { 'other' } })
    assert.equals(2, #host.spawned)
  end)

  it('tells why a command failed, and tries again next time', function()
    local cfg = { api_key = { 'pass', 'geheim' } }
    local function run(result)
      ask(cfg)
      host.spawned[#host.spawned].on_exit(result)
      local message = answers[#answers].message
      assert.is_nil(answers[#answers].key)
      assert.is_nil(message:find('geheim', 1, true))
      return message
    end
    assert.equals(
      'the api_key command "pass" failed with exit status 2: no such entry',
      run({ code = 2, stdout = 'secret', stderr = 'no such\nentry\n' })
    )
    assert.equals('the api_key command "pass" could not be started', run({ code = -1, stdout = '', stderr = '' }))
    assert.equals('the api_key command "pass" printed nothing', run({ code = 0, stdout = '\n', stderr = 'hm' }))
    assert.truthy(run({ code = 0, stdout = 'line one\nline two', stderr = '' }):find('more than one line', 1, true))
    assert.equals(4, #host.spawned)
  end)

  it('has the key hidden from then on', function()
    ask({ api_key = 'geheim-7' })
    assert.equals('a *** b', log.redact('a geheim-7 b'))
  end)

  it('describes where the key comes from and never the key', function()
    local function describe_key(cfg)
      cfg.base_url = cfg.base_url or 'https://api.example.com/v1'
      return credentials.describe(cfg)
    end
    assert.equals('from the environment variable BEANS_API_KEY', describe_key({}))
    assert.equals('from the option api_key', describe_key({ api_key = 'geheim' }))
    local command = { api_key = { 'pass', 'geheim' } }
    assert.equals('from the api_key command "pass", which has not run yet', describe_key(command))
    ask(command)
    assert.equals('from the api_key command "pass", which is still running', describe_key(command))
    host.spawned[1].on_exit({ code = 0, stdout = 'geheim', stderr = '' })
    assert.equals('from the api_key command "pass"', describe_key(command))
    host.environment = {}
    assert.truthy(describe_key({}):find('^no API key: '))
    assert.equals('none; a server on this machine needs none', describe_key({ base_url = 'http://localhost' }))
  end)
end)
