-- What every host promises (lua/beans/host/init.lua), asked of the host of each editor.

local rig = require('tests.editor.host_rig')

local unpack = unpack or table.unpack -- luacheck: ignore

describe('host', function()
  local editor = rig.shared()

  local function lua(code, ...)
    return editor:lua(code, ...)
  end

  local function calls(name, count)
    return rig.calls(editor, name, count)
  end

  describe('the loop', function()
    it('has a clock of milliseconds with fractions', function()
      local ms, fraction = unpack(lua([[
        local first = host.now_ms()
        host.wait(30, function() return false end)
        local ms = host.now_ms() - first
        return { ms, host.now_ms() % 1 + host.now_ms() % 1 > 0 }
      ]]))
      assert.is_true(ms >= 29 and ms < 2000, tostring(ms))
      assert.is_true(fraction)
    end)

    it('runs what is scheduled later, in order', function()
      lua([[
        order = {}
        for i = 1, 3 do
          host.schedule(function()
            table.insert(order, i)
            note('order')()
          end)
        end
        table.insert(order, 'now')
      ]])
      calls('order', 3)
      assert.are.same({ 'now', 1, 2, 3 }, lua('return order'))
    end)

    it('defers, and stops what it deferred', function()
      lua([[
        began = host.now_ms()
        local stopped = host.defer(20, note('stopped'))
        host.defer(40, function() note('late')(host.now_ms() - began) end)
        stopped:stop()
        stopped:stop()
      ]])
      assert.is_true(calls('late')[1][1] >= 38) -- Vim's timers may be a little early
      assert.are.equal(0, lua('return #(got.stopped or {})'))
    end)

    it('waits until something is so, and no longer', function()
      local ok, ms, failed = unpack(lua([[
        local began, ready = host.now_ms(), false
        host.defer(20, function() ready = true end)
        local ok = host.wait(2000, function() return ready end)
        return { ok, host.now_ms() - began, host.wait(10, function() return false end) }
      ]]))
      assert.are.same({ true, false }, { ok, failed })
      assert.is_true(ms < 1000)
    end)

    it('runs a program without a shell', function()
      lua("host.spawn({ 'sh', '-c', 'echo \"$1\"; echo bad >&2; exit 3', 'sh', 'a  b;$HOME' }, note('ended'))")
      assert.are.same({ code = 3, stdout = 'a  b;$HOME\n', stderr = 'bad\n' }, calls('ended')[1][1])
    end)

    it('tells of a program that is not there', function()
      lua("host.spawn({ 'no-such-program-of-ours' }, note('missing'))")
      local result = calls('missing')[1][1]
      assert.are.equal(-1, result.code)
      assert.is_truthy(result.stderr:find('no-such-program-of-ours', 1, true) or result.stderr:find('ENOENT', 1, true))
    end)

    it('ends a program', function()
      lua("host.spawn({ 'sleep', '60' }, note('killed')):stop()")
      assert.are_not.equal(0, calls('killed')[1][1].code)
    end)
  end)

  describe('surroundings', function()
    it('reads g:beans as Lua values', function()
      editor:ex("let g:beans = {'chat': {'model': 'x'}, 'max_concurrent': 2, 'api_key': ['a', 'b'], 'f': 0.5}")
      assert.are.same(
        { chat = { model = 'x' }, max_concurrent = 2, api_key = { 'a', 'b' }, f = 0.5 },
        lua('return host.user_config()')
      )
      editor:ex("let g:beans = {'on': v:true, 'off': [v:false], 'none': v:null, 'big': 5000000000, 'e': {}, 'l': []}")
      assert.is_true(lua([[
        local config = host.user_config()
        assert(config.on == true and config.off[1] == false and config.none == host.null)
        assert(config.big == 5000000000)
        assert(getmetatable(config.e) == host.object_mt and next(config.e) == nil)
        return getmetatable(config.l) == nil and next(config.l) == nil
      ]]))
      editor:ex('unlet g:beans')
      assert.are.equal(0, lua('local n = 0; for _ in pairs(host.user_config()) do n = n + 1 end; return n'))
    end)

    it('says when g:beans is no dictionary', function()
      editor:ex("let g:beans = 'text'")
      local message = lua('local _, message = pcall(host.user_config); return message')
      editor:ex('unlet g:beans')
      assert.is_truthy(message:find('g:beans', 1, true) and message:find('text', 1, true), message)
    end)

    it('reads the environment', function()
      assert.are.same({ editor.dir, 'nil', 'nil' }, {
        lua("return host.env('HOME')"),
        lua("return tostring(host.env('BEANS_NOT_SET'))"),
        lua("return tostring(host.env('NVIM'))"), -- set, but empty
      })
    end)

    it('has a folder for data, inside the home', function()
      local dir = lua('return host.data_dir()')
      assert.are.equal(editor.dir, dir:sub(1, #editor.dir))
      assert.are.equal('/beans', dir:sub(-6))
    end)

    it('tells its version, and that nothing is missing', function()
      assert.is_truthy(lua('return host.version()'):match('^N?e?o?[Vv]im %d+%.%d+%.%d+$'))
      assert.is_true(lua('return host.missing() == nil'))
    end)
  end)

  describe('talking to the user', function()
    it('keeps notices in :messages, one line or more, and never waits for a key', function()
      lua("host.notify(('long '):rep(60) .. 'end', 'warn')")
      lua("host.notify('one\\ntwo \\27[2J', 'info')")
      local messages
      editor:wait('the notices', function()
        messages = editor:ex('messages')
        return messages:find('two', 1, true)
      end)
      for _, text in ipairs({ 'long end', 'one', 'two ␛[2J' }) do
        assert.is_truthy(messages:find(text, 1, true), messages)
      end
      editor:keys(":call luaeval('host.notify(_A, [[warn]])', repeat('long ', 60))<CR>:let g:typed = 1<CR>")
      editor:wait('what was typed', function()
        return editor:eval("get(g:, 'typed')") == 1
      end)
    end)

    it('gives clean text to whatever stands in the place of vim.notify', function()
      if editor.is_vim then
        return
      end
      lua([[
        local own = vim.notify
        vim.notify = function(text, level, options)
          vim.notify = own
          note('notified')(text, level, options.title)
        end
        host.notify('two \27[2J\nlines', 'warn')
      ]])
      assert.are.same({ { 'two ␛[2J\nlines', vim.log.levels.WARN, 'Beans' } }, calls('notified'))
    end)

    it('fires events with their data', function()
      if editor.is_vim then
        editor:ex('autocmd User BeansTest let g:seen = g:beans_event')
      else
        lua([[
          vim.api.nvim_create_autocmd('User', {
            pattern = 'BeansTest',
            callback = function(args)
              vim.g.seen = args.data
            end,
          })
        ]])
      end
      lua("host.emit('BeansTest', { id = 1, list = { 'a', 'b' }, cost = 12345 })")
      assert.are.same({ id = 1, list = { 'a', 'b' }, cost = 12345 }, editor:eval('g:seen'))
      lua("host.emit('BeansNobodyListens', {})")
    end)

    it('asks for one of several', function()
      lua("host.schedule(function() host.select({ 'red', 'green' }, 'Colour', note('chosen')) end)")
      editor:wait_screen('green')
      editor:keys(editor.is_vim and 'j<CR>' or '2<CR>')
      assert.are.same({ { 'green', 2 } }, calls('chosen'))
    end)

    it('takes no for an answer', function()
      lua([[
        host.schedule(function()
          host.select({ 'red', 'green' }, 'Colour', function(item)
            note('none')(tostring(item))
          end)
        end)
      ]])
      editor:wait_screen('green')
      editor:keys('<Esc>')
      assert.are.same({ { 'nil' } }, calls('none'))
    end)

    it('asks for a text, with one to begin with', function()
      lua("host.schedule(function() host.input('Name: ', 'be', note('input')) end)")
      editor:wait_screen('Name: be')
      editor:keys('an<CR>')
      assert.are.same({ { 'bean' } }, calls('input'))
    end)

    it('completes the text, and knows what was typed before', function()
      local ask = [[
        local prompt = ...
        host.schedule(function()
          host.input(prompt, '', note('input'), function(text)
            note('text')(text)
            return { text .. '-first', text .. '-second "one"' }
          end)
        end)
      ]]
      lua(ask, 'Say: ')
      editor:wait_screen('Say:')
      editor:keys("ä it's<Tab>")
      editor:wait_screen("ä it's-first")
      editor:keys('<Tab>.<CR>')
      assert.are.same({ { 'ä it\'s-second "one".' } }, calls('input'))
      assert.are.same({ { "ä it's" } }, calls('text'))
      lua(ask, 'Again: ')
      editor:wait_screen('Again:')
      editor:keys('<Esc>[A')
      editor:wait_screen("Again: ä it's-second")
      editor:keys('!<CR>')
      assert.are.same({ 'ä it\'s-second "one".!' }, calls('input', 2)[2])
    end)

    it('asks for a text in vain', function()
      lua([[
        host.schedule(function()
          host.input('Say: ', 'be', function(text)
            note('input')(tostring(text))
          end)
        end)
      ]])
      editor:wait_screen('Say: be')
      editor:keys('<Esc>')
      assert.are.same({ { 'nil' } }, calls('input'))
    end)

    it('shows a text that q closes, and goes back', function()
      editor:ex('split | split')
      local before = editor:eval('win_getid()')
      lua("host.show('beans://shown', { 'first', 'second' })")
      assert.are.same({ 'first', 'second' }, editor:eval("getline(1, '$')"))
      assert.are.equal(0, editor:eval('&modifiable'))
      editor:keys('q')
      editor:wait('the window to be gone', function()
        return editor:eval('winnr("$")') == 3
      end)
      assert.are.equal(before, editor:eval('win_getid()'))
      assert.are.equal(0, editor:eval("bufexists('beans://shown')"))
    end)
  end)

  describe('files', function()
    it('are private, in private folders, and whole', function()
      local path = editor.dir .. '/new folder/deeper/file'
      local text = 'a\0b\r\nno end of line \255'
      lua('got.ok = host.write_file(...) assert(got.ok)', path, 'first')
      lua("assert(host.write_file(..., 'a\\0b\\r\\nno end of line \\255'))", path)
      local file = assert(io.open(path, 'rb'))
      assert.are.equal(text, file:read('*a'))
      file:close()
      assert.are.equal('rw-------', vim.fn.getfperm(path))
      assert.are.equal('rwx------', vim.fn.getfperm(editor.dir .. '/new folder/deeper'))
      assert.are.equal('rwx------', vim.fn.getfperm(editor.dir .. '/new folder'))
      assert.are.same({ 'file' }, vim.fn.readdir(editor.dir .. '/new folder/deeper'))
      assert.is_true(lua("return host.read_file(...) == 'a\\0b\\r\\nno end of line \\255'", path))
    end)

    it('wait for the disk, but for what may be lost', function()
      if editor.is_vim then
        return -- it leaves the disk to the system
      end
      local waits = lua(
        [[
          local path, fsync, waits = ..., vim.uv.fs_fsync, 0
          vim.uv.fs_fsync = function(fd)
            waits = waits + 1
            return fsync(fd)
          end
          assert(host.write_file(path, 'kept') and waits == 1)
          assert(host.write_file(path, 'fleeting', true))
          vim.uv.fs_fsync = fsync
          return waits
        ]],
        editor.dir .. '/fleeting'
      )
      assert.are.equal(1, waits)
      assert.are.same({ 'fleeting' }, vim.fn.readfile(editor.dir .. '/fleeting'))
    end)

    it('say why they cannot be written or read', function()
      local path = editor.dir .. '/vimrc/below-a-file'
      local ok, message = unpack(lua('return { host.write_file(..., "x") }', path))
      assert.is_false(ok)
      assert.is_true(#message > 0)
      assert.is_true(lua('local text, message = host.read_file(...) return text == nil and #message > 0', path))
    end)
  end)
end)
