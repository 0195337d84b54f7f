-- A chat is coloured as the editor colours Markdown otherwise: by tree-sitter in Neovim, by its syntax file in Vim.

local child = require('tests.editor.child')

-- What has nothing of a chat in it. (Neovim 0.10 colours the indent of a bold text over two lines in a list: not here.)
local PROSE = [[
Intro **b** _i_ `c` [l](http://x.y)

## Two
1. one
2. two

> quote `code`

| a | b |
|---|---|
| 1 | *x* |

    indented

* x
  * y

end]]

local CODE = [[
Setext
======

> quote **b**
> more _i_

1. one
   ```lua
   local x = "s" -- c
   ```
2. two

```c
int main(void) { return 0; }
/* open
comment */
```
~~~vim
let a = 1
~~~

```
plain
```
end]]

describe('highlighting', function()
  local editor

  before_each(function()
    editor = child.start({ size = { rows = 40, cols = 80 } })
    editor:lua("host = require('beans.host')")
  end)

  after_each(function()
    editor:stop()
  end)

  local function open(filetype, lines)
    editor:lua(
      [[
        local filetype, lines = ...
        local name = 'beans://test/' .. filetype
        buf = host.buf_create({ name = name, filetype = filetype, lines = lines })
        if filetype == 'beans' then
          host.highlight(buf)
        end
        host.defer(0, function()
          host.win_open(buf, 'current')
        end)
      ]],
      filetype,
      lines
    )
    editor:wait('the buffer', function()
      return editor:eval('bufnr()') == editor:lua('return buf') and editor:screen()[1]:sub(1, 3) == lines[1]:sub(1, 3)
    end)
  end

  --- What all cells look like.
  local function cells(lines)
    local expression = 'map(range(1, %d * 40), {_, i -> screenattr((i - 1) / 40 + 1, (i - 1) %% 40 + 1)})'
    return editor:eval(expression:format(#lines))
  end

  local function assert_same_as_markdown(text)
    local lines = vim.split(text, '\n')
    open('text', lines)
    editor:ex(editor.is_vim and 'setlocal syntax=markdown' or 'lua vim.treesitter.start(0, "markdown")')
    editor:ex('redraw!')
    vim.wait(300) -- 0.12 parses in turns of the loop
    local wanted = cells(lines)
    open('beans', lines)
    editor:ex('redraw!')
    assert.are.same(wanted, cells(lines))
    assert.is_false(vim.tbl_isempty(vim.tbl_filter(function(cell)
      return cell ~= 0
    end, wanted)))
  end

  it('of prose is that of Markdown', function()
    assert_same_as_markdown(PROSE)
  end)

  it('of code is that of its language', function()
    if editor.is_vim then -- whose syntax file knows languages only when it is told before
      editor:ex("let g:markdown_fenced_languages = ['c', 'vim', 'lua']")
    end
    assert_same_as_markdown(CODE)
  end)
end)
