local prompt = require('beans.complete.prompt')

local function input(changes)
  local base = {
    system = 'Complete.',
    file = { name = 'lua/a.lua', filetype = 'lua', indent = '  ' },
    before = { 'local M = {}', '' },
    prefix = 'local x',
    suffix = '',
    after = { '', 'return M' },
  }
  for key, value in pairs(changes or {}) do
    base[key] = value
  end
  return base
end

local function content(changes)
  local messages = prompt.messages(input(changes))
  return messages[#messages].content
end

local function numbered(first, last)
  local lines = {}
  for i = first, last do
    lines[#lines + 1] = ('local line_%05d = 1'):format(i)
  end
  return lines
end

--- How many bytes two texts have in common at their beginning.
local function common(one, other)
  local size = 0
  while size < #one and one:byte(size + 1) == other:byte(size + 1) do
    size = size + 1
  end
  return size
end

describe('the prompt of a completion', function()
  it('has the text before the cursor last', function()
    local messages, params = prompt.messages(input({ snippets = { { name = 'b.lua', lines = { 'local b' } } } }))
    assert.same({ role = 'system', content = 'Complete.' }, messages[1])
    assert.equal(
      table.concat({
        '<file name="lua/a.lua" language="lua" indentation="2 blanks">',
        '<other_file name="b.lua">\nlocal b\n</other_file>',
        '<after_cursor>\n\nreturn M</after_cursor>',
        '<before_cursor>local M = {}\n\nlocal x',
      }, '\n'),
      messages[2].content
    )
    assert.equal(128, params.max_tokens)
    assert.is_true(params.temperature <= 0.2 and #params.stop <= 4)
  end)

  it('does without a system prompt that is empty', function()
    assert.equal(1, #prompt.messages(input({ system = '' })))
  end)

  it('asks for less in the middle of a line', function()
    local _, params = prompt.messages(input({ suffix = ' + 1' }))
    assert.equal(64, params.max_tokens)
  end)

  it('stops at no fence where fences are text', function()
    local _, params = prompt.messages(input({ file = { name = 'a.md', filetype = 'markdown', indent = '\t' } }))
    assert.is_nil(params.stop)
  end)

  it('tells what is wrong near the cursor, on one line and not at length', function()
    local text = content({ diagnostics = { { line = 3, message = 'undefined\nvariable ' .. ('ä'):rep(300) } } })
    assert.is_truthy(text:find('<problem line="3">undefined variable ä', 1, true))
    assert.is_true(#text < 600)
    assert.is_falsy(text:gsub('ä', ''):find('[\128-\255]'))
  end)

  it('keeps within its budgets', function()
    local budget = { before = 500, after = 200, snippets = 100, head = 80 }
    local text = content({
      before = numbered(1, 1000),
      after = numbered(1001, 2000),
      file = { name = 'a', filetype = 'lua', indent = '\t', head = numbered(1, 50) },
      snippets = { { name = 'big', lines = numbered(1, 50) }, { name = 'small', lines = { 'x' } } },
      budget = budget,
    })
    assert.is_true(#text < 500 + 200 + 100 + 80 + 250)
    assert.is_truthy(text:find('<other_file name="small">', 1, true))
    assert.is_falsy(text:find('big', 1, true))
    assert.is_truthy(text:find('<head>\nlocal line_00001', 1, true))
  end)

  it('cuts a line that is too long between characters', function()
    local text = content({ prefix = ('ä'):rep(10000), suffix = ('ö'):rep(10000) })
    assert.is_true(#text < 6144 + 2048 + 200)
    assert.is_falsy(text:gsub('\195[\164\182]', ''):find('[\128-\255]'))
  end)

  it('begins the same while lines are typed', function()
    local same, all = 0, 0
    local last
    for line = 1000, 1100 do
      local text = content({ before = numbered(1, line) })
      if last then
        all = all + 1
        same = same + (common(last, text) >= #last - 10 and 1 or 0)
      end
      last = text
    end
    assert.equal(100, all)
    assert.is_true(same >= 96, same .. ' of 100')
  end)

  it('begins at the same line whatever the caller has of the lines above', function()
    local whole = content({ before = numbered(1, 2000) })
    local part = content({ before = numbered(1501, 2000), first_line = 1501 })
    assert.equal(whole, part)
  end)
end)

describe('a server that fills in the middle', function()
  it('gets prompt and suffix at /completions', function()
    assert.same(
      { prompt = 'local M = {}\n\nlocal x', suffix = '\n\nreturn M', max_tokens = 128, temperature = 0.2 },
      prompt.completions(input())
    )
    assert.same({ '\n' }, prompt.completions(input({ suffix = ')' })).stop)
  end)

  it('gets the lines above, the line and other files at /infill', function()
    assert.same({
      input_prefix = 'local M = {}\n\n',
      prompt = 'local x',
      input_suffix = '\n\nreturn M',
      input_extra = { { filename = 'b.lua', text = 'local b' } },
      max_tokens = 128,
      temperature = 0.2,
      cache_prompt = true,
    }, prompt.infill(input({ snippets = { { name = 'b.lua', lines = { 'local b' } } } })))
  end)

  it('is asked as the option says, in the fields of a request', function()
    local messages, params = prompt.messages(input())
    assert.same({ endpoint = 'chat', messages = messages, body = params }, prompt.request('chat', input()))
    local completions = { endpoint = 'completions', body = prompt.completions(input()) }
    assert.same(completions, prompt.request('completions', input()))
    assert.same({ endpoint = 'infill', body = prompt.infill(input()) }, prompt.request('infill', input()))
  end)
end)
