-- Values between Lua and Vim script. Vim's functions take no Lua tables, its dictionaries can't be walked with `pairs`.

local M = { unpack = table.unpack or unpack }

--- JSON's null, for Vim hands its own to Lua as nil. A value that is like no other; no table, for those are copied.
function M.null() end

--- The metatable of an empty dictionary of a user's: it is no list.
M.object_mt = {}

--- A Lua value as Vim script has it: tables with list items become lists, all others (empty ones too) dictionaries.
--- Null becomes v:null in a list. In a dictionary it is left out, as is an empty key: Lua can't put them there.
---@param value any
---@return any
function M.to_vim(value)
  if value == M.null then
    return nil
  elseif type(value) ~= 'table' then
    return value
  end
  if #value > 0 then
    return M.list(value)
  end
  local dict = vim.dict()
  for key, item in pairs(value) do
    if key ~= '' then
      dict[tostring(key)] = M.to_vim(item)
    end
  end
  return dict
end

--- A Lua list as a Vim list, also when it is empty.
---@param items any[]
---@param from? integer the first item that is taken
---@return any
function M.list(items, from)
  local list = vim.list()
  for i = from or 1, #items do
    list:add(M.to_vim(items[i]))
  end
  return list
end

--- Lines of a text as Vim takes them: a NUL in a line is a line end there. Reading by vim.buffer() turns it back.
---@param lines string[]
---@return string[]
function M.lines(lines)
  local taken = {}
  for i, line in ipairs(lines) do
    taken[i] = line:gsub('%z', '\n')
  end
  return taken
end

--- A value of Vim script as plain Lua.
---@param value any
---@return any
function M.to_lua(value)
  local kind = vim.type(value)
  if kind == 'list' then
    local items = {}
    for item in value() do
      items[#items + 1] = M.to_lua(item)
    end
    return items
  elseif kind == 'dict' then
    local fields = {}
    for key, item in value() do
      fields[key] = M.to_lua(item)
    end
    return fields
  end
  return value
end

-- What Vim does not hand to Lua as it is: numbers are cut to 32 bits, switches may come as numbers, null as nothing.
local SPELL = "index([v:t_number, v:t_bool, v:t_none], type(v:val)) < 0 ? '' : string(v:val)"
local SPELLED = { ['v:true'] = true, ['v:false'] = false, ['v:null'] = M.null, ['v:none'] = M.null }

--- A list or dictionary of Vim script as Lua, exactly: as JSON means it, not as Vim's Lua has it.
---@param value any
---@return any
function M.exact(value)
  local kind, twin = vim.type(value), {}
  if kind ~= 'list' and kind ~= 'dict' then
    return value
  end
  local spelled = vim.fn.map(vim.fn.copy(value), SPELL)
  local function take(key)
    local text = spelled[key]
    if text == '' then
      twin[key] = M.exact(value[key])
    elseif SPELLED[text] ~= nil then
      twin[key] = SPELLED[text]
    else
      twin[key] = tonumber(text)
    end
  end
  if kind == 'list' then
    for i = 1, #value do
      take(i)
    end
    return twin
  end
  for key in value() do
    take(key)
  end
  return next(twin) == nil and setmetatable(twin, M.object_mt) or twin
end

--- Vim's options take numbers for switches.
---@param setting any
---@return any
function M.number(setting)
  if type(setting) == 'boolean' then
    return setting and 1 or 0
  end
  return setting
end

--- Calls a Vim function with Lua values, and gives its result as one.
---@param name string
---@param ... any
---@return any
function M.call(name, ...)
  local arguments, count = { ... }, select('#', ...)
  for i = 1, count do
    arguments[i] = M.to_vim(arguments[i])
  end
  return M.to_lua(vim.fn[name](M.unpack(arguments, 1, count)))
end

local TRY = 'try | let g:beans_answer = call(g:beans_call[0], g:beans_call[1])'
  .. ' | catch | let g:beans_caught = v:exception | endtry'

--- Calls a Vim function whose failure is the caller's to tell: Vim shows errors in `vim.fn` to the user, whoever
--- catches them. Raises a text.
---@param name string
---@param ... any
---@return any
function M.try(name, ...)
  local arguments, asked = vim.list(), vim.list()
  for i = 1, select('#', ...) do
    arguments:add(M.to_vim((select(i, ...))))
  end
  asked:add(name)
  asked:add(arguments)
  vim.g.beans_call = asked
  vim.fn.execute(TRY)
  local answer, caught = vim.g.beans_answer, vim.g.beans_caught
  vim.g.beans_call, vim.g.beans_answer, vim.g.beans_caught = nil, nil, nil
  if caught then
    error(caught:gsub('^Vim%b():', ''), 0)
  end
  return answer
end

--- Runs an Ex command whose output nobody reads. Vim's own `vim.command` redraws the screen after each.
---@param command string
function M.ex(command)
  vim.fn.execute(command)
end

-- Vim script can't hold a Lua function in a mapping or an autocommand: those call it by its number. The numbers outlive
-- a reload of the plugin, as the mappings do.
local registry = debug.getregistry()
local callbacks = registry['beans.callbacks'] or {}
registry['beans.callbacks'] = callbacks

--- A command that calls a function.
---@param callback fun()
---@return string
function M.command(callback)
  callbacks[#callbacks + 1] = callback
  return ("lua require('beans.host.vim.value').run(%d)"):format(#callbacks)
end

--- An expression that calls a function.
---@param callback fun(): any
---@return string
function M.expression(callback)
  callbacks[#callbacks + 1] = callback
  return ([[luaeval("require('beans.host.vim.value').run(%d)")]]):format(#callbacks)
end

--- Calls the function with this number.
---@param number integer
---@return any
function M.run(number)
  return callbacks[number]()
end

return M
