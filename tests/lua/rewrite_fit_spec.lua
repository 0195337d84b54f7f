local fit = require('beans.rewrite.fit')

local FILES = { 'fences', 'talk', 'refusals', 'markup', 'indentation', 'units', 'characters', 'ends' }

-- Reading the cases ---------------------------------------------------------------------------------------------------

local function blanks(word)
  return word == 'tab' and '\t' or (' '):rep(tonumber(word))
end

local function read_head(head)
  local case = { name = head, filetype = 'lua', kind = 'line', indent = '    ' }
  for word in head:gmatch('%S+') do
    local key, value = word:match('^(%l+)=(%S+)$')
    if key == 'filetype' or key == 'kind' or key == 'refusal' then
      case[key] = value
    elseif key then
      case[key] = blanks(value)
    elseif word == 'cut' or word == 'cr' or word == 'crlf' then
      case[word] = true
    end
  end
  return case
end

--- The cases of a file. A blank line before the next case is none of it.
local function read(name)
  local cases, case, part = {}, nil, nil
  for line in io.lines(('tests/data/rewrite/%s.txt'):format(name)) do
    local word, rest = line:match('^@@ (%S+)%s*(.*)$')
    if word == 'case' then
      if part and part[#part] == '' then
        part[#part] = nil
      end
      case, part = read_head(rest), nil
      cases[#cases + 1] = case
    elseif word == 'problem' then
      local kind, message = rest:match('^(%S+) (.*)$')
      case.problem, part = { kind = kind, message = message }, nil
    elseif word and word ~= '#' then
      case[word] = {}
      part = case[word]
    elseif part then
      part[#part + 1] = line:gsub('→', '\t'):gsub('␠', ' ')
    end
  end
  if part and part[#part] == '' then
    part[#part] = nil
  end
  return cases
end

--- What the case is about: options, answer, and what is to come of it.
local function prepared(case)
  local cr = case.cr and '\r' or ''
  local last_cr = case.kind == 'char' and '' or cr
  local function ended(lines)
    local out = {}
    for i, line in ipairs(lines or {}) do
      out[i] = line .. (i == #lines and last_cr or cr)
    end
    return out
  end
  return {
    options = {
      original = ended(case.original),
      kind = case.kind,
      filetype = case.filetype,
      indent = case.indent,
      base = case.base,
    },
    answer = table.concat(case.answer, case.crlf and '\r\n' or '\n'),
    facts = { cut = case.cut, refusal = case.refusal },
    expected = {
      lines = ended(case.lines),
      problem = case.problem,
      said = not case.problem and table.concat(case.said or {}, '\n') or nil,
    },
  }
end

-- Feeding -------------------------------------------------------------------------------------------------------------

--- Feeds pieces. `tails` gets what was shown after each, with the number of lines that had been given.
local function fitted(options, pieces, facts, tails)
  local fitter = fit.new(options)
  local lines = {}
  for _, piece in ipairs(pieces) do
    local more, tail = fitter:feed(piece)
    vim.list_extend(lines, more)
    if tails then
      tails[#tails + 1] = { count = #lines, tail = vim.deepcopy(tail) }
    end
  end
  local given = #lines
  local more, problem = fitter:finish(facts)
  vim.list_extend(lines, more)
  assert.is_true(not problem or (given == 0 and #more == 0))
  return { lines = lines, problem = problem, said = not problem and fitter:epilogue() or nil }
end

local function bytes_of(text)
  local pieces = {}
  for i = 1, #text do
    pieces[i] = text:sub(i, i)
  end
  return pieces
end

local function random_pieces(text)
  local pieces, at = {}, 1
  local most = math.random(2, 40)
  while at <= #text do
    local size = math.random(1, most)
    pieces[#pieces + 1] = text:sub(at, at + size - 1)
    at = at + size
  end
  return pieces
end

describe('the answer to a rewrite', function()
  before_each(function()
    math.randomseed(5)
  end)

  for _, name in ipairs(FILES) do
    for _, case in ipairs(read(name)) do
      it(('%s: %s'):format(name, case.name), function()
        local made = prepared(case)
        assert.same(made.expected, fitted(made.options, { made.answer }, made.facts))
        assert.same(made.expected, fitted(made.options, bytes_of(made.answer), made.facts))
        for _ = 1, 50 do
          assert.same(made.expected, fitted(made.options, random_pieces(made.answer), made.facts))
        end
      end)
    end
  end

  -- Properties --------------------------------------------------------------------------------------------------------

  local TEXTS = {
    'local x = 1',
    'if x then',
    'end',
    'return { a = 1,',
    'b = "```", c = f(1) }',
    'for i = 1, 10 do -- all',
    '}',
    '{',
    '',
    '',
    '  ',
    'def f(self):',
    'x = "naïve ≤ 𝛑"',
    '-- Here is the thing:',
    '* a comment, which goes on.',
    'The sentence of a comment.',
    "I'm sorry, it said.",
    '<li>a</li>',
    'key: value',
    '- item one',
    'foo(a,',
    '    b)',
  }
  local FENCED = { '```', '```lua', '~~~' }
  local UNITS = { '\t', '  ', '    ', '\t ', '   ' }

  --- A text of some shape: nested or not, in one unit or in several, begun deep, with blank lines at its ends.
  local function random_text(with_fences)
    local lines, depth = {}, math.random(0, 3)
    local unit, mixed = UNITS[math.random(#UNITS)], math.random(6) == 1
    for i = 1, math.random(1, 14) do
      depth = math.max(0, depth + math.random(-1, 1))
      local text = TEXTS[math.random(#TEXTS)]
      if with_fences and math.random(6) == 1 then
        text = FENCED[math.random(#FENCED)]
      end
      lines[i] = text == '' and '' or (mixed and UNITS[math.random(#UNITS)] or unit):rep(depth) .. text
    end
    return lines
  end

  local function is_blank(lines)
    return not table.concat(lines):find('%S')
  end

  local FILETYPES = { 'lua', 'python', 'yaml', 'go', 'make', 'text', 'markdown', 'mail', 'html', '' }
  local KINDS = { 'line', 'line', 'line', 'char', 'block' }

  local function random_options(original)
    return {
      original = original,
      kind = KINDS[math.random(#KINDS)],
      filetype = FILETYPES[math.random(#FILETYPES)],
      indent = ({ '\t', '  ', '    ', '' })[math.random(4)],
    }
  end

  --- Whether lines and tail are the beginning of a text: the last line of the tail may be unfinished.
  local function is_beginning(text, lines, tail)
    local count = #lines + #tail
    for i = 1, count do
      local line = lines[i] or tail[i - #lines]
      local of = text[i] or ''
      if line ~= of and not (i == count and of:sub(1, #line) == line) then
        return false
      end
    end
    return true
  end

  it('that is the original in a fence gives the original, and shows nothing else on the way', function()
    for round = 1, 4000 do
      local original = random_text(round % 2 == 0)
      local options = random_options(original)
      local text = table.concat(original, '\n')
      local answer = ('`````%s\n%s\n`````'):format(({ '', 'markdown' })[math.random(2)], text)
      if not is_blank(original) then
        local tails = {}
        local made = fitted(options, random_pieces(answer), {}, tails)
        assert.same({ lines = original, said = '' }, made)
        for _, shown in ipairs(tails) do
          local given = vim.list_slice(made.lines, 1, shown.count)
          assert.is_true(is_beginning(original, given, shown.tail), vim.inspect({ options, shown }))
        end
      end
    end
  end)

  it('that is the original without a fence gives the original', function()
    for round = 1, 4000 do
      local original = random_text(false)
      local options = random_options(original)
      local answer = table.concat(original, round % 3 == 0 and '\r\n' or '\n')
      if not is_blank(original) then
        assert.same({ lines = original, said = '' }, fitted(options, random_pieces(answer), {}), vim.inspect(options))
      end
    end
  end)

  it('gives the same for any split, whatever it is', function()
    local parts = { '```', '```lua', 'Here is the code:', 'I changed it.', '<think>', '</think>', 'Sorry, no.', '\r' }
    for _ = 1, 3000 do
      local answer = random_text(true)
      for _ = 1, math.random(0, 3) do
        table.insert(answer, math.random(#answer), parts[math.random(#parts)])
      end
      local options = random_options(math.random(4) == 1 and {} or random_text(math.random(3) == 1))
      local text, facts = table.concat(answer, '\n'), { cut = math.random(4) == 1 }
      local whole = fitted(options, { text }, facts)
      assert.same(whole, fitted(options, random_pieces(text), facts))
      assert.is_true((whole.problem ~= nil) == (#whole.lines == 0), vim.inspect({ options, text }))
    end
  end)

  -- Streaming ---------------------------------------------------------------------------------------------------------

  local function streaming(options)
    local fitter = fit.new(vim.tbl_extend('keep', options or {}, {
      original = { 'local x = 1', 'local y = 2' },
      kind = 'line',
      filetype = 'lua',
      indent = '  ',
    }))
    return function(text)
      local lines, tail = fitter:feed(text)
      return { lines, tail }
    end
  end

  it('gives each line when it is whole, and shows the next one as it grows', function()
    local feed = streaming()
    assert.same({ {}, {} }, feed('```lua\n'))
    assert.same({ {}, { 'loc' } }, feed('loc'))
    assert.same({ { 'local x = 3' }, {} }, feed('al x = 3\n'))
    assert.same({ { 'local z = 4' }, { 'loc' } }, feed('local z = 4\nloc'))
    assert.same({ { 'local q = 5' }, { '', 'end' } }, feed('al q = 5\n\nend'))
  end)

  it('never shows what may be a fence, half a character or half a line end', function()
    local feed = streaming()
    assert.same({ {}, {} }, feed('```lua\n``'))
    assert.same({ {}, { '``x' } }, feed('x'))
    assert.same({ { '``x' }, {} }, feed('\r\n'))
    assert.same({ {}, { 'x = "' } }, feed('x = "\226\137'))
    assert.same({ {}, { 'x = "≤' } }, feed('\164'))
    assert.same({ {}, { 'x = "≤"' } }, feed('"\r'))
    assert.same({ { 'x = "≤"' }, {} }, feed('\n'))
    assert.same({ {}, {} }, feed('``'))
    assert.same({ {}, {} }, feed('`\nI renamed'))
  end)

  it('shows code without a fence as it grows, and nothing that may be talk', function()
    local feed = streaming()
    assert.same({ {}, { 'local function foo(a' } }, feed('local function foo(a'))
    assert.same({ { 'local function foo(a)' }, {} }, feed(')\n'))
    feed = streaming()
    assert.same({ {}, {} }, feed('Here is the updated code of'))
    assert.same({ {}, {} }, feed(' yours:\n\n'))
    feed = streaming({ filetype = 'markdown', original = { 'Some text.' } })
    assert.same({ {}, { 'Text that goes on and' } }, feed('Text that goes on and'))
  end)

  it('shows lines that are held back as they will probably stand', function()
    local feed = streaming({ original = { '    foo()', '    bar()' }, indent = '    ' })
    assert.same({ {}, { '    if x then' } }, feed('```lua\nif x then'))
    assert.same({ {}, { '    if x then', '        foo(' } }, feed('\n    foo('))
    assert.same({ {}, { '    if x then', '        foo()' } }, feed(')\n'))
    assert.same({ { '    if x then', '        foo()', '    end' }, {} }, feed('end\n'))
  end)

  it('holds back no more than a few lines, however they stand', function()
    local feed = streaming({ original = { '    foo()', '    bar()' }, indent = '    ' })
    feed('if x:\n')
    local given = 0
    for _ = 1, 6 do
      given = given + #feed('    foo()\n')[1]
    end
    assert.is_true(given >= 6)
  end)

  it('does not look at all of a long line whenever it grows', function()
    local feed = streaming()
    feed('```lua\n')
    for _ = 1, 1000000 do
      local shown = feed('x')
      assert(#shown[1] == 0 and #shown[2][1] <= 2048)
    end
    assert.same({ { ('x'):rep(1000000) }, {} }, feed('\n'))
  end)
end)
