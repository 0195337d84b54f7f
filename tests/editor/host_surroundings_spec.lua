-- What every host tells of what is around a chat (lua/beans/host/init.lua), asked of the host of each editor.

local rig = require('tests.editor.host_rig')

describe('host: surroundings', function()
  local editor = rig.shared()
  local dir

  setup(function()
    dir = vim.uv.fs_realpath(editor.dir)
  end)

  local function lua(code, ...)
    return editor:lua(code, ...)
  end

  local function edit(name, lines)
    vim.fn.writefile(lines or { name }, dir .. '/' .. name)
    editor:ex('edit ' .. dir .. '/' .. name)
    return editor:eval("bufnr('%')")
  end

  it('tells the current directory', function()
    editor:ex('cd ' .. dir)
    assert.are.equal(dir, lua('return host.cwd()'))
  end)

  it('reads the beginning and parts of a file', function()
    vim.fn.writefile({ 'abcdef' }, dir .. '/f')
    local path = dir .. '/f'
    assert.are.equal('abc', lua('return host.read_head(..., 3)', path))
    assert.are.equal('cd', lua('return host.read_part(..., 2, 2)', path))
    assert.are.equal('', lua('return host.read_part(..., 99, 2)', path))
    assert.is_true(lua('return host.read_head(..., 3) == nil', dir .. '/none'))
  end)

  it('ends a program that prints more than is wanted', function()
    lua("host.spawn({ 'sh', '-c', 'while :; do echo 0123456789; done' }, note('cut'), { max_bytes = 25 })")
    local result = rig.calls(editor, 'cut')[1][1]
    assert.are.equal('0123456789\n0123456789\n012', result.stdout)
    assert.is_true(result.cut)
    lua("host.spawn({ 'echo', 'x' }, function(r) note('whole')(r.stdout, tostring(r.cut)) end, { max_bytes = 2 })")
    assert.are.same({ 'x\n', 'nil' }, rig.calls(editor, 'whole')[1])
  end)

  it('knows buffers by the paths of their files, with signs of patterns in them', function()
    local buf = edit('odd[1]{a}.txt')
    local path = dir .. '/odd[1]{a}.txt'
    assert.are.equal(buf, lua('return host.buf_of_file(...)', path))
    assert.are.equal(buf, lua('return host.buf_named(...)', path))
    assert.is_true(lua('return host.buf_named(...) == nil and host.buf_of_file(...) == nil', dir .. '/odd1.txt'))
    edit('other.txt')
    editor:ex(('silent! %dbunload'):format(buf))
    assert.are.equal(buf, lua('return host.buf_named(...)', path))
    assert.is_true(lua('return host.buf_of_file(...) == nil', path))
  end)

  it('lists the buffers that the user edits', function()
    editor:ex('set hidden')
    local first, second = edit('a.txt'), edit('b.txt')
    rig.scratch(editor, { 'a tool' })
    editor:ex('badd ' .. dir .. '/never-seen.txt')
    local bufs = lua('return host.ordinary_bufs()')
    table.sort(bufs)
    assert.are.same({ first, second }, bufs)
  end)

  it('knows where the user comes from', function()
    local buf = edit('a.txt', { 'one', 'two', 'three' })
    editor:ex('call cursor(2, 3)')
    assert.are.same({ buf = buf, line = 2, col = 2 }, lua('return host.origin()'))
    local tool = rig.scratch(editor, { 'a tool' })
    lua("host.win_open(..., 'right')", tool)
    assert.are.same({ buf = buf, line = 2, col = 2 }, lua('return host.origin()'))
    editor:ex('only')
    assert.are.equal(buf, lua('return host.origin().buf'))
    editor:ex('file beans-talk | setlocal buftype=nofile')
    assert.are.equal(buf, lua('return host.origin().buf'))
  end)

  it('tells when the user comes from nowhere', function()
    lua("host.win_open(..., 'current')", rig.scratch(editor, {}))
    editor:ex('silent! %bwipeout 1')
    local names = editor:ex('ls')
    assert.is_true(lua('local o = host.origin() return o == nil or host.buf_path(o.buf) == ""'), names)
  end)

  it('tells what was selected', function()
    local buf = edit('a.txt', { 'one', 'two', 'three' })
    assert.is_true(lua('return host.selection(...) == nil', buf))
    editor:keys('gglvj<Esc>')
    editor:wait('the selection', function()
      return editor:eval('line("\'>")') == 2
    end)
    local wanted = { first = 1, last = 2, first_col = 1, last_col = 1, kind = 'char' }
    assert.are.same(wanted, lua('return host.selection(...)', buf))
    lua("host.win_open(..., 'current')", rig.scratch(editor, {}))
    assert.are.same(wanted, lua('return host.selection(...)', buf))
    editor:ex('buffer ' .. buf)
    editor:keys('Vk<Esc>')
    editor:wait('the lines', function()
      return lua('return host.selection(...).kind', buf) == 'line'
    end)
  end)

  it('tells the quickfix list', function()
    assert.are.equal(0, lua('return #host.quickfix().entries'))
    vim.fn.writefile({ 'x' }, dir .. '/q.txt')
    editor:ex(("call setqflist([{'filename': '%s/q.txt', 'lnum': 3, 'col': 2, 'text': 'broken'}])"):format(dir))
    editor:ex("call setqflist([], 'a', {'title': 'make'})")
    local list = lua('return host.quickfix()')
    assert.are.equal('make', list.title)
    assert.are.same({ path = dir .. '/q.txt', line = 3, col = 2, text = 'broken' }, {
      path = list.entries[1].path,
      line = list.entries[1].line,
      col = list.entries[1].col,
      text = list.entries[1].text,
    })
    editor:ex("call setqflist([], 'r')")
  end)

  it('completes in Insert mode', function()
    lua([[
      host.omnifunc(host.current().buf, function(line)
        asked = line
        local at = line:find('/%w*$')
        if at then
          return at - 1, { { word = '/review', menu = 'reads it' }, { word = '/rewrite', menu = '' } }
        end
      end)
    ]])
    editor:keys('iä /re<C-x><C-o>')
    editor:wait_screen('reads it')
    assert.are.equal('ä /re', lua('return asked'))
    editor:keys('<C-n><C-y> end<C-x><C-o>.<Esc>')
    editor:wait('the line', function()
      return editor:eval('getline(1)') == 'ä /rewrite end.'
    end)
    assert.is_nil(editor:raised())
  end)
end)
