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

  it('lists days of last month, from the file of last month', function()
    local real = os.time
    finally(function()
      os.time = real -- luacheck: ignore
    end)
    local function on(day)
      local now = real({ year = 2026, month = 3, day = day, hour = 12 })
      os.time = function(date) -- luacheck: ignore
        return date and real(date) or now
      end
    end
    on(0)
    add(7)
    on(2)
    add(5)
    assert.truthy(host.files['/data/beans/ledger/2026-02.tsv'])
    local days = ledger.days(3)
    assert.same({ '2026-02-28', '2026-03-01', '2026-03-02' }, { days[1].day, days[2].day, days[3].day })
    assert.same({ 7, 0, 5 }, {
      days[1].sum.cost_micro_usd,
      days[2].sum.cost_micro_usd,
      days[3].sum.cost_micro_usd,
    })
    assert.equals(5, ledger.month().all.cost_micro_usd)
  end)

  it('reads a long month in slices, and calls back at once when there is little', function()
    add(5)
    host.files[path] = host.files[path]:rep(5000)
    local read, longest, ready = host.read_file_from, 0, 0
    host.read_file_from = function(...)
      local text, size = read(...)
      longest = math.max(longest, #text)
      return text, size
    end
    local function catch_up()
      ledger.catch_up(1, function()
        ready = ready + 1
      end)
    end
    catch_up()
    assert.equals(0, ready)
    host.run()
    assert.same({ 1, 25000 }, { ready, ledger.today().cost_micro_usd })
    assert.is_true(longest <= 8192, tostring(longest))
    host.files[path] = host.files[path] .. 'a line that is being written'
    catch_up()
    assert.equals(2, ready)
  end)

  it('keeps no names that break a line, and no secret', function()
    add(5, 'a\tb\nc sk-beans-0123456789')
    ledger.add({ feature = 'a\tb\nc', model = 'm', kind = 'done', status = 200, cost_micro_usd = 7 })
    assert.is_nil(host.files[path]:find('sk-beans', 1, true))
    assert.equals(12, ledger.today().cost_micro_usd)
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
