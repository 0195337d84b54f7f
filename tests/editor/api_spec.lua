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
end)
