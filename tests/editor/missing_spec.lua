-- An editor that is too old, or has been built without what Beans needs: one message, and nothing of ours is loaded.

local bench_of = require('tests.editor.bench')

-- Checks of plugin/beans.vim that fail where they are replaced, and what is said then.
local CASES = {
  nvim = {
    { { "has('nvim-0.10')" }, 'Beans needs Neovim 0.10 or newer' },
  },
  vim = {
    { { "has('patch-9.0.1378')" }, 'Beans needs Vim 9.0.1378 or newer' },
    { { "has('lua')" }, 'Beans needs a Vim with Lua (+lua): Debian and Ubuntu have it in vim-nox or vim-gtk3' },
    { { "has('textprop')" }, "Beans needs a Vim with +textprop and +timers, as Debian's vim-nox" },
    { { "has('timers')" }, "Beans needs a Vim with +textprop and +timers, as Debian's vim-nox" },
    -- The oldest has nothing at all, and is told the first thing only.
    { { "has('patch-9.0.1378')", "has('lua')", "has('timers')" }, 'Beans needs Vim 9.0.1378 or newer' },
  },
}

local LOADED = [[luaeval('(function() local names = ""; for name in pairs(package.loaded) do ]]
  .. [[if name == "beans" or name:find("^beans%.") then names = names .. name .. " " end end; return names end)()')]]

describe('an editor that lacks something', function()
  local bench, editor

  before_each(function()
    bench = bench_of.start()
  end)

  after_each(function()
    bench:stop()
  end)

  --- Starts an editor whose plugin/beans.vim has these checks replaced by a no.
  local function start_without(checks)
    editor = bench:editor('hello', { config = { 'let g:loaded_beans = 1' }, size = { rows = 24, cols = 120 } })
    local script = table.concat(vim.fn.readfile('plugin/beans.vim'), '\n')
    for _, check in ipairs(checks) do
      local first, last = script:find(check, 1, true)
      script = script:sub(1, first - 1) .. '0' .. script:sub(last + 1)
    end
    vim.fn.writefile(vim.split(script, '\n'), editor.dir .. '/lacking.vim')
    editor:ex('unlet g:loaded_beans | source ' .. editor.dir .. '/lacking.vim')
  end

  it('says what, once, and nothing else happens', function()
    local kind = os.getenv('BEANS_EDITOR'):match('^%a+')
    for _, case in ipairs(CASES[kind]) do
      start_without(case[1])
      assert.are.same({}, editor:eval("getcompletion('Beans ', 'cmdline')"))
      editor:keys(':Beans status<CR>')
      editor:wait_screen(case[2])
      local _, count = editor:ex('messages'):gsub('Beans needs', '')
      assert.are.equal(1, count)
      assert.are.equal('', editor:eval(LOADED))
      assert.are.equal(1, editor:eval("winnr('$')"))
      assert.is_nil(editor:raised())
      editor:stop()
    end
  end)

  it('is known to the Lua side, too', function()
    editor = bench:editor('hello')
    local message = editor:lua([[
      local has = vim.fn.has
      vim.fn.has = function() return 0 end
      local message = require('beans.host').missing()
      vim.fn.has = has
      return message
    ]])
    assert.is_truthy(message:match('^Beans needs N?e?o?[Vv]im %d[%d.]+ or newer, this is N?e?o?[Vv]im %d'), message)
  end)
end)
