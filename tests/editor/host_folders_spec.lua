-- What every host promises of folders and paths (lua/beans/host/init.lua).

local rig = require('tests.editor.host_rig')

describe('folders', function()
  local editor, dir

  setup(function()
    editor = rig.start()
    dir = vim.uv.fs_realpath(editor.dir) .. '/a folder'
    vim.fn.mkdir(dir .. '/sub', 'p')
    vim.fn.writefile({ 'abc' }, dir .. '/file.md')
    vim.fn.writefile({}, dir .. '/.hidden')
    vim.uv.fs_symlink(dir .. '/file.md', dir .. '/link')
    vim.uv.fs_symlink(dir .. '/sub', dir .. '/link to sub')
    vim.uv.fs_symlink(dir .. '/nowhere', dir .. '/dangling')
    vim.fn.system({ 'mkfifo', dir .. '/fifo' })
  end)

  teardown(function()
    editor:stop()
  end)

  it('are listed with the kinds of what is in them', function()
    local kinds = {}
    for _, entry in ipairs(editor:lua('return host.list_dir(...)', dir)) do
      kinds[entry.name] = entry.kind
    end
    assert.are.same({
      ['file.md'] = 'file',
      ['.hidden'] = 'file',
      sub = 'directory',
      link = 'other',
      ['link to sub'] = 'other',
      dangling = 'other',
      fifo = 'other',
    }, kinds)
    assert.are.equal(0, editor:lua('return #host.list_dir(...)', dir .. '/sub'))
  end)

  it('are listed by name', function()
    local names = editor:lua('return host.list_names(...)', dir)
    table.sort(names)
    assert.are.same({ '.hidden', 'dangling', 'fifo', 'file.md', 'link', 'link to sub', 'sub' }, names)
    assert.are.equal(0, editor:lua('return #host.list_names(...)', dir .. '/sub'))
  end)

  it('that are not there are told', function()
    local told = 'local name, path = ... local list, why = host[name](path) return list == nil and #why > 0'
    for _, path in ipairs({ '/no-such-folder', '/file.md' }) do
      assert.is_true(editor:lua(told, 'list_dir', dir .. path))
      assert.is_true(editor:lua(told, 'list_names', dir .. path))
    end
  end)

  it('have paths without symbolic links', function()
    local real = 'return host.real_path(...) or "none"'
    assert.are.equal(dir .. '/file.md', editor:lua(real, dir .. '/sub/../link'))
    assert.are.equal(dir .. '/sub', editor:lua(real, dir .. '/link to sub/'))
    assert.are.equal('none', editor:lua(real, dir .. '/dangling'))
    assert.are.equal('none', editor:lua(real, dir .. '/no-such-file'))
    assert.are.equal('/', editor:lua(real, '/'))
    editor:ex('cd ' .. vim.fn.fnameescape(dir))
    assert.are.equal(dir .. '/file.md', editor:lua(real, 'link'))
    editor:ex('cd -')
  end)

  it('tell facts of what a path leads to', function()
    local facts = 'local f = host.file_facts(...) return f and { f.kind, f.size } or {}'
    assert.are.same({ 'file', 4 }, editor:lua(facts, dir .. '/link'))
    assert.are.equal('directory', editor:lua(facts, dir .. '/link to sub')[1])
    assert.are.same({ 'file', 0 }, editor:lua(facts, dir .. '/.hidden'))
    assert.are.equal('other', editor:lua(facts, dir .. '/fifo')[1])
    assert.are.equal(0, vim.tbl_count(editor:lua(facts, dir .. '/dangling')))
    local modified = editor:lua('return host.file_facts(...).modified', dir .. '/file.md')
    assert.are.equal(vim.fn.getftime(dir .. '/file.md'), math.floor(modified))
  end)
end)
