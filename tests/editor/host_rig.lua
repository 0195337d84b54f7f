-- An editor whose host is asked directly, with places for what its callbacks say.

local child = require('tests.editor.child')

local M = {}

--- Starts it.
---@param config? string[] lines of Vim script for its vimrc
---@return tests.Child
function M.start(config)
  local editor = child.start({ config = config })
  editor:lua([[
    host = require('beans.host')
    -- Later calls wait for what callbacks leave here.
    got = {}
    function note(name)
      return function(...)
        got[name] = got[name] or {}
        table.insert(got[name], { ... })
      end
    end
  ]])
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
