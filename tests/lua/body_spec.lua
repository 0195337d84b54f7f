local body = require('beans.body')

local DEFAULTS = { model = 'gpt-5.5', params = {} }

local function build(options, defaults)
  options.messages = options.messages or 'hello'
  return body.build(options, defaults or DEFAULTS)
end

describe('body', function()
  it('makes a text one message of the user', function()
    assert.same({
      model = 'gpt-5.5',
      messages = { { role = 'user', content = 'hello' } },
      stream = true,
      stream_options = { include_usage = true },
    }, build({}))
  end)

  it('asks for no usage where nothing streams', function()
    local plain = build({ stream = false })
    assert.is_false(plain.stream)
    assert.is_nil(plain.stream_options)
    local by_params = build({ params = { stream = false } })
    assert.is_false(by_params.stream)
    assert.is_nil(by_params.stream_options)
  end)

  it('puts the params of the request over those of the options, and both over its own', function()
    local built = build(
      { model = 'mine', params = { temperature = 1, model = 'other', stream_options = { x = 1 } } },
      { model = 'gpt-5.5', params = { temperature = 0, seed = 7 } }
    )
    assert.equals('other', built.model)
    assert.equals(1, built.temperature)
    assert.equals(7, built.seed)
    assert.same({ x = 1 }, built.stream_options)
  end)

  it('puts all params over what the body has of its own', function()
    local built = build(
      { body = { temperature = 0.2, max_tokens = 64, stop = { 'x' } }, params = { max_tokens = 8 } },
      { model = 'm', params = { temperature = 1 } }
    )
    assert.same({ 1, 8, { 'x' } }, { built.temperature, built.max_tokens, built.stop })
    local renamed = build({ body = { max_tokens = 64 } }, { model = 'm', params = { max_completion_tokens = 8 } })
    assert.is_nil(renamed.max_tokens)
    assert.equals(8, renamed.max_completion_tokens)
  end)

  it('has no messages where text is completed', function()
    local own = { prompt = 'local x', suffix = '' }
    local built = body.build({ endpoint = 'completions', body = own }, DEFAULTS)
    assert.same({
      prompt = 'local x',
      suffix = '',
      model = 'gpt-5.5',
      stream = true,
      stream_options = { include_usage = true },
    }, built)
    assert.same({ prompt = 'local x', suffix = '' }, own)
    assert.is_nil(body.build({ endpoint = 'infill', body = own }, DEFAULTS).stream_options)
  end)

  it('raises on a wrong endpoint, and on one without a body', function()
    local function message(options)
      return select(2, pcall(body.check, options))
    end
    local wrong = 'beans.request: endpoint: expected "chat", "completions" or "infill"'
    assert.equals(wrong, message({ endpoint = 'models', body = {} }))
    assert.equals(wrong, message({ endpoint = 7, body = {} }))
    assert.equals('beans.request: body: expected table, got nil', message({ endpoint = 'infill' }))
    assert.equals('beans.request: body: expected table, got string', message({ messages = 'x', body = 'y' }))
    body.check({ endpoint = 'infill', body = {} })
    body.check({ endpoint = 'chat', messages = 'x', body = {} })
  end)

  it('goes to the endpoint that it is for, and says what answer that gives', function()
    local function url(endpoint, base_url)
      local spec = body.spec(endpoint, { base_url = base_url }, nil, {})
      assert.equals(endpoint, spec.format)
      return spec.url
    end
    assert.equals('http://host/v1/chat/completions', url('chat', 'http://host/v1'))
    assert.equals('http://host/v1/completions', url('completions', 'http://host/v1'))
    assert.equals('http://host/infill', url('infill', 'http://host/v1'))
    assert.equals('http://host/v1/llama/infill', url('infill', 'http://host/v1/llama/v1'))
    assert.equals('http://host/infill', url('infill', 'http://host'))
    local models = body.spec('models', { base_url = 'http://host/v1' })
    assert.same({ url = 'http://host/v1/models' }, models)
  end)

  it('lets no param replace the messages', function()
    assert.equals('hello', build({ params = { messages = {} } }).messages[1].content)
  end)

  it('shares nothing with the caller, and keeps marks', function()
    local mark, null = { object = true }, function() end
    local messages = { { role = 'user', content = 'before' } }
    local tools = { { parameters = setmetatable({}, mark) } }
    local built = build({ messages = messages, tools = tools, params = { stop = null } })
    messages[1].content = 'after'
    messages[2] = {}
    assert.same({ { role = 'user', content = 'before' } }, built.messages)
    assert.not_equals(tools[1], built.tools[1])
    assert.equals(mark, getmetatable(built.tools[1].parameters))
    assert.equals(null, built.stop)
  end)

  it('survives tables that hold themselves', function()
    local loop = {}
    loop.loop = loop
    assert.is_table(build({ params = { loop = loop } }).loop)
    loop.more, loop[1] = loop, { loop, loop } -- copied one by one that were 2^200 tables
    local twin = build({ params = { loop = loop } }).loop
    assert.not_equals(loop, twin)
    assert.equals(twin, twin.more)
    assert.equals(twin, twin[1][2])
  end)

  it('raises on wrong types and on nothing else', function()
    local wrong = {
      ['options: expected table, got nil'] = false,
      ['messages: expected table, got nil'] = {},
      ['messages: expected table, got number'] = { messages = 5 },
      ['messages[1]: expected table, got string'] = { messages = { 'x' } },
      ['messages[2].role: expected string, got nil'] = { messages = { { role = 'user' }, {} } },
      ['model: expected string, got number'] = { messages = 'x', model = 5 },
      ['stream: expected boolean, got number'] = { messages = 'x', stream = 1 },
      ['tools: expected table, got string'] = { messages = 'x', tools = 'x' },
      ['params: expected table, got boolean'] = { messages = 'x', params = true },
      ['on_delta: expected function, got string'] = { messages = 'x', on_delta = 'x' },
      ['on_done: expected function, got table'] = { messages = 'x', on_done = {} },
    }
    for message, options in pairs(wrong) do
      local ok, raised = pcall(body.check, options or nil)
      assert.is_false(ok)
      assert.equals('beans.request: ' .. message, raised)
    end
    body.check({ messages = 'x', params = {}, on_done = print })
    body.check({ messages = { { role = 'tool', content = {} } }, unknown = 1 })
  end)
end)
