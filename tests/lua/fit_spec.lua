local fit = require('beans.chat.fit')

describe('fit', function()
  --- Messages from their roles' first letters and tokens: 's10 u5 a7'.
  local function messages(text)
    local list = {}
    for role, tokens in text:gmatch('(%a)(%d+)') do
      local roles = { s = 'system', u = 'user', a = 'assistant' }
      list[#list + 1] = { role = roles[role], tokens = tonumber(tokens) }
    end
    return list
  end

  local function short(list)
    local out = {}
    for i, message in ipairs(list) do
      out[i] = message.role:sub(1, 1) .. message.tokens
    end
    return table.concat(out, ' ')
  end

  local function plan(text, limit, reserve)
    local made = fit.plan(messages(text), limit, reserve or 0)
    return short(made.kept), short(made.dropped), made
  end

  it('keeps all that fits, without a word', function()
    local kept, dropped, made = plan('s10 u20 a30 u40', 100)
    assert.same({ 's10 u20 a30 u40', '', 100 }, { kept, dropped, made.tokens })
    assert.is_true(made.fits)
    assert.is_nil(made.text)
  end)

  it('leaves nothing out when the limit is not known', function()
    local kept, dropped, made = plan('u100000 a5 u6', nil)
    assert.same({ 'u100000 a5 u6', '' }, { kept, dropped })
    assert.is_true(made.fits)
  end)

  it('leaves whole exchanges out, the oldest first, no more than it takes', function()
    local kept, dropped, made = plan('s10 u20 a30 u21 a31 u41', 110)
    assert.same({ 's10 u21 a31 u41', 'u20 a30', 103 }, { kept, dropped, made.tokens })
    kept, dropped, made = plan('s10 u20 a30 u21 a31 u41', 100)
    assert.same({ 's10 u41', 'u20 a30 u21 a31', 51 }, { kept, dropped, made.tokens })
    assert.equals(
      '~153 tokens are too many: the model takes 100 tokens, 0 of them for the answer.'
        .. ' Left out would be the oldest 2 questions with their answers (~102 tokens)',
      made.text
    )
  end)

  it('never leaves out a system prompt or the last question', function()
    local kept, dropped, made = plan('s1000 a5 u20 a30 s50 u41 a7', 500, 100)
    assert.same({ 's1000 s50 u41 a7', 'a5 u20 a30', false }, { kept, dropped, made.fits })
    assert.equals(
      '~1,153 tokens are too many even without the oldest 2 questions with their answers: the model takes 500 tokens,'
        .. ' 100 of them for the answer. The last question and the system prompt have to be ~698 tokens shorter',
      made.text
    )
    assert.truthy(select(3, plan('u50', 20)).text:find('^~50 tokens are too many: '))
    assert.equals('a50', (plan('a50', 20)))
    assert.equals('', (plan('', 20)))
  end)

  it('keeps parts of a message together', function()
    local list = messages('s1 u20 u21 a30 u40 u41')
    list[2].message, list[3].message = 1, 1
    list[5].message, list[6].message = 3, 3
    local made = fit.plan(list, 90, 0)
    assert.same({ 's1 u40 u41', 'u20 u21 a30' }, { short(made.kept), short(made.dropped) })
    assert.truthy(made.text:find('the oldest question with its answer (~71 tokens)', 1, true))
  end)

  it('reserves what the parameters ask for, or a fair part', function()
    assert.equals(500, fit.reserve({ max_tokens = 500 }, 1000))
    assert.equals(600, fit.reserve({ max_tokens = 500, max_completion_tokens = 600 }, 1000))
    assert.equals(4096, fit.reserve({}, 128000))
    assert.equals(512, fit.reserve({ max_tokens = 'many' }, 2048))
    assert.equals(1024, fit.reserve({}, nil))
  end)

  it('loses and changes no message, whatever there is', function()
    math.randomseed(3)
    for _ = 1, 500 do
      local list, roles = {}, { 'system', 'user', 'assistant' }
      for i = 1, math.random(0, 12) do
        list[i] = { role = roles[math.random(3)], tokens = math.random(0, 50) }
      end
      local made = fit.plan(list, math.random(1, 300), math.random(0, 50))
      local seen = {}
      for _, part in ipairs({ made.kept, made.dropped }) do
        for _, message in ipairs(part) do
          assert.is_nil(seen[message])
          seen[message] = true
        end
      end
      for _, message in ipairs(list) do
        assert.is_true(seen[message])
      end
      for _, message in ipairs(made.dropped) do
        assert.are_not.equal('system', message.role)
      end
    end
  end)
end)
