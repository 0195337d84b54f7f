local fake_host = require('tests.lua.fake_host')

local CACHE = '/data/beans/models/api.beansai.dev_2fv1.txt'

describe('preview', function()
  local host, core, preview, ledger, shown

  before_each(function()
    local fresh
    host, fresh, core = fake_host.fresh()
    shown = {}
    function host.show(title, lines)
      shown[#shown + 1] = { title = title, lines = lines }
      return #shown
    end
    function host.buf_valid(buf)
      return not shown[buf].closed
    end
    function host.buf_line_count(buf)
      return #shown[buf].lines
    end
    function host.buf_set_lines(buf, first, last, lines)
      assert.same({ 1, #shown[buf].lines }, { first, last })
      shown[buf].lines = lines
    end
    function host.buf_windows(buf)
      return { buf * 10 }
    end
    function host.win_close(win)
      shown[win / 10].closed = true
    end
    preview, ledger = fresh('chat.preview'), fresh('ledger')
  end)

  local function request(params)
    return {
      model = 'gpt-5.5',
      params = params or {},
      parts = {
        { label = 'system prompt', role = 'system', text = 'Be brief.', tokens = 3 },
        { label = 'You', role = 'user', text = 'What?\n\nAnd why?', tokens = 1000 },
        { label = 'Beans', role = 'assistant', text = 'So.', tokens = 200 },
        { label = 'You', role = 'user', text = 'And then?', tokens = 4 },
      },
    }
  end

  local function text()
    return table.concat(shown[#shown].lines, '\n')
  end

  local function paid(cost, tokens_in, tokens_out)
    local usage = { prompt_tokens = tokens_in, completion_tokens = tokens_out }
    ledger.add({
      feature = 'chat',
      model = 'gpt-5.5',
      kind = 'done',
      status = 200,
      cost_micro_usd = cost,
      usage = usage,
    })
  end

  it('shows every part with its tokens, and the sum', function()
    host.files[CACHE] = 'gpt-5.5\t128000\n'
    preview.show(request({ temperature = 0.5, stop = { 'x' } }))
    assert.equals('beans://preview', shown[1].title)
    assert.equals(
      [[
What will be sent to gpt-5.5

         3  system prompt
     1,000  You
       200  Beans
         4  You
     1,207  tokens in all, estimated

Room: gpt-5.5 takes 128,000 tokens; this is less than 1 % of them
Price: unknown, no server has told this month what gpt-5.5 costs
Parameters: stop={…} temperature=0.5

─── system prompt (~3 tokens) ───
Be brief.

─── You (~1,000 tokens) ───
What?

And why?

─── Beans (~200 tokens) ───
So.

─── You (~4 tokens) ───
And then?]],
      text()
    )
    host.run()
    assert.equals(0, #core.model_requests)
  end)

  it('says what would be left out', function()
    host.files[CACHE] = 'gpt-5.5\t1000\n'
    preview.show(request({ max_tokens = 100 }))
    for _, wanted in ipairs({
      '     1,000  You  (would be left out)\n       200  Beans  (would be left out)\n         4  You\n',
      'Too long: ~1,207 tokens are too many: the model takes 1,000 tokens, 100 of them for the answer. Left out'
        .. ' would be the oldest question with its answer (~1,200 tokens)\n',
      '─── You (~1,000 tokens, would be left out) ───',
    }) do
      assert.truthy(text():find(wanted, 1, true), text())
    end
  end)

  it('tells the price from what was paid, and from nothing else', function()
    host.files[CACHE] = 'gpt-5.5\t128000\n'
    paid(nil, 100, 10)
    preview.show(request())
    assert.truthy(text():find('Price: unknown', 1, true))
    paid(280, 100, 10)
    preview.show(request())
    local line = 'Price: about $0.0031, this and an answer of 10 tokens;'
      .. ' from what one request cost this month with gpt-5.5'
    assert.truthy(text():find(line, 1, true), text())
    paid(1720, 500, 90)
    preview.show(request())
    line = 'Price: about $0.0028, $0.0024 for this and $0.0004 for an answer of 50 tokens; '
      .. 'from what 2 requests cost this month with gpt-5.5'
    assert.truthy(text():find(line, 1, true), text())
  end)

  it('asks once for a limit that is not known, and completes the page', function()
    preview.show(request())
    assert.truthy(text():find('Room: asking the server how many tokens gpt-5.5 takes…', 1, true))
    host.run()
    core.done(1, { models = { { id = 'gpt-5.5', context_length = 2414 } } })
    host.run()
    assert.truthy(text():find('Room: gpt-5.5 takes 2,414 tokens; this is 50 % of them', 1, true), text())
    assert.equals(1, #shown)
  end)

  it('says so when the server tells no limit, or nothing', function()
    preview.show(request())
    host.run()
    core.fail(1, { kind = 'http', message = 'no', status = 404 })
    host.run()
    assert.truthy(text():find('Room: unknown, the server does not say how many tokens gpt-5.5 takes', 1, true), text())
    preview.show(request())
    host.run()
    assert.equals(1, #core.model_requests)
    assert.is_true(shown[1].closed)
  end)

  it('writes nothing into a page that was closed', function()
    preview.show(request())
    shown[1].closed = true
    host.run()
    core.done(1, { models = { { id = 'gpt-5.5', context_length = 2414 } } })
    host.run()
    assert.truthy(text():find('asking the server', 1, true))
  end)

  it('cuts long parts, and says so', function()
    host.files[CACHE] = 'gpt-5.5\t128000\n'
    local asked = request()
    asked.parts[2].text = ('line\n'):rep(1500)
    preview.show(asked)
    assert.truthy(text():find('line\nline\n[… 1,301 more lines]\n\n─── Beans', 1, true))
  end)
end)
