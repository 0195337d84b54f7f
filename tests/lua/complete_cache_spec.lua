local caches = require('beans.complete.cache')

local function at(prefix, suffix, before, after)
  return { before = before or { 'do' }, prefix = prefix, suffix = suffix or '', after = after or { 'end' } }
end

describe('the cache of candidates', function()
  local cache

  before_each(function()
    cache = caches.new(3)
  end)

  it('has a candidate where it was asked for, and nowhere else', function()
    cache:put(at('  foo'), { '(a)' })
    assert.same({ '(a)' }, cache:get(at('  foo')))
    assert.is_nil(cache:get(at('  fo')))
    assert.is_nil(cache:get(at('  foo', 'x')))
    assert.is_nil(cache:get(at('  foo', '', { 'while' })))
    assert.is_nil(cache:get(at('  foo', '', nil, { 'until' })))
  end)

  it('has the rest of one that is being typed', function()
    cache:put(at('  foo'), { '(a)', '  bar()', 'end' })
    assert.same({ ')', '  bar()', 'end' }, cache:get(at('  foo(a')))
    assert.same({ 'ar()', 'end' }, cache:get(at('  b', '', { 'do', '  foo(a)' })))
    assert.same({ 'd' }, cache:get(at('en', '', { 'do', '  foo(a)', '  bar()' })))
    assert.is_nil(cache:get(at('  foo(b')))
    assert.is_nil(cache:get(at('end', '', { 'do', '  foo(a)', '  bar()' })))
  end)

  it('has it again when what was typed is taken back', function()
    cache:put(at('  f'), { 'oo(a)' })
    cache:put(at('  foo(b'), { ', c)' })
    assert.same({ ', c)' }, cache:get(at('  foo(b')))
    assert.same({ 'a)' }, cache:get(at('  foo(')))
    assert.same({ 'oo(a)' }, cache:get(at('  f')))
  end)

  it('knows closers that came by themselves', function()
    cache:put(at('  foo'), { '(a)' })
    assert.same({ 'a' }, cache:get(at('  foo(', ')')))
  end)

  it('prefers the candidate that was asked for nearest', function()
    cache:put(at('  f'), { 'oo(a)' })
    cache:put(at('  foo'), { '(a, b)' })
    assert.same({ 'a, b)' }, cache:get(at('  foo(')))
  end)

  it('keeps the newest for a place', function()
    cache:put(at('  f'), { 'oo' })
    cache:put(at('  f'), { 'ar' })
    assert.same({ 'ar' }, cache:get(at('  f')))
  end)

  it('forgets what was not used for longest', function()
    for _, name in ipairs({ 'a', 'b', 'c' }) do
      cache:put(at(name .. ' '), { name })
    end
    cache:get(at('a '))
    cache:put(at('d '), { 'd' })
    assert.same({ 'a' }, cache:get(at('a ')))
    assert.is_nil(cache:get(at('b ')))
    assert.same({ 'd' }, cache:get(at('d ')))
  end)

  it('works at the beginning of a file', function()
    cache:put(at('', '', {}, {}), { 'a', 'b' })
    assert.same({ 'b' }, cache:get(at('', '', { 'a' }, {})))
  end)
end)
