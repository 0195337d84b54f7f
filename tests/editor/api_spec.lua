-- What Vim script and Lua of the user's hand to Beans and get from it, on the way to the server and back.

local bench_of = require('tests.editor.bench')

describe('the API', function()
  local bench, editor

  before_each(function()
    bench = bench_of.start()
  end)

  after_each(function()
    bench:stop()
  end)

  --- Keeps the data of an event in `g:seen`.
  local function watch(event)
    if editor.is_vim then
      editor:ex(('autocmd User %s let g:seen = g:beans_event'):format(event))
    else
      editor:lua(
        [[
          vim.api.nvim_create_autocmd('User', {
            pattern = ...,
            callback = function(args)
              vim.g.seen = args.data
            end,
          })
        ]],
        event
      )
    end
  end

  it('tells of the end of a request, whatever the server counts', function()
    bench:script(
      'odd',
      'header Content-Type: text/event-stream\ndelta "Hello"\nfinish stop\n'
        .. 'event "{\\"choices\\":[],\\"usage\\":{\\"a\\":null,\\"b\\":{},\\"\\":1,\\"c\\":[1,null],\\"n\\":12}}"\ndone'
    )
    editor = bench:editor('odd')
    watch('BeansRequestFinished')
    editor:lua([[
      require('beans').request({ messages = 'x', on_done = function(result)
        BEANS_TEST = { result.usage.a == require('beans').null, next(result.usage.b) == nil, result.usage[''] == 1 }
      end })
    ]])
    editor:wait('the event', function()
      return editor:eval("exists('g:seen')") == 1
    end)
    assert.are.same({ true, true, true }, editor:lua('return BEANS_TEST'))
    assert.are.equal(12, editor:eval('g:seen.usage.n'))
    assert.are.equal('[1, v:null]', editor:eval('string(g:seen.usage.c)'))
    assert.are.equal('{}', editor:eval('string(g:seen.usage.b)'))
    assert.are.equal('v:null', editor:eval("string(get(g:seen.usage, 'a', v:null))"))
    assert.is_nil(editor:raised())
  end)

  it('asks the endpoints that complete text', function()
    for _, case in ipairs({ { 'completions', '/v1/completions' }, { 'infill', '/infill' } }) do
      local api, path = case[1], case[2]
      editor = bench:editor('c-' .. api)
      editor:lua(
        [[
          BEANS_TEST = nil
          local deltas = {}
          require('beans').request({
            endpoint = ...,
            body = { prompt = 'local x', max_tokens = 7 },
            on_delta = function(text, kind)
              table.insert(deltas, kind .. ' ' .. text)
            end,
            on_done = function(result)
              BEANS_TEST = { result.text, table.concat(deltas), result.model, result.usage.total_tokens }
            end,
          })
        ]],
        api
      )
      local told = editor:wait('the answer', function()
        return editor:lua('return BEANS_TEST')
      end)
      assert.are.same({ 'Hello', 'm-1', 11 }, { told[1], told[3], told[4] })
      assert.are.equal('Hello', (told[2]:gsub('content ', '')))
      local requests = bench:requests()
      local request = requests[#requests]
      assert.is_truthy(request.head:find(('POST /s/c-%s%s '):format(api, path), 1, true))
      assert.are.same({ 'local x', 7, true }, { request.body.prompt, request.body.max_tokens, request.body.stream })
      assert.is_nil(request.body.messages)
      assert.is_nil(editor:raised())
    end
  end)

  it('tells in the event what the help says', function()
    editor = bench:editor('hello')
    watch('BeansRequestFinished')
    editor:lua("require('beans').request({ messages = 'x', on_done = function() end })")
    local seen = editor:wait('the event', function()
      return editor:eval("get(g:, 'seen', v:null)")
    end)
    local help = table.concat(vim.fn.readfile('doc/beans.txt'), '\n')
    local started = help:match('\nBeansRequestStarted\t.-\nBeansRequestFinished')
    local finished = help:match('\nBeansRequestFinished\t.-\nBeansChatFinished')
    for name in (started .. finished):gmatch('`([%l_]+)`') do
      assert.is_truthy(seen[name] or name == 'done', name .. ' is not told')
      seen[name] = nil
    end
    assert.are.same({}, seen)
  end)

  local function has(json, ...)
    for _, wanted in ipairs({ ... }) do
      assert.is_truthy(json:find(wanted, 1, true), ('no %s in %s'):format(wanted, json))
    end
  end

  --- Sends a request and gives its body, as it came.
  local function sent(options)
    editor:lua(([[
      local beans = require('beans')
      local empty_dict = vim.empty_dict or beans.object
      BEANS_TEST = nil
      local options = %s
      options.messages = 'x'
      options.on_done = function() BEANS_TEST = 'done' end
      options.on_error = function(err) BEANS_TEST = err.message end
      beans.request(options)
    ]]):format(options))
    editor:wait('the answer', function()
      return editor:lua("return BEANS_TEST == 'done'")
    end)
    local requests = bench:requests()
    return requests[#requests].json
  end

  it('sends params of the configuration as they are', function()
    local params = {
      yes = true,
      no = false,
      none = vim.NIL,
      big = 5000000000,
      small = -5000000000,
      half = 0.5,
      object = vim.empty_dict(),
      nested = { list = { true, false, vim.NIL, 7, vim.empty_dict() }, array = {}, [''] = true },
    }
    editor = bench:editor('hello', { beans = { params = params, chat = { params = { top_p = 1, stop = vim.NIL } } } })
    has(
      sent('{}'),
      '"yes":true',
      '"no":false',
      '"none":null',
      '"big":5000000000',
      '"small":-5000000000',
      '"half":0.5',
      '"object":{}',
      '"nested":{"":true,"array":[],"list":[true,false,null,7,{}]}'
    )
    has(sent("{ feature = 'chat' }"), '"top_p":1', '"stop":null', '"yes":true')
  end)

  it('sends params of a request as they are', function()
    editor = bench:editor('hello')
    has(sent('{ params = {} }'), '"messages":[{"content":"x","role":"user"}]', '"stream":true')
    has(
      sent([[{ params = {
        array = {},
        object = beans.object({}),
        editors = empty_dict(),
        none = beans.null,
        yes = true,
        big = 5000000000,
        nested = { { a = beans.object(), b = { beans.null } } },
      } }]]),
      '"array":[]',
      '"object":{}',
      '"editors":{}',
      '"none":null',
      '"yes":true',
      '"big":5000000000',
      '"nested":[{"a":{},"b":[null]}]'
    )
  end)

  it('refuses tables that hold themselves, at once', function()
    editor = bench:editor('hello')
    editor:lua([[
      local loop = {}
      loop.a, loop.b = loop, loop
      require('beans').request({ messages = 'x', params = { loop = loop }, on_error = function(err)
        BEANS_TEST = err.kind .. ': ' .. err.message
      end })
    ]])
    local said = editor:wait('the refusal', function()
      return editor:lua('return BEANS_TEST')
    end)
    assert.is_truthy(said:find('^config: loop.*too many tables within tables'), said)
    assert.are.same({}, bench:requests())
  end)

  it('sends a NUL of the buffer as one', function()
    editor = bench:editor('hello')
    editor:keys(':Beans chat<CR>')
    editor:wait('the chat', function()
      return editor:eval('&filetype') == 'beans'
    end)
    editor:keys('<Esc>ia<C-v>000b<Esc><CR>')
    editor:wait_screen('Hello, world')
    local request = bench:requests()[1]
    assert.are.equal('a\0b', request.body.messages[#request.body.messages].content)
    assert.is_truthy(request.json:find('a\\u0000b', 1, true), request.json)
  end)
end)
