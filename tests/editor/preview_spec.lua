-- What will be sent, on a page; and the title that a chat gets by itself.

local bench_of = require('tests.editor.bench')

local JSON = 'header Content-Type: application/json\n'

describe('before and after sending', function()
  local bench, editor

  before_each(function()
    bench = bench_of.start()
  end)

  after_each(function()
    bench:stop()
  end)

  local function start(script, beans)
    bench:script('server', script)
    beans = vim.tbl_extend('force', { data_dir = bench.dir .. '/data' }, beans or {})
    editor = bench:editor('server', { beans = beans, size = { rows = 40, cols = 120 } })
  end

  --- The page for a conversation of these sizes in tokens; the last question asks for what is left.
  local function show()
    editor:lua([[
      require('beans.chat.preview').show({
        model = 'gpt-5.5',
        params = { max_tokens = 100 },
        parts = {
          { label = 'system prompt', role = 'system', text = 'Be brief.', tokens = 3 },
          { label = 'You', role = 'user', text = 'What?\n\27[31mred\n%#Error#', tokens = 1000 },
          { label = 'Beans', role = 'assistant', text = 'So.', tokens = 200 },
          { label = 'You', role = 'user', text = 'And then?', tokens = 4 },
        },
      })
    ]])
  end

  local function page()
    return table.concat(editor:eval("getbufline('beans://preview', 1, '$')"), '\n')
  end

  local function wait_for(text)
    editor:wait(('"%s" on the page, which is\n%s'):format(text, page()), function()
      return page():find(text, 1, true)
    end)
  end

  it('a page shows every part, and learns from the server how much the model takes', function()
    start(JSON .. [[send "{\"data\": [{\"id\": \"other\"}, {\"id\": \"gpt-5.5\", \"max_model_len\": 1000}]}"]])
    local before = editor:eval('win_getid()')
    show()
    wait_for('Room: gpt-5.5 takes 1,000 tokens')
    for _, wanted in ipairs({
      'What will be sent to gpt-5.5',
      '     1,207  tokens in all, estimated',
      '     1,000  You  (would be left out)',
      'Left out would be the oldest question with its answer (~1,200 tokens)',
      'Price: unknown',
      'Parameters: max_tokens=100',
      '%#Error#',
      '─── You (~4 tokens) ───\nAnd then?',
    }) do
      assert.is_truthy(page():find(wanted, 1, true), wanted .. ' in\n' .. page())
    end
    assert.are.equal(0, editor:eval("getbufvar('beans://preview', '&modifiable')"))
    show()
    show()
    assert.are.equal(2, editor:eval("winnr('$')"))
    editor:keys('q')
    editor:wait('the window to be gone', function()
      return editor:eval("winnr('$')") == 1
    end)
    assert.are.equal(before, editor:eval('win_getid()'))
    assert.are.equal(1, #bench:requests())
    assert.are.same({ 'other', 'gpt-5.5\t1000' }, vim.fn.readfile(vim.fn.glob(bench.dir .. '/data/models/*')))
    assert.is_nil(editor:raised())
  end)

  it('a page tells the price from what the model has cost', function()
    start(
      'header Content-Type: text/event-stream\nheader X-Request-Cost-Micro-Usd: 1100\n'
        .. 'delta "an answer"\nfinish stop\nusage 1000 100\ndone'
    )
    editor:lua([[
      require('beans').request({ messages = 'x', on_done = function() BEANS_TEST = true end })
    ]])
    editor:wait('the answer', function()
      return editor:lua('return BEANS_TEST or false')
    end)
    show()
    wait_for(
      'Price: about $0.0013, this and an answer of 100 tokens; from what one request cost this month with gpt-5.5'
    )
    wait_for('Room: unknown, the server does not say how many tokens gpt-5.5 takes')
  end)

  it('a title is one small request, and a silent one', function()
    start(
      JSON
        .. [[send "{\"choices\": [{\"message\": {\"role\": \"assistant\", \"content\": \"\\\"Größe in C.\\\"\"}, ]]
        .. [[\"finish_reason\": \"stop\"}]}"]],
      { chat = { title = true } }
    )
    editor:lua([[
      require('beans.chat.title').ask('How large is an int?', 'Four bytes.', 'small', function(title)
        BEANS_TEST = title
      end)
    ]])
    editor:wait('the title', function()
      return editor:lua('return BEANS_TEST or false')
    end)
    assert.are.equal('Größe in C', editor:lua('return BEANS_TEST'))
    local body = bench:requests()[1].body
    assert.are.same({ 'small', 100, false }, { body.model, body.max_tokens, body.stream })
    assert.are.equal('', editor:ex('messages'):gsub('Messages maintainer[^\n]*\n?', ''):gsub('%s', ''))
  end)

  it('no title is asked for where chat.title is off', function()
    start('status 500', { chat = { title = false } })
    assert.is_true(editor:lua("return require('beans.chat.title').ask('How?', 'So.', 'small', error) == nil"))
    assert.are.equal(0, #bench:requests())
  end)
end)
