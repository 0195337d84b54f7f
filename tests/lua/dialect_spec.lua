describe('dialect', function()
  local dialect

  before_each(function()
    package.loaded['beans.dialect'] = nil
    dialect = require('beans.dialect')
  end)

  local function body(fields)
    local made = { model = 'm', messages = {}, stream = true }
    for name, value in pairs(fields) do
      made[name] = value
    end
    return made
  end

  it('drops a parameter that the model does not take, and remembers it', function()
    local sent = body({ temperature = 0.5, seed = 1 })
    local failure = { message = 'Not for this model', code = 'unsupported_parameter', param = 'temperature' }
    assert.equals('sent without temperature', dialect.learn('m', failure, 400, sent))
    assert.same(body({ seed = 1 }), sent)
    local later = body({ temperature = 1, seed = 2 })
    dialect.apply('m', later)
    assert.same(body({ seed = 2 }), later)
    local other = body({ temperature = 1 })
    dialect.apply('other', other)
    assert.same(body({ temperature = 1 }), other)
  end)

  it('takes over the new name that the server gives', function()
    local failure = {
      message = "Unsupported parameter: 'max_tokens' is not supported here. Use 'max_completion_tokens' instead.",
    }
    local sent = body({ max_tokens = 100 })
    assert.equals('sent max_tokens as max_completion_tokens', dialect.learn('m', failure, 400, sent))
    assert.same(body({ max_completion_tokens = 100 }), sent)
    local later = body({ max_tokens = 7 })
    dialect.apply('m', later)
    assert.same(body({ max_completion_tokens = 7 }), later)
    local without = body({})
    dialect.apply('m', without)
    assert.same(body({}), without)
  end)

  it('finds the parameter in the text, and under a dotted name', function()
    local failure = { message = 'Unrecognized request argument supplied: seed' }
    assert.equals('sent without seed', dialect.learn('m', failure, 400, body({ seed = 1 })))
    local dotted = { message = 'Unknown parameter', param = 'stream_options.include_usage' }
    assert.equals('sent without stream_options', dialect.learn('m', dotted, 400, body({ stream_options = {} })))
  end)

  it('never touches what makes the request', function()
    for _, name in ipairs({ 'model', 'messages', 'stream', 'tools', 'prompt', 'suffix' }) do
      local failure = { message = 'unsupported ' .. name, param = name }
      assert.is_nil(dialect.learn('m', failure, 400, body({ tools = {}, prompt = 'x', suffix = 'y' })), name)
    end
    local sent = body({ temperature = 1 })
    local forged = { message = "Unsupported: temperature. Use 'messages' instead", param = 'temperature' }
    assert.equals('sent without temperature', dialect.learn('m', forged, 400, sent))
    assert.same(body({}), sent)
  end)

  it('learns nothing from other failures', function()
    local failure = { message = 'unsupported parameter', param = 'seed' }
    assert.is_nil(dialect.learn('m', failure, 422, body({ seed = 1 })))
    assert.is_nil(dialect.learn('m', failure, nil, body({ seed = 1 })))
    assert.is_nil(dialect.learn('m', failure, 400, body({})))
    assert.is_nil(dialect.learn('m', { message = 'seed must be positive', param = 'seed' }, 400, body({ seed = -1 })))
  end)
end)
