-- The candidate in the menus of nvim-cmp and blink.cmp, called as their documentation has it, and in Neovim's own
-- inline completion. The engine's part, `offer`, is played by the spec.

local rig = require('tests.editor.host_rig')
local typing_rig = require('tests.editor.typing_rig')

--- The line that is left when an item is accepted: the menus take back first what was typed since they had asked.
local function accepted(line, item)
  local range = item.textEdit.range
  assert.are.equal(range.start.line, range['end'].line)
  return line:sub(1, range.start.character) .. item.textEdit.newText .. line:sub(range['end'].character + 1)
end

describe('an adapter of completion', function()
  local editor, typist = typing_rig.shared()

  setup(function()
    editor:lua([[
      offers, given_up = {}, 0
      package.loaded['beans.complete'] = {
        start = function() end, -- as the editor calls it when something may be typed
        offer = function(on_candidate)
          table.insert(offers, on_candidate)
          return function()
            given_up = given_up + 1
          end
        end,
      }
      function give(line, col, lines)
        local buf = host.current().buf
        table.remove(offers)(lines and { buf = buf, line = line, col = col, lines = lines } or nil)
      end
    ]])
  end)

  before_each(function()
    editor:lua('offers, given_up = {}, 0')
  end)

  --- Calls the source as nvim-cmp does: `offset` is where the keyword begins, `col` the cursor's, both from 1.
  local function ask_cmp(line, offset, col)
    editor:lua(
      [[
        local line, offset, col = ...
        source = source or require('beans.complete.adapters.cmp').new()
        source:complete({
          offset = offset,
          context = { bufnr = host.current().buf, cursor = { row = line, col = col } },
          completion_context = { triggerKind = 1 },
        }, note('items'))
      ]],
      line,
      offset,
      col
    )
  end

  local function answer()
    return rig.calls(editor, 'items')[1][1]
  end

  describe('for nvim-cmp', function()
    it('gives the candidate as an item that completes the word', function()
      typist:lines({ 'one', 'local ünit = ma', 'end' })
      ask_cmp(2, 15, 17)
      editor:lua("give(2, 16, { 'ke(1)', '  more()' })")
      local response = answer()
      assert.is_true(response.isIncomplete)
      assert.are.equal(1, #response.items)
      local item = response.items[1]
      assert.are.equal('make(1) …', item.label)
      assert.are.equal('make(1)', item.filterText)
      assert.are.same({ 1, 1 }, { item.insertTextFormat, item.insertTextMode })
      assert.are.equal('Beans', item.cmp.kind_text)
      assert.are.equal('local ünit = make(1)\n  more()', accepted('local ünit = ma', item))
      assert.are.same({ line = 1, character = 14 }, item.textEdit.range.start)
      assert.are.equal('```\nmake(1)\n  more()\n```', item.documentation.value)
      assert.are.equal('utf-8', editor:lua('return source:get_position_encoding_kind()'))
    end)

    it('allows for what was typed while the candidate was on its way', function()
      typist:lines({ 'x = mak' })
      ask_cmp(1, 5, 6)
      editor:lua("give(1, 7, { 'e(1)' })")
      local item = answer().items[1]
      assert.are.equal('make(1)', item.filterText)
      assert.are.equal('x = make(1)', accepted('x = m', item))
    end)

    it('gives nothing where there is no candidate, or none for this place', function()
      typist:lines({ 'one', 'two' })
      for i, given in ipairs({ 'give()', "give(2, 3, { 'x' })", "give(1, 1, { 'x' })" }) do
        ask_cmp(1, 3, 4)
        editor:lua(given)
        assert.are.same({}, rig.calls(editor, 'items', i)[i][1].items)
      end
    end)

    it('gives up what it waited for when it is asked anew', function()
      typist:lines({ 'one' })
      ask_cmp(1, 1, 4)
      assert.are.equal(0, editor:lua('return given_up'))
      ask_cmp(1, 1, 4)
      assert.are.equal(1, editor:lua('return given_up'))
      editor:lua("give(1, 3, { '!' })")
      ask_cmp(1, 1, 4)
      assert.are.equal(1, editor:lua('return given_up'))
    end)

    it('begins behind signs and blanks too', function()
      local characters = editor:lua('return source:get_trigger_characters()')
      for _, char in ipairs({ ' ', '.', '(', '"', '\\', '~', '!' }) do
        assert.is_true(vim.tbl_contains(characters, char), char)
      end
      assert.is_false(vim.tbl_contains(characters, 'a'))
      typist:lines({ 'x = ' })
      ask_cmp(1, 5, 5)
      editor:lua("give(1, 4, { '', '  y' })")
      local item = answer().items[1]
      assert.are.equal('y …', item.label)
      assert.are.equal('', item.filterText)
      assert.are.equal('x = \n  y', accepted('x = ', item))
    end)

    it('gives no control characters, for the menu types what it inserts', function()
      typist:lines({ 'x' })
      ask_cmp(1, 1, 2)
      editor:lua([[give(1, 1, { '\27:q\r``` a', '````' })]])
      local item = answer().items[1]
      assert.are.equal('x␛:q\n``` a\n````', item.textEdit.newText)
      assert.are.equal('`````\nx␛:q\n``` a\n````\n`````', item.documentation.value)
    end)
  end)

  describe('for blink.cmp', function()
    local function ask(line, start_col, length, col)
      editor:lua(
        [[
          local line, start_col, length, col = ...
          local provider = require('beans.complete.adapters.blink').new({}, {})
          assert(provider:enabled({ mode = 'default' }) and not provider:enabled({ mode = 'cmdline' }))
          give_up = provider:get_completions({
            mode = 'default',
            bufnr = host.current().buf,
            cursor = { line, col },
            bounds = { line_number = line, start_col = start_col, length = length },
          }, note('items'))
        ]],
        line,
        start_col,
        length,
        col
      )
    end

    it('gives the candidate as an item that completes the word', function()
      typist:lines({ 'local ünit = ma' })
      ask(1, 15, 2, 16)
      editor:lua("give(1, 16, { 'ke(1)' })")
      local response = answer()
      assert.are.same({ true, true }, { response.is_incomplete_forward, response.is_incomplete_backward })
      local item = response.items[1]
      assert.are.equal('make(1)', item.label)
      assert.are.equal('Beans', item.kind_name)
      assert.are.equal('local ünit = make(1)', accepted('local ünit = ma', item))
    end)

    it('begins at the cursor where there is no word', function()
      typist:lines({ 'f(' })
      ask(1, 2, 0, 2)
      editor:lua("give(1, 2, { 'x)' })")
      assert.are.equal('f(x)', accepted('f(', answer().items[1]))
    end)

    it('answers without items too, and can be given up', function()
      typist:lines({ 'f(' })
      ask(1, 2, 0, 2)
      editor:lua('give()')
      assert.are.same({}, answer().items)
      ask(1, 2, 0, 2)
      editor:lua('give_up()')
      assert.are.equal(1, editor:lua('return given_up'))
    end)
  end)

  describe('for the inline completion of Neovim', function()
    local function is_known()
      return not editor.is_vim and editor:eval("has('nvim-0.12')") == 1
    end

    local function start()
      return editor:lua("return require('beans.complete.adapters.lsp').start()")
    end

    --- Lets the candidate be asked for, and gives it.
    local function offer(code)
      editor:wait('the question', function()
        return editor:lua('return #offers') > 0
      end)
      editor:lua(code)
    end

    it('says where there is none', function()
      if is_known() then
        return
      end
      assert.is_false(start())
      editor:wait_screen('needs Neovim 0.12')
    end)

    it('shows the candidate, takes it away, and accepts it', function()
      if not is_known() then
        return
      end
      typist:lines({ 'x = ü', 'end' })
      assert.is_true(start())
      assert.is_true(start())
      assert.are.equal(1, editor:lua('return #vim.lsp.get_clients({ bufnr = 0 })'))
      editor:lua('vim.lsp.inline_completion.enable()')
      editor:keys('A(')
      offer("give(1, 7, { 'a,', '  b)' })")
      typist:wait_rows({ 'x = ü(a,', '  b)', 'end' })
      editor:keys('c')
      offer('give()')
      typist:wait_rows({ 'x = ü(c', 'end' })
      editor:keys('<C-h>')
      offer([[give(1, 7, { 'a\27', '  b)' })]])
      typist:wait_rows({ 'x = ü(a␛', '  b)', 'end' })
      editor:lua('vim.lsp.inline_completion.get()')
      typist:wait_text({ 'x = ü(a␛', '  b)', 'end' })
      assert.are.same({ 2, 4 }, editor:lua('return vim.api.nvim_win_get_cursor(0)'))
    end)

    it('is given up when Insert mode ends or another is asked for, and ends with its client', function()
      if not is_known() then
        return
      end
      typist:lines({ 'x' })
      start()
      editor:lua('vim.lsp.inline_completion.enable()')
      editor:keys('Ay')
      editor:wait('the question', function()
        return editor:lua('return #offers') == 1
      end)
      editor:keys('z')
      editor:wait('the second question', function()
        return editor:lua('return #offers') == 2
      end)
      assert.are.equal(1, editor:lua('return given_up'))
      editor:keys('<Esc>')
      editor:wait('the end of it', function()
        return editor:lua('return given_up') == 2
      end)
      editor:lua("give(1, 3, { 'late' })")
      typist:wait_rows({ 'xyz', '~' })
      editor:lua('vim.lsp.get_clients({ bufnr = 0 })[1]:stop()')
      editor:wait('the end of the client', function()
        return editor:lua("return #vim.lsp.get_clients({ name = 'beans' })") == 0
      end)
    end)
  end)
end)
