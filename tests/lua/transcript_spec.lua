local transcript = require('beans.transcript')

--- Pieces of text that are likely to be taken for something of ours.
local PIECES = {
  '# You',
  '# Beans',
  '# System',
  '> [!BEANS] ',
  '> [!BEANS]',
  '\\',
  '\\\\',
  '#',
  '# ',
  '>',
  ' ',
  '',
  'text',
  'ä',
  '# You ',
  '## You',
  '# Bean',
  '```',
  '\n',
  '\n\n',
  '\n# You\n',
  '\n\\# Beans\n',
  '\t',
  '-- ',
  '\240\159\171\152',
}

local function random_text()
  local pieces = {}
  for i = 1, math.random(0, 12) do
    pieces[i] = PIECES[math.random(#PIECES)] .. (math.random() < 0.4 and '\n' or '')
  end
  return table.concat(pieces)
end

--- Cuts a text at random places.
local function random_split(text)
  local parts = {}
  while #text > 0 do
    local size = math.random(1, math.random() < 0.5 and 2 or 9)
    parts[#parts + 1], text = text:sub(1, size), text:sub(size + 1)
  end
  return parts
end

local function lines_of(text)
  local lines = {}
  for line in (text .. '\n'):gmatch('([^\n]*)\n') do
    lines[#lines + 1] = line
  end
  return lines
end

local function contents(messages)
  local list = {}
  for i, message in ipairs(messages) do
    list[i] = { role = message.role, content = message.content }
  end
  return list
end

describe('transcript', function()
  local seed

  before_each(function()
    seed = os.time()
    math.randomseed(seed)
  end)

  local function same(expected, actual)
    assert.same(expected, actual, 'with the seed ' .. seed)
  end

  it('reads messages under their headings, with the lines where they stand', function()
    same(
      {
        { role = 'system', content = 'short', first = 2, last = 5, notices = {} },
        { role = 'user', content = 'a\n\nb', first = 6, last = 11, notices = {} },
        { role = 'assistant', content = '', first = 12, last = 12, notices = {} },
      },
      transcript.parse({
        'nobody',
        '# System',
        '',
        'short',
        '',
        '# You',
        '',
        'a',
        '',
        'b',
        '',
        '# Beans',
      })
    )
    same({}, transcript.parse({ '', 'no heading' }))
  end)

  it('leaves out notices, and the blank line above them', function()
    local lines = { '# Beans', '', 'half', '', transcript.notice('stopped'), '', '# You', '', '' }
    same({ 'half', '' }, { transcript.parse(lines)[1].content, transcript.parse(lines)[2].content })
    same('', transcript.parse({ '# Beans', '', transcript.notice('refused'), '' })[1].content)
  end)

  it('leaves out what is quoted below a notice, above the text and behind it', function()
    local message = transcript.parse({
      '# Beans',
      '',
      transcript.notice('Reasoning'),
      '> # You',
      '>',
      '> hm',
      '',
      '> quoted by the model',
      '',
      '',
      transcript.notice('the foot'),
      '',
      '# You',
    })[1]
    same('> quoted by the model\n', message.content)
    same({ { text = 'Reasoning', first = 3, last = 6 }, { text = 'the foot', first = 11, last = 11 } }, message.notices)
  end)

  it('keeps two notices apart that stand one below the other', function()
    local message = transcript.parse({ '# Beans', '', transcript.notice('a'), transcript.notice('b'), '> c' })[1]
    same({ { text = 'a', first = 3, last = 3 }, { text = 'b', first = 4, last = 5 } }, message.notices)
  end)

  it('takes no heading in the head of a file for a message', function()
    local messages = transcript.parse({ '---', 'beans: 1', '# You', '---', '', '# You', '', 'hi' })
    same({ { role = 'user', content = 'hi' } }, contents(messages))
  end)

  it('gives back any text between notices', function()
    for _ = 1, 5000 do
      local text = random_text()
      local lines = { '# Beans', '', transcript.notice('Reasoning') }
      for _, line in ipairs(lines_of(transcript.quote(random_text()))) do
        lines[#lines + 1] = line
      end
      lines[#lines + 1] = ''
      for _, line in ipairs(lines_of(transcript.escape(text))) do
        lines[#lines + 1] = line
      end
      for _, line in ipairs({ '', transcript.notice('the foot'), '', '# You', '', '' }) do
        lines[#lines + 1] = line
      end
      same(
        { { role = 'assistant', content = text }, { role = 'user', content = '' } },
        contents(transcript.parse(lines))
      )
    end
  end)

  it('quotes a text, whole or in pieces, and gives it back', function()
    for _ = 1, 1000 do
      local text = random_text()
      local out = {}
      for i, part in ipairs(random_split(text)) do
        out[i] = transcript.quote(part, i > 1)
      end
      same(transcript.quote(text), #out > 0 and table.concat(out) or transcript.quote(''))
      local back = {}
      for i, line in ipairs(lines_of(transcript.quote(text))) do
        back[i] = transcript.unquote(line)
      end
      same(text, table.concat(back, '\n'))
    end
  end)

  it('needs neither blank lines nor anything below a heading', function()
    same(
      { { role = 'user', content = 'a' }, { role = 'assistant', content = 'b' } },
      contents(transcript.parse({ '# You', 'a', '# Beans', 'b' }))
    )
  end)

  it('gives back any conversation that it wrote', function()
    local roles = { 'user', 'assistant', 'system' }
    for _ = 1, 5000 do
      local messages = {}
      for i = 1, math.random(1, 4) do
        messages[i] = { role = roles[math.random(3)], content = random_text() }
      end
      same(messages, contents(transcript.parse(transcript.render(messages))))
    end
  end)

  it('never lets a text split or forge a message', function()
    for _ = 1, 5000 do
      local text = transcript.escape(random_text())
      local lines = lines_of('# You\n\n' .. text .. '\n\n# Beans\n\nend')
      same({ 'user', 'assistant' }, { transcript.parse(lines)[1].role, transcript.parse(lines)[2].role })
      same(2, #transcript.parse(lines))
    end
  end)

  it('takes a CR for the end of a line, as it will be one on the screen', function()
    local text = 'a\r# You\r\n> [!BEANS] x\r'
    same('a\r\\# You\r\n\\> [!BEANS] x\r', transcript.escape(text))
    local writer, out = transcript.writer(), {}
    for i = 1, #text do
      out[i] = writer:feed(text:sub(i, i))
    end
    same(transcript.escape(text), table.concat(out) .. writer:finish())
  end)

  it('writes a message that comes in pieces as it writes it whole', function()
    for _ = 1, 5000 do
      local text = random_text()
      local writer, out = transcript.writer(), {}
      for i, part in ipairs(random_split(text)) do
        out[i] = writer:feed(part)
      end
      same(transcript.escape(text), table.concat(out) .. writer:finish())
    end
  end)

  it('holds back only what may still become one of its lines', function()
    local writer = transcript.writer()
    same({ '', '# Youth', ' is', '\n', '' }, {
      writer:feed('# Yo'),
      writer:feed('uth'),
      writer:feed(' is'),
      writer:feed('\n'),
      writer:finish(),
    })
    same(
      '# Yo',
      (function()
        local other = transcript.writer()
        return other:feed('# Yo') .. other:finish()
      end)()
    )
  end)

  it('keeps up with a long line and a long text', function()
    local long = ('x'):rep(100000) .. '\n' .. ('# You\n'):rep(20000)
    local back = transcript.parse(transcript.render({ { role = 'user', content = long } }))
    assert.equals(1, #back)
    assert.is_true(back[1].content == long)
  end)
end)
