local fake_host = require('tests.lua.fake_host')

describe('question', function()
  local question

  before_each(function()
    local host, fresh = fake_host.fresh()
    function host.cwd()
      return '/project'
    end
    function host.buf_named()
      return nil
    end
    question = fresh('chat.question')
  end)

  local BLOCK = '[@file:a.lua · lines 1-1 · ~3 tokens]\n```lua\nlocal a\n```'
  local RULE = { name = 'AGENTS.md', text = 'Use tabs.' }

  local function messages(...)
    local list = {}
    for i, content in ipairs({ ... }) do
      list[i] = { role = i % 2 == 1 and 'user' or 'assistant', content = content }
    end
    return list
  end

  local function outgoing(list, gathered)
    gathered = gathered or {}
    gathered.settings = gathered.settings or { model = 'm', params = {}, system_prompt = 'Be.' }
    return question.outgoing(list, #list, gathered)
  end

  local function labels(parts)
    local list = {}
    for i, part in ipairs(parts) do
      list[i] = ('%s/%d'):format(part.label, part.message)
    end
    return table.concat(list, ' ')
  end

  it('is sent as it stands, and told in parts', function()
    local out = outgoing(messages('one', 'two', 'look\n\n' .. BLOCK .. '\n\nand tell'))
    assert.same({ 'Be.', 'one', 'two', 'look\n\n' .. BLOCK .. '\n\nand tell' }, {
      out.messages[1].content,
      out.messages[2].content,
      out.messages[3].content,
      out.messages[4].content,
    })
    assert.equals('System/1 You/2 Beans/3 You/4 @file:a.lua/4 You/4', labels(question.parts(out)))
    assert.same({}, out.problems)
  end)

  it('goes with the rules of a project, in the system message', function()
    local out = outgoing(messages('one'), { rule = RULE })
    assert.equals(2, #out.messages)
    assert.is_truthy(out.messages[1].content:find('^Be%.\n\n.*AGENTS%.md.*Use tabs%.$'))
    assert.equals('System/1 project rules (AGENTS.md)/1 You/2', labels(question.parts(out)))
    out = outgoing(messages('one'), { rule = RULE, settings = { model = 'm', params = {} } })
    assert.equals('system', out.messages[1].role)
    assert.is_truthy(out.messages[1].content:find('Use tabs.', 1, true))
    assert.equals('project rules (AGENTS.md)/1 You/2', labels(question.parts(out)))
  end)

  it('tells what of it can not be sent', function()
    local out = outgoing(messages('[@image:none.png · 1 KB · ~85 tokens]'))
    assert.is_truthy(out.problems[1]:find('@image:none.png', 1, true), out.problems[1])
  end)

  it('leaves out of the messages what a plan drops', function()
    local list = messages('one', 'two', 'three')
    local out = outgoing(list)
    local dropped = {}
    for _, part in ipairs(question.parts(out)) do
      if part.message == 2 or part.message == 3 then
        dropped[#dropped + 1] = part
      end
    end
    local kept = question.kept(out, { dropped = dropped })
    assert.same({ 'Be.', 'three' }, { kept[1].content, kept[2].content })
    assert.equals(2, #kept)
  end)

  it('fits where nobody knows the limit', function()
    assert.is_nil(question.plan(outgoing(messages(('x '):rep(1000))), { model = 'm', params = {} }))
  end)

  it('is cut where the model takes less, and only there', function()
    local settings, limit = { model = 'm', params = { max_tokens = 10 } }, nil
    package.loaded['beans.models'].limit = function()
      return limit
    end
    for _, word in ipairs({ 'x ', '()', 'ü', '語', '🫘' }) do
      local out = outgoing(messages('one', 'two', word:rep(300)))
      local sum = 0
      for _, part in ipairs(question.parts(out)) do
        sum = sum + part.tokens
      end
      limit = sum + 10
      assert.is_nil(question.plan(out, settings), word)
      limit = sum + 9
      assert.is_truthy(question.plan(out, settings).text:find('Left out would be'), word)
    end
  end)

  it('has an image counted by its size, not by its line', function()
    package.loaded['beans.models'].limit = function()
      return 500
    end
    local out = outgoing(messages('[@image:a.png · 1 KB · ~765 tokens]'))
    assert.is_false(question.plan(out, { model = 'm', params = { max_tokens = 10 } }).fits)
  end)
end)
