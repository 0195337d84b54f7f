-- Someone who types into an editor whose host is asked directly (host_rig.lua), and looks at the text and the screen.

local busted = require('busted')

local host_rig = require('tests.editor.host_rig')

local M = {}

---@class tests.Typist
---@field editor tests.Child
local Typist = {}
Typist.__index = Typist

---@param editor tests.Child
---@return tests.Typist
function M.of(editor)
  return setmetatable({ editor = editor }, Typist)
end

--- The editor of a describe block, in Normal mode before each of its tests, and who types into it.
---@return tests.Child
---@return tests.Typist
function M.shared()
  local typist
  busted.before_each(function() -- before the editor is made as good as new
    typist:normal()
  end)
  typist = M.of(host_rig.unharmed())
  return typist.editor, typist
end

--- Waits until the editor is in a mode, as `mode(1)` has it.
function Typist:wait_mode(mode)
  self.editor:wait('mode ' .. mode, function()
    return self.editor:eval('mode(1)') == mode
  end)
end

--- Goes to Normal mode.
function Typist:normal()
  self.editor:keys('<C-\\><C-n>')
  self:wait_mode('n')
end

--- Lines in a new buffer.
function Typist:lines(lines)
  self:normal()
  self.editor:ex('enew!')
  self.editor:eval(("setline(1, json_decode('%s'))"):format(vim.json.encode(lines):gsub("'", "''")))
  self.editor:ex('let &undolevels = &undolevels') -- ends the undo step
end

--- Lines in a new buffer, and Insert mode with the cursor at a column.
function Typist:insert(lines, line, col)
  self:lines(lines)
  self.editor:ex(('call cursor(%d, %d)'):format(line, col))
  self.editor:keys(col == 0 and 'i' or 'a')
  self:wait_mode('i')
end

--- Shows ghost text at the cursor, or takes it away.
function Typist:ghost(lines)
  self.editor:lua('local here = host.current() host.ghost(here.buf, here.line, here.col, ...)', lines)
end

---@return string[]
function Typist:text()
  return self.editor:eval("getline(1, '$')")
end

function Typist:wait_text(wanted)
  local found
  local ok = pcall(self.editor.wait, self.editor, 'the text', function()
    found = self:text()
    return vim.deep_equal(found, wanted)
  end)
  assert(ok, ('%s, not %s'):format(vim.inspect(found), vim.inspect(wanted)))
end

--- Waits until the first rows of the screen are these, blanks behind them left out.
function Typist:wait_rows(wanted)
  self.editor:wait('the rows ' .. vim.inspect(wanted), function()
    local shown = {}
    for i, row in ipairs(vim.list_slice(self.editor:screen(), 1, #wanted)) do
      shown[i] = row:gsub('%s+$', '')
    end
    return vim.deep_equal(shown, wanted)
  end)
end

return M
