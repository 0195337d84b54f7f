-- What a chat sends besides the words of a question: mentions, prompts, rules and its head; and its title.

local bench_of = require('tests.editor.bench')
local chat_rig = require('tests.editor.chat_rig')
local transcript = require('beans.transcript')

local SSE = 'header Content-Type: text/event-stream\n'
-- An image of one point.
local PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

describe('a chat sends', function()
  local bench, editor, view, project

  before_each(function()
    bench = bench_of.start()
    project = vim.uv.fs_realpath(bench.dir) .. '/project'
    vim.fn.mkdir(project)
    vim.fn.writefile({ 'local a = 1', '# You', '```', 'return a' }, project .. '/a.lua')
  end)

  after_each(function()
    bench:stop()
  end)

  local function start(script, options)
    editor, view = chat_rig.start(bench, script, options)
    editor:ex('cd ' .. project)
  end

  --- A new chat with a question that is typed by hand.
  local function type_question(text)
    editor:keys(':Beans chat<CR>')
    editor:wait_screen('# You')
    editor:keys('Gi' .. text .. '<Esc>')
    view:wait_text(text)
  end

  --- The requests for answers.
  local function posts()
    return vim.tbl_filter(function(request)
      return request.body ~= nil
    end, bench:requests())
  end

  local function sent(number)
    editor:wait(('request %d'):format(number), function()
      return #posts() >= number
    end, 10000)
    return posts()[number].body.messages
  end

  --- The messages in the chat, as a reader of its text has them.
  local function contents()
    return vim.tbl_map(function(message)
      return message.content
    end, transcript.parse(view:look().lines))
  end

  local function line_of(beginning)
    for i, line in ipairs(view:look().lines) do
      if line:sub(1, #beginning) == beginning then
        return i
      end
    end
  end

  --- Chooses the first answer of a question.
  local function choose_first()
    editor:keys(editor.is_vim and '<CR>' or '1<CR>')
  end

  describe('with a mention', function()
    it('the file, just as it stands in the chat, folded', function()
      start('hello')
      type_question('What does @file:a.lua do?')
      editor:keys('<CR>')
      view:wait_end(2)
      local block = '[@file:a.lua · lines 1-4 · ~9 tokens]\n````lua\nlocal a = 1\n# You\n```\nreturn a\n````'
      local question = sent(1)[2].content
      assert.are.equal('What does @file:a.lua do?\n\n' .. block, (question:gsub('~%d+', '~9')))
      assert.are.equal(question, contents()[1])
      local header = line_of('[@file:a.lua')
      assert.are.equal(header, editor:eval(('foldclosed(%d)'):format(header)))
      editor:keys('Gaagain<Esc><CR>')
      assert.are.equal(question, sent(2)[2].content)
      assert.is_nil(editor:raised())
    end)

    it('the lines of a range, folded too', function()
      start('hello')
      editor:ex('edit a.lua')
      editor:keys(':1,2Beans chat What does it do?<CR>')
      view:wait_end(2)
      local header = line_of('[@selection')
      assert.are.equal(header, editor:eval(('foldclosed(%d)'):format(header)))
      editor:keys('gg')
      editor:wait_screen('▸ @selection')
      assert.is_nil(editor:raised())
    end)

    it('nothing when the file is missing or secret', function()
      vim.fn.writefile({ 'KEY=1' }, project .. '/.env')
      start('hello')
      type_question('What is in @file:none.lua')
      editor:keys('<CR>')
      view:wait_message('nothing is sent: @file:none.lua: no such file')
      assert.are.same({ 'What is in @file:none.lua' }, contents())
      editor:keys('ccWhat is in @file:.env<Esc><CR>')
      view:wait_message('nothing is sent: @file:.env: never sent')
      assert.are.same({ 'What is in @file:.env' }, contents())
      assert.are.same({}, bench:requests())
    end)

    it('an image as a part of its own', function()
      local file = assert(io.open(project .. '/a.png', 'wb'))
      file:write(vim.base64.decode(PNG))
      file:close()
      start('hello')
      type_question('What is @image:a.png')
      editor:keys('<CR>')
      local parts = sent(1)[2].content
      assert.are.same({ 'text', 'image_url' }, { parts[1].type, parts[2].type })
      assert.is_truthy(parts[1].text:find('^What is @image:a%.png\n\n%[@image:a%.png · %d+ bytes · ~%d+ tokens%]$'))
      assert.are.equal('data:image/png;base64,' .. PNG, parts[2].image_url.url)
    end)
  end)

  describe('for a prompt of the library', function()
    it('its text, with the lines of a range', function()
      start('hello')
      editor:ex('edit a.lua')
      editor:keys(':1Beans chat /explain in German<CR>')
      local question = sent(1)[2].content
      assert.is_truthy(question:find('^%[@selection · a%.lua · line 1 · ~%d+ tokens%]\n```lua\nlocal a = 1\n```\n'))
      assert.is_truthy(question:find('Explain this code to an experienced programmer', 1, true))
      assert.is_truthy(question:find('in German$'))
      view:wait_end(2)
      assert.are.equal(question, contents()[1])
    end)

    it('its model and parameters; what nobody knows stays text', function()
      vim.fn.mkdir(bench.dir .. '/data/prompts', 'p')
      local prompt = { '---', 'model: other-1', 'params: {"temperature": 0.5}', '---', 'Greet {input}.' }
      vim.fn.writefile(prompt, bench.dir .. '/data/prompts/greet.md')
      start('hello')
      type_question('/greet the world')
      editor:keys('<CR>')
      view:wait_end(2)
      local body = posts()[1].body
      assert.are.same({ 'other-1', 0.5 }, { body.model, body.temperature })
      editor:keys('Ga/nobody knows<Esc><CR>')
      assert.are.equal('/nobody knows', sent(2)[4].content)
      assert.are.equal('gpt-5.5', posts()[2].body.model)
    end)
  end)

  it('nothing when it shows what would be sent', function()
    start('hello')
    type_question('What does @file:a.lua do?')
    local before = view:look().lines
    editor:keys('gs')
    editor:wait_screen('What will be sent to gpt-5.5')
    editor:wait_screen('tokens in all, estimated')
    editor:keys('G')
    editor:wait_screen('return a')
    assert.are.same(before, view:look().lines)
    assert.are.same({}, posts())
    editor:keys('q')
    editor:wait('the page to close', function()
      return editor:eval("winnr('$')") == 2
    end)
    editor:keys('<CR>')
    sent(1)
    assert.is_nil(editor:raised())
  end)

  it('the rules of a project when the user has said so, once', function()
    vim.fn.mkdir(project .. '/.git')
    vim.fn.writefile({ 'Use tabs.' }, project .. '/AGENTS.md')
    start('hello')
    editor:keys(':Beans chat hi<CR>')
    editor:wait_screen('along with chats?')
    assert.are.same({}, posts())
    choose_first()
    assert.is_truthy(sent(1)[1].role == 'system' and sent(1)[1].content:find('Use tabs.', 1, true))
    view:wait_end(2)
    editor:keys(':Beans! chat again<CR>')
    assert.is_truthy(sent(2)[1].content:find('Use tabs.', 1, true))
    assert.are.equal('again', sent(2)[2].content)
  end)

  describe('by its head', function()
    local function chat(name, fields)
      local path = bench.dir .. '/' .. name .. '.md'
      local lines = vim.list_extend({ '---', 'beans: 1' }, fields)
      vim.fn.writefile(vim.list_extend(lines, { '---', '', '# You', '', 'from ' .. name, '' }), path)
      return path
    end

    it('its own model, parameters and system prompt, while another chat is answered', function()
      bench:script('slow', SSE .. 'delta "one"\ndelay 2000\ndelta " two"\nfinish stop\ndone')
      local own = { 'model: own-1', 'params: {"temperature":0.25,"stop":[]}', 'system_prompt: "Be \\"A\\"."' }
      start('slow')
      editor:ex('edit ' .. chat('first', own))
      editor:keys('<CR>')
      view:wait_text('one')
      editor:ex('split ' .. chat('second', {}))
      editor:keys('<CR>')
      sent(2)
      local both = editor:lua([[
        local chats, count = require('beans.chat'), 0
        for buf = 1, 20 do
          count = count + (chats.of(buf) and chats.of(buf).answer and 1 or 0)
        end
        return count
      ]])
      assert.are.equal(2, both)
      local first, second = posts()[1].body, posts()[2].body
      assert.are.same({ 'own-1', 0.25, 'Be "A".' }, { first.model, first.temperature, first.messages[1].content })
      assert.are.same(
        { 'gpt-5.5', nil, 'from second' },
        { second.model, second.temperature, second.messages[2].content }
      )
      assert.are_not.equal('Be "A".', second.messages[1].content)
      for _, name in ipairs({ 'first', 'second' }) do
        view:wait_disk(('%s/%s.md'):format(bench.dir, name), 'one two\n\n> [!BEANS] replay-1')
      end
    end)

    it('nothing when it is damaged', function()
      start('hello')
      editor:ex('edit ' .. chat('damaged', { 'params: {"temperature":' }))
      editor:keys('<CR>')
      view:wait_message('nothing is sent: params in the head of the chat')
      assert.are.same({}, bench:requests())
      assert.are.same({ 'from damaged' }, contents())
    end)
  end)

  describe('for its title', function()
    local function answers(second)
      bench:script('titled.1', SSE .. 'delta "an answer"\nfinish stop\ndone')
      local choice =
        { index = 0, finish_reason = 'stop', message = { role = 'assistant', content = 'A Better Title.' } }
      local completion = { id = 'x', object = 'chat.completion', model = 'm', choices = { choice } }
      local body = vim.json.encode(vim.json.encode(completion))
      bench:script('titled', ('%sheader Content-Type: application/json\nsend %s'):format(second or '', body))
    end

    it('one small request after the first answer', function()
      answers('delay 1000\n')
      start('titled', { beans = { chat = { title = true } } })
      editor:keys(':Beans chat how do I sort?<CR>')
      editor:wait('the first title', function()
        return view:head().title == 'how do I sort?'
      end)
      view:wait_end(2)
      sent(2)
      assert.are.equal(false, posts()[2].body.stream or false)
      assert.is_true((posts()[2].body.max_tokens or posts()[2].body.max_completion_tokens) <= 100)
      editor:wait('the better title', function()
        return view:head().title == 'A Better Title'
      end)
      view:wait_disk(view:path(), 'title: A Better Title\n')
      bench:script('titled', SSE .. 'delta "more"\nfinish stop\ndone')
      editor:keys('Gaagain<Esc><CR>')
      view:wait_end(3)
      assert.are.equal(3, #posts())
    end)

    it('what the user has written meanwhile stays', function()
      answers('delay 1500\n')
      start('titled', { beans = { chat = { title = true } } })
      editor:keys(':Beans chat how do I sort?<CR>')
      view:wait_end(2)
      sent(2)
      editor:ex('silent %s/^title: .*/title: Mine/')
      editor:wait('the request to end', function()
        return editor:lua("return #require('beans.client').running() == 0")
      end)
      assert.are.equal('Mine', view:head().title)
    end)
  end)

  it('what is completed as it is typed', function()
    start('hello')
    editor:keys(':Beans chat<CR>')
    editor:wait_screen('# You')
    editor:keys('Gi@file:a<C-x><C-o>')
    view:wait_text('@file:a.lua')
    editor:keys('<C-e><C-u>/expl<C-x><C-o>')
    view:wait_text('\n/explain')
    editor:keys('<Esc>')
    assert.is_nil(editor:raised())
  end)

  it('what fits, when the user agrees to leave out the oldest', function()
    local name = ('127.0.0.1_3a%d_2fs_2fhello_2fv1.txt'):format(bench.port)
    vim.fn.mkdir(bench.dir .. '/data/models', 'p')
    vim.fn.writefile({ 'gpt-5.5\t400' }, bench.dir .. '/data/models/' .. name)
    local path = bench.dir .. '/long.md'
    local lines =
      { '---', 'beans: 1', '---', '', '# You', '', ('old words '):rep(300), '', '# Beans', '', 'old answer' }
    vim.fn.writefile(vim.list_extend(lines, { '', '# You', '', 'new question', '' }), path)
    start('hello')
    editor:ex('edit ' .. path)
    editor:keys('G<CR>')
    editor:wait_screen('send it without them')
    editor:keys('<Esc>')
    editor:wait('the question to go', function()
      return not table.concat(editor:screen(), '\n'):find('send it without them', 1, true)
    end)
    assert.are.same({}, posts())
    editor:keys('<CR>')
    editor:wait_screen('send it without them')
    choose_first()
    local messages = sent(1)
    assert.are.same({ 'system', 'user' }, { messages[1].role, messages[2].role })
    assert.are.equal('new question', messages[2].content)
    view:wait_end(3)
    assert.is_truthy(view:text():find('old answer', 1, true))
    assert.is_nil(editor:raised())
  end)
end)
