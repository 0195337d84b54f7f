local lists = require('beans.lists')

describe('lists', function()
  it('are appended, whole or in part', function()
    local to = { 1 }
    assert.are.equal(to, lists.append(to, { 2, 3 }))
    assert.are.same({ 1, 2, 3, 5, 6 }, lists.append(to, { 4, 5, 6, 7 }, 2, 3))
    assert.are.same({ 'b' }, lists.append({}, { 'a', 'b' }, 2))
    assert.are.same({}, lists.append({}, { 'a' }, 2, 1))
  end)

  it('are cut into new ones', function()
    local list = { 'a', 'b', 'c' }
    assert.are.same({ 'b', 'c' }, lists.slice(list, 2, 2))
    assert.are.same({}, lists.slice(list, 2, 0))
    assert.are_not.equal(list, lists.slice(list, 1, 3))
  end)

  it('are the same when all their items are', function()
    assert.is_true(lists.same({}, {}))
    assert.is_true(lists.same({ 'a', 'b' }, { 'a', 'b' }))
    assert.is_false(lists.same({ 'a' }, { 'a', 'b' }))
    assert.is_false(lists.same({ 'a', 'b' }, { 'b', 'a' }))
  end)
end)
