-- What answers cost: shown as it comes, kept on disk, shared by all editors, and stopped by a budget.

local bench_of = require('tests.editor.bench')
local chat_rig = require('tests.editor.chat_rig')

describe('money', function()
  local bench, editor

  before_each(function()
    bench = bench_of.start()
    bench:script(
      'paid',
      'header Content-Type: text/event-stream\nheader X-Request-Cost-Micro-Usd: 3000000001\n'
        .. 'delta "an answer"\nfinish stop\nusage 12 34\ndone'
    )
  end)

  after_each(function()
    bench:stop()
  end)

  --- A folder for data that two editors share.
  local function start(beans)
    beans = vim.tbl_extend('force', { data_dir = bench.dir .. '/data' }, beans or {})
    return bench:editor('paid', { beans = beans, size = { rows = 50, cols = 120 } })
  end

  local function ask(count)
    editor:lua(
      [[
        BEANS_TEST = {}
        for _ = 1, ... do
          require('beans').request({
            messages = 'x',
            on_done = function(result) table.insert(BEANS_TEST, result.cost_micro_usd) end,
            on_error = function(err) table.insert(BEANS_TEST, err.kind .. ': ' .. err.message) end,
          })
        end
      ]],
      count
    )
    return editor:wait('the answers', function()
      local got = editor:lua('return BEANS_TEST')
      return #got == count and got
    end)
  end

  local function usage()
    editor:ex('Beans usage')
    local text = table.concat(editor:eval("getline(1, '$')"), '\n'):gsub(' +', ' ')
    editor:ex('close')
    return text
  end

  it('is exact beyond 32 bits, in events, status and status line', function()
    editor = start()
    if editor.is_vim then
      editor:ex('autocmd User BeansRequestFinished let g:cost = g:beans_event.cost_micro_usd')
    else
      editor:lua([[
        vim.api.nvim_create_autocmd('User', {
          pattern = 'BeansRequestFinished',
          callback = function(args) vim.g.cost = args.data.cost_micro_usd end,
        })
      ]])
    end
    assert.is_true(editor:lua('return true') and ask(2)[1] == 3000000001)
    assert.are.equal('3000000001', editor:eval("printf('%d', g:cost)"))
    assert.is_true(editor:lua("return require('beans').status().session_cost_micro_usd == 6000000002"))
    assert.are.equal('$6000.0000', editor:lua("return require('beans').statusline()"))
  end)

  it('is a table with a bar for each day', function()
    editor = start()
    editor:keys(':Beans chat hi<CR>')
    editor:wait_screen('$3000.0000')
    editor:keys(':Beans usage<CR>')
    editor:wait('the usage', function()
      return editor:eval("bufname('%')") == 'beans://usage'
    end)
    local text = table.concat(editor:eval("getline(1, '$')"), '\n'):gsub(' +', ' ')
    for _, wanted in ipairs({
      'last request $3000.0000 1 12 34',
      'this chat $3000.0000 1 12 34',
      'today, all editors $3000.0000 1 12 34',
      os.date('%Y-%m-%d') .. ' $3000.0000 ███',
    }) do
      assert.is_truthy(text:find(wanted, 1, true), ('no "%s" in\n%s'):format(wanted, text))
    end
  end)

  it('survives a crash, and is the sum of all editors', function()
    editor = start()
    ask(3)
    vim.uv.kill(editor.pid, 'sigkill')
    editor = start()
    local other = start()
    ask(2)
    local mine = editor
    editor = other
    ask(1)
    assert.is_truthy(usage():find('today, all editors $18000.0000 6', 1, true), usage())
    editor = mine
    assert.is_truthy(usage():find('today, all editors $18000.0000 6', 1, true), usage())
    assert.is_truthy(usage():find('this session $6000.0000 2', 1, true), usage())
    local files = vim.fn.glob(bench.dir .. '/data/ledger/*', true, true)
    assert.are.equal(1, #files)
    assert.are.equal('rw-------', vim.fn.getfperm(files[1]))
    assert.are.equal('rwx------', vim.fn.getfperm(bench.dir .. '/data/ledger'))
  end)

  it('of an answer that quitting cut off is kept', function()
    bench:script(
      'endless',
      'header Content-Type: text/event-stream\nheader X-Request-Cost-Micro-Usd: 1234567\npace 20\n'
        .. 'repeat 100000\ndelta "%d "\nend'
    )
    editor = start({ base_url = bench:url('endless') })
    editor:keys(':Beans chat hi<CR>')
    editor:wait_screen('3 4 5')
    editor:quit('qall!')
    editor = start()
    assert.is_truthy(usage():find('today, all editors $1.2346 1', 1, true), usage())
  end)

  it('loses no line when two editors write at once', function()
    local editors = { start(), start() }
    for _, one in ipairs(editors) do
      one:lua([[
        local ledger, count = require('beans.ledger'), 0
        local function more()
          for _ = 1, 10 do
            count = count + 1
            ledger.add({ feature = 'chat', model = 'm' .. count, kind = 'done', status = 200, cost_micro_usd = 1 })
          end
          if count < 1000 then
            require('beans.host').defer(1, more)
          else
            BEANS_TEST = true
          end
        end
        more()
      ]])
    end
    for _, one in ipairs(editors) do
      one:wait('its lines', function()
        return one:lua('return BEANS_TEST or false')
      end, 20000)
    end
    local month = editors[1]:lua("local m = require('beans.ledger').month() return { m.all.requests, m.damaged }")
    assert.are.same({ 2000, 0 }, month)
  end)

  it('goes on behind a line that a crash has torn', function()
    local path = ('%s/data/ledger/%s.tsv'):format(bench.dir, os.date('%Y-%m'))
    vim.fn.mkdir(vim.fs.dirname(path), 'p')
    vim.fn.writefile({ '1\t17000' }, path, 'b')
    editor = start()
    ask(1)
    assert.is_truthy(usage():find('today, all editors $3000.0000 1', 1, true), usage())
    assert.is_truthy(usage():find('left out: 1', 1, true), usage())
  end)

  it('stops at the budget, in the chat too', function()
    editor = start({ budget = { day_usd = 2500 } })
    ask(1)
    editor:keys(':Beans chat hi<CR>')
    editor:wait_screen('> [!BEANS] error: the budget for today')
    local chat = table.concat(chat_rig.of(editor):look().lines, '\n')
    assert.is_truthy(chat:find('$3000.0000 of $2500.0000', 1, true), chat)
    assert.is_truthy(chat:find('budget.day_usd', 1, true), chat)
    assert.are.equal(1, #bench:requests())
  end)

  it('stops at the budget of a session, until that is raised', function()
    editor = start({ budget = { session_usd = 2500 } })
    ask(1)
    editor:keys(':Beans chat hi<CR>')
    editor:wait_screen('> [!BEANS] error: the budget for this session')
    local chat = chat_rig.of(editor):text()
    assert.is_truthy(chat:find('$3000.0000 of $2500.0000. Raise budget.session_usd', 1, true), chat)
    assert.are.equal(1, #bench:requests())
    editor:lua("require('beans').setup({ budget = { session_usd = 3001 } })")
    editor:keys('gr')
    editor:wait_screen('an answer')
    assert.are.equal(2, #bench:requests())
  end)
end)
