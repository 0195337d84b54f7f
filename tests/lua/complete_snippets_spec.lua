local snippets = require('beans.complete.snippets')

local function source(name, lines, changes)
  local one = { name = name, filetype = 'lua', lines = lines, recency = 0.5, tick = 1 }
  for key, value in pairs(changes or {}) do
    one[key] = value
  end
  return one
end

--- Lines with identifiers of their own.
local function filler(name, count)
  local lines = {}
  for i = 1, count do
    lines[i] = ('local %s_%d = compute_%s_%d()'):format(name, i, name, i)
  end
  return lines
end

local CONTEXT =
  { filetype = 'lua', lines = { 'local order = basket:total(customer)', 'invoice:send(order, customer)' } }
local RELEVANT =
  { 'function Basket:total(customer)', '  local order = self.order', '  return invoice(order, customer)', 'end' }

local function names(list)
  local result = {}
  for i, one in ipairs(list) do
    result[i] = one.name
  end
  return result
end

describe('pieces of other buffers', function()
  it('are those that share identifiers', function()
    local sources = { source('far.lua', filler('far', 60)), source('near.lua', RELEVANT) }
    assert.same({ 'near.lua' }, names(snippets.pick(CONTEXT, sources, 3000, {})))
  end)

  it('are found within a long buffer', function()
    local lines = filler('a', 300)
    for i, line in ipairs(RELEVANT) do
      lines[200 + i] = line
    end
    local found = snippets.pick(CONTEXT, { source('long.lua', lines) }, 3000, {})[1]
    assert.is_true(#found.lines <= snippets.WINDOW_LINES)
    assert.is_true(vim.tbl_contains(found.lines, RELEVANT[1]) and found.first <= 201)
  end)

  it('come from the same file type and from what was used last before others', function()
    local sources = {
      source('old.lua', RELEVANT, { recency = 0 }),
      source('other.py', RELEVANT, { filetype = 'python', recency = 1 }),
      source('new.lua', RELEVANT, { recency = 1 }),
    }
    assert.same({ 'new.lua', 'old.lua', 'other.py' }, names(snippets.pick(CONTEXT, sources, 3000, {})))
  end)

  it('keep within the budget', function()
    local size = #table.concat(RELEVANT, '\n')
    local sources = { source('a.lua', RELEVANT), source('b.lua', RELEVANT) }
    assert.same({ 'a.lua' }, names(snippets.pick(CONTEXT, sources, size * 2 - 1, {})))
    assert.same({}, snippets.pick(CONTEXT, sources, size - 1, {}))
  end)

  it('share more than the words of the language', function()
    local sources = { source('a.lua', { 'local function if then return end', 'for while do nil true' }) }
    assert.same({}, snippets.pick({ filetype = 'lua', lines = { 'local function return nil' } }, sources, 3000, {}))
  end)

  it('are read once per change of a buffer', function()
    local reads = 0
    local counted = setmetatable({}, {
      __index = function(_, i)
        reads = reads + 1
        return RELEVANT[i]
      end,
      __len = function()
        return #RELEVANT
      end,
    })
    local cache, one = {}, source('a.lua', counted)
    local function read()
      reads = 0
      snippets.pick(CONTEXT, { one }, 0, cache)
      return reads
    end
    local first = read()
    assert.is_true(first >= #RELEVANT)
    local again = read()
    assert.is_true(again < first)
    one.tick = 2
    assert.equal(first, read())
  end)

  it('are forgotten with their buffer', function()
    local cache = {}
    snippets.pick(CONTEXT, { source('a.lua', RELEVANT), source('b.lua', RELEVANT) }, 3000, cache)
    snippets.pick(CONTEXT, { source('b.lua', RELEVANT) }, 3000, cache)
    assert.is_nil(cache['a.lua'])
    assert.is_not_nil(cache['b.lua'])
  end)

  it('read in portions, and no more than a number of windows, however much is open', function()
    local sources, cache = {}, {}
    for i = 1, 40 do
      sources[i] = source(i .. '.lua', filler('name' .. i, 2000))
    end
    local function windows_after_pick()
      snippets.pick(CONTEXT, sources, 3000, cache)
      local windows = 0
      for _, kept in pairs(cache) do
        windows = windows + #kept.windows
      end
      return windows
    end
    for i = 1, 5 do
      assert.equal(i * snippets.READ_MAX, windows_after_pick())
    end
    local all
    for _ = 1, 60 do
      all = windows_after_pick()
    end
    assert.is_true(all <= snippets.WINDOWS_MAX + 50, all .. ' windows')
  end)
end)
