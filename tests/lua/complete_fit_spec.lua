local fit = require('beans.complete.fit')
local lines = require('beans.lines')

local FILETYPES =
  { 'c', 'go', 'html', 'javascript', 'lua', 'markdown', 'python', 'rust', 'sh', 'typescriptreact', 'yaml' }

--- A text with the cursor at ¦, as the fitter takes it.
local function cursor_at(text, filetype, indent)
  local before_text, after_text = text:match('^(.*)¦(.*)$')
  local before, after = lines.of(before_text), lines.of(after_text)
  local prefix, suffix = table.remove(before), table.remove(after, 1)
  return { before = before, prefix = prefix, suffix = suffix, after = after, filetype = filetype, indent = indent }
end

--- Feeds an answer in pieces of the sizes that `size` gives.
---@return string|false ghost
---@return string|nil why
---@return string[] shown after each piece
local function fitted(cursor, answer, size)
  local fitter, shown, at = fit.new(cursor), {}, 1
  while at <= #answer do
    local length = size()
    shown[#shown + 1] = table.concat(fitter:feed(answer:sub(at, at + length - 1)), '\n')
    at = at + length
  end
  local result, why = fitter:finish()
  return result and table.concat(result, '\n') or false, why, shown
end

local function each_case(visit)
  for _, filetype in ipairs(FILETYPES) do
    local cases = dofile(('tests/data/complete/%s.lua'):format(filetype))
    for _, case in ipairs(cases) do
      visit({
        name = ('%s: %s'):format(filetype, case[1]),
        cursor = cursor_at(case[2], filetype, cases.indent),
        answer = case[3],
        ghost = case[4],
        why = case[5],
      })
    end
  end
end

local function one()
  return 1
end

describe('a completion is fitted', function()
  each_case(function(case)
    it(case.name, function()
      for _, size in ipairs({ #case.answer, 1 }) do
        local ghost, why = fitted(case.cursor, case.answer, function()
          return size
        end)
        assert.same({ case.ghost, case.why }, { ghost, why })
      end
    end)
  end)
end)

describe('a candidate as it grows', function()
  it('is the same however the answer is split', function()
    local seed = os.time()
    math.randomseed(seed)
    each_case(function(case)
      for _ = 1, 20 do
        local ghost = fitted(case.cursor, case.answer, function()
          return math.random(7)
        end)
        assert.equal(case.ghost, ghost, case.name .. ', seed ' .. seed)
      end
    end)
  end)

  it('shows the same at the same place of the answer', function()
    each_case(function(case)
      local _, _, by_byte = fitted(case.cursor, case.answer, one)
      for stop = 1, #case.answer do
        local shown = table.concat(fit.new(case.cursor):feed(case.answer:sub(1, stop)), '\n')
        assert.equal(by_byte[stop], shown, case.name)
      end
    end)
  end)

  it('never loses what it has shown', function()
    each_case(function(case)
      local ghost, _, shown = fitted(case.cursor, case.answer, one)
      shown[#shown + 1] = ghost or ''
      for i = 2, #shown do
        local before = shown[i - 1]:gsub('%s+$', '')
        assert.equal(before, shown[i]:sub(1, #before), case.name)
      end
    end)
  end)
end)

describe('any answer, anywhere', function()
  local PIECES = {}
  for piece in
    ([[a b foo end if else return def local_function ( ) { } [ ] " ' ` ``` ```lua <| |> < </b> <b> / */ /* // -- # \ ü
    語 , ; : = """ Here_is ~n ~n ~n__ ~n____ ~t ~r~n ~0 _ __]]):gmatch('%S+')
  do
    piece = piece:gsub('_', ' '):gsub('~n', '\n'):gsub('~t', '\t'):gsub('~r', '\r'):gsub('~0', '\0')
    PIECES[#PIECES + 1] = piece
  end

  local function text(most)
    local parts = {}
    for i = 1, math.random(0, most) do
      parts[i] = PIECES[math.random(#PIECES)]
    end
    return table.concat(parts)
  end

  it('gives the same for any split, only grows, and is text', function()
    local seed = os.time()
    math.randomseed(seed)
    for _ = 1, 2000 do
      local filetype = FILETYPES[math.random(#FILETYPES)]
      local cursor = cursor_at(text(25) .. '¦' .. text(25), filetype, math.random() < 0.5 and '  ' or '\t')
      local answer = text(30)
      local ghost, why, shown = fitted(cursor, answer, one)
      local about = ('seed %d, %s'):format(seed, vim.inspect({ cursor, answer }))
      assert.same({ ghost, why }, { (fitted(cursor, answer, function()
        return #answer
      end)), why }, about)
      shown[#shown + 1] = ghost or ''
      for i = 2, #shown do
        local before = shown[i - 1]:gsub('%s+$', '')
        assert.equal(before, shown[i]:sub(1, #before), about)
      end
      if ghost then
        assert.is_truthy(ghost:find('%S'), about)
        assert.is_falsy(ghost:gsub('[\n\t]', ''):find('%c'), about)
      end
    end
  end)

  --- How many hundred instructions something takes.
  local function steps(run)
    local count = 0
    require('jit').off()
    debug.sethook(function()
      count = count + 1
    end, '', 100)
    run()
    debug.sethook()
    require('jit').on()
    return count
  end

  local function feeding(answer)
    local fitter = fit.new(cursor_at('do\n  ¦', 'lua', '  '))
    return steps(function()
      for at = 1, #answer, 4 do
        fitter:feed(answer:sub(at, at + 3))
      end
    end)
  end

  it('takes work in proportion to its length', function()
    local line = 'local y = foo(x, "a", { 1, 2 }) + 1\n  '
    local short, long = feeding(line:rep(10)), feeding(line:rep(20))
    assert.is_true(long < 2.5 * short, ('%d and %d'):format(short, long))
  end)

  it('has at most so many lines, of at most so many bytes', function()
    local fitter = fit.new(cursor_at('do\n  ¦', 'lua', '  '))
    local candidate, enough = fitter:feed(('a()\n  '):rep(100))
    assert.is_true(enough)
    assert.equal(fit.LINES_MAX, #candidate)
    fitter = fit.new(cursor_at('¦', 'lua', '  '))
    candidate, enough = fitter:feed(('x'):rep(5000))
    assert.is_true(enough)
    assert.same({ ('x'):rep(fit.LINE_BYTES) }, candidate)
  end)

  it('says as early as it can that nothing more is wanted', function()
    for at, answer in pairs({ ['foo(¦)'] = 'a, b)', ['do\n  ¦\nend'] = 'a()\nend\n', ['a = ¦ + 1'] = '2\n' }) do
      local fitter = fit.new(cursor_at(at, 'lua', '  '))
      local _, early = fitter:feed(answer:sub(1, -2))
      local _, enough = fitter:feed(answer:sub(-1))
      assert.same({ false, true }, { early, enough }, at)
    end
  end)
end)
