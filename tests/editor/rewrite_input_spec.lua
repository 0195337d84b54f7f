-- Asking for the instruction of a rewrite: completion, history, and the connection that is opened meanwhile.

local bench_of = require('tests.editor.bench')

describe('asking for an instruction', function()
  local bench, editor

  setup(function()
    bench = bench_of.start()
    bench:script('models', 'header Content-Type: application/json\nsend "{\\"data\\": []}"')
    local url = ('http://service.localhost:%d/s/models/v1'):format(bench.port)
    editor = bench:editor('models', { beans = { base_url = url } })
    editor:ex('cd ' .. editor.dir)
    vim.fn.writefile({ 'x' }, editor.dir .. '/my notes.md')
  end)

  teardown(function()
    bench:stop()
  end)

  local function ask(default)
    editor:lua(
      [[
        local default = ...
        answers = {}
        require('beans.host').schedule(function()
          require('beans.rewrite.input').ask(function(text)
            table.insert(answers, text or 'none')
          end, default)
        end)
      ]],
      default
    )
    -- The screen may still show the line that was typed before.
    editor:wait('the prompt', function()
      return editor:eval('mode()') == 'c'
    end)
  end

  local function answer()
    editor:wait('the answer', function()
      return editor:lua('return #answers') == 1
    end)
    return editor:lua('return answers[1]')
  end

  it('opens the connection while the user types', function()
    ask()
    editor:wait('the list', function()
      return #bench:requests() == 1
    end)
    editor:keys('  make it shorter <CR>')
    assert.are.equal('make it shorter', answer())
    assert.is_truthy(bench:requests()[1].head:find('^GET /s/models/v1/models '))
  end)

  it('knows what was typed before', function()
    ask()
    editor:keys('<Esc>[A')
    editor:wait_screen('Rewrite:   make it shorter')
    editor:keys('s<CR>')
    assert.are.equal('make it shorter s', answer())
    ask()
    editor:keys('<Esc>[A<Esc>[A<CR>')
    assert.are.equal('make it shorter', answer())
  end)

  it('is given up, or begins with what stands there', function()
    ask('as it')
    editor:keys('<Esc>')
    assert.are.equal('none', answer())
    ask('as it')
    editor:keys(' was<CR>')
    assert.are.equal('as it was', answer())
    ask()
    editor:keys('  <CR>')
    assert.are.equal('none', answer())
  end)

  it('completes prompts, targets and mentions by <Tab>', function()
    ask()
    editor:keys('/ref<Tab> now with @diag<Tab> and @file:my<Tab><CR>')
    assert.are.equal('/refactor now with @diagnostics and @file:"my notes.md"', answer())
    ask()
    editor:keys('++pre<Tab> /typ<Tab><CR>')
    assert.are.equal('++prepend /types', answer())
  end)

  it('completes each only where it has a meaning', function()
    local function complete(text)
      return editor:lua("return require('beans.rewrite.input').complete(...)", text)
    end
    assert.are.same({ '++append', '++prepend', '++new', '++insert' }, complete('+'))
    assert.are.same({ '++new' }, complete('++n'))
    assert.are.same({}, complete('use ++n'))
    assert.are.same({ '/fix' }, complete('/fi'))
    assert.are.same({ '++new /fix' }, complete('++new /fi'))
    assert.are.same({}, complete('see /fi'))
    assert.are.same({}, complete('/commi')) -- for chats only
    assert.are.same({ 'as in @buffer', 'as in @buffers' }, complete('as in @buf'))
    assert.are.same({}, complete(''))
    assert.is_nil(editor:raised())
  end)
end)
