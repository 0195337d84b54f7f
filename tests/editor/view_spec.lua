-- How a chat looks, on real screens: colours and folds. The colour of a cell is what the editor itself says stands on
-- its screen.

local rig = require('tests.editor.view_rig')

local find_row, row_of = rig.find_row, rig.row_of

local CHAT = [[
---
beans: 1
title: Sorting
---

# You

[@file:lua/a.lua · lines 1-2 · ~12 tokens]
````lua
local fence = '```'
````

Is it **stable**?

# Beans

> [!BEANS] Reasoning
> hmm
> well

No:

```lua
local list = { 'b' } -- comment
```

> [!BEANS] stopped

> [!BEANS] gpt-5.5 · 1 → 2 tokens

# You

]]

describe('the look of a chat', function()
  local editor = rig.shared()

  setup(function()
    editor:lua("host.highlights({ BeansRole = 'Title', BeansCost = 'Comment', BeansError = 'ErrorMsg' })")
  end)

  local function open(text)
    return rig.open(vim.split(text, '\n'))
  end

  --- What each cell of a part of the screen looks like: equal numbers look equal.
  local function looks(row, first, last)
    return editor:eval(('map(range(%d, %d), {_, col -> screenattr(%d, col)})'):format(first, last, row))
  end

  local function look(row, col)
    return looks(row, col, col)[1]
  end

  --- Waits until the cell has no plain look, nor that of another.
  local function wait_colour(row, col, other)
    editor:wait(('a colour at %d, %d'):format(row, col), function()
      local seen = look(row, col)
      return seen ~= 0 and seen ~= other
    end)
  end

  describe('has colours:', function()
    it('headings, notices, Markdown and code in its language', function()
      open(CHAT)
      local role, foot, trouble = row_of('# You'), row_of('> [!BEANS] gpt'), row_of('> [!BEANS] stopped')
      local code = row_of('local list')
      wait_colour(code, 1)
      wait_colour(role, 1)
      wait_colour(foot, 1)
      wait_colour(trouble, 1, look(foot, 1))
      assert.are.equal(look(role, 1), look(row_of('# Beans'), 1))
      assert.are_not.equal(look(role, 1), look(foot, 1))
      assert.are_not.equal(0, look(row_of('Is it'), 9))
      assert.are.equal(0, look(row_of('Is it'), 1))
      -- A keyword, a string and a comment.
      assert.are_not.equal(look(code, 1), look(code, 16))
      assert.are_not.equal(look(code, 1), look(code, 23))
      assert.is_nil(editor:raised())
    end)

    it('a language that comes while it streams', function()
      open('# Beans\n\n\n# You\n\n')
      editor:lua("mark = host.mark_set(buf, 3, 0) later(function() host.insert(buf, mark, 'See:\\n\\n```vi') end)")
      row_of('```vi')
      editor:lua('later(function() host.insert(buf, mark, \'m\\nlet s = "x"\\necho 1\\n```\\n\\nplain\') end)')
      local code = row_of('let s')
      wait_colour(code, 1)
      assert.are.equal(0, look(row_of('plain'), 1))
      assert.is_nil(editor:raised())
    end)

    it('a fence that is typed, and what is above and below it', function()
      open('# You\n\n\nlocal a = 1\n\ntext **b**\n')
      local code = row_of('local a')
      assert.are.equal(0, look(code, 1))
      editor:keys('3GA```lua<Esc>')
      wait_colour(code, 1)
      editor:keys('4Go```<Esc>')
      editor:wait('the fence', function()
        return editor:screen()[7]:sub(1, 4) == 'text'
      end)
      wait_colour(row_of('text **b**'), 8)
      editor:keys('3GS<Esc>')
      editor:wait('no colour', function()
        return look(code, 1) == 0
      end)
    end)

    it('the same in the middle of a long block of code, wherever one comes from', function()
      local lines = { '# Beans', '', '```lua' }
      for i = 1, 400 do
        lines[#lines + 1] = 'local a' .. i .. ' = 1'
      end
      vim.list_extend(lines, { '```', '', 'plain **bold**', '' })
      open(table.concat(lines, '\n'))
      editor:keys('200Gzt')
      local code = row_of('local a197')
      wait_colour(code, 1)
      editor:keys('G')
      wait_colour(row_of('plain'), 9)
      assert.are.equal(0, look(row_of('plain'), 1))
    end)

    it('whatever a fence calls itself', function()
      open('# Beans\n\n```../../x|call f()\na\n```\n\n```nosuchlanguage\nb\n```\n\n```lua\nlocal c\n```\n')
      wait_colour(row_of('local c'), 1)
      assert.is_nil(editor:raised())
    end)

    it('in two windows on two places, beyond a closed fold', function()
      local lines = { '# Beans', '', '> [!BEANS] Reasoning' }
      for i = 1, 3000 do
        lines[#lines + 1] = '> thought ' .. i
      end
      vim.list_extend(lines, { '', '```lua', 'local z = 1', '```', '' })
      open(table.concat(lines, '\n'))
      row_of('▸ Reasoning')
      wait_colour(row_of('local z'), 1)
      editor:keys(':split<CR>gg')
      editor:wait('the code in both windows', function()
        local rows = vim.tbl_filter(function(line)
          return line:find('^local z') ~= nil
        end, editor:screen())
        return #rows == 2
      end)
      for row, line in ipairs(editor:screen()) do
        if line:find('^local z') then
          wait_colour(row, 1)
        end
      end
    end)
  end)

  describe('has folds', function()
    it('of front matter, context and reasoning, in words', function()
      open(CHAT)
      row_of('▸ Sorting · 4 lines')
      row_of('▸ @file:lua/a.lua · lines 1-2 · ~12 tokens')
      row_of('▸ Reasoning · 3 lines')
      assert.is_nil(find_row('> hmm'))
      assert.are.equal(-1, editor:eval('foldclosed(6)'))
      assert.is_nil(editor:raised())
    end)

    it('that evaluate nothing of what they show', function()
      open('# Beans\n\n> [!BEANS] %{system("true")} %#Error# `x`\n> a\n')
      row_of('▸ %{system("true")} %#Error# `x` · 2 lines')
    end)

    it('that stay open when more comes', function()
      open(CHAT)
      row_of('▸ Reasoning')
      editor:keys('/Reasoning<CR>zo')
      row_of('> hmm')
      editor:lua([[
        later(function()
          host.buf_set_lines(buf, 6, 5, { '> [!BEANS] alternative 1 of 2', '> other', '' })
          view.fold(buf, 6, 7)
        end)
      ]])
      row_of('▸ alternative 1 of 2 · 2 lines')
      row_of('> hmm')
      editor:ex('split')
      row_of('> hmm')
    end)

    it('that grow with what they hold, open or closed', function()
      open('# Beans\n\n> [!BEANS] Reasoning\n> a\n\n# You\n\n')
      row_of('▸ Reasoning · 2 lines')
      editor:lua("later(function() host.buf_set_lines(buf, 5, 4, { '> b', '> c' }) view.fold(buf, 3, 6) end)")
      row_of('▸ Reasoning · 4 lines')
      editor:keys('3Gzo')
      row_of('> c')
      editor:lua("later(function() host.buf_set_lines(buf, 7, 6, { '> d' }) view.fold(buf, 3, 7) end)")
      row_of('> d')
      assert.are.equal(-1, editor:eval('foldclosed(3)'))
      editor:keys('zc')
      row_of('▸ Reasoning · 5 lines')
    end)

    it('that grow while the user types the next question', function()
      open('# Beans\n\n> [!BEANS] Reasoning\n> a\n\n# You\n\n')
      row_of('▸ Reasoning · 2 lines')
      editor:keys('Goabc')
      row_of('abc')
      editor:lua("later(function() host.buf_set_lines(buf, 5, 4, { '> b', '> c' }) view.fold(buf, 3, 6) end)")
      row_of('▸ Reasoning · 4 lines')
      editor:keys('def')
      row_of('abcdef')
      assert.are.equal('i', editor:eval('mode()'))
      editor:keys('<Esc>')
    end)

    it('that come back as they were, and where they belong, when a window shows the chat again', function()
      open(CHAT)
      row_of('▸ Reasoning')
      editor:keys('/Reasoning<CR>zogg')
      row_of('> hmm')
      editor:ex('enew')
      editor:lua("host.buf_set_lines(buf, 6, 5, { 'one', 'two', '' })")
      editor:lua("host.win_open(buf, 'current')")
      row_of('▸ @file:lua/a.lua')
      row_of('two')
      assert.are.equal(11, editor:eval('foldclosed(11)'))
      assert.are.equal(14, editor:eval('foldclosedend(11)'))
    end)

    it('that keep their length when a line in them is written anew', function()
      open(CHAT)
      row_of('▸ Sorting · 4 lines')
      editor:lua("later(function() host.buf_set_lines(buf, 1, 4, { '---', 'beans: 1', 'title: Other', '---' }) end)")
      row_of('▸ Other · 4 lines')
      assert.is_nil(find_row('---'))
    end)

    it('after an undo and a redo', function()
      open(CHAT)
      row_of('▸ Reasoning')
      editor:keys('ggOmore<Esc>uG<C-r>u')
      row_of('▸ Reasoning · 3 lines')
      row_of('▸ Sorting · 4 lines')
    end)

    it('of what an undo or a redo brings, at once', function()
      open(CHAT)
      row_of('▸ Reasoning · 3 lines')
      editor:keys('gg/> well<CR>zozkzcVGd')
      editor:wait('no text', function()
        return not find_row('▸ Reasoning') and not find_row('No:')
      end)
      -- Two steps back at once, over a change elsewhere.
      editor:keys('ggohello<CR>there<Esc>')
      row_of('there')
      editor:keys('2u')
      row_of('▸ Reasoning · 3 lines')
      row_of('No:')
      editor:keys('gg3dd')
      editor:wait('no head', function()
        return not find_row('▸ Sorting')
      end)
      row_of('# You')
      editor:keys('u')
      row_of('▸ Sorting · 4 lines')
      assert.are.equal(4, editor:eval('foldclosedend(1)'))
      row_of('▸ @file:lua/a.lua')
      row_of('▸ Reasoning · 3 lines')
      -- What is pasted, in all windows.
      editor:keys('gg/Reasoning<CR>zcyyG:split<CR>Gp')
      editor:wait('the fold at the end', function()
        local closed = 'trim(win_execute(w, \'echo foldclosed(line("$") - 2)\'))'
        local first = tostring(editor:eval("line('$')") - 2)
        local seen = editor:eval(('map(win_findbuf(bufnr()), {_, w -> %s})'):format(closed))
        return vim.deep_equal({ first, first }, seen)
      end)
      assert.is_nil(editor:raised())
    end)

    it('that the user has opened, open, whatever else an undo brings', function()
      open(CHAT)
      row_of('▸ Reasoning · 3 lines')
      editor:keys('gg/> well<CR>zo:$d|$-5,$d<CR>u')
      row_of('> hmm')
      assert.are.equal(-1, editor:eval("foldclosed(search('Reasoning', 'nw'))"))
    end)

    it('soon, in a long chat, without holding the editor', function()
      -- Made there: Vim 9.0 may wait for ever for the end of a request of megabytes.
      editor:lua(
        [[
          local message, lines = ..., {}
          for i = 0, 2500 * #message - 1 do
            lines[i + 1] = message[i % #message + 1]
          end
          buf = host.buf_create({ name = 'beans://test/long', filetype = 'beans', lines = lines })
          view.attach(buf)
          host.win_open(buf, 'current')
        ]],
        vim.list_slice(vim.split(CHAT, '\n'), 6)
      )
      editor:keys('G')
      editor:wait('the last fold', function()
        return editor:eval("foldclosed(line('$') - 15)") ~= -1
      end, 15000)
      assert.is_nil(editor:raised())
    end)
  end)
end)
