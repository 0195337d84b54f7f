local blocks = require('beans.chat.blocks')

--- The block of an info string, with a line above and a first line.
local function block(info, above, first)
  return blocks.all({ above or '', '```' .. info, first or 'x = 1', '```' })[1]
end

describe('code blocks', function()
  it('name their language and file behind the fence', function()
    for info, expected in pairs({
      [''] = {},
      ['lua'] = { 'lua' },
      [' lua '] = { 'lua' },
      ['c++'] = { 'c++' },
      ['lua lua/a.lua'] = { 'lua', 'lua/a.lua' },
      ['lua ./lua/a.lua'] = { 'lua', 'lua/a.lua' },
      ['lua (lua/a.lua)'] = { 'lua', 'lua/a.lua' },
      ['lua title=lua/a.lua'] = { 'lua', 'lua/a.lua' },
      ['lua title="a file.lua"'] = { 'lua', 'a file.lua' },
      ["lua {1,3} filename='a.lua'"] = { 'lua', 'a.lua' },
      ['lua file=a.lua numbers'] = { 'lua', 'a.lua' },
      ['{.lua filename="a.lua"}'] = { 'lua', 'a.lua' },
      ['lua:lua/a.lua'] = { 'lua', 'lua/a.lua' },
      [':lua/a.lua'] = { nil, 'lua/a.lua' },
      ['12:40:lua/a.lua'] = { nil, 'lua/a.lua' },
      ['lua/a.lua'] = { nil, 'lua/a.lua' },
      ['lua lua/a.lua:12'] = { 'lua', 'lua/a.lua' },
      ['lua lua/a.lua#L3-L9'] = { 'lua', 'lua/a.lua' },
      ['make Makefile'] = { 'make', 'Makefile' },
      ['sh .gitignore'] = { 'sh', '.gitignore' },
      ['lua with some words'] = { 'lua' },
      ['lua https://example.org/a.lua'] = { 'lua' },
      ['lua showLineNumbers=true'] = { 'lua' },
      ['lua a*.lua'] = { 'lua' },
      ['lua ..'] = { 'lua' },
    }) do
      local found = block(info)
      assert.are.same({ expected[1], expected[2] }, { found.language, found.path }, info)
    end
  end)

  it('have their file named by the line above', function()
    for above, expected in pairs({
      ['**lua/a.lua**'] = 'lua/a.lua',
      ['`lua/a.lua`'] = 'lua/a.lua',
      ['**`lua/a.lua`**:'] = 'lua/a.lua',
      ['lua/a.lua:'] = 'lua/a.lua',
      ['### lua/a.lua'] = 'lua/a.lua',
      ['# file: a.lua'] = 'a.lua',
      ['File: `lua/a.lua`'] = 'lua/a.lua',
      ['**File:** `lua/a.lua`'] = 'lua/a.lua',
      ['Filename: a.lua'] = 'a.lua',
      ['1. `lua/a.lua`'] = 'lua/a.lua',
      ['- lua/a.lua'] = 'lua/a.lua',
      ['Change `lua/a.lua` to:'] = 'lua/a.lua',
      ['Change `lua/a.lua` and `lua/b.lua` to:'] = false,
      ['I changed `lua/a.lua`.'] = false,
      ['For example:'] = false,
      ['Use it as follows, e.g.'] = false,
      ['```'] = false,
      [''] = false,
    }) do
      assert.are.equal(expected or nil, block('lua', above).path, above)
    end
    local lines = { 'lua/a.lua:', '', '```lua', 'x', '```' }
    assert.are.equal('lua/a.lua', blocks.all(lines)[1].path)
  end)

  it('have their file named by a comment in the first line', function()
    for first, expected in pairs({
      ['-- lua/a.lua'] = 'lua/a.lua',
      ['// src/a.c'] = 'src/a.c',
      ['# file: x.py'] = 'x.py',
      ['/* a.css */'] = 'a.css',
      ['<!-- a/b.html -->'] = 'a/b.html',
      ['" plugin/a.vim'] = 'plugin/a.vim',
      ['-- A module.'] = false,
      ['#!/bin/sh'] = false,
      ['#include <stdio.h>'] = false,
      ['x = 1'] = false,
    }) do
      local found = block('', '', first)
      assert.are.equal(expected or nil, found.path, first)
      assert.are.equal(expected or nil, blocks.heading_of(found))
    end
  end)

  it('are found around a line, with their text as it was', function()
    local lines = {
      '# Beans',
      '',
      '1. in a list',
      '',
      '   ```lua',
      '   one',
      '     two',
      ' three',
      '   ```',
      '',
      '````md',
      '```lua',
      'inner',
      '```',
      '\\# You',
      '````',
      '~~~',
      '```',
      '~~~~',
      '```py',
      'cut off',
      '',
      '# You',
      '',
      '```',
      'open',
    }
    local found = {}
    for i, item in ipairs(blocks.all(lines)) do
      found[i] = { item.fence, item.first, item.last, item.complete, table.concat(item.lines, '|') }
    end
    assert.are.same({
      { 5, 6, 8, true, 'one|  two|three' },
      { 11, 12, 15, true, '```lua|inner|```|# You' },
      { 17, 18, 18, true, '```' },
      { 20, 21, 22, false, 'cut off|' },
      { 25, 26, 26, false, 'open' },
    }, found)
    for line, fence in pairs({ [5] = 5, [7] = 5, [9] = 5, [13] = 11, [16] = 11, [21] = 20, [26] = 25 }) do
      assert.are.equal(fence, blocks.around(lines, line).fence, 'line ' .. line)
    end
    for _, line in ipairs({ 1, 4, 10, 23, 24 }) do
      assert.is_nil(blocks.around(lines, line))
    end
  end)

  it('have a file type that is safe to set', function()
    for info, filetype in pairs({
      lua = 'lua',
      ['c++'] = 'cpp',
      py = 'python',
      JS = 'javascript',
      ['src/a.rs'] = 'rust',
      [''] = '',
      ['x|quit'] = '',
      ['a.b'] = 'b',
    }) do
      assert.are.equal(filetype, blocks.filetype(block(info)), info)
    end
  end)

  it('take any text', function()
    local pieces =
      { '```', '~~~', '````lua', '# You', '\\# You', '  ```x y=z', 'a.lua:', '', '# file: b', '**', '`', ':' }
    for _ = 1, 2000 do
      local lines = {}
      for i = 1, math.random(0, 10) do
        lines[i] = pieces[math.random(#pieces)] .. (math.random() < 0.3 and pieces[math.random(#pieces)] or '')
      end
      local last = 0
      for _, item in ipairs(blocks.all(lines)) do
        assert.is_true(item.fence > last and item.first == item.fence + 1 and item.last >= item.first - 1)
        assert.are.equal(item.last - item.first + 1, #item.lines)
        last = item.last
      end
    end
  end)
end)
