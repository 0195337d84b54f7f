local fake_host = require('tests.lua.fake_host')

local function lines_of(text)
  local lines = {}
  for line in (text .. '\n'):gmatch('([^\n]*)\n') do
    lines[#lines + 1] = line
  end
  return lines
end

describe('conversation', function()
  local host, conversation, lines, tick

  --- A buffer that is nothing but its lines.
  local function give_buffer()
    tick = 1
    function host.buf_tick()
      return tick
    end
    function host.buf_lines(_, first, last)
      local found = {}
      for i = first, last == -1 and #lines or math.min(last, #lines) do
        found[#found + 1] = lines[i]
      end
      return found
    end
    function host.buf_line_count()
      return #lines
    end
    function host.buf_set_lines(_, first, last, new)
      local all = host.buf_lines(1, 1, first - 1)
      for _, line in ipairs(new) do
        all[#all + 1] = line
      end
      for i = last + 1, #lines do
        all[#all + 1] = lines[i]
      end
      lines, tick = all, tick + 1
    end
  end

  before_each(function()
    local fresh
    host, fresh = fake_host.fresh()
    give_buffer()
    conversation = fresh('chat.conversation')
  end)

  local function has(text)
    lines, tick = lines_of(text), tick + 1
  end

  local function text()
    return table.concat(lines, '\n')
  end

  describe('reads of its head', function()
    it('what goes over the configuration', function()
      host.user = { model = 'usual', params = { a = 1, b = 2 }, system_prompt = 'Usual.' }
      has('---\nbeans: 1\nmodel: own\nparams: {"b":3,"c":[]}\nsystem_prompt: "Own\\n."\n---\n\n# You\n')
      local settings, problem = conversation.settings(1)
      assert.is_nil(problem)
      assert.equals('own', settings.model)
      assert.same({ 1, 3, 'Own\n.' }, { settings.params.a, settings.params.b, settings.system_prompt })
      has('# You\n\nhi')
      settings = conversation.settings(1)
      assert.same({ 'usual', 2, 'Usual.' }, { settings.model, settings.params.b, settings.system_prompt })
      has('---\nbeans: 1\nsystem_prompt: ""\nmodel:\nparams:\n---\n')
      settings = conversation.settings(1)
      assert.same({ 'usual', 1 }, { settings.model, settings.params.a })
      assert.is_nil(settings.system_prompt)
    end)

    it('what is wrong with it', function()
      for line, wanted in pairs({
        ['params: {"a":'] = 'params in the head of the chat',
        ['params: "a"'] = 'expected table',
        ['system_prompt: Be brief.'] = 'system_prompt in the head of the chat',
        ['system_prompt: {}'] = 'expected string',
      }) do
        has('---\nbeans: 1\n' .. line .. '\n---\n')
        local _, problem = conversation.settings(1)
        assert.is_truthy(problem and problem:find(wanted, 1, true), problem)
      end
    end)

    it('that a newer Beans has written it', function()
      has('---\nbeans: 2\n---\n')
      assert.is_truthy(conversation.newer(1):find('format 2', 1, true))
      assert.equals(conversation.newer(1), (select(2, conversation.settings(1))))
      for _, version in ipairs({ '1', '0', '', 'x' }) do
        has('---\nbeans: ' .. version .. '\n---\n')
        assert.is_nil(conversation.newer(1))
      end
    end)
  end)

  it('brings an older head to this format, and leaves the rest as it is', function()
    has('---\n# kept\nbeans: 0\ntitle: x\n---\n\n# You\n\nhi')
    conversation.upgrade(1)
    assert.equals('---\n# kept\nbeans: 1\ntitle: x\n---\n\n# You\n\nhi', text())
    has('# You\n\nhi')
    conversation.upgrade(1)
    assert.equals('---\nbeans: 1\n---\n\n# You\n\nhi', text())
    has('---\nbeans: 7\n---\n')
    conversation.upgrade(1)
    assert.equals('---\nbeans: 7\n---\n', text())
  end)

  it('sets a field in one line', function()
    has('---\nbeans: 1\n---\n')
    conversation.set_field(1, 'title', 'a\nb\27c')
    assert.equals('---\nbeans: 1\ntitle: a b c\n---\n', text())
  end)

  describe('finds', function()
    local function messages()
      has('# You\n\none\n\n# Beans\n\ntwo\n\n# You\n\nthree\n\n# Beans\n\nfour\n\n# You\n\n')
      return (conversation.messages(1))
    end

    it('the question to send', function()
      assert.is_nil(conversation.question(messages()))
      has(text() .. '\nfive')
      assert.equals(5, conversation.question((conversation.messages(1))))
      assert.is_nil(conversation.question({}))
    end)

    it('the question of a line', function()
      local all = messages()
      for line, wanted in pairs({ [1] = 1, [4] = 1, [6] = 1, [9] = 3, [14] = 3, [17] = 3, [18] = 3 }) do
        assert.equals(wanted, conversation.question_at(all, line), 'line ' .. line)
      end
      assert.equals(3, conversation.question_at(all))
      has('# You\n\nonly')
      assert.equals(1, conversation.question_at((conversation.messages(1)), 2))
      assert.is_nil(conversation.question_at({}, 1))
    end)
  end)

  it('sends what says something, with the system prompt where the text has none', function()
    has('# You\n\none\n\n# Beans\n\n> [!BEANS] error: x\n\n# You\n\ntwo\n\n# You\n\nlater')
    assert.same({
      { role = 'system', content = 'Be.' },
      { role = 'user', content = 'one' },
      { role = 'user', content = 'two' },
    }, conversation.outgoing((conversation.messages(1)), 3, 'Be.'))
    has('# System\n\nOwn.\n\n# You\n\none')
    assert.same({
      { role = 'system', content = 'Own.' },
      { role = 'user', content = 'one' },
    }, conversation.outgoing((conversation.messages(1)), 2, 'Be.'))
  end)

  describe('adds to the question at the end', function()
    local function added(before)
      has(before)
      conversation.add_to_question(1, 'more\n# You')
      return text()
    end

    it('below what stands there, escaped', function()
      assert.equals('# You\n\nmore\n\\# You', added('# You\n\n'))
      assert.equals('# You\n\nold\n\nmore\n\\# You', added('# You\n\nold'))
      assert.equals('# Beans\n\nold\n\n# You\n\nmore\n\\# You', added('# Beans\n\nold'))
      assert.equals('\n# You\n\nmore\n\\# You', added(''))
    end)
  end)

  describe('makes room for an answer', function()
    --- The text with a mark where the answer will stand.
    local function room(before, question)
      has(before)
      local place = conversation.make_room(1, question)
      assert.equals('# Beans', lines[place.heading])
      assert.equals('', lines[place.line])
      lines[place.line] = 'ANSWER'
      local found = conversation.messages(1)
      assert.equals('ANSWER', found[place.index].content)
      return text()
    end

    it('below the last question', function()
      assert.equals('# You\n\nhi\n\n# Beans\n\nANSWER\n\n# You\n\n', room('# You\n\nhi', 1))
      assert.equals('# You\n\nhi\n\n# Beans\n\nANSWER\n\n# You\n\n', room('# You\n\nhi\n\n\n', 1))
    end)

    it('in the place of one that never came', function()
      local failed = '# You\n\nhi\n\n# Beans\n\n> [!BEANS] error: x\n\n# You\n\n'
      assert.equals('# You\n\nhi\n\n# Beans\n\nANSWER\n\n# You\n\n', room(failed, 1))
    end)

    it('beside the one there is, and keeps a question begun below', function()
      local kept = '> [!BEANS] alternative 1 of 2\n> # Beans\n>\n> old\n\n'
      local wanted = '# You\n\nhi\n\n# Beans\n\n' .. kept .. 'ANSWER\n\n# You\n\ndraft'
      assert.equals(wanted, room('# You\n\nhi\n\n# Beans\n\nold\n\n# You\n\ndraft', 1))
    end)

    it('beside all that followed', function()
      local kept = '> [!BEANS] alternative 1 of 2\n> # Beans\n>\n> old\n>\n> # You\n>\n> b\n>\n> # Beans\n>\n> c\n\n'
      local wanted = '# You\n\na\n\n# Beans\n\n' .. kept .. 'ANSWER\n\n# You\n\n'
      assert.equals(wanted, room('# You\n\na\n\n# Beans\n\nold\n\n# You\n\nb\n\n# Beans\n\nc\n\n# You\n\n', 1))
    end)
  end)

  it('opens an answer again behind its last word', function()
    local above = '# You\n\nhi\n\n# Beans\n\n> [!BEANS] Reasoning\n> hm\n\nhalf a\n\n'
    has(above .. '> [!BEANS] cut off: x\n\n> [!BEANS] m · $1\n\n# You\n\n')
    local messages = conversation.messages(1)
    local place = conversation.reopen(1, messages, 2)
    assert.equals(above .. '# You\n\n', text())
    assert.same({ 'half a', 6 }, { lines[place.line], place.column })
    has('# Beans\n\nhalf\n\n> [!BEANS] cut off: x')
    conversation.reopen(1, (conversation.messages(1)), 1)
    assert.equals('# Beans\n\nhalf', text())
  end)

  it('is read once for as long as it is held and nothing changes', function()
    has('# You\n\nhi\n')
    local reading = conversation.read(1)
    local buf_lines = host.buf_lines
    host.buf_lines = nil
    assert.are.equal(reading.messages, conversation.messages(1))
    host.buf_lines = buf_lines
    has('# You\n\nother\n')
    assert.are.equal('other', conversation.messages(1)[1].content)
    assert.are.equal('hi', reading.messages[1].content)
  end)
end)
