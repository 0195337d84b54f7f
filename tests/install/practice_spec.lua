-- The practice server: whom a newcomer talks to who has no key.

local child = require('tests.editor.child')

describe('the practice server', function()
  local server, port

  setup(function()
    server = vim.system({ 'build/replay', '--practice', '--stdin' }, {
      stdin = true,
      stdout = function(_, text)
        port = port or (text and text:match('listening (%d+)'))
      end,
    })
    child.await('the server', 5000, function()
      return port
    end)
  end)

  teardown(function()
    server:kill('sigterm')
    server:wait(5000)
  end)

  --- Asks it; gives the head of its answer and the body.
  local function ask(path, body)
    local argv = { 'curl', '-sSiN', '--noproxy', '*', ('http://127.0.0.1:%s/v1%s'):format(port, path) }
    if body then
      vim.list_extend(argv, { '--data-binary', vim.json.encode(body) })
    end
    local run = vim.system(argv, { timeout = 30000 }):wait()
    assert.are.equal(0, run.code, run.stderr)
    return run.stdout:match('^(.-\r\n\r\n)(.*)$')
  end

  --- The answer to messages, whole. `more` are other members of the body.
  local function answer_to(messages, more)
    local _, body =
      ask('/chat/completions', vim.tbl_extend('force', { model = 'gpt-5.5', messages = messages }, more or {}))
    return vim.json.decode(body).choices[1].message.content
  end

  local function user(text)
    return { role = 'user', content = text }
  end

  --- Fails unless it tells what the plugin wants to show.
  local function tells_money_and_limits(head)
    assert.is_truthy(head:match('\r\nX%-Request%-Cost%-Micro%-Usd: %d+\r\n'), head)
    assert.is_truthy(head:match('\r\nX%-Request%-Id: practice%-%d+\r\n'), head)
    for _, what in ipairs({ 'Requests', 'Tokens' }) do
      for _, part in ipairs({ 'Limit', 'Remaining', 'Reset' }) do
        assert.is_truthy(head:match(('\r\nX%%-RateLimit%%-%s%%-%s: %%d+s?\r\n'):format(part, what)), head)
      end
    end
  end

  it('gives a title when it is asked for one', function()
    local asked = { { role = 'system', content = 'Give the conversation a title.' }, user('Question: how?') }
    assert.are.equal('A first chat with Beans', answer_to(asked, { stream = false }))
  end)

  it('lists its models, among them the default one', function()
    local head, body = ask('/models')
    local ids = {}
    for _, model in ipairs(vim.json.decode(body).data) do
      ids[model.id] = true
    end
    assert.is_true(ids['gpt-5.5'] and vim.tbl_count(ids) > 1)
    tells_money_and_limits(head)
  end)

  it('says first what it is, and how to set a key', function()
    local text = answer_to({ user('Hello') })
    assert.is_truthy(text:find('practice server', 1, true), text)
    assert.is_truthy(text:find('BEANS_API_KEY', 1, true), text)
  end)

  it('streams at the pace of a model, with cost, limits and usage', function()
    local began = vim.uv.hrtime()
    local head, body = ask('/chat/completions', {
      model = 'gpt-5.5',
      messages = { user('Hello') },
      stream = true,
      stream_options = { include_usage = true },
    })
    local seconds = (vim.uv.hrtime() - began) / 1e9
    local text, records, usage = '', 0, nil
    for json in body:gmatch('data: ({.-})\n\n') do
      local record = vim.json.decode(json)
      records = records + 1
      text = text .. (record.choices[1] and record.choices[1].delta.content or '')
      usage = record.usage or usage
    end
    assert.are.equal(answer_to({ user('Hello') }), text)
    assert.is_true(records / seconds < 110, records / seconds .. ' a second') -- fewer on a busy machine
    assert.is_true(usage.completion_tokens > 50)
    assert.is_truthy(body:match('data: %[DONE%]\n\n$'))
    assert.is_truthy(head:match('text/event%-stream'))
    tells_money_and_limits(head)
  end)

  it('knows the conversation', function()
    local text = answer_to({ user('Hello'), { role = 'assistant', content = 'Hi' }, user('Nice day') })
    assert.is_truthy(text:find('Nice day', 1, true) and text:find('3 messages', 1, true), text)
  end)

  it('answers a rewrite with the code, changed', function()
    local text = answer_to({ user('Rewrite this:\n```lua\n-- adds\nreturn a + b\n```\n') })
    assert.are.equal('```\n-- Adds\nreturn a + b\n```\n', text)
  end)

  it('answers what the plugin asks for a rewrite', function()
    local instructions = { role = 'system', content = 'You rewrite text.' }
    local asked = 'What stands before:\n```lua\n-- no\n```\n\nThe text, line 2.\n```lua\n  return 1\n```\n\nShorter.'
    assert.are.equal(
      '```\n  -- the practice server was here\n  return 1\n```\n',
      answer_to({ instructions, user(asked) })
    )
    local before = { role = 'assistant', content = '```lua\n-- one\n```' }
    assert.are.equal('```\n-- One\n```\n', answer_to({ instructions, user(asked), before, user('Now longer.') }))
    assert.is_truthy(answer_to({ instructions, user('Write it.') }):find('practice server', 1, true))
  end)

  it('answers a completion with code alone', function()
    local instructions = { role = 'system', content = 'Complete the code at the cursor.' }
    local text = answer_to({ instructions, user('function f()\n  ') })
    assert.is_true(text ~= '' and not text:find('[`\n]'), text)
  end)

  it('refuses what it does not know', function()
    local head, body = ask('/chat/completions', { model = 'none', messages = { user('x') } })
    assert.is_truthy(head:match('^HTTP/1.1 404 '))
    assert.are.equal('model_not_found', vim.json.decode(body).error.code)
  end)
end)
