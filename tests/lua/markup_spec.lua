-- How a chat is cut into pieces that are highlighted each by itself.

local markup = require('beans.host.markup')

describe('markup', function()
  --- The pieces in short: kind, first and last line.
  local function cut(text, wanted, base, is_start)
    local pieces = markup.cut(vim.split(text, '\n'), base or 0, wanted or 0, is_start or false)
    return vim.tbl_map(function(piece)
      return ('%s %d-%d'):format(piece.kind, piece.first, piece.last)
    end, pieces)
  end

  it('cuts at headings, notices and fences', function()
    assert.are.same(
      { 'role 0-0', 'prose 1-2', 'fence 3-5', 'prose 6-6', 'notice 7-8', 'prose 9-9', 'role 10-10' },
      cut('# You\n\nhi\n```lua\nx\n```\n\n> [!BEANS] Reasoning\n> a\n\n# Beans')
    )
  end)

  it('keeps an indented fence with its list, and what is in it out of the way', function()
    assert.are.same({ 'prose 0-4' }, cut('1. a\n   ```lua\n# comment\n   ```\nb'))
    assert.are.same({ 'prose 0-2', 'fence 3-4' }, cut('  ```\na\n```\n```\nb'))
  end)

  it('ends a fence only at one as long, of the same kind, without words', function()
    assert.are.same({ 'fence 0-5', 'prose 6-6' }, cut('````\n```\n~~~~\n````lua\n``` x\n`````\ny'))
  end)

  it('ends a fence that nothing closed where a message or a notice begins', function()
    assert.are.same({ 'fence 0-1', 'notice 2-2', 'prose 3-3' }, cut('```lua\nx\n> [!BEANS] stopped\n'))
    assert.are.same({ 'fence 0-1', 'role 2-2', 'prose 3-3' }, cut('```lua\nx\n# You\n'))
  end)

  it('takes front matter only at the start of the buffer', function()
    assert.are.same({ 'head 0-2', 'prose 3-3' }, cut('---\na: 1\n---\n', 0, 0, true))
    assert.are.same({ 'prose 0-3' }, cut('---\na: 1\n---\n'))
  end)

  it('leaves out what is above the wanted line, and tells where text may be cut', function()
    local lines = { 'a', '', 'b', 'c', '', '  d', '', '- e', 'f' }
    local pieces = markup.cut(lines, 10, 16, false)
    assert.are.same({ { kind = 'prose', first = 10, last = 18, safe = 12 } }, pieces)
    assert.are.same({ 'fence 12-14' }, cut('a\n```lua\nb\n```\n```c\nd\n```', 12, 8))
  end)

  it('tells the group of a notice', function()
    assert.are.equal('BeansCost', markup.notice_group('> [!BEANS] gpt-5.5 · 1 → 2 tokens'))
    for _, text in ipairs({ 'error: no', 'cut off: length', 'stopped' }) do
      assert.are.equal('BeansError', markup.notice_group('> [!BEANS] ' .. text))
    end
    assert.is_nil(markup.notice_group('> [!NOTE] x'))
  end)

  it('takes plain words alone for languages', function()
    local function language(line)
      local _, _, info = markup.fence(line)
      return info and markup.language(info)
    end
    assert.are.same({ 'lua', 'py', 'c' }, { language('```lua'), language('~~~ py title=x'), language('```c {1}') })
    for _, line in ipairs({ '```', '```../x', '```a|call f()', '```a`b`', 'lua' }) do
      assert.is_nil(language(line), line)
    end
  end)
end)
