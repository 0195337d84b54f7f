local fake_host = require('tests.lua.fake_host')

local CACHE = '/data/beans/models/api.beansai.dev_2fv1.txt'

describe('models', function()
  local host, core, models, config

  before_each(function()
    local fresh
    host, fresh, core = fake_host.fresh()
    models, config = fresh('models'), fresh('config')
  end)

  local function answer_list(ids)
    local list = {}
    for i, id in ipairs(ids) do
      list[i] = { id = id }
    end
    core.done(#core.model_requests, { models = list })
    host.run()
  end

  local function last_note()
    return host.notes[#host.notes]
  end

  it('sets an id without asking anyone', function()
    models.pick('chat', 'gpt-x')
    host.run()
    assert.equals('gpt-x', config.for_feature('chat').model)
    assert.equals('gpt-5.5', config.for_feature('rewrite').model)
    assert.equals(0, #core.model_requests)
    assert.is_nil(host.asked)
  end)

  it('fetches the list when none is known, and keeps it', function()
    models.pick('chat')
    host.run()
    assert.is_nil(host.asked)
    answer_list({ 'a', 'gpt-5.5', 'b' })
    assert.same({ 'a', 'gpt-5.5 (current)', 'b', 'other…' }, host.asked.items)
    assert.equals('Model for chat (now gpt-5.5)', host.asked.prompt)
    assert.equals('a\ngpt-5.5\nb\n', host.files[CACHE])
    assert.is_true(host.fleeting[CACHE])
    host.asked.answer('b', 3)
    assert.equals('b', config.for_feature('chat').model)
  end)

  it('shows the known list at once and refreshes it for next time', function()
    host.files[CACHE] = 'a\nb\n'
    models.pick('rewrite')
    assert.same({ 'a', 'b', 'other…' }, host.asked.items)
    host.run()
    answer_list({ 'b', 'c' })
    assert.equals('b\nc\n', host.files[CACHE])
    assert.same({ 'a', 'b', 'other…' }, host.asked.items)
    host.asked.answer('a', 1)
    assert.equals('a', config.for_feature('rewrite').model)
    assert.same({ 'b', 'c' }, models.known())
  end)

  it('keeps the known list when the server has none', function()
    host.files[CACHE] = 'a\n'
    models.pick('chat')
    host.run()
    answer_list({})
    assert.equals('a\n', host.files[CACHE])
    assert.same({}, host.notes)
    models.pick('chat')
    host.run()
    core.fail(2, { kind = 'auth', message = 'no', status = 401 })
    host.run()
    assert.equals('a\n', host.files[CACHE])
    assert.same({}, host.notes)
  end)

  it('has one list per server', function()
    host.user = { base_url = 'http://me:pw@host:8080/v1', data_dir = '/elsewhere' }
    models.pick('chat')
    host.run()
    answer_list({ 'a' })
    assert.equals('a\n', host.files['/elsewhere/models/host_3a8080_2fv1.txt'])
  end)

  it('keeps how many tokens a model takes, wherever the server says it', function()
    models.pick('chat')
    host.run()
    core.done(1, {
      models = {
        { id = 'router', context_length = 1000, context_window = 5 },
        { id = 'groq', context_window = 2000 },
        { id = 'studio', max_context_length = 3000 },
        { id = 'vllm', max_model_len = 4000 },
        { id = 'llama', meta = { n_ctx_train = 5000 } },
        { id = 'llama-now', meta = { n_ctx_train = 5000, n_ctx = 4096 } },
        { id = 'plain' },
        { id = 'odd', context_length = 'many', meta = 7 },
        { id = 'odder', context_length = -1, max_model_len = 1.5, context_window = 0 },
      },
    })
    host.run()
    assert.same({ 'router', 'groq', 'studio', 'vllm', 'llama', 'llama-now', 'plain', 'odd', 'odder' }, models.known())
    local limits = {}
    for _, id in ipairs(models.known()) do
      limits[id] = models.limit(id)
    end
    assert.same({ router = 1000, groq = 2000, studio = 3000, vllm = 4000, llama = 5000, ['llama-now'] = 4096 }, limits)
    assert.equals('router\t1000\ngroq\t2000\n', host.files[CACHE]:match('^.-\n.-\n'))
  end)

  it('reads lists without limits, as they were kept before', function()
    host.files[CACHE] = 'a\nb\t12\n\t5\nc\tx\n'
    assert.same({ 'a', 'b', 'c' }, models.known())
    assert.same({ 12 }, { models.limit('a') or models.limit('b') or models.limit('c') })
    assert.is_nil(models.limit('nobody'))
  end)

  it('learns limits once a session, and only then', function()
    local ends = 0
    local function on_end()
      ends = ends + 1
    end
    assert.is_true(models.learn_limits(on_end))
    assert.is_false(models.learn_limits(on_end))
    host.run()
    core.done(1, { models = { { id = 'a', context_length = 7 } } })
    host.run()
    assert.equals(7, models.limit('a'))
    assert.same({ 1, 1 }, { ends, #core.model_requests })
    host.user = { base_url = 'https://other/v1' }
    assert.is_true(models.learn_limits(on_end))
    host.run()
    core.fail(2, { kind = 'http', message = 'no', status = 404 })
    host.run()
    assert.same({}, host.notes)
    assert.equals(2, ends)
  end)

  it('lets an id be typed', function()
    host.files[CACHE] = 'a\n'
    models.pick('chat')
    host.asked.answer('other…', 2)
    assert.equals('gpt-5.5', host.asked.default)
    host.asked.answer(' typed-model ')
    assert.equals('typed-model', config.for_feature('chat').model)
  end)

  it('changes nothing when the user turns away', function()
    host.files[CACHE] = 'a\n'
    models.pick('chat')
    host.asked.answer(nil, nil)
    host.asked.answer('other…', 2)
    host.asked.answer(nil)
    models.pick('chat')
    host.asked.answer('other…', 2)
    host.asked.answer('  ')
    assert.equals('gpt-5.5', config.for_feature('chat').model)
  end)

  it('says why there is no list, and takes a typed id', function()
    models.pick('chat')
    host.run()
    core.fail(1, { kind = 'auth', message = 'wrong key', status = 401 })
    host.run()
    assert.equals('beans: no list of models: wrong key. The id of a model can be typed', last_note().text)
    host.asked.answer('typed')
    assert.equals('typed', config.for_feature('chat').model)
  end)

  it('says that the list is empty, and takes a typed id', function()
    models.pick('chat')
    host.run()
    answer_list({ '', 'a\nb' })
    assert.equals('beans: the server lists no models; type the id of one', last_note().text)
    assert.equals('Model id: ', host.asked.prompt)
    assert.is_nil(host.files[CACHE])
  end)

  it('is quiet when the user stops the question', function()
    models.pick('chat')
    host.run()
    require('beans.client').stop()
    host.run()
    assert.equals(1, #host.notes)
    assert.is_nil(host.asked)
  end)

  it('cleans what the server names before it is shown', function()
    models.pick('chat')
    host.run()
    answer_list({ 'a\194\155b', 'x\27[2J' })
    assert.same({ 'a b', 'other…' }, host.asked.items)
  end)

  it('refuses an id that is no line', function()
    models.pick('chat', 'a\nb')
    assert.equals('gpt-5.5', config.for_feature('chat').model)
    assert.equals('error', last_note().level)
  end)

  it('tells when the list could not be kept', function()
    host.write_file = function()
      return false, 'no space'
    end
    models.pick('chat')
    host.run()
    answer_list({ 'a' })
    assert.equals('beans: the list of models was not kept: no space', last_note().text)
    assert.same({ 'a', 'other…' }, host.asked.items)
  end)

  describe('the line that keeps a model', function()
    local function line_for(name, user, feature, id)
      host.name, host.user = name, user
      models.pick(feature, id or 'x')
      return last_note().text:match('To keep it: (.*)')
    end

    it('is Lua in Neovim', function()
      local form = "vim.g.beans = vim.tbl_deep_extend('force', vim.g.beans or {}, { %s })"
      assert.equals(form:format('chat = { model = "x" }'), line_for('nvim', {}, 'chat'))
      assert.equals(form:format('model = "x\\"y"'), line_for('nvim', {}, nil, 'x"y'))
    end)

    it('names setup where that is used', function()
      config.setup({ chat = { model = 'old' } })
      assert.equals(
        'chat = { model = "x" } (among the options of require(\'beans\').setup)',
        line_for('vim', { model = 'y' }, 'chat')
      )
    end)

    it('is a line that Vim takes, whatever is set already', function()
      assert.equals("let g:beans = {'chat': {'model': 'x'}}", line_for('vim', {}, 'chat'))
      assert.equals("let g:beans = {'model': 'x'}", line_for('vim', {}, nil))
      assert.equals("let g:beans.chat = {'model': 'x'}", line_for('vim', { model = 'y' }, 'chat'))
      assert.equals("let g:beans.model = 'x'", line_for('vim', { chat = {} }, nil))
      assert.equals("let g:beans.chat.model = 'it''s'", line_for('vim', { chat = {} }, 'chat', "it's"))
    end)
  end)
end)
