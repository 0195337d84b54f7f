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
  vim.fn.mkdir(rig.dir)
  rig.editor:ex('cd ' .. rig.dir)
  return rig
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

--- What a message has attached.
---@param text string
---@return string[] blocks
---@return string[] problems
function Rig:attach(text)
  self.editor:lua(
    [[
      local context = require('beans.context')
      attached = nil
      context.attach(..., context.snapshot(), function(blocks, problems)
        attached = { table.concat(blocks, '\1'), table.concat(problems, '\1') }
      end)
      assert(attached == nil, 'called back at once')
    ]],
    text
  )
  local answer = self.editor:wait('what is attached', function()
    return self.editor:lua('return attached')
  end, 15000)
  local function list(joined)
    return joined == '' and {} or vim.split(joined, '\1')
  end
  return list(answer[1]), list(answer[2])
end

--- Ends all.
function Rig:stop()
  self.bench:stop()
end

return M
