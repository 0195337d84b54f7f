-- An editor in a project of real files, whose context is asked directly.

local bench_of = require('tests.editor.bench')

local M = {}

---@class tests.ContextRig
---@field bench tests.Bench
---@field editor tests.Child
---@field dir string the project: the editor's current directory
local Rig = {}
Rig.__index = Rig

--- Starts an editor in an empty project.
---@param options? tests.ChildOptions
---@return tests.ContextRig
function M.start(options)
  local bench = bench_of.start()
  local rig = setmetatable({ bench = bench, editor = bench:editor('hello', options) }, Rig)
  rig.dir = vim.uv.fs_realpath(rig.editor.dir) .. '/project'
  rig:reset()
  return rig
end

--- Empties the project, and makes the editor as good as new.
function Rig:reset()
  vim.fn.delete(self.dir, 'rf')
  vim.fn.mkdir(self.dir)
  self.editor:ex("silent! only | silent! %bwipeout! | call setqflist([], 'r') | messages clear")
  self.editor:ex('cd ' .. self.dir)
end

--- Writes a file of the project.
---@param name string
---@param text string
---@return string path
function Rig:write(name, text)
  local path = self.dir .. '/' .. name
  vim.fn.mkdir(vim.fs.dirname(path), 'p')
  local file = assert(io.open(path, 'wb'))
  file:write(text)
  file:close()
  return path
end

--- Runs git in the project.
---@param ... string
function Rig:git(...)
  local who = { '-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false' }
  local argv = vim.list_extend({ 'git', '-C', self.dir }, vim.list_extend(who, { ... }))
  local result = vim.system(argv, { text = true }):wait()
  assert(result.code == 0, result.stderr)
end

--- What a message has attached. By way of a file, for the channels of the editors are slow with long lines.
---@param text string
---@return string[] blocks
---@return string[] problems and notes
function Rig:attach(text)
  local path = self.editor.dir .. '/attached'
  vim.fn.delete(path)
  self.editor:lua(
    [[
      local context = require('beans.context')
      local text, path = ...
      local called = false
      context.attach(text, context.snapshot(), function(blocks, problems, notes)
        called = true
        assert(#notes == 0 or #blocks > 0)
        for _, note in ipairs(notes) do
          problems[#problems + 1] = note
        end
        local file = assert(io.open(path .. '.new', 'wb'))
        file:write(table.concat(blocks, '\1'), '\2', table.concat(problems, '\1'))
        file:close()
        assert(os.rename(path .. '.new', path))
      end)
      assert(not called, 'called back at once')
    ]],
    text,
    path
  )
  self.editor:wait('what is attached', function()
    return vim.uv.fs_stat(path)
  end, 15000)
  local file = assert(io.open(path, 'rb'))
  local blocks, problems = file:read('*a'):match('^(.*)\2(.*)$')
  file:close()
  local function list(joined)
    return joined == '' and {} or vim.split(joined, '\1')
  end
  return list(blocks), list(problems)
end

--- The one block of a message, and no problem.
---@param text string
---@return string
function Rig:the_block(text)
  local blocks, problems = self:attach(text)
  assert(#problems == 0 and #blocks == 1, ('%d blocks, problems: %s'):format(#blocks, table.concat(problems, '; ')))
  return blocks[1]
end

--- The one problem of a message, and no block.
---@param text string
---@return string
function Rig:the_problem(text)
  local blocks, problems = self:attach(text)
  assert(#problems == 1 and #blocks == 0, ('%d blocks, problems: %s'):format(#blocks, table.concat(problems, '; ')))
  return problems[1]
end

--- Fails unless a text has a part.
---@param part string
---@param text string
function M.has(part, text)
  assert(text:find(part, 1, true), ('"%s" is not in:\n%s'):format(part, text))
end

--- Fails when a text has a part.
---@param part string
---@param text string
function M.has_not(part, text)
  assert(not text:find(part, 1, true), ('"%s" is in:\n%s'):format(part, text))
end

--- Ends all.
function Rig:stop()
  self.bench:stop()
end

return M
