local front_matter = require('beans.front_matter')

describe('front_matter', function()
  local lines = { '---', 'beans: 1', 'title:  Sorting in C ', '# a comment', 'tags:', '  - a', '---', '', '# You' }

  it('reads fields and says where it ends', function()
    local head, last = front_matter.parse(lines)
    assert.equals(7, last)
    assert.same({ beans = '1', title = 'Sorting in C', tags = '' }, head.fields)
  end)

  it('reads a single field as it reads all', function()
    local text = table.concat(lines, '\n', 1, 7) .. '\ntitle: second\r\nlast:\t x \r\n---\n'
    local values = { title = 'Sorting in C', beans = '1', tags = '', last = 'x' }
    for _, key in ipairs({ 'title', 'beans', 'tags', 'last', 'none', 'tit', 'a', 'second' }) do
      assert.equals(values[key], front_matter.field(text, key), key)
    end
  end)

  it('is none without both lines of dashes', function()
    assert.same({ nil, 0 }, { front_matter.parse({ 'title: x', '---' }) })
    assert.same({ nil, 0 }, { front_matter.parse({ '---', 'title: x' }) })
    assert.same({ nil, 0 }, { front_matter.parse({}) })
  end)

  it('gives back what it read, other lines too', function()
    local head = front_matter.parse(lines)
    assert.same(
      { '---', 'beans: 1', 'title:  Sorting in C ', '# a comment', 'tags:', '  - a', '---' },
      front_matter.render(head)
    )
  end)

  it('sets a field in its place, adds one at the end, takes one away', function()
    local head = front_matter.parse(lines)
    front_matter.set(head, 'title', 'Other')
    front_matter.set(head, 'model', 'm: 1')
    front_matter.set(head, 'tags', nil)
    front_matter.set(head, 'unknown', nil)
    local rendered = front_matter.render(head)
    assert.same({ '---', 'beans: 1', 'title: Other', '# a comment', '  - a', 'model: m: 1', '---' }, rendered)
    assert.same(head.fields, front_matter.parse(rendered).fields)
  end)

  it('lets the first of two equal keys count and keeps the other', function()
    local head = front_matter.parse({ '---', 'a: 1', 'a: 2', '---' })
    assert.equals('1', head.fields.a)
    front_matter.set(head, 'a', '3')
    assert.same({ '---', 'a: 3', 'a: 2', '---' }, front_matter.render(head))
  end)
end)
