-- The key is nowhere but in the memory of the editor, while requests run and after them.

local bench_of = require('tests.editor.bench')
local chat_rig = require('tests.editor.chat_rig')

local KEY = 'sk-beans-never-seen-0123456789'

describe('the key', function()
  local bench, editor

  before_each(function()
    bench = bench_of.start()
    bench:script('endless', 'header Content-Type: text/event-stream\npace 50\nrepeat 100000\ndelta "%d "\nend')
    bench:script(
      'echo',
      'status 401\nheader Content-Type: application/json\n'
        .. ('send "{\\"error\\":{\\"message\\":\\"Incorrect API key provided: %s\\"}}"'):format(KEY)
    )
  end)

  after_each(function()
    bench:stop()
  end)

  --- An editor whose key comes from a command; the file that this prints is not the editor's.
  local function start(name, command, env)
    vim.fn.writefile({ '  ' .. KEY .. '  ', '' }, bench.dir .. '/key')
    vim.fn.setfperm(bench.dir .. '/key', 'rw-------')
    command = command or { 'cat', bench.dir .. '/key' }
    local beans = { api_key = command, retry = { max = 0 } }
    editor = bench:editor(name, { beans = beans, env = env, size = { rows = 30, cols = 120 } })
  end

  local function read(path)
    local file = io.open(path, 'rb')
    local text = file and file:read('*a') or ''
    if file then
      file:close()
    end
    return text
  end

  --- The arguments of a process; '' when it has ended.
  local function command_line(pid)
    return read(('/proc/%d/cmdline'):format(pid))
  end

  local function assert_without_key(text, where)
    assert.is_nil(text:find(KEY, 1, true), where .. ' has the key')
  end

  local function look_at_processes()
    for _, pid in ipairs(editor:processes()) do
      assert_without_key(command_line(pid), 'an argument')
      assert_without_key(read(('/proc/%d/environ'):format(pid)), 'an environment')
    end
  end

  --- Lets the editor write all that editors write of themselves: the others run without.
  local function let_it_write()
    editor:ex([[
      call mkdir($HOME . '/kept')
      set directory=$HOME/kept undodir=$HOME/kept viminfofile=$HOME/kept/history
      set swapfile updatecount=1 undofile viminfo^=!
    ]])
  end

  --- All that the editor has written: by itself, for us, and for the moment.
  local function look_at_files()
    editor:ex('new $HOME/notes | call setline(1, "text") | write | call setline(1, "more") | preserve | wviminfo!')
    editor:ex('call writefile([], tempname())')
    local written = {}
    for path, kind in vim.fs.dir(editor.dir, { depth = 10 }) do
      if kind == 'file' then
        written[#written + 1] = path
        assert_without_key(read(editor.dir .. '/' .. path), path)
      end
    end
    editor:ex('quit!')
    local all = table.concat(written, '\n')
    for _, name in ipairs({ 'tmp/.', 'kept/history', 'kept/notes%.swp', 'kept/%%[^\n]*%%notes', 'ledger/' }) do
      assert.is_truthy(all:find(name), ('no "%s" in\n%s'):format(name, all))
    end
  end

  local function look_at_screens()
    assert_without_key(editor:ex('messages'), ':messages')
    for _, name in ipairs({ 'log', 'status', 'usage', 'health' }) do
      editor:ex('Beans ' .. name)
      assert_without_key(table.concat(editor:eval("getline(1, '$')"), '\n'), ':Beans ' .. name)
      editor:ex('close')
    end
    assert_without_key(table.concat(chat_rig.of(editor):look().lines, '\n'), 'the chat')
    assert_without_key(table.concat(editor:screen(), '\n'), 'the screen')
  end

  --- All strings that can be reached from our modules, the jobs, the errors and, in Vim, the variables.
  local function look_at_tables()
    local found, seen_strings = (table.unpack or unpack)(editor:lua( -- luacheck: ignore
      [[
        local key, seen, todo, strings, found = ..., {}, { BEANS_TEST }, 0, false
        for name, module in pairs(package.loaded) do
          todo[#todo + 1] = (name == 'beans' or name:find('^beans%.')) and module or nil
        end
        local host = require('beans.host')
        todo[#todo + 1] = host.name == 'vim' and require('beans.host.vim.value').to_lua(vim.eval('g:')) or nil
        while todo[1] and strings < 100000 do
          local value = table.remove(todo)
          if type(value) == 'string' then
            strings = strings + 1
            found = found or value:find(key, 1, true) ~= nil
          elseif type(value) == 'table' and not seen[value] then
            seen[value] = true
            for name, item in pairs(value) do
              todo[#todo + 1] = name
              todo[#todo + 1] = item
            end
            todo[#todo + 1] = getmetatable(value)
          end
        end
        return { found, strings }
      ]],
      KEY
    ))
    assert.is_true(seen_strings > 500, tostring(seen_strings))
    assert.is_false(found)
  end

  it('shows nowhere while an answer streams and after a refusal that repeats it', function()
    start('endless')
    let_it_write()
    editor:lua([[BEANS_TEST = { jobs = {}, errors = {} }]])
    if editor.is_vim then
      editor:ex('let g:events = [] | autocmd User BeansRequest* call add(g:events, string(g:beans_event))')
    else
      editor:lua([[
        vim.g.events = {}
        vim.api.nvim_create_autocmd('User', {
          pattern = 'BeansRequest*',
          callback = function(args)
            local events = vim.g.events
            events[#events + 1] = vim.inspect(args.data)
            vim.g.events = events
          end,
        })
      ]])
    end
    editor:keys(':Beans chat hi<CR>')
    editor:wait_screen('3 4 5')
    look_at_processes()
    editor:lua(
      [[
        require('beans').setup({ base_url = ... })
        local job = require('beans').request({
          messages = 'x',
          on_error = function(err) table.insert(BEANS_TEST.errors, err) end,
        })
        table.insert(BEANS_TEST.jobs, job)
      ]],
      bench:url('echo')
    )
    editor:wait('the refusal', function()
      return editor:lua('return #BEANS_TEST.errors') == 1
    end)
    assert.are.equal('auth', editor:lua('return BEANS_TEST.errors[1].kind'))
    look_at_processes()
    look_at_files()
    look_at_screens()
    look_at_tables()
    local events = table.concat(editor:eval('g:events'), '\n')
    assert.is_truthy(events:find('auth', 1, true))
    assert_without_key(events, 'an event')
    for _, request in ipairs(bench:requests()) do
      assert.is_truthy(request.head:find('Authorization: Bearer ' .. KEY .. '\r\n', 1, true))
    end
  end)

  it('is asked for once, however many requests there are', function()
    start('hello', { 'sh', '-c', ('echo x >> %s/runs; sleep 0.2; cat %s/key'):format(bench.dir, bench.dir) })
    editor:lua([[
      BEANS_TEST = 0
      for _ = 1, 5 do
        require('beans').request({ messages = 'x', on_done = function() BEANS_TEST = BEANS_TEST + 1 end })
      end
    ]])
    editor:wait('the answers', function()
      return editor:lua('return BEANS_TEST') == 5
    end)
    assert.are.equal(1, #vim.fn.readfile(bench.dir .. '/runs'))
  end)

  it('is in the environment of no program that is started, though it be in that of the editor', function()
    local command = { 'sh', '-c', ('env > %s/env; cat %s/key'):format(bench.dir, bench.dir) }
    start('hello', command, { BEANS_API_KEY = KEY, BEANS_TEST = 'here' })
    editor:keys(':Beans chat hi<CR>')
    editor:wait_screen('Hello, world')
    local environment = read(bench.dir .. '/env')
    assert.is_truthy(environment:find('BEANS_TEST=here', 1, true), environment)
    assert_without_key(environment, 'an environment')
  end)

  it('is not waited for: the editor answers, and a request can be cancelled', function()
    start('hello', { 'sleep', '30' })
    editor:lua([[
      BEANS_TEST = require('beans').request({ messages = 'x', on_error = function(err) BEANS_TEST = err.kind end })
    ]])
    editor:keys(':let g:typed = 1<CR>')
    editor:wait('what was typed', function()
      return editor:eval("get(g:, 'typed')") == 1
    end)
    editor:lua('BEANS_TEST:cancel()')
    editor:wait('the end', function()
      return editor:lua("return BEANS_TEST == 'cancelled'")
    end)
    assert.are.same({}, bench:requests())
  end)

  it('is not asked for any more when the editor quits', function()
    start('hello', { 'sh', '-c', ('echo $$ >%s/pid; exec sleep 30'):format(bench.dir) })
    editor:lua("require('beans').request({ messages = 'x', on_error = function() end })")
    local pid = editor:wait('the command', function()
      local pid = tonumber(read(bench.dir .. '/pid'))
      return pid and command_line(pid):find('sleep', 1, true) and pid
    end)
    editor:quit()
    editor:wait('the end of the command', function()
      return command_line(pid) == ''
    end)
  end)

  it('is missed in the words of the command that failed', function()
    start('hello', { 'sh', '-c', 'echo "gpg: no secret key" >&2; exit 2' })
    editor:keys(':Beans chat hi<CR>')
    editor:wait_screen('> [!BEANS] ')
    local chat = table.concat(chat_rig.of(editor):look().lines, '\n')
    for _, wanted in ipairs({ 'api_key', 'exit status 2', 'gpg: no secret key', 'config' }) do
      assert.is_truthy(chat:find(wanted, 1, true), chat)
    end
  end)

  it('in a file that others can read is warned of, once', function()
    start('hello')
    vim.fn.setfperm(bench.dir .. '/key', 'rw-r--r--')
    for _ = 1, 2 do
      editor:keys(':Beans chat hi<CR>')
      editor:wait_screen('Hello, world')
      editor:ex('silent %d _ | call setline(1, ["# You", "", ""])')
    end
    local messages = editor:ex('messages')
    local _, count = messages:gsub('chmod 600', '')
    assert.are.equal(1, count, messages)
  end)

  it('that would go over plain http to another machine is warned of, once', function()
    start('hello')
    editor:lua([[
      require('beans').setup({ base_url = 'http://me:geheim@plain.invalid/v1' })
      BEANS_TEST = 0
      for _ = 1, 2 do
        require('beans').request({ messages = 'x', on_error = function() BEANS_TEST = BEANS_TEST + 1 end })
      end
    ]])
    editor:wait('the ends', function()
      return editor:lua('return BEANS_TEST') == 2
    end)
    local messages = editor:ex('messages')
    local _, count = messages:gsub('base_url = "http://plain.invalid/v1": without https the key', '')
    assert.are.equal(1, count, messages)
    assert.is_nil(messages:find('geheim', 1, true))
  end)
end)
