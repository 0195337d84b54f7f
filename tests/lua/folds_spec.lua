-- What of a chat is folded, found in lines alone.

local folds = require('beans.folds')

describe('folds', function()
  local function find(text)
    return folds.find(vim.split(text, '\n'))
  end

  it('are front matter, notices of two lines or more, and blocks of context', function()
    local text = [[
---
beans: 1
title: T
---

# You

[@file:lua/a.lua · lines 1-2 · ~1.2k tokens]
````lua
local fence = '```'
```
````

# Beans

> [!BEANS] Reasoning
> one
>
> two

text

> [!BEANS] gpt-5.5 · 1 → 2 tokens]]
    assert.are.same({ { first = 1, last = 4 }, { first = 8, last = 12 }, { first = 16, last = 19 } }, find(text))
  end)

  it('are none for one line, for quotes of the model and for an image', function()
    assert.are.same({}, find('# You\n\n[@image:a.png · 34 KB · ~800 tokens]\n\nsee it\n> quoted\n> twice'))
  end)

  it('are one for each notice that follows another', function()
    local text = '> [!BEANS] alternative 1 of 2\n> a\n> [!BEANS] alternative 2 of 2\n> b'
    assert.are.same({ { first = 1, last = 2 }, { first = 3, last = 4 } }, find(text))
  end)

  it('end with the text, and not at all where the fence of a context is missing', function()
    assert.are.same({ { first = 1, last = 2 } }, find('> [!BEANS] Reasoning\n> still thinking'))
    assert.are.same({}, find('[@buffer:x · ~3 tokens]\n```\ntext\n\n# Beans\n\nanswer'))
    assert.are.same({}, find('---\nno end'))
  end)

  it('do not end at a fence that is shorter or that names a language', function()
    local text = '[@buffer:x · ~3 tokens]\n````md\n```\n````lua\n`````\nrest'
    assert.are.same({ { first = 1, last = 5 } }, find(text))
  end)

  it('are the same however the text is cut into slices', function()
    local lines = vim.split(
      '---\na: 1\n---\n# You\n[@buffer:x · ~3 tokens]\n```\nx\n```\n> [!BEANS] Reasoning\n> a\n\n> [!BEANS] foot\ntext',
      '\n'
    )
    local whole = folds.find(lines)
    assert.are.equal(3, #whole)
    for size = 1, #lines do
      local scanner, found = folds.scanner(), {}
      for first = 1, #lines, size do
        vim.list_extend(found, scanner:feed(vim.list_slice(lines, first, first + size - 1), first))
      end
      vim.list_extend(found, scanner:finish(#lines))
      assert.are.same(whole, found, size)
    end
  end)

  it('stay with their text when lines come above it between two slices', function()
    local scanner = folds.scanner()
    assert.are.same({}, scanner:feed({ 'a', '> [!BEANS] Reasoning', '> b' }, 1))
    scanner:move(2)
    assert.are.same({ { first = 4, last = 6 } }, scanner:feed({ '> c', 'text' }, 6))
  end)

  it('say what they are and how long', function()
    assert.are.equal('▸ Reasoning · 12 lines', folds.title({ '> [!BEANS] Reasoning' }, 12))
    local context = '@file:lua/a.lua · lines 1-20 · ~120 tokens'
    assert.are.equal('▸ ' .. context, folds.title({ '[' .. context .. ']' }, 23))
    local head = { '---', 'beans: 1', 'title: "Sorting in C"', 'model: gpt-5.5', '---' }
    assert.are.equal('▸ Sorting in C · gpt-5.5 · 5 lines', folds.title(head, 5))
    assert.are.equal('▸ Front matter · 3 lines', folds.title({ '---', 'beans: 1', '---' }, 3))
    assert.are.equal('▸ some text · 4 lines', folds.title({ 'some\ttext' }, 4))
  end)

  it('are found in 5 MB in less than 100 ms', function()
    local message = vim.split('# Beans\n\n> [!BEANS] Reasoning\n> a\n\n' .. ('some words of text\n'):rep(45), '\n')
    local lines = {}
    while #lines * 18 < 5e6 do
      vim.list_extend(lines, message)
    end
    local began = os.clock()
    assert.are.equal(#lines / #message, #folds.find(lines))
    assert.is_true(os.clock() - began < 0.1)
  end)
end)
