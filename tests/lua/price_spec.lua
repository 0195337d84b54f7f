local price_of = require('beans.price')

describe('price', function()
  local function price(requests)
    local sums = price_of.new()
    for _, request in ipairs(requests) do
      price_of.count(sums, request[1], request[2], request[3])
    end
    return sums
  end

  local function near(expected, got)
    assert.is_true(math.abs(expected - got) <= 1e-6 * math.abs(expected), ('%s, not %s'):format(expected, got))
  end

  it('is not guessed', function()
    assert.is_nil(price_of.estimate(price({}), 100))
    assert.is_nil(price_of.estimate(price({ { nil, 100, 10 }, { 5, nil, 10 }, { 5, 10, nil }, { 5, 0, 0 } }), 100))
  end)

  it('tells in and out apart once requests differ', function()
    local estimate = price_of.estimate(price({ { 2 * 100 + 8 * 10, 100, 10 }, { 2 * 500 + 8 * 90, 500, 90 } }), 1000)
    near(2000, estimate.tokens_in)
    near(8 * 50, estimate.tokens_out)
    near(2400, estimate.total)
    assert.same({ 50, 2 }, { estimate.answer, estimate.requests })
  end)

  it('is that of a short answer where one is known to come', function()
    local sums = price({ { 2 * 100 + 8 * 10, 100, 10 }, { 2 * 500 + 8 * 90, 500, 90 } })
    near(2000 + 8 * 5, price_of.estimate(sums, 1000, 5).total)
    near(330 / 110 * 105, price_of.estimate(price({ { 330, 100, 10 } }), 100, 5).total)
  end)

  it('knows only the total from requests that are alike', function()
    for count = 1, 3 do
      local requests = {}
      for i = 1, count do
        requests[i] = { 330, 100, 10 }
      end
      local estimate = price_of.estimate(price(requests), 100)
      near(330, estimate.total)
      assert.is_nil(estimate.tokens_in)
    end
  end)

  it('is never below nothing, whatever the sums say', function()
    local estimate = price_of.estimate(price({ { 1000, 100, 10 }, { 10, 500, 20 } }), 100)
    assert.is_true(estimate.total > 0)
    assert.is_nil(estimate.tokens_in)
  end)

  it('stays exact over many requests, large and small', function()
    math.randomseed(5)
    local requests = {}
    for i = 1, 20000 do
      local tokens_in, tokens_out = math.random(1, 200000), math.random(1, 4000)
      requests[i] = { 3 * tokens_in + 15 * tokens_out, tokens_in, tokens_out }
    end
    local estimate = price_of.estimate(price(requests), 1000)
    near(3000, estimate.tokens_in)
    near(15 * estimate.answer, estimate.tokens_out)
  end)

  it('is nothing where a server is free', function()
    assert.equals(0, price_of.estimate(price({ { 0, 100, 10 }, { 0, 7, 90 } }), 1000).total)
  end)
end)
