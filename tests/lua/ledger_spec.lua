local fake_host = require('tests.lua.fake_host')

describe('ledger', function()
  local host, ledger, path

  before_each(function()
    local fresh
    host, fresh = fake_host.fresh()
    ledger = fresh('ledger')
    path = ('/data/beans/ledger/%s.tsv'):format(os.date('%Y-%m'))
  end)

  local function add(cost, model, usage)
    ledger.add({
      feature = 'chat',
      model = model or 'gpt-5.5',
      kind = 'done',
      status = 200,
      cost_micro_usd = cost,
      usage = usage,
    })
  end

  it('sums exactly, by day, model and all', function()
    add(1, 'a', { prompt_tokens = 10, completion_tokens = 2 })
    add(9007199254740000, 'b')
    add(900, 'a')
    local month = ledger.month()
    assert.equals(9007199254740901, month.all.cost_micro_usd)
    assert.same({ cost_micro_usd = 901, requests = 2, unknown = 0, tokens_in = 10, tokens_out = 2 }, month.models.a)
    assert.equals(9007199254740901, ledger.today().cost_micro_usd)
  end)

  it('counts what nobody told, and guesses nothing', function()
    add(nil)
    add(5)
    assert.same({ 5, 2, 1 }, { ledger.today().cost_micro_usd, ledger.today().requests, ledger.today().unknown })
    add(5.5)
    assert.equals(2, ledger.today().unknown)
  end)

  it('sees what other editors append, and survives a new session', function()
    add(5)
    assert.equals(5, ledger.today().cost_micro_usd)
    local line = host.files[path]
    host.files[path] = line .. line
    assert.equals(10, ledger.today().cost_micro_usd)
    package.loaded['beans.ledger'] = nil
    assert.equals(10, require('beans.ledger').today().cost_micro_usd)
  end)

  it('leaves damaged lines out and counts them', function()
    add(5)
    local line = host.files[path]
    host.files[path] = table.concat({
      line,
      line:sub(1, 20) .. line,
      'garbage\n',
      line:gsub('\t5\t', '\t55555\t'),
      '\0\255\n',
      line:sub(1, -3) .. '\n',
      line,
    })
    assert.equals(10, ledger.today().cost_micro_usd)
    assert.equals(5, ledger.month().damaged)
  end)

  it('leaves a line that is still being written for later', function()
    add(5)
    local line = host.files[path]
    host.files[path] = line .. line:sub(1, 10)
    assert.same({ 5, 0 }, { ledger.today().cost_micro_usd, ledger.month().damaged })
    host.files[path] = line .. line
    assert.same({ 10, 0 }, { ledger.today().cost_micro_usd, ledger.month().damaged })
  end)

  it('begins anew when its file was deleted', function()
    add(5)
    ledger.today()
    host.files[path] = nil
    assert.equals(0, ledger.today().cost_micro_usd)
    add(7)
    assert.equals(7, ledger.today().cost_micro_usd)
  end)

  it('knows what a model has cost this month, also from other editors', function()
    assert.is_nil(ledger.price('a'))
    add(300, 'a', { prompt_tokens = 100, completion_tokens = 10 })
    local line = host.files[path]
    assert.equals(1, ledger.price('a').requests)
    host.files[path] = line .. line
    add(nil, 'a', { prompt_tokens = 100, completion_tokens = 10 })
    add(300, 'b', {})
    assert.same({ 2, 600, 200, 20 }, {
      ledger.price('a').requests,
      ledger.price('a').cost,
      ledger.price('a').tokens_in,
      ledger.price('a').tokens_out,
    })
    assert.equals(0, ledger.price('b').requests)
  end)

  it('lists days up to today, with those on which nothing was spent', function()
    add(5)
    local days = ledger.days(30)
    assert.equals(30, #days)
    assert.same({ os.date('%Y-%m-%d'), 5 }, { days[30].day, days[30].sum.cost_micro_usd })
    assert.equals(0, days[29].sum.cost_micro_usd)
    for i = 2, 30 do
      assert.is_true(days[i - 1].day < days[i].day)
    end
  end)

  it('keeps no names that break a line, and no secret', function()
    add(5, 'a\tb\nc sk-beans-0123456789')
    assert.is_nil(host.files[path]:find('sk-beans', 1, true))
    assert.equals(5, ledger.today().cost_micro_usd)
    assert.equals(0, ledger.month().damaged)
  end)

  it('says once that it cannot be written', function()
    host.full_disk = true
    add(5)
    add(5)
    assert.equals(1, #host.notes)
    assert.truthy(host.notes[1].text:find('no space left', 1, true))
  end)

  it('leaves out lists of models that cost nothing', function()
    ledger.add({ feature = 'models', kind = 'done', status = 200 })
    assert.is_nil(host.files[path])
  end)

  it('follows data_dir', function()
    host.user = { data_dir = '/elsewhere' }
    add(5)
    assert.truthy(host.files['/elsewhere/ledger/' .. os.date('%Y-%m') .. '.tsv'])
  end)
end)
