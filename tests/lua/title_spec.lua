local fake_host = require('tests.lua.fake_host')

describe('title', function()
  local host, core, title

  before_each(function()
    local fresh
    host, fresh, core = fake_host.fresh()
    title = fresh('chat.title')
  end)

  describe('of its own', function()
    it('is the first line that says something, without markup', function()
      for text, expected in pairs({
        ['How do I sort in C?\nMore.'] = 'How do I sort in C?',
        ['\n\n  ## **Sorting** in `C`  \n'] = 'Sorting in C',
        ['- 1. see [the docs](https://x.y/z)'] = 'see the docs',
        ['> quoted _words_ of snake_case'] = 'quoted words of snake_case',
        ['@selection @file:a.lua why?'] = 'why?',
        ['me@example.org writes'] = 'me@example.org writes',
        ['@buffer\nExplain this'] = 'Explain this',
        ['a \t  b\27[2J'] = 'a b [2J',
        ['***\n---\nwords'] = 'words',
        ['größer 大'] = 'größer 大',
      }) do
        assert.equals(expected, title.local_title(text))
      end
      for _, nothing in ipairs({ '', '\n \n', '@buffer', '???', '```\ncode\n```' }) do
        assert.is_nil(title.local_title(nothing))
      end
    end)

    it('passes over context and code', function()
      local text = '[@file:a.lua · lines 1-20 · ~1.2k tokens]\n````lua\n```\nlocal x\n```\n````\n\nWhat is x?'
      assert.equals('What is x?', title.local_title(text))
    end)

    it('takes no time for lines that take any', function()
      local began = os.clock()
      for _, part in ipairs({ '[', '_a', ' ', '`', '![a](', '@x ', '#' }) do
        title.local_title(part:rep(1e6) .. 'x')
      end
      assert.is_true(os.clock() - began < 1, os.clock() - began)
    end)

    it('has at most 60 characters, cut between words', function()
      local long = title.local_title(('word '):rep(40))
      assert.equals(('word '):rep(11) .. 'word…', long)
      assert.equals(('ä'):rep(59) .. '…', title.local_title(('ä'):rep(100)))
      assert.equals(('ä'):rep(60), title.local_title(('ä'):rep(60)))
    end)
  end)

  describe('of the model', function()
    local function ask(question, answer)
      local titles = {}
      local job = title.ask(question or 'How?', answer or 'So.', 'small', function(text)
        titles[#titles + 1] = text
      end)
      assert.same({}, titles)
      host.run()
      return titles, job
    end

    local function answer(text)
      core.text(#core.requests, text)
      core.done(#core.requests, { finish_reason = 'stop' })
      host.run()
    end

    it('is one small request', function()
      local titles = ask('x' .. ('ä'):rep(1000), ('x'):rep(1000))
      local body = core.requests[1].spec.body
      assert.same({ 'small', 100, false }, { body.model, body.max_tokens, body.stream })
      assert.equals('system', body.messages[1].role)
      assert.equals('Question:\nx' .. ('ä'):rep(299) .. '\n\nAnswer:\n' .. ('x'):rep(300), body.messages[2].content)
      answer('Sorting in C')
      assert.same({ 'Sorting in C' }, titles)
      assert.same({}, host.notes)
    end)

    it('takes nothing of what chats are configured to send', function()
      host.user = { chat = { params = { max_tokens = 9, n = 3 }, system_prompt = 'Rhyme.', model = 'large' } }
      ask()
      local body = core.requests[1].spec.body
      assert.same({ 'small', 100 }, { body.model, body.max_tokens })
      assert.is_nil(body.n)
      assert.is_nil(body.messages[1].content:find('Rhyme', 1, true))
    end)

    it('is cleaned to one line', function()
      for text, expected in pairs({
        ['"Sorting in C."\n'] = 'Sorting in C',
        ['\n\nTitle: **Sorting**\nin C'] = 'Sorting',
        ['„Sortieren in C“'] = 'Sortieren in C',
        [('very '):rep(30)] = ('very '):rep(11) .. 'very…',
      }) do
        local titles = ask()
        answer(text)
        assert.same({ expected }, titles)
      end
      local titles = ask()
      answer(' \n...')
      assert.same({}, titles)
    end)

    it('fails in silence', function()
      local titles = ask()
      core.fail(1, { kind = 'http', message = 'no', status = 400 })
      host.run()
      assert.same({ {}, {} }, { titles, host.notes })
      assert.equals('title', require('beans.log').last().feature)
    end)

    it('can be taken back', function()
      local titles, job = ask()
      job:cancel()
      host.run()
      assert.same({ {}, {} }, { titles, host.notes })
    end)

    it('is not asked for where that is off', function()
      host.user = { chat = { title = false } }
      local _, job = ask()
      assert.is_nil(job)
      assert.equals(0, #core.requests)
    end)
  end)
end)
