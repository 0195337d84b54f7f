-- An editor that shows a chat, for the specs of how it looks and moves.

local busted = require('busted')

local host_rig = require('tests.editor.host_rig')

local M = {}

local editor

--- The editor of a describe block, which all functions here mean: `view`, and `later(run)`, are in it.
---@return tests.Child
function M.shared()
  editor = host_rig.shared({ size = { rows = 40, cols = 80 } })
  busted.setup(function()
    editor:lua([[
      view = require('beans.chat.view')
      -- Later, as from a timer: what an editor is asked by its channel it does without drawing.
      function later(run)
        host.defer(0, run)
      end
    ]])
  end)
  return editor
end

--- A chat of these lines in the window: `buf` and `win` in the editor.
---@param lines string[]
---@return integer # the buffer
function M.open(lines)
  return editor:lua(
    [[
      buf = host.buf_create({ name = 'beans://test/' .. tostring(host.now_ms()), filetype = 'beans', lines = ... })
      view.attach(buf)
      win = host.win_open(buf, 'current')
      return buf
    ]],
    lines
  )
end

---@param text string
---@return integer|nil # the row of the screen that begins with it
function M.find_row(text)
  for row, line in ipairs(editor:screen()) do
    if line:sub(1, #text) == text then
      return row
    end
  end
end

--- Waits for such a row.
---@param text string
---@return integer
function M.row_of(text)
  return editor:wait(('a row "%s"'):format(text), function()
    return M.find_row(text)
  end)
end

return M
