local fake_host = require('tests.lua.fake_host')

describe('log', function()
  local log, words

  before_each(function()
    local _, fresh = fake_host.fresh()
    log, words = fresh('log'), fresh('words')
  end)

  local function facts(id)
    return { id = id, feature = 'chat', kind = 'done', attempts = 1, timing = {} }
  end

  it('hides known keys and whatever looks like one', function()
    log.secret('geheim%d+')
    log.secret('geheim%d+longer')
    assert.equals('*** and *** and geheim5', log.redact('geheim%d+ and geheim%d+longer and geheim5'))
    assert.equals('Bearer sk-***, task-force', log.redact('Bearer sk-beans-0123456789_ab, task-force'))
    assert.equals('sk-learn', log.redact('sk-learn'))
  end)

  it('does not take words apart for a key that is none', function()
    log.secret('')
    log.secret('x')
    assert.equals('exact', log.redact('exact'))
  end)

  it('makes foreign text one clean line', function()
    assert.equals('a b c d', log.line('\n a\r\nb\tc\194\155d\27 '))
    assert.equals('a b', log.line('a\0b'))
  end)

  it('cuts at 1,000 characters, between characters, after hiding', function()
    assert.equals(('é'):rep(1000), log.line(('é'):rep(1500)))
    log.secret('geheimnis')
    assert.equals(('x'):rep(998) .. '**', log.line(('x'):rep(998) .. 'geheimnis'))
  end)

  it('describes a request', function()
    log.add({
      id = 3,
      feature = 'chat',
      model = 'gpt-5.5',
      kind = 'http',
      status = 503,
      attempts = 3,
      request_id = 'req_1',
      cost_micro_usd = 1234,
      timing = { first_byte_ms = 10.4, first_delta_ms = 11, total_ms = 50, reused = true },
      time = '2026-01-31T12:00:00Z',
    }, 'api.example.com', 'overloaded', 'sent without seed')
    local line = log.lines()[1]
    assert.equals(
      '2026-01-31T12:00:00Z · #3 chat · gpt-5.5 · api.example.com · status 503 · http'
        .. ' · first byte 10 ms · first text 11 ms · total 50 ms'
        .. ' · warm · 3 attempts · $0.0012 · request id req_1 · sent without seed · overloaded',
      line
    )
  end)

  it('keeps the last 200, the latest first', function()
    assert.same({ 'no request has ended yet' }, log.lines())
    assert.is_nil(log.last())
    for id = 1, 250 do
      log.add(facts(id), 'host')
    end
    local lines = log.lines()
    assert.equals(200, #lines)
    assert.truthy(lines[1]:find('#250 ', 1, true))
    assert.truthy(lines[200]:find('#51 ', 1, true))
    assert.equals(250, log.last().id)
  end)

  it('never lists a key', function()
    log.secret('geheimnis')
    log.add(facts(1), 'host', 'wrong key geheimnis')
    assert.is_nil(log.lines()[1]:find('geheimnis', 1, true))
  end)

  it('has words for money and time', function()
    assert.same(
      { '$0.0000', '$0.000005', '$0.0012', '$12.3457' },
      { words.money(0), words.money(5), words.money(1234), words.money(12345678) }
    )
    assert.same(
      { '0.5 s', '12 s', '3 min', '2 h' },
      { words.duration(0.5), words.duration(12), words.duration(180), words.duration(7200) }
    )
  end)
end)
