-- The rules of a project: found, asked for once, kept, and never read from elsewhere.

local bench_of = require('tests.editor.bench')

describe('rules', function()
  local bench, project

  before_each(function()
    bench = bench_of.start()
    project = vim.uv.fs_realpath(bench.dir) .. '/my project'
    vim.fn.mkdir(project .. '/.git', 'p')
    vim.fn.mkdir(project .. '/src', 'p')
    vim.fn.writefile({ '# Rules', '', 'Use tabs.' }, project .. '/AGENTS.md')
  end)

  after_each(function()
    bench:stop()
  end)

  --- An editor in the project, with the data that all of them share.
  local function start()
    local editor =
      bench:editor('practice', { beans = { data_dir = bench.dir .. '/data' }, size = { rows = 24, cols = 120 } })
    editor:ex('cd ' .. vim.fn.fnameescape(project .. '/src'))
    return editor
  end

  local function get(editor)
    editor:lua([[
      GOT = nil
      require('beans.host').schedule(function()
        require('beans.rules').get('.', function(rule)
          GOT = rule and require('beans.rules').wrap(rule) or 'none'
        end)
      end)
    ]])
  end

  local function got(editor)
    return editor:wait('the rules', function()
      return editor:lua('return GOT or false')
    end)
  end

  it('go along when the user says so, from then on and in every editor', function()
    local editor = start()
    get(editor)
    editor:wait_screen('Never for this project')
    editor:wait_screen('along with chats?')
    editor:keys(editor.is_vim and '<CR>' or '1<CR>')
    local text = got(editor)
    assert.is_truthy(text:find('AGENTS.md', 1, true) and text:find('# Rules\n\nUse tabs.', 1, true), text)
    local kept = bench.dir .. '/data/rules.tsv'
    assert.are.same({ 'yes\t' .. project }, vim.fn.readfile(kept))
    assert.are.equal('rw-------', vim.fn.getfperm(kept))
    local other = start()
    get(other)
    assert.are.equal(text, got(other))
  end)

  it('stay here when the user says never, or turns away', function()
    local editor = start()
    get(editor)
    editor:wait_screen('Never for this project')
    editor:keys('<Esc>')
    assert.are.equal('none', got(editor))
    assert.are.equal(0, vim.fn.filereadable(bench.dir .. '/data/rules.tsv'))
    editor = start()
    get(editor)
    editor:wait_screen('Never for this project')
    editor:keys(editor.is_vim and 'j<CR>' or '2<CR>')
    assert.are.equal('none', got(editor))
    assert.are.same({ 'no\t' .. project }, vim.fn.readfile(bench.dir .. '/data/rules.tsv'))
    get(editor)
    assert.are.equal('none', got(editor))
  end)

  it('are never what a link leads to outside of the project', function()
    vim.fn.writefile({ 'secret' }, bench.dir .. '/secret')
    vim.fn.delete(project .. '/AGENTS.md')
    vim.uv.fs_symlink(bench.dir .. '/secret', project .. '/AGENTS.md')
    local editor = start()
    get(editor)
    assert.are.equal('none', got(editor))
    editor:wait('the notice', function()
      return editor:ex('messages'):find('leads out of its project', 1, true)
    end)
  end)

  it('are no pipe that would make the editor wait', function()
    vim.fn.delete(project .. '/AGENTS.md')
    vim.fn.system({ 'mkfifo', project .. '/AGENTS.md' })
    local editor = start()
    get(editor)
    assert.are.equal('none', got(editor))
  end)
end)
