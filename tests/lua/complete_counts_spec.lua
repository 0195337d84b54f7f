local fake_host = require('tests.lua.fake_host')

describe('counts of completions', function()
  local host, counts, path

  before_each(function()
    local fresh
    host, fresh = fake_host.fresh()
    counts = fresh('complete.counts')
    path = ('/data/beans/ledger/completions-%s.tsv'):format(os.date('%Y-%m'))
  end)

  local function add(filetype, kinds)
    for kind, count in pairs(kinds) do
      for _ = 1, count do
        counts.add(kind, filetype)
      end
    end
  end

  local function table_of()
    return table.concat(counts.lines(), '\n'):gsub(' +', ' ') .. '\n'
  end

  local function shows(text)
    assert.truthy(table_of():find(text, 1, true), ('no "%s" in\n%s'):format(text, table_of()))
  end

  --- A new session of another editor.
  local function anew()
    package.loaded['beans.complete.counts'] = nil
    counts = require('beans.complete.counts')
  end

  it('are no table where there are none', function()
    assert.same({}, counts.lines())
  end)

  it('tell session, day and month, by language, with the share that was accepted', function()
    add('lua', { asked = 4, shown = 3, accepted = 2, cached = 1, cancelled = 1 })
    add('', { asked = 1 })
    add('c', { asked = 5, shown = 1 })
    shows('Completions asked shown accepted rate cached cancelled\n')
    shows('this session 10 4 2 50 % 1 1\n c 5 1 0 0 % 0 0\n lua 4 3 2 67 % 1 1\n no file type 1 0 0 - 0 0\n')
    shows('today, all editors 10 4 2 50 % 1 1\nthis month, all editors 10 4 2 50 % 1 1\n c 5 1 0')
  end)

  it('are written a minute after the first, in one go, and hold nothing but counts', function()
    add('lua', { asked = 2 })
    host.run(59000)
    assert.is_nil(host.files[path])
    add('c', { shown = 1 })
    host.run(1000)
    local time, lines = '1\t%d+\t', host.files[path]
    assert.truthy(lines:match('^' .. time .. 'lua\t2\t0\t0\t0\t0\t%d+\n' .. time .. 'c\t0\t1\t0\t0\t0\t%d+\n$'), lines)
    host.run(120000)
    assert.equals(lines, host.files[path])
    add('lua', { asked = 1 })
    host.run(60000)
    shows('this month, all editors 3 1 0')
  end)

  it('are written when the editor quits', function()
    add('lua', { asked = 1 })
    host.quit()
    anew()
    shows('this session 0 0 0 - 0 0\ntoday, all editors 1 0 0')
  end)

  it('are those of all editors', function()
    add('lua', { asked = 1 })
    counts.lines()
    anew()
    add('lua', { asked = 2 })
    shows('this session 2 ')
    shows('today, all editors 3 ')
  end)

  it('survive a full disk and damaged lines', function()
    host.full_disk = true
    add('lua', { asked = 1 })
    host.run(60000)
    shows('this session 1 ')
    host.full_disk = false
    add('lua', { asked = 1 })
    host.run(60000)
    host.files[path] = 'garbage\n' .. host.files[path]
    anew()
    shows('today, all editors 2 ')
  end)

  it('hold no file type that would break a line', function()
    add('a\tb\nc', { asked = 1 })
    shows('this month, all editors 1 0 0 - 0 0\n a b c 1')
  end)

  it('stand in the usage, with what completion has cost', function()
    local usage = require('beans.usage')
    require('beans.session').add({ feature = 'complete', cost_micro_usd = 5 })
    require('beans.ledger').add({ feature = 'complete', kind = 'done', cost_micro_usd = 7 })
    local text = table.concat(usage.lines(nil, { 'Completions' }), '\n'):gsub(' +', ' ')
    for _, wanted in ipairs({
      'this session $0.000005 1 0 0\n for completion $0.000005 1 0 0\n',
      'this month, all editors $0.000007 1 0 0\n for completion $0.000007 1 0 0\n',
      '\n\nCompletions\n\nThe last',
    }) do
      assert.truthy(text:find(wanted, 1, true), ('no "%s" in\n%s'):format(wanted, text))
    end
  end)
end)
