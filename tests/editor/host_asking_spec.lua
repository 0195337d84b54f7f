-- What every host promises to whoever asks: whether completion is wanted at a place, and when a question may come up.

local rig = require('tests.editor.host_rig')
local typing_rig = require('tests.editor.typing_rig')

local QUIET_MS = 250

describe('host', function()
  local editor, typist = typing_rig.shared()

  local function here(code)
    return editor:lua('local buf = host.current().buf return ' .. code)
  end

  it('tells the size of a buffer, shown or not', function()
    typist:lines({ '' })
    assert.is_true(here('host.buf_bytes(buf)') <= 1)
    typist:lines({ 'one', 'zwölf' })
    assert.are.equal(#'one\nzwölf\n', here('host.buf_bytes(buf)'))
    local hidden = rig.scratch(editor, { 'abc', '' })
    assert.are.equal(5, editor:lua('return host.buf_bytes(...)', hidden))
  end)

  it('reads a variable of a buffer as a switch', function()
    assert.is_true(here("host.buf_switch(buf, 'test_switch') == nil"))
    local settings = { ['0'] = false, ['v:false'] = false, ["''"] = false, ['1'] = true, ['v:true'] = true }
    for setting, wanted in pairs(settings) do
      editor:ex('let b:test_switch = ' .. setting)
      assert.are.equal(wanted, here("host.buf_switch(buf, 'test_switch')"), setting)
    end
  end)

  describe('in_comment', function()
    local function in_comment(line, col)
      return editor:lua('return host.in_comment(host.current().buf, ...)', line, col)
    end

    local LINES = { 'int a; // said', '/* over', '', 'lines */ int b;', 'char *c = "// no";' }

    local function check()
      assert.is_false(in_comment(1, 6))
      assert.is_true(in_comment(1, #LINES[1]))
      assert.is_true(in_comment(1, 10))
      assert.is_true(in_comment(2, #LINES[2]))
      assert.is_true(in_comment(4, 0))
      assert.is_true(in_comment(4, 5))
      assert.is_false(in_comment(4, #LINES[4]))
      assert.is_false(in_comment(5, 14))
    end

    it('goes by the syntax', function()
      typist:lines(LINES)
      editor:ex('setlocal filetype=c')
      editor:ex('setlocal syntax=c')
      check()
      assert.is_true(in_comment(3, 0))
      local buf = editor:eval("bufnr('%')")
      editor:ex('set hidden | enew')
      assert.is_true(editor:lua('return host.in_comment(..., 1, 10)', buf))
    end)

    it('knows nothing where nothing is highlighted', function()
      typist:lines({ '// x' })
      assert.is_false(in_comment(1, 4))
    end)

    it('goes by tree-sitter where that highlights, also for what has just been typed', function()
      if editor.is_vim then
        return
      end
      typist:lines(LINES)
      editor:lua("vim.treesitter.start(0, 'c')")
      editor:ex('redraw')
      check()
      assert.is_true(in_comment(3, 0))
      editor:lua([[
        vim.treesitter.get_parser(0):parse(true)
        vim.api.nvim_buf_set_text(0, 0, 14, 0, 14, { 'x' })
        typed = host.in_comment(host.current().buf, 1, 15)
      ]])
      assert.is_true(editor:lua('return typed'))
    end)
  end)

  describe('when_idle', function()
    local function wait_idle()
      editor:lua("host.when_idle(..., note('idle'))", QUIET_MS)
    end

    local function count()
      return editor:lua('return #(got.idle or {})')
    end

    it('waits until nobody has typed in Normal mode for a while', function()
      typist:insert({ 'text' }, 1, 2)
      wait_idle()
      for _ = 1, 6 do
        editor:keys('x')
        vim.wait(QUIET_MS / 4)
      end
      vim.wait(QUIET_MS * 2)
      assert.are.equal(0, count()) -- Insert mode
      editor:keys('<Esc>')
      typist:wait_mode('n')
      local idle_since
      for _ = 1, 8 do
        editor:keys('l')
        idle_since = vim.uv.hrtime()
        vim.wait(QUIET_MS / 5)
      end
      rig.calls(editor, 'idle')
      assert.is_true((vim.uv.hrtime() - idle_since) / 1e6 >= QUIET_MS * 0.9)
      vim.wait(QUIET_MS * 2)
      assert.are.equal(1, count())
    end)

    it('does not come up where keys are pending, a command line is open or a macro is recorded', function()
      typist:lines({ 'text' })
      local cases = { { 'd', '<Esc>' }, { ':echo', '<C-c>' }, { 'qa', 'q' }, { 'v', '<Esc>' }, { '"', 'ayl' } }
      for _, case in ipairs(cases) do
        editor:lua('got = {}')
        wait_idle()
        editor:keys(case[1])
        vim.wait(QUIET_MS * 2)
        local began = vim.uv.hrtime()
        editor:keys(case[2])
        rig.calls(editor, 'idle')
        local ms = (vim.uv.hrtime() - began) / 1e6
        assert.is_true(ms >= QUIET_MS * 0.9, ('%s: after %d ms'):format(case[1], ms))
      end
    end)

    it('has one that waits, the last', function()
      wait_idle()
      editor:lua("host.when_idle(..., note('second'))", QUIET_MS)
      rig.calls(editor, 'second')
      vim.wait(QUIET_MS)
      assert.are.equal(0, count())
    end)
  end)

  it('tells whether there is a screen', function()
    assert.is_true(editor:lua('return host.has_screen()'))
    local binary = ('%s/build/editors/%s/bin/%s'):format(
      vim.fn.getcwd(),
      editor.name,
      editor.is_vim and 'vim' or 'nvim'
    )
    local out = vim.fn.tempname()
    local code = ("lua io.open('%s', 'w'):write(tostring(require('beans.host').has_screen())):close()"):format(out)
    local argv =
      { binary, '-u', 'NONE', '-i', 'NONE', '--cmd', 'set nocompatible rtp^=' .. vim.fn.getcwd(), '-c', code }
    vim.list_extend(argv, editor.is_vim and { '-es', '-c', 'qa!' } or { '--headless', '-c', 'qa!' })
    vim.system(argv, { text = true }):wait(10000)
    assert.are.same({ 'false' }, vim.fn.readfile(out))
  end)
end)
