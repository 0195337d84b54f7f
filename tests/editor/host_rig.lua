-- An editor whose host is asked directly, with places for what its callbacks say.

local busted = require('busted')
local luassert = require('luassert')

local child = require('tests.editor.child')

local M = {}

local PREPARE = [[
  host = require('beans.host')
  -- Later calls wait for what callbacks leave here.
  got = {}
  function note(name)
    return function(...)
      got[name] = got[name] or {}
      table.insert(got[name], { ... })
    end
  end
]]

--- Starts it.
---@param config? string[] lines of Vim script for its vimrc
---@return tests.Child
function M.start(config)
  local editor = child.start({ config = config })
  editor:lua(PREPARE)
  return editor
end

--- The editor of a describe block: it starts before the first of its tests and is as good as new before each.
---@param options? tests.ChildOptions
---@return tests.Child
function M.shared(options)
  local editor = child.new(options)
  busted.setup(function()
    editor:launch()
    editor:lua(PREPARE)
  end)
  busted.teardown(function()
    editor:stop()
  end)
  busted.before_each(function()
    M.reset(editor)
  end)
  return editor
end

--- The same, where no test may raise an error in it.
---@param options? tests.ChildOptions
---@return tests.Child
function M.unharmed(options)
  local editor = M.shared(options)
  busted.after_each(function()
    luassert.is_nil(editor:raised())
  end)
  return editor
end

--- Makes it as good as new.
function M.reset(editor)
  editor:lua('got = {}')
  editor:ex('silent! only | silent! %bwipeout! | messages clear')
end

--- Waits for the calls that a callback noted by `note(name)`.
---@return any[][] # the arguments of each
function M.calls(editor, name, count)
  editor:wait(name, function()
    return editor:lua('return #(got[...] or {})', name) >= (count or 1)
  end)
  return editor:lua('return got[...]', name)
end

--- A buffer with these lines, shown nowhere.
---@return integer
function M.scratch(editor, lines)
  return editor:lua(
    "return host.buf_create({ name = 'beans://test/' .. tostring(host.now_ms()), filetype = '', lines = ... })",
    lines
  )
end

return M
