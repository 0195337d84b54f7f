local fake_host = require('tests.lua.fake_host')

describe('usage', function()
  local host, core, usage, request

  before_each(function()
    local fresh
    host, fresh, core = fake_host.fresh()
    usage = fresh('usage')
    request = fake_host.caller(fresh('client'))
  end)

  local function answer(cost, tokens)
    request()
    host.run()
    core.done(#core.requests, { response = { status = 200, cost_micro_usd = cost }, usage = tokens })
    host.run()
  end

  local function screen(chat)
    return table.concat(usage.lines(chat, {}), '\n'):gsub(' +', ' ')
  end

  local function shows(text, chat)
    assert.truthy(screen(chat):find(text, 1, true), ('no "%s" in\n%s'):format(text, screen(chat)))
  end

  it('tells that nothing was spent', function()
    shows('this session $0.0000 0 0 0')
    shows(os.date('%Y-%m-%d') .. ' $0.0000\n')
  end)

  it('tells request, chat, session, day and month, by model, with a bar', function()
    answer(1500, { prompt_tokens = 100, completion_tokens = 20 })
    answer(500, { prompt_tokens = 1, completion_tokens = 2 })
    shows('last request $0.0005 1 1 2')
    shows('this session $0.0020 2 101 22')
    shows('today, all editors $0.0020 2 101 22')
    shows('this month, all editors $0.0020 2 101 22')
    shows('gpt-5.5 $0.0020 2 101 22')
    shows(os.date('%Y-%m-%d') .. ' $0.0020 ' .. ('█'):rep(30))
    shows('this chat $0.0007 3 4 5', {
      cost_micro_usd = 700,
      requests = 3,
      unknown = 0,
      tokens_in = 4,
      tokens_out = 5,
    })
    shows('Kept in /data/beans/ledger')
  end)

  it('says unknown, never a guess', function()
    answer(nil)
    shows('last request unknown 1 0 0')
    answer(100)
    shows('this session $0.0001 2 0 0 (1 unknown)')
  end)

  it('tells of damaged lines and of rate limits', function()
    host.files[('/data/beans/ledger/%s.tsv'):format(os.date('%Y-%m'))] = 'x\ny\n'
    shows('left out: 2')
    shows('Rate limits: not told by the server')
  end)
end)
