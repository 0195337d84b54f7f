-- What every host promises of buffers that are files.

local rig = require('tests.editor.host_rig')

local function read(path)
  local file = io.open(path, 'rb')
  local text = file and file:read('*a')
  if file then
    file:close()
  end
  return text
end

local function write(path, text)
  local file = assert(io.open(path, 'wb'))
  file:write(text)
  file:close()
end

describe('documents', function()
  local editor = rig.shared()
  local path

  before_each(function()
    path = editor.dir .. '/folder/doc.md'
    vim.fn.delete(editor.dir .. '/folder', 'rf')
  end)

  local function lua(code, ...)
    return editor:lua(code, ...)
  end

  --- Opens the file as a document of ours.
  local function open()
    return lua('local buf = host.document_open(...) host.document_adopt(buf) return buf', path)
  end

  local function has(text)
    vim.fn.mkdir(vim.fs.dirname(path), 'p')
    write(path, text)
  end

  it('are written whole, private and in a private folder where nothing was', function()
    local buf = open()
    lua("host.buf_set_lines(..., 1, 1, { 'one', 'ä' })", buf)
    assert.is_true(lua('return host.buf_modified(...)', buf))
    assert.are.same({ true }, { lua('return (host.document_write(...))', buf, path) })
    assert.are.equal('one\nä\n', read(path))
    assert.are.equal('rw-------', vim.fn.getfperm(path))
    assert.are.equal('rwx------', vim.fn.getfperm(vim.fs.dirname(path)))
    assert.are.same({ 'doc.md' }, vim.fn.readdir(vim.fs.dirname(path)))
    assert.are.equal(path, lua('return host.buf_path(...)', buf))
  end)

  it('keep mode, line ends and links of an old file', function()
    vim.fn.mkdir(editor.dir .. '/folder', 'p')
    write(editor.dir .. '/folder/real.md', 'one\r\ntwo\r\n')
    vim.fn.setfperm(editor.dir .. '/folder/real.md', 'rw-r--r--')
    vim.uv.fs_symlink(editor.dir .. '/folder/real.md', path)
    local buf = open()
    lua("host.buf_set_lines(..., 2, 2, { 'zwei' })", buf)
    assert.is_true(lua('return (host.document_write(...))', buf, path))
    assert.are.equal('one\r\nzwei\r\n', read(editor.dir .. '/folder/real.md'))
    assert.are.equal('rw-r--r--', vim.fn.getfperm(editor.dir .. '/folder/real.md'))
    assert.are.equal('link', vim.fn.getftype(path))
  end)

  it('are written with what is odd in a line', function()
    has('a\0b\nlong\n')
    local buf = open()
    lua('host.document_write(...)', buf, path)
    assert.are.equal('a\0b\nlong\n', read(path))
  end)

  it('are written with one line otherwise than it stands there', function()
    has('one\ntwo\n')
    local buf = open()
    lua("local buf, path = ... host.document_write(buf, path, { line = 2, text = 'zwei' })", buf, path)
    assert.are.equal('one\nzwei\n', read(path))
    assert.are.same({ 'one', 'two' }, lua('return host.buf_lines(..., 1, -1)', buf))
  end)

  it('say why they are not written', function()
    has('text\n')
    local buf = open()
    local result = lua('return { host.document_write(...) }', buf, '/proc/none/doc.md')
    assert.is_false(result[1])
    assert.are.equal('string', type(result[2]))
    assert.are.equal('text\n', read(path))
  end)

  it('leave it to us how :write writes, and are unmodified when it is done', function()
    has('one\n')
    local buf = open()
    lua(
      [[
        local buf = ...
        host.on_write(buf, function(path, forced)
          note('write')(path, forced)
          return not forced
        end)
        host.win_open(buf, 'below')
      ]],
      buf
    )
    editor:ex("call setline(1, 'changed') | write")
    assert.are.same({ { path, false } }, rig.calls(editor, 'write'))
    assert.are.equal(0, editor:eval('&modified + 0'))
    editor:ex("call setline(1, 'again') | write! " .. path)
    assert.are.same({ path, true }, rig.calls(editor, 'write', 2)[2])
    assert.are.equal(1, editor:eval('&modified + 0'))
    editor:ex('write! ' .. editor.dir .. '/folder/other.md')
    assert.are.equal(editor.dir .. '/folder/other.md', rig.calls(editor, 'write', 3)[3][1])
    assert.are.equal('one\n', read(path))
  end)

  it('leave it to us whether to read them anew', function()
    has('one\n')
    local buf = open()
    lua(
      [[
        local buf = ...
        host.on_changed_outside(buf, function()
          note('changed')()
          return #got.changed > 1
        end)
        host.win_open(buf, 'below')
      ]],
      buf
    )
    write(path, 'one\ntwo\n')
    editor:ex('checktime')
    rig.calls(editor, 'changed')
    assert.are.equal(1, lua('return host.buf_line_count(...)', buf))
    write(path, 'one\ntwo\nthree\n')
    vim.uv.fs_utime(path, os.time() + 5, os.time() + 5)
    editor:ex('checktime')
    rig.calls(editor, 'changed', 2)
    assert.are.equal(3, lua('return host.buf_line_count(...)', buf))
    assert.is_nil(editor:raised())
  end)

  it('have no swap file and no undo file', function()
    has('one\ntwo\n')
    editor:ex('set swapfile undofile')
    local buf = open()
    lua("host.win_open(..., 'below')", buf)
    lua("host.buf_set_lines(..., 1, 1, { 'changed' })", buf)
    editor:ex('silent! preserve')
    assert.are.same({ 'doc.md' }, vim.fn.readdir(vim.fs.dirname(path)))
    assert.are.equal(0, editor:eval('&l:undofile + 0'))
    editor:ex('set noswapfile noundofile')
  end)

  it('are told before something is quit', function()
    lua("host.on_quit(note('quit'))")
    editor:ex('new | quit')
    rig.calls(editor, 'quit')
  end)

  it('append to files, remove them, and name things', function()
    vim.fn.mkdir(editor.dir .. '/folder', 'p')
    assert.is_true(lua("local p = ... return host.append_text(p, 'a') and host.append_text(p, 'b\\nc')", path))
    assert.are.equal('ab\nc', read(path))
    assert.are.equal('rw-------', vim.fn.getfperm(path))
    assert.is_true(lua('return (host.remove_file(...))', path))
    assert.is_nil(read(path))
    assert.is_false(lua('return (host.remove_file(...))', path))
    local empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    assert.are.equal(empty, lua("return host.sha256('')"))
  end)

  it('know which processes are alive, and that a pid is used again', function()
    assert.is_true(lua('return host.process_alive(host.process())'))
    assert.are.equal(tostring(editor:eval('getpid()')), lua("return (host.process():match('^%d+'))"))
    assert.is_true(lua("return host.process_alive('1')"))
    assert.is_false(lua("return host.process_alive('4194305')"))
    assert.is_false(lua("return host.process_alive('4194305-1')"))
    if vim.fn.filereadable('/proc/self/stat') == 1 then
      assert.is_true(lua("return host.process():find('^%d+%-%d+$') ~= nil"))
      assert.is_false(lua("return host.process_alive((host.process():gsub('%-.*', '-1')))"))
    end
  end)
end)
