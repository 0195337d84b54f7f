-- Tests in plain Lua of any version, for where busted does not run. Prints TAP.

local M = {}

local tests = {}

--- A value as text; the same for values that are alike.
---@param value any
---@return string
function M.words(value)
  if type(value) == 'string' then
    return ('%q'):format(value)
  elseif type(value) == 'number' then
    return ('%.17g'):format(value)
  elseif type(value) ~= 'table' then
    return tostring(value)
  end
  local names, parts = {}, {}
  for name in pairs(value) do
    names[#names + 1] = name
  end
  table.sort(names, function(a, b)
    return tostring(a) < tostring(b)
  end)
  for i, name in ipairs(names) do
    parts[i] = ('[%s] = %s'):format(M.words(name), M.words(value[name]))
  end
  return '{' .. table.concat(parts, ', ') .. '}'
end

--- Raises unless the values are alike.
---@param expected any
---@param got any
---@param what? string for the message
function M.same(expected, got, what)
  local wanted, found = M.words(expected), M.words(got)
  if wanted ~= found then
    error(('%s: expected %s, got %s'):format(what or 'value', wanted, found), 2)
  end
end

--- Raises unless `text` has `part` in it.
---@param part string
---@param text any
---@param what? string for the message
function M.contains(part, text, what)
  if not tostring(text):find(part, 1, true) then
    error(('%s: expected %q in %s'):format(what or 'text', part, M.words(text)), 2)
  end
end

--- A test; it fails when `run` raises.
---@param name string
---@param run fun()
function M.test(name, run)
  tests[#tests + 1] = { name = name, run = run }
end

--- Runs all tests; raises in the end when one failed.
---@param where string
function M.run(where)
  local failed = 0
  print('1..' .. #tests)
  for number, case in ipairs(tests) do
    local ran, message = pcall(case.run)
    print(('%s %d - %s: %s'):format(ran and 'ok' or 'not ok', number, where, case.name))
    if not ran then
      failed = failed + 1
      print('# ' .. tostring(message):gsub('\n', '\n# '))
    end
  end
  assert(failed == 0, failed .. ' failed')
end

return M
