-- Code blocks of a chat, used by keys: yanked, put, opened, applied to their file as a review.

local child = require('tests.editor.child')

describe('a code block', function()
  local editor

  setup(function()
    local options = "{'api_key': 'sk-test', 'chat': {'position': 'below'}, 'complete': {'auto': 0}}"
    editor = child.start({ config = { 'let g:beans = ' .. options } })
  end)

  teardown(function()
    editor:stop()
  end)

  local project

  before_each(function()
    project = editor.dir .. '/project'
    vim.fn.delete(project, 'rf')
    vim.fn.mkdir(project .. '/.git', 'p')
    vim.fn.mkdir(project .. '/lua', 'p')
    vim.fn.writefile(
      { 'local M = {}', '', 'function M.one()', '  return 1', 'end', '', 'return M' },
      project .. '/lua/a.lua'
    )
    editor:ex('silent! tabonly | silent! only | silent! %bwipeout! | messages clear')
    editor:ex('cd ' .. project)
  end)

  after_each(function()
    assert.is_nil(editor:raised())
  end)

  --- A chat with an answer, beside a window with a file; the cursor is on the block.
  local function chat(answer, file)
    editor:ex('edit! ' .. (file or project .. '/lua/a.lua'))
    editor:ex('Beans! chat')
    editor:lua(
      [[
      local h = require('beans.host')
      local here = h.current()
      local lines = { '# Beans', '' }
      for _, line in ipairs(...) do
        table.insert(lines, line)
      end
      h.buf_set_lines(here.buf, 1, h.buf_line_count(here.buf), lines)
      for i, line in ipairs(lines) do
        if line:find('^```') then
          h.win_cursor(here.win, i, 0)
          break
        end
      end
    ]],
      answer
    )
  end

  local function lines_of(file)
    return editor:eval(("getbufline('%s', 1, '$')"):format(file))
  end

  local function in_chat()
    return editor:eval('&filetype') == 'beans'
  end

  --- Chooses in the menu of the editor.
  local function choose(number, text)
    editor:wait_screen(text)
    editor:keys(editor.is_vim and ('j'):rep(number - 1) .. '<CR>' or number .. '<CR>')
  end

  local ONE = { '```lua', 'function M.one()', '  return 11', 'end', '```' }

  it('is yanked', function()
    chat(ONE)
    editor:keys('gy')
    editor:wait_screen('yanked 3 lines')
    assert.are.same({ 'function M.one()', '  return 11', 'end' }, editor:eval("getreg('\"', 1, 1)"))
  end)

  it('is put into the window the user came from, as one step', function()
    chat({ '  ```', '  \tx', '    y', '  ```' })
    editor:ex('wincmd p | call cursor(4, 3) | wincmd p')
    editor:ex('call cursor(3, 1)')
    editor:keys('gp')
    editor:wait_screen('put 2 lines into')
    assert.is_true(in_chat())
    local path = project .. '/lua/a.lua'
    assert.are.same({ '  return 1', '\tx', '  y', 'end' }, vim.list_slice(lines_of(path), 4, 7))
    editor:ex('wincmd p')
    assert.are.equal(5, editor:eval("line('.')"))
    editor:ex('undo')
    assert.are.same(vim.fn.readfile(path), lines_of(path))
  end)

  it('is not put where nothing can be changed, nor where no code is', function()
    chat(ONE)
    editor:ex('wincmd p | setlocal nomodifiable | wincmd p')
    editor:keys('gp')
    editor:wait_screen('not modifiable')
    editor:ex('only')
    editor:keys('gp')
    editor:wait_screen('no window to put it into')
  end)

  it('is opened as a new buffer', function()
    chat({ '```bash', 'x = 1', '```' })
    editor:keys('go')
    editor:wait('the new buffer', function()
      return editor:eval('&filetype') == 'sh'
    end)
    assert.are.same({ { 'x = 1' }, '', '', 1 }, {
      editor:eval("getline(1, '$')"),
      editor:eval("bufname('%')"),
      editor:eval('&buftype'),
      editor:eval('&modified + 0'),
    })
    editor:ex('bwipeout!')
  end)

  it('is applied to the file in the last window, and reviewed there', function()
    chat(ONE)
    editor:keys('ga')
    editor:wait_screen('1 of 1 hunks left')
    assert.are.equal(project .. '/lua/a.lua', editor:eval("expand('%:p')"))
    assert.are.same({ 4, '  return 11' }, { editor:eval("line('.')"), editor:eval("getline('.')") })
    editor:keys(':Beans accept<CR>')
    editor:wait('the end', function()
      return editor:lua("return #require('beans.edit').reviews(...) == 0", editor:eval("bufnr('%')"))
    end)
    assert.are.same(
      { 'local M = {}', '', 'function M.one()', '  return 11', 'end', '', 'return M' },
      editor:eval("getline(1, '$')")
    )
    editor:keys('u')
    editor:wait('the old text', function()
      return editor:eval('getline(4)') == '  return 1'
    end)
  end)

  it('is applied to the file it names', function()
    vim.fn.writefile({ 'name = "old"' }, project .. '/b.lua')
    chat({ 'Change `b.lua` to:', '', '```lua', 'name = "new"', 'more = 1', '```' })
    editor:keys('ga')
    choose(3, 'replace the whole file')
    editor:wait('the file', function()
      return editor:eval("expand('%:t')") == 'b.lua'
    end)
    assert.are.same({ 'name = "new"', 'more = 1' }, editor:eval("getline(1, '$')"))
    editor:ex('Beans! reject')
    assert.are.same({ 'name = "old"' }, editor:eval("getline(1, '$')"))
    assert.are.same({ 'name = "old"' }, vim.fn.readfile(project .. '/b.lua'))
  end)

  it('may be put where it found no place', function()
    chat({ '```', 'nothing of it', '```' })
    editor:ex('wincmd p | call cursor(1, 1) | wincmd p')
    editor:keys('ga')
    choose(2, 'put it at the cursor')
    editor:wait('the line', function()
      return lines_of(project .. '/lua/a.lua')[2] == 'nothing of it'
    end)
  end)

  it('may be a new file, whose name is taken as it is', function()
    chat({ '```lua title="$HOME %.lua"', 'x', '```', '```lua new/$HOME.lua', 'return 1', '```' })
    editor:ex('call cursor(6, 1)')
    editor:keys('ga')
    editor:wait_screen('1 of 1 hunks left')
    assert.are.equal(project .. '/new/$HOME.lua', editor:eval("expand('%:p')"))
    assert.are.same({ 'return 1' }, editor:eval("getline(1, '$')"))
    editor:wait_screen('make it before you write')
    vim.fn.mkdir(project .. '/new')
    editor:ex('Beans! accept\nwrite')
    assert.are.same({ 'return 1' }, vim.fn.readfile(project .. '/new/$HOME.lua'))
  end)

  it('is applied outside of the project only when the user says so, and never to what git or an editor runs', function()
    vim.fn.writefile({ 'x' }, editor.dir .. '/outside.lua')
    chat({ '```lua ../outside.lua', 'x', 'y', '```' })
    editor:keys('ga')
    choose(1, 'outside of the project')
    assert.are.equal(-1, editor:eval(("bufnr('%s/outside.lua')"):format(editor.dir)))
    editor:keys('ga')
    choose(2, 'outside of the project')
    editor:wait_screen('1 of 1 hunks left')
    editor:ex('Beans! reject')
    chat({ '```sh .git/hooks/pre-commit', 'x', '```' })
    editor:keys('ga')
    editor:wait_screen('.git is never changed')
  end)

  it('is left alone when the file has it, when it is not complete, or when a review runs', function()
    chat({ '```', 'function M.one()', '  return 1', 'end', '```' })
    editor:keys('ga')
    editor:wait_screen('the file has this already')
    chat({ '```', 'function M.one()' })
    editor:keys('ga')
    editor:wait_screen('the code block is not complete')
    chat(ONE)
    editor:keys('ga')
    editor:wait_screen('1 of 1 hunks left')
    editor:ex('wincmd p')
    editor:keys('ga')
    editor:wait_screen('settle the review in')
  end)
end)
