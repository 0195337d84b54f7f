local fake_host = require('tests.lua.fake_host')

local FOLDER = '/data/beans/prompts/'
local BUNDLED = '/bundled/beans/prompts'

describe('prompts', function()
  local host, prompts

  before_each(function()
    local fresh
    host, fresh = fake_host.fresh()
    local real_path = host.real_path
    function host.real_path(path)
      return path:find('lua/beans/prompts$') and BUNDLED or real_path(path)
    end
    prompts = fresh('prompts')
    host.files[BUNDLED .. '/explain.md'] =
      '---\ndescription: Explain\nfor: chat\ncontext: @selection\n---\n\nExplain this.\n'
    host.files[BUNDLED .. '/types.md'] = '---\nfor: both\n---\nAdd types.\n'
  end)

  local function names(feature)
    local list = {}
    for i, entry in ipairs(prompts.list(feature)) do
      list[i] = entry.name .. ':' .. entry.source
    end
    return list
  end

  it('lists what fits a feature, by name', function()
    assert.same({ 'explain:bundled', 'types:bundled' }, names('chat'))
    assert.same({ 'types:bundled' }, names('rewrite'))
    assert.equals('Explain', prompts.list('chat')[1].description)
    assert.equals('', prompts.list('chat')[2].description)
  end)

  it("puts the user's own over those of the same name", function()
    host.files[FOLDER .. 'explain.md'] = 'My way.'
    host.files[FOLDER .. 'zzz.md'] = 'Last.'
    assert.same({ 'explain:user', 'types:bundled', 'zzz:user' }, names('chat'))
    assert.same({ 'explain:user', 'types:bundled', 'zzz:user' }, names('rewrite'))
    assert.equals('My way.', prompts.expand('/explain', 'chat').text)
  end)

  it('takes only files that can be named', function()
    for _, name in ipairs({ 'a b.md', '.hidden.md', 'notes.txt', 'sub/deep.md', '.md' }) do
      host.files[FOLDER .. name] = 'x'
    end
    host.files[FOLDER .. 'größer.md'] = 'x'
    assert.same({ 'explain:bundled', 'größer:user', 'types:bundled' }, names('chat'))
  end)

  it('follows prompts_dir and data_dir', function()
    host.user = { data_dir = '/elsewhere' }
    assert.equals('/elsewhere/prompts', prompts.folder())
    host.user = { prompts_dir = '/mine' }
    host.files['/mine/own.md'] = 'x'
    assert.same({ 'explain:bundled', 'own:user', 'types:bundled' }, names('chat'))
  end)

  it('leaves text alone that begins with no prompt', function()
    for _, text in ipairs({
      '/etc/passwd',
      '/nobody knows',
      'see /explain',
      ' /explain',
      '/',
      '',
      '/explain/x',
      '\n/explain',
    }) do
      assert.same({}, { prompts.expand(text, 'chat') })
    end
  end)

  it('appends what was typed, and the context', function()
    assert.same(
      { name = 'explain', text = 'Explain this.\n\nBriefly,\nplease.\n\n@selection' },
      prompts.expand('/explain  Briefly,\nplease. ', 'chat')
    )
    assert.equals('Explain this.\n\n@selection', prompts.expand('/explain', 'chat').text)
    assert.equals('Explain this.\n\n@selection', prompts.expand('/explain\n', 'chat').text)
  end)

  it('repeats no context that goes along already', function()
    assert.equals('Explain this.', prompts.expand('/explain', 'chat', { '@selection' }).text)
    assert.equals('Explain this.\n\nin @selection', prompts.expand('/explain in @selection', 'chat').text)
    host.files[FOLDER .. 'p.md'] = '---\ncontext: [@diff:staged, @file:"a b.md", @file:[c].md]\n---\nx'
    for typed, mentions in pairs({
      [''] = '@diff:staged @file:"a b.md" @file:[c].md',
      ['@diff'] = '@file:"a b.md" @file:[c].md',
      ['in @diff:unstaged, please'] = '@file:"a b.md" @file:[c].md',
      ['@difference and me@diff.org'] = '@diff:staged @file:"a b.md" @file:[c].md',
      ['see @file:"a b.md" and @file:d'] = '@diff:staged @file:[c].md',
    }) do
      assert.equals(mentions, prompts.expand('/p ' .. typed, 'chat').text:match('[^\n]*$'))
    end
  end)

  it('puts what was typed in its place, literally', function()
    host.files[FOLDER .. 'p.md'] = 'Say {{input}} and {{input}}.\n\n{{input}}\n\nEnd.\n'
    assert.equals(
      'Say %1{{input}} and %1{{input}}.\n\n%1{{input}}\n\nEnd.',
      prompts.expand('/p %1{{input}}', 'chat').text
    )
    assert.equals('Say  and .\n\n\nEnd.', prompts.expand('/p', 'chat').text)
  end)

  it('hands on model, parameters and system prompt', function()
    host.files[FOLDER .. 'p.md'] = table.concat({
      '\239\187\191---',
      'model: big',
      'params: {"temperature": 0, "stop": ["a"], "logprobs": true}',
      'system_prompt: "Two\\nlines"',
      'for: chat',
      'author: somebody',
      '---',
      'Text',
    }, '\r\n')
    local expanded = prompts.expand('/p', 'chat')
    assert.same({
      name = 'p',
      text = 'Text',
      model = 'big',
      params = { temperature = 0, stop = { 'a' }, logprobs = true },
      system_prompt = 'Two\nlines',
    }, expanded)
    expanded.params.stop[1] = 'changed'
    assert.equals('a', prompts.expand('/p', 'chat').params.stop[1])
    assert.is_true(getmetatable(expanded.params).object)
  end)

  it('takes a system prompt in plain words', function()
    host.files[FOLDER .. 'p.md'] = '---\nsystem_prompt: Be brief.\n---\n'
    assert.equals('Be brief.', prompts.expand('/p', 'chat').system_prompt)
    assert.equals('typed', prompts.expand('/p typed', 'chat').text)
  end)

  it('says that a prompt is for another feature', function()
    local expanded, problem = prompts.expand('/explain', 'rewrite')
    assert.is_nil(expanded)
    assert.equals('the prompt /explain is not for rewrite', problem)
  end)

  it('says once what is wrong with a file, and goes on', function()
    local broken = {
      a = '---\nparams: {"temperature": }\n---\nx',
      b = '---\nparams: [1]\n---\nx',
      c = '---\nfor: nobody\n---\nx',
      d = '---\ncontext: selection\n---\nx',
      e = '---\nsystem_prompt: "open\n---\nx',
      f = '---\nmodel: m\n---\n\n',
      g = 'a\0b',
      h = ('x'):rep(256 * 1024 + 1),
    }
    for name, text in pairs(broken) do
      host.files[FOLDER .. name .. '.md'] = text
    end
    for _ = 1, 2 do
      assert.same({ 'explain:bundled', 'types:bundled' }, names('chat'))
    end
    local notes = {}
    for _, note in ipairs(host.notes) do
      notes[note.text:match('/(%a)%.md')] = note.text:match('%.md: (.*)')
    end
    assert.equals(8, #host.notes)
    assert.same({
      a = 'params: no value at character 17',
      b = 'params: expected a JSON object',
      c = 'for: expected chat, rewrite or both',
      d = 'context: "selection" is no mention: those begin with @',
      e = 'system_prompt: a string without an end at character 6',
      f = 'nothing in it to send',
      g = 'no text',
      h = 'too large (at most 256 KiB)',
    }, notes)
    local expanded, problem = prompts.expand('/c', 'chat')
    assert.is_nil(expanded)
    assert.equals('the prompt /data/beans/prompts/c.md: for: expected chat, rewrite or both', problem)
  end)

  it('reads a file again only when it was written', function()
    local reads, read_file = 0, host.read_file
    function host.read_file(path)
      reads = reads + 1
      return read_file(path)
    end
    names('chat')
    names('chat')
    assert.equals(2, reads)
    host.files[BUNDLED .. '/types.md'] = 'Other text.'
    host.modified[BUNDLED .. '/types.md'] = 5
    assert.equals('Other text.', prompts.expand('/types', 'chat').text)
    assert.equals(3, reads)
    host.files[BUNDLED .. '/types.md'] = nil
    assert.is_nil(prompts.expand('/types', 'chat'))
  end)

  it('follows links, and reads nothing but files', function()
    host.files['/dotfiles/p.md'] = 'Linked.'
    local list_dir = host.list_dir
    function host.list_dir(path)
      local list = list_dir(path) or {}
      if path .. '/' == FOLDER then
        list[#list + 1] = { name = 'p.md', kind = 'other' }
        list[#list + 1] = { name = 'fifo.md', kind = 'other' }
      end
      return list
    end
    host.links[FOLDER .. 'p.md'] = '/dotfiles/p.md'
    host.read_file = function(path)
      assert(not path:find('fifo'), 'would wait for ever')
      return host.files[host.links[path] or path]
    end
    assert.equals('Linked.', prompts.expand('/p', 'chat').text)
    assert.same({ 'explain:bundled', 'p:user', 'types:bundled' }, names('chat'))
  end)

  it('costs no time, whatever was typed', function()
    host.files[FOLDER .. 'p.md'] = 'a' .. (' '):rep(2e5) .. 'b'
    local began = os.clock()
    prompts.expand('/p a' .. (' '):rep(1e6) .. 'b' .. (' '):rep(1e6), 'chat')
    prompts.expand('/p ' .. (' '):rep(1e6), 'chat')
    assert.is_true(os.clock() - began < 1, os.clock() - began)
  end)

  it('completes at the beginning of a question, and nowhere else', function()
    local col, items = prompts.omni('/ty', 'chat')
    assert.same({ 0, '/types' }, { col, items[1].word })
    for _, line in ipairs({ '', 'a /ty', '/types ', ' /ty', 'types' }) do
      assert.is_nil(prompts.omni(line, 'chat'))
    end
  end)

  it('completes a beginning', function()
    assert.same({
      { word = '/explain', menu = 'Explain', source = 'bundled' },
      { word = '/types', menu = '', source = 'bundled' },
    }, prompts.complete('/', 'chat'))
    assert.equals('/types', prompts.complete('ty', 'chat')[1].word)
    assert.same({}, prompts.complete('/ex', 'rewrite'))
    assert.same({}, prompts.complete('/%a', 'chat'))
  end)
end)

describe('the bundled prompts', function()
  it('are a good dozen, each whole', function()
    local prompt_file = require('beans.prompt_file')
    local paths = vim.fn.glob('lua/beans/prompts/*.md', true, true)
    assert.is_true(#paths >= 12)
    for _, path in ipairs(paths) do
      local file = assert(io.open(path))
      local prompt = assert(prompt_file.parse(file:read('*a'), error))
      file:close()
      assert.is_true(#prompt.description > 0 and #prompt.description <= 50, path)
      assert.is_true(#prompt.context > 0, path)
    end
  end)
end)
