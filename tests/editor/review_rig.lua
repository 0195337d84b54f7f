-- An editor with a file under review, for the specs of reviews.

local busted = require('busted')

local host_rig = require('tests.editor.host_rig')

local M = {}

local editor

M.OLD = { 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight' }
M.NEW = { 'one', '2', 'three', 'four', 'four and a half', 'five', 'seven', 'eight' }

--- What was noted is forgotten once more: wiping a buffer ends its review.
local function forget()
  editor:lua('got = {}')
end

--- The editor of a describe block, which all functions here mean.
---@return tests.Child
function M.shared()
  editor = host_rig.unharmed()
  busted.before_each(forget)
  return editor
end

--- Makes it as good as new.
function M.reset()
  host_rig.reset(editor)
  forget()
end

--- The lines of the current buffer.
---@return string[]
function M.lines()
  return editor:eval("getline(1, '$')")
end

---@return string
local function screen()
  editor:ex('redraw!')
  return table.concat(editor:screen(), '\n')
end

--- Waits until the screen has a pattern.
---@param pattern string
function M.sees(pattern)
  editor:wait(pattern, function()
    return screen():find(pattern)
  end)
end

--- Waits until the screen has a text no more.
---@param text string
function M.misses(text)
  editor:wait('no ' .. text, function()
    return not screen():find(text, 1, true)
  end)
end

--- A file with these lines, as if just opened.
---@param text string[]
function M.open_file(text)
  local path = editor.dir .. '/file.txt'
  vim.fn.writefile(text, path)
  editor:ex('edit! ' .. path)
end

--- A review in such a file: `review` in the editor.
---@param old string[]
---@param new string[]
function M.begin(old, new)
  M.open_file(old)
  editor:ex('Beans hunk next') -- defines the groups
  local code = [[
    local edit = require('beans.edit')
    review = edit.open({ buf = host.current().buf, first = 1, last = select(1, ...), on_settled = note('settled') })
    review:propose(1, select(1, ...), select(2, ...))
    review:complete()
  ]]
  editor:lua(code, #old, new)
  editor:ex('messages clear')
end

--- What `on_settled` got, without the lines.
---@return table
function M.outcome()
  local outcome = host_rig.calls(editor, 'settled')[1][1]
  outcome.first, outcome.last = nil, nil
  return outcome
end

--- Where the buffer is in its undo tree, and the tree.
---@return any[]
function M.undo_tree()
  return editor:eval('[undotree().seq_cur, string(undotree().entries)]')
end

return M
