local foot = require('beans.foot')

describe('foot', function()
  local function line(changes)
    local facts = {
      model = 'gpt-5.5',
      usage = { prompt_tokens = 120, completion_tokens = 340, prompt_tokens_details = { cached_tokens = 80 } },
      timing = { first_delta_ms = 420, total_ms = 4420 },
      cost_micro_usd = 1234,
    }
    for name, value in pairs(changes or {}) do
      facts[name] = value ~= 'none' and value or nil
    end
    return foot.line(facts)
  end

  it('tells model, tokens, times and cost', function()
    assert.equals('gpt-5.5 · 120 → 340 tokens (80 cached) · first 0.42 s · 85 tokens/s · $0.0012', line())
  end)

  it('leaves out what nobody told', function()
    assert.equals('gpt-5.5 · first 0.42 s · cost unknown', line({ usage = 'none', cost_micro_usd = 'none' }))
    assert.equals('gpt-5.5 · ? → 3 tokens · $0.0012', line({ usage = { completion_tokens = 3 }, timing = 'none' }))
    assert.equals(
      'gpt-5.5 · 0 → 0 tokens · first 0.42 s · $0.0000',
      line({ usage = { prompt_tokens = 0, completion_tokens = 0 }, cost_micro_usd = 0 })
    )
    assert.equals('unknown model · $0.0012', foot.line({ cost_micro_usd = 1234 }))
  end)

  it('is not there when nobody answered', function()
    assert.is_nil(foot.line({ model = 'gpt-5.5' }))
    assert.is_nil(line({ usage = 'none', cost_micro_usd = 'none', timing = { total_ms = 3 } }))
  end)

  it('tells no speed where there is too little to tell it from', function()
    for _, timing in ipairs({ { first_delta_ms = 420, total_ms = 430 }, { first_delta_ms = 420 } }) do
      assert.is_nil(line({ timing = timing }):find('tokens/s', 1, true))
    end
    assert.is_nil(line({ usage = { prompt_tokens = 1, completion_tokens = 1 } }):find('tokens/s', 1, true))
  end)

  it('is one line, whatever a server writes', function()
    local odd = {
      { model = 'a\nb\27[2J' },
      { usage = { prompt_tokens = 'many', completion_tokens = -1, prompt_tokens_details = 7 } },
      { usage = { prompt_tokens = 1.5, completion_tokens = 2 ^ 60 } },
      { usage = { prompt_tokens = 1, prompt_tokens_details = { cached_tokens = '3' } } },
      { usage = 'nothing' },
    }
    for _, changes in ipairs(odd) do
      assert.is_nil(line(changes):find('%c'))
    end
    assert.equals('a b [2J', line({ model = 'a\nb\27[2J' }):match('^(.-) · '))
    assert.equals('gpt-5.5 · first 0.42 s · $0.0012', line(odd[2]))
  end)
end)
