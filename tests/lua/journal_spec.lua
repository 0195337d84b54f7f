local journal = require('beans.chat.journal')
local transcript = require('beans.transcript')

local PIECES = { 'x', 'word ', '\n', '\n\n', '# You\n', '\n# Beans', '> [!BEANS] stopped', '> ', '\\', '```\n', 'ä' }

local function lines_of(text)
  local lines = {}
  for line in (text .. '\n'):gmatch('([^\n]*)\n') do
    lines[#lines + 1] = line
  end
  return lines
end

--- The chat with what a journal has.
local function recovered(chat, content)
  local lines = lines_of(chat)
  local first, last, new = journal.recover(lines, content)
  if not first then
    return nil
  end
  local out = {}
  for i = 1, first - 1 do
    out[#out + 1] = lines[i]
  end
  for _, line in ipairs(new) do
    out[#out + 1] = line
  end
  for i = last + 1, #lines do
    out[#out + 1] = lines[i]
  end
  return table.concat(out, '\n')
end

local CUT_OFF = '> [!BEANS] cut off: the editor ended, or the chat was closed, while the answer came'

describe('journal', function()
  local chat = '# You\n\nhi\n\n# Beans\n\n%s\n\n# You\n\na draft\n'

  it('puts its answer into the place that waits for it', function()
    local wanted = chat:format('one\ntwo\n\n' .. CUT_OFF)
    assert.equals(wanted, recovered(chat:format(''), '2\none\ntwo'))
    assert.equals(wanted, recovered(chat:format('one\nt'), '2\none\ntwo'))
    assert.equals(wanted, recovered(chat:format('one\ntwo'), '2\none\ntwo\n\n'))
  end)

  it('leaves other answers to the same question where they are', function()
    local kept = '> [!BEANS] alternative 1 of 2\n> # Beans\n>\n> old\n\n'
    assert.equals(chat:format(kept .. 'new\n\n' .. CUT_OFF), recovered(chat:format(kept .. 'n'), '2\nnew'))
    assert.equals(chat:format(kept .. 'new\n\n' .. CUT_OFF), recovered(chat:format((kept:gsub('\n$', ''))), '2\nnew'))
  end)

  it('keeps both where the user has changed the answer', function()
    local both = 'ONE\n\n> [!BEANS] recovered: what had come\n> one\n> two\n\n' .. CUT_OFF
    assert.equals(chat:format(both), recovered(chat:format('ONE'), '2\none\ntwo'))
  end)

  it('puts the answer behind the rest where its place is gone', function()
    local text = recovered('# You\n\nhi', '2\none')
    assert.equals('# You\n\nhi\n\n# Beans\n\none\n\n' .. CUT_OFF, text)
    assert.equals('one', transcript.parse(lines_of(recovered(chat:format('x'), '3\none')))[4].content)
  end)

  it('is none when it does not begin with a number', function()
    for _, content in ipairs({ '', 'text', '2', '-1\nx', '\n' }) do
      assert.is_nil(recovered(chat:format(''), content))
    end
  end)

  it('begins with what stands there of an answer that goes on', function()
    assert.equals('2\n', journal.begin({ '# Beans', '', '' }, 2))
    assert.equals('2\none\ntwo', journal.begin({ '# Beans', '', 'one', 'two', '' }, 2))
    local other = { '# Beans', '', '> [!BEANS] alternative 1 of 2', '> # Beans', '>', '> old', '', 'new' }
    assert.equals('4\nnew', journal.begin(other, 4))
  end)

  it('gives any text back, however much of it the file has', function()
    local seed = os.time()
    math.randomseed(seed)
    for _ = 1, 500 do
      local pieces = {}
      for i = 1, math.random(12) do
        pieces[i] = PIECES[math.random(#PIECES)]
      end
      local answer = table.concat(pieces):gsub('^%s+', ''):gsub('%s+$', '')
      local stands = transcript.escape(answer)
      -- The file was written between two lines, as text is drawn.
      local in_file = stands:sub(1, math.random(0, #stands)):match('^(.*\n)') or ''
      local messages = transcript.parse(lines_of(recovered(chat:format(in_file), '2\n' .. stands)))
      local note = 'with the seed ' .. seed
      assert.equals(3, #messages, note)
      assert.equals(answer, messages[2].content, note)
      assert.equals('a draft', (messages[3].content:gsub('%s+$', '')), note)
    end
  end)
end)
