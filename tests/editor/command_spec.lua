-- `:Beans`, its completion and what its subcommands show.

local bench_of = require('tests.editor.bench')

describe(':Beans', function()
  local bench, editor

  before_each(function()
    bench = bench_of.start()
    bench:script(
      'models',
      'header Content-Type: application/json\n'
        .. 'send "{\\"data\\":[{\\"id\\":\\"bean-1\\"},{\\"id\\":\\"bean-2\\"},{\\"id\\":\\"bean-1\\"}]}"'
    )
    editor = bench:editor('models', { size = { rows = 24, cols = 160 } })
  end)

  after_each(function()
    bench:stop()
  end)

  local function completions(line)
    return editor:eval(("getcompletion('%s', 'cmdline')"):format(line))
  end

  local function model_of(feature)
    return editor:lua("return require('beans').status().models[...]", feature)
  end

  it('loads nothing before it is used', function()
    assert.are.equal(
      0,
      editor:lua([[
      local count = 0
      for name in pairs(package.loaded) do
        count = count + ((name:find('^beans%.') and not name:find('host')) and 1 or 0)
      end
      return count
    ]])
    )
  end)

  it('completes subcommands, features and known models', function()
    assert.are.same({
      'accept',
      'chat',
      'chats',
      'complete',
      'health',
      'hunk',
      'log',
      'models',
      'reject',
      'resolve',
      'retry',
      'rewrite',
      'status',
      'stop',
      'usage',
    }, completions('Beans '))
    assert.are.same({ 'next', 'prev', 'deleted' }, completions('Beans hunk '))
    assert.are.same({ 'status', 'stop' }, completions('Beans st'))
    assert.are.same({ 'status', 'stop' }, completions('Beans! st'))
    assert.are.same({ 'chat', 'rewrite', 'complete' }, completions('Beans models '))
    assert.are.same({}, completions('Beans models chat '))
  end)

  it('says what there is when a subcommand is unknown', function()
    editor:keys(':Beans chta<CR>')
    editor:wait_screen('there is no subcommand "chta", only: accept, chat, ')
  end)

  it('sets a model by its name, listed or not', function()
    editor:keys(':Beans models chat my-own<CR>')
    editor:wait_screen('chat uses my-own')
    assert.are.equal('my-own', model_of('chat'))
    assert.are.equal('gpt-5.5', model_of('rewrite'))
  end)

  it('picks a model from the list of the server, which is kept', function()
    editor:keys(':Beans models chat<CR>')
    editor:wait_screen('bean-2')
    if editor.is_vim then
      editor:keys('j<CR>')
    else
      editor:keys('2<CR>')
    end
    editor:wait('the model', function()
      return model_of('chat') == 'bean-2'
    end)
    assert.are.same({ 'bean-1', 'bean-2' }, completions('Beans models chat '))
    editor:wait_screen('To keep it')
  end)

  it('stops everything with a bang', function()
    bench:script('endless', 'header Content-Type: text/event-stream\ndelta "begun"\nstall')
    editor:lua("require('beans').setup({ base_url = ... })", bench:url('endless'))
    editor:keys(':Beans chat hi<CR>')
    editor:wait_screen('begun')
    editor:keys(':wincmd p<CR>:Beans stop<CR>')
    editor:wait_screen('nothing runs here')
    editor:keys(':Beans stop!<CR>')
    editor:wait_screen('> [!BEANS] stopped')
    assert.are.equal(0, #editor:lua("return require('beans').status().running"))
  end)

  it('shows status and log without the key', function()
    bench:script(
      'refused',
      'status 400\nheader X-Request-Id: req-42\n'
        .. 'send "{\\"error\\":{\\"message\\":\\"no such thing as sk-test-key\\"}}"'
    )
    editor:lua("require('beans').setup({ base_url = ... })", bench:url('refused'))
    editor:keys(':Beans chat hi<CR>')
    editor:wait_screen('no such thing')
    editor:keys(':Beans log<CR>')
    editor:wait_screen('req-42')
    editor:keys('q:Beans status<CR>')
    editor:wait('the status', function()
      return editor:eval("bufname('%')") == 'beans://status'
    end)
    local status = table.concat(editor:eval("getline(1, '$')"), '\n')
    assert.is_truthy(status:find('gpt-5.5', 1, true))
    assert.is_nil(status:find('sk-test-key', 1, true))
    assert.is_nil(table.concat(editor:screen(), '\n'):find('sk-test-key', 1, true))
  end)

  it('shows a text once, fresh, and goes back from it', function()
    local from = editor:eval('win_getid()')
    editor:keys(':Beans status<CR>')
    editor:wait_screen('chat gpt-5.5')
    editor:keys(':Beans models chat my-own<CR>:Beans status<CR>')
    editor:wait_screen('chat my-own')
    editor:keys(':Beans log<CR>')
    editor:wait('the log', function()
      return editor:eval("bufname('%')") == 'beans://log'
    end)
    editor:keys(':Beans models chat another<CR>:Beans status<CR>')
    editor:wait_screen('chat another')
    assert.are.equal(3, editor:eval("winnr('$')"))
    editor:keys(':Beans status<CR>:$<CR>q')
    editor:wait('the window of the log', function()
      return editor:eval("bufname('%')") == 'beans://log'
    end)
    editor:keys('q')
    editor:wait('the first window', function()
      return editor:eval('win_getid()') == from
    end)
    assert.is_nil(editor:raised())
  end)

  it('goes on with the chat, or begins another with a bang, wherever that stands', function()
    local function chat_after(command)
      editor:keys(':' .. command .. '<CR>')
      editor:keys(':let g:ran = 1<CR>')
      editor:wait('the command', function()
        return editor:eval("get(g:, 'ran')") == 1
      end)
      editor:ex('unlet g:ran')
      assert.are.equal('beans', editor:eval('&filetype'))
      return editor:eval("bufnr('%')")
    end
    local first = chat_after('Beans chat')
    assert.are.equal(first, chat_after('wincmd p | Beans chat'))
    local second = chat_after('Beans! chat')
    assert.are_not.equal(first, second)
    assert.are_not.equal(second, chat_after('Beans chat!'))
    assert.is_nil(editor:raised())
  end)

  it('offers <Plug> mappings of all subcommands that do one thing', function()
    local names = completions('Beans ')
    assert.is_true(#names > 7)
    local runs = { ['stop-all'] = 'Beans! stop', ['next-hunk'] = 'Beans hunk next', ['prev-hunk'] = 'Beans hunk prev' }
    for _, name in ipairs(names) do
      if name ~= 'hunk' and name ~= 'complete' then
        runs[name] = name == 'rewrite' and 'begin_rewrite' or 'Beans ' .. name
      end
    end
    for name, command in pairs(runs) do
      local mapped = editor:eval(("maparg('<Plug>(beans-%s)', 'n')"):format(name))
      assert.is_truthy(mapped:find(command, 1, true), name)
    end
  end)
end)
