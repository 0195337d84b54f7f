-- The prompt library, with the real files of the plugin and of a user.

local bench_of = require('tests.editor.bench')

describe('prompts', function()
  local bench, editor

  setup(function()
    bench = bench_of.start()
    editor = bench:editor('practice', { size = { rows = 24, cols = 100 } })
  end)

  teardown(function()
    bench:stop()
  end)

  local function prompt(name, lines)
    local folder = editor:lua("return require('beans.prompts').folder()")
    vim.fn.mkdir(folder, 'p')
    vim.fn.writefile(lines, ('%s/%s.md'):format(folder, name))
  end

  local function names(feature)
    return table.concat(
      editor:lua(
        [[
          local names = {}
          for i, entry in ipairs(require('beans.prompts').list(...)) do
            names[i] = entry.name
          end
          return names
        ]],
        feature
      ),
      ' '
    )
  end

  it('are there in every editor, wherever its working directory is', function()
    editor:ex('cd /')
    assert.are.equal('changes commit docs explain fix names optimize plan refactor review tests types', names('chat'))
    assert.are.equal('docs fix names optimize refactor types', names('rewrite'))
    local text = editor:lua("return require('beans.prompts').expand('/commit in German', 'chat').text")
    assert.is_truthy(text:find('^Write a commit message for these changes%.\n\n.*\n\nin German\n\n@diff:staged$'), text)
    assert.is_true(editor:lua("return require('beans.prompts').expand('/etc/passwd', 'chat') == nil"))
  end)

  it("are the user's own too, and stay exact on their way to the server", function()
    prompt('mine', {
      '---',
      'params: {"logprobs": true, "stop": [], "extra": {"empty": {}, "nothing": null}, "n": 1}',
      '---',
      'Mine.',
    })
    assert.is_truthy(names('chat'):find(' mine ', 1, true), names('chat'))
    editor:lua([[
      local expanded = require('beans.prompts').expand('/mine now', 'chat')
      require('beans').request({
        messages = expanded.text,
        params = expanded.params,
        on_done = function() BEANS_TEST = 'done' end,
        on_error = function(err) BEANS_TEST = err.message end,
      })
    ]])
    editor:wait('the answer', function()
      return editor:lua('return BEANS_TEST or false')
    end)
    local requests = vim.fn.glob(bench.dir .. '/record/*.req', true, true)
    local file = assert(io.open(requests[#requests], 'rb'))
    local body = file:read('*a'):match('\r\n\r\n(.*)$')
    file:close()
    assert.is_truthy(body:find('"Mine.\\n\\nnow"', 1, true), body)
    for _, wanted in ipairs({ '"logprobs":true', '"stop":[]', '"empty":{}', '"nothing":null', '"n":1' }) do
      assert.is_truthy(body:find(wanted .. '[,}]') or body:find(wanted, 1, true), wanted .. ' in ' .. body)
    end
  end)

  it('that are damaged are told of once, by their file', function()
    prompt('broken', { '---', 'params: {', '---', 'x' })
    names('chat')
    names('chat')
    editor:wait('the notice', function()
      return editor:ex('messages'):find('broken.md', 1, true)
    end)
    local _, count = editor:ex('messages'):gsub('broken%.md: params: no name in quotes', '')
    assert.are.equal(1, count, editor:ex('messages'))
  end)

  it('are read again when they were written', function()
    prompt('fresh', { 'First.' })
    local code = "return require('beans.prompts').expand('/fresh', 'rewrite').text"
    assert.are.equal('First.', editor:lua(code))
    prompt('fresh', { 'And then.' })
    assert.are.equal('And then.', editor:lua(code))
  end)
end)
