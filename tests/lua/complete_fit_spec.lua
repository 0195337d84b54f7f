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
