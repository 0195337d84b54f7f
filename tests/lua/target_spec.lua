local target = require('beans.edit.target')

--- A disk: what is there, and where links lead.
local function disk(entries)
  local files = {}
  function files.real_path(path)
    local at = ''
    for part in path:gmatch('[^/]+') do
      if part == '..' then
        at = at:match('^(.*)/[^/]*$') or ''
      elseif part ~= '.' then
        at = at .. '/' .. part
      end
      local kind = at == '' and 'dir' or entries[at]
      if kind and kind:find('^/') then
        at = kind
        kind = entries[at]
      end
      if not kind then
        return nil
      end
    end
    return at == '' and '/' or at
  end
  function files.file_type(path)
    local kind = entries[path] or entries[files.real_path(path) or '']
    return kind and kind:find('^/') and 'link' or kind
  end
  return files
end

local FILES = disk({
  ['/home'] = 'dir',
  ['/home/p'] = 'dir',
  ['/home/p/.git'] = 'dir',
  ['/home/p/.git/config'] = 'file',
  ['/home/p/lua'] = 'dir',
  ['/home/p/lua/a.lua'] = 'file',
  ['/home/p/away'] = '/etc',
  ['/home/p/lua/link.lua'] = '/home/p/lua/a.lua',
  ['/home/p/passwords'] = '/etc/passwd',
  ['/home/p/lost'] = '/nowhere',
  ['/home/p/inner'] = '/home/p/.git',
  ['/home/p/pipe'] = 'fifo',
  ['/home/px'] = 'dir',
  ['/etc'] = 'dir',
  ['/etc/passwd'] = 'file',
})

describe('target', function()
  it('has the nearest repository as its root', function()
    assert.are.equal('/home/p', target.root(FILES, '/home/p/lua'))
    assert.are.equal('/home/p', target.root(FILES, '/home/p'))
    assert.is_nil(target.root(FILES, '/etc'))
  end)

  it('is a file in the project, by any name', function()
    for _, path in ipairs({ 'lua/a.lua', '/home/p/lua/a.lua', 'lua/../lua/a.lua', './lua/a.lua', 'lua/link.lua' }) do
      assert.are.same(
        { path = '/home/p/lua/a.lua', inside = true, is_new = false, folder_missing = false },
        target.resolve(FILES, '/home/p', path),
        path
      )
    end
  end)

  it('may be a new file, in a new folder too', function()
    local found = target.resolve(FILES, '/home/p', 'lua/new.lua')
    assert.are.same({ '/home/p/lua/new.lua', true, true, false }, {
      found.path,
      found.inside,
      found.is_new,
      found.folder_missing,
    })
    found = target.resolve(FILES, '/home/p', 'x/y/new.lua')
    assert.are.same({ '/home/p/x/y/new.lua', true, true }, { found.path, found.inside, found.folder_missing })
  end)

  it('is outside when it leads there, by dots, links or a name alike', function()
    for path, real in pairs({
      ['/etc/passwd'] = '/etc/passwd',
      ['../../etc/passwd'] = '/etc/passwd',
      ['away/passwd'] = '/etc/passwd',
      ['away/new'] = '/etc/new',
      ['passwords'] = '/etc/passwd',
      ['../px/new'] = '/home/px/new',
    }) do
      local found = target.resolve(FILES, '/home/p', path)
      assert.are.same({ real, false }, { found.path, found.inside }, path)
    end
  end)

  it('is refused where an editor or git would run it, and where it is no file', function()
    for _, path in ipairs({
      '.git/config',
      '.GIT/config',
      'inner/hooks/pre-commit',
      '.git/hooks/new',
      '.exrc',
      'lua/.nvim.lua',
      '.vscode/tasks.json',
      'lua',
      'pipe',
      'lost',
      'x/../../../etc/new',
      'x/..',
      'a\nb',
    }) do
      local found, why = target.resolve(FILES, '/home/p', path)
      assert.is_nil(found, path)
      assert.are.equal('string', type(why))
    end
  end)
end)
