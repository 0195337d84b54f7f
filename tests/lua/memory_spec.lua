local fake_host = require('tests.lua.fake_host')

describe('memory', function()
  local host, core, request
  local path = '/data/beans/dialect.tsv'

  local function restart(files)
    local fresh
    host, fresh, core = fake_host.fresh()
    host.files = files or {}
    request = fake_host.caller(fresh('client'))
  end

  before_each(function()
    restart()
  end)

  local function refuse_seed()
    request({ params = { seed = 1 } })
    host.run()
    core.fail(#core.requests, { kind = 'http', message = 'Unknown parameter: seed', status = 400, param = 'seed' })
    host.run()
  end

  local function sent_body()
    return core.requests[#core.requests].spec.body
  end

  it('keeps from session to session what a model does not take', function()
    refuse_seed()
    assert.equals('https://api.beansai.dev/v1 gpt-5.5\tseed\t\n', host.files[path])
    assert.is_true(host.fleeting[path])
    restart(host.files)
    request({ params = { seed = 1, top_p = 1 } })
    host.run()
    assert.is_nil(sent_body().seed)
    assert.equals(1, sent_body().top_p)
    request({ model = 'another', params = { seed = 1 } })
    host.run()
    assert.equals(1, sent_body().seed)
  end)

  it('keeps new names', function()
    restart({ [path] = 'https://api.beansai.dev/v1 gpt-5.5\tmax_tokens\tmax_completion_tokens\n' })
    request({ params = { max_tokens = 5 } })
    host.run()
    assert.same({ nil, 5 }, { sent_body().max_tokens, sent_body().max_completion_tokens })
  end)

  it('keeps what another editor has learnt meanwhile', function()
    request()
    host.run()
    host.files[path] = 'https://api.beansai.dev/v1 gpt-5.5\ttop_k\t\n'
    refuse_seed()
    assert.truthy(host.files[path]:find('\ttop_k\t\n', 1, true))
    assert.truthy(host.files[path]:find('\tseed\t\n', 1, true))
  end)

  it('keeps no user and no password of an address', function()
    host.user = { base_url = 'https://me:geheim@api.example.org/v1' }
    refuse_seed()
    assert.equals('https://api.example.org/v1 gpt-5.5\tseed\t\n', host.files[path])
    request({ params = { seed = 1 } })
    host.run()
    assert.is_nil(sent_body().seed)
  end)

  it('never leaves out what a request is made of, whatever a file says', function()
    restart({ [path] = 'https://api.beansai.dev/v1 gpt-5.5\tmessages\t\nbroken\n\0\n' })
    request({ messages = 'hello' })
    host.run()
    assert.equals('hello', sent_body().messages[1].content)
  end)
end)
