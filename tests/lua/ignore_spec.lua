local glob = require('beans.glob')
local ignore = require('beans.ignore')
local path = require('beans.path')

--- rules, then paths that they leave out, then paths that they don't
local CASES = {
  { 'a name at any depth', 'foo', { 'foo', 'a/foo', 'a/foo/b' }, { 'foobar', 'a/barfoo' } },
  { 'a comment and an empty line', '# foo\n\nbar', { 'bar' }, { '# foo', 'foo' } },
  { 'an escaped hash and exclamation mark', '\\#a\n\\!b', { '#a', '!b' }, { 'a', 'b' } },
  { 'anchored by a slash before', '/foo', { 'foo', 'foo/x' }, { 'a/foo' } },
  { 'anchored by a slash inside', 'a/b', { 'a/b', 'a/b/c' }, { 'x/a/b', 'b' } },
  { 'folders only', 'foo/', { 'foo/x', 'a/foo/x' }, { 'foo', 'a/foo' } },
  { 'a star, not over slashes', '*.log', { 'a.log', 'x/.log' }, { 'a.logs', 'log' } },
  { 'a star in an anchored rule', 'a/*/c', { 'a/b/c' }, { 'a/c', 'a/b/b/c' } },
  { 'a question mark', 'a?c', { 'abc', 'aäc' }, { 'ac', 'abbc' } },
  { 'two stars before', '**/foo/x', { 'foo/x', 'a/b/foo/x' }, { 'foo/y' } },
  { 'two stars after', 'foo/**', { 'foo/a', 'foo/a/b' }, { 'foo', 'a/foo/b' } },
  { 'two stars between', 'a/**/b', { 'a/b', 'a/x/b', 'a/x/y/b' }, { 'b', 'a/bb' } },
  { 'two stars inside a name', 'a**b', { 'ab', 'axxb' }, { 'a/b' } },
  { 'classes', '[a-c]x\n[!a-c]y\n[^0-9]z', { 'ax', 'dy', 'az' }, { 'dx', 'ay', '1z' } },
  { 'a bracket and a dash in a class', '[]-]x', { ']x', '-x' }, { 'ax' } },
  { 'classes of POSIX', '[[:digit:]]x\n[[:upper:]_]y', { '1x', 'Ay', '_y' }, { 'ax', 'ay' } },
  { 'an escaped star', 'a\\*b', { 'a*b' }, { 'axb' } },
  { 'a class that never ends matches nothing', '[ab', {}, { 'a', 'b', '[ab' } },
  { 'a last backslash matches nothing', 'a\\', {}, { 'a', 'a\\' } },
  { 'blanks at the end', 'foo   ', { 'foo' }, { 'foo   ' } },
  { 'an escaped blank at the end', 'foo\\ ', { 'foo ' }, { 'foo' } },
  { 'a rule taken back', '*.log\n!keep.log', { 'a.log' }, { 'keep.log', 'x/keep.log' } },
  { 'the last rule counts', '!a\na\n!b\nb\n!b', { 'a' }, { 'b' } },
  { 'nothing comes back from a folder that is left out', 'foo/\n!foo/a', { 'foo/a' }, {} },
  { 'all but one folder', '/*\n!/keep', { 'a', 'b/c' }, { 'keep', 'keep/x' } },
  { 'CR at the end of lines', 'foo\r\nbar\r\n', { 'foo', 'bar' }, {} },
  { 'a byte order mark', '\239\187\191foo', { 'foo' }, {} },
  { 'hidden names', '*', { '.x', 'a/.y' }, {} },
}

describe('ignore', function()
  local function leaves_out(text, name)
    local levels = { { depth = 0, rules = ignore.parse(text) } }
    return ignore.ignored_by(levels, path.parts(name)) ~= nil
  end

  for _, case in ipairs(CASES) do
    it('knows ' .. case[1], function()
      for _, name in ipairs(case[3]) do
        assert.is_true(leaves_out(case[2], name), name)
      end
      for _, name in ipairs(case[4]) do
        assert.is_false(leaves_out(case[2], name), name)
      end
    end)
  end

  it('lets inner files overrule outer ones', function()
    local levels = {
      { depth = 0, rules = ignore.parse('*.txt\nfoo/\n') },
      { depth = 1, rules = ignore.parse('!a.txt\n/b\n') },
    }
    local function by(name)
      local rule, level = ignore.ignored_by(levels, path.parts(name))
      return rule and level.depth .. ' ' .. rule.line .. ' ' .. rule.text
    end
    assert.is_nil(by('x/a.txt'))
    assert.equals('0 1 *.txt', by('x/c.txt'))
    assert.equals('1 2 /b', by('x/b'))
    assert.is_nil(by('x/y/b'))
    assert.equals('0 2 foo/', by('x/foo/a.txt'))
  end)

  it('takes no longer for patterns that are made to', function()
    local began = os.clock()
    assert.is_false(leaves_out(('*a'):rep(40) .. 'b', ('a'):rep(250)))
    assert.is_false(leaves_out(('**/a/'):rep(30) .. 'b', ('a/'):rep(200) .. 'c'))
    assert.is_true(os.clock() - began < 1)
  end)

  it('agrees with git', function()
    local function check(rules, names)
      local dir = vim.fn.tempname()
      vim.fn.mkdir(dir)
      vim.fn.writefile(vim.split(rules, '\n'), dir .. '/.gitignore')
      vim.system({ 'git', '-C', dir, 'init', '-q' }):wait()
      local argv = { 'git', '-C', dir, 'check-ignore', '--no-index', '-z', '--stdin' }
      local out = vim.system(argv, { stdin = table.concat(names, '\0') .. '\0' }):wait().stdout
      vim.fn.delete(dir, 'rf')
      local set = {}
      for name in out:gmatch('%Z+') do
        set[name] = true
      end
      return set
    end
    for _, case in ipairs(CASES) do
      local names = vim.list_extend(vim.list_extend({}, case[3]), case[4])
      local set = check(case[2], names)
      for _, name in ipairs(names) do
        -- git counts bytes where we count characters
        if not name:find('[\128-\255]') then
          assert.equals(set[name] == true, leaves_out(case[2], name), case[1] .. ': ' .. name)
        end
      end
    end
  end)
end)

describe('glob', function()
  local function matches(pattern, name)
    return glob.matches(glob.parse(pattern), path.parts(name))
  end

  it('matches whole paths', function()
    assert.is_true(matches('lua/*.lua', 'lua/a.lua'))
    assert.is_false(matches('lua/*.lua', 'lua/b/a.lua'))
    assert.is_true(matches('lua/**/*.lua', 'lua/a.lua'))
    assert.is_true(matches('**', 'a/b'))
    assert.is_false(matches('*.lua', 'a'))
  end)

  it('knows which folders may have more', function()
    local deep, flat = glob.parse('a/**/b'), glob.parse('a/?/c')
    assert.is_true(glob.reaches_below(deep, { 'a', 'x', 'y' }))
    assert.is_false(glob.reaches_below(deep, { 'b' }))
    assert.is_true(glob.reaches_below(flat, { 'a', 'b' }))
    assert.is_false(glob.reaches_below(flat, { 'a', 'bb' }))
    assert.is_false(glob.reaches_below(flat, { 'a', 'b', 'c' }))
  end)
end)

describe('secrets', function()
  local secrets = require('beans.secrets')

  it('are known by their names', function()
    local found = {
      '/p/.env',
      '/p/.env.production',
      '/p/prod.env',
      '/p/.envrc',
      '/p/x.pem',
      '/p/X.KEY',
      '/p/a.p12',
      '/p/a.pfx',
      '/p/a.kdbx',
      '/h/.ssh/id_rsa',
      '/h/.ssh/work',
      '/p/id_ed25519',
      '/p/id_ecdsa.bak',
      '/h/.netrc',
      '/h/.npmrc',
      '/h/.pgpass',
      '/h/.aws/credentials',
      '/h/.config/gcloud/application_default_credentials.json',
      '/h/.config/gcloud/legacy_credentials/me/adc.json',
      '/h/.kube/config',
      '/h/.docker/config.json',
      '/w/.htpasswd',
      '/w/htpasswd',
      '/h/.git-credentials',
      '/h/.gnupg/private-keys-v1.d/x',
      '/etc/shadow',
      '/h/.bash_history',
    }
    for _, name in ipairs(found) do
      assert.is_true(secrets.has(name), name)
    end
  end)

  it('are not taken for more than they are', function()
    local free = {
      '/p/.env.example',
      '/p/.env.sample',
      '/p/.env.template',
      '/p/environment.lua',
      '/p/keys.lua',
      '/h/.ssh/id_rsa.pub',
      '/h/.ssh/config',
      '/p/config',
      '/p/credentials.lua',
      '/p/.env/bin/activate',
      '/p/etc/shadow',
      '/p/key',
    }
    for _, name in ipairs(free) do
      assert.is_false(secrets.has(name), name)
    end
  end)
end)
