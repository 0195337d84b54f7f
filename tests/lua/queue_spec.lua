local queue_of = require('beans.queue')

describe('queue', function()
  it('orders by rank, then by age', function()
    local queue = queue_of.new()
    for id, feature in ipairs({ 'complete', 'models', 'chat', 'request', 'rewrite', 'models', 'complete' }) do
      queue:enter({ id = id, feature = feature })
    end
    local order = {}
    while queue:first() do
      order[#order + 1] = queue:first().id
      queue:leave(queue:first())
    end
    assert.same({ 3, 4, 5, 2, 6, 1, 7 }, order)
  end)

  it('lets one that comes back go first', function()
    local queue, early = queue_of.new(), { id = 1, feature = 'chat' }
    queue:enter({ id = 2, feature = 'chat' })
    queue:enter(early)
    assert.equals(early, queue:first())
  end)

  it('forgets who leaves, and minds no stranger', function()
    local queue, job = queue_of.new(), { id = 1, feature = 'chat' }
    queue:enter(job)
    queue:leave({ id = 1, feature = 'chat' })
    assert.equals(job, queue:first())
    queue:leave(job)
    assert.is_nil(queue:first())
  end)
end)
