-- What a spec works with: a replay server with scripts of its own, and editors that talk to it. Everything is ended by
-- `bench:stop()`, also when a spec fails.

local child = require('tests.editor.child')

local M = {}

---@class tests.Bench
---@field port integer of the replay server
---@field dir string scripts and records; removed at the end
local Bench = {}
Bench.__index = Bench

local function copy_scripts(to)
  for _, path in ipairs(vim.fn.glob('tests/data/replay/*', true, true)) do
    vim.uv.fs_copyfile(path, to .. '/' .. vim.fs.basename(path))
  end
end

--- Starts the server, after `close` on the port it had.
function Bench:open()
  local argv = { 'build/replay', '--stdin', '--scripts', self.dir .. '/scripts', '--record', self.dir .. '/record' }
  local opened = false
  self.server = vim.system(vim.list_extend(argv, { '--port', self.port or 0 }), {
    stdin = true,
    stdout = function(_, text)
      opened = opened or text ~= nil
      self.port = self.port or (text and tonumber(text:match('listening (%d+)')))
    end,
  })
  child.await('the replay server', 5000, function()
    return opened and self.port
  end)
end

--- Takes the server away, without a word to its clients.
function Bench:close()
  self.server:kill('sigkill')
  self.server:wait(2000)
end

--- Starts a bench.
---@return tests.Bench
function M.start()
  local bench = setmetatable({ dir = vim.fn.tempname(), children = {} }, Bench)
  vim.fn.mkdir(bench.dir .. '/scripts', 'p')
  vim.fn.mkdir(bench.dir .. '/record', 'p')
  copy_scripts(bench.dir .. '/scripts')
  bench:open()
  return bench
end

--- Writes a script for this spec.
---@param name string
---@param text string
function Bench:script(name, text)
  vim.fn.writefile(vim.split(text, '\n'), ('%s/scripts/%s.script'):format(self.dir, name))
end

--- The base URL at which the script with that name answers.
---@param name string
---@return string
function Bench:url(name)
  return ('http://127.0.0.1:%d/s/%s/v1'):format(self.port, name)
end

--- Starts an editor that talks to a script. Unless told, nothing completes by itself.
---@param name string of the script
---@param options? tests.ChildOptions|{beans: table}
---@return tests.Child
function Bench:editor(name, options)
  options = vim.tbl_extend('force', { beans = {} }, options or {})
  local usual = { base_url = self:url(name), api_key = 'sk-test-key', chat = { title = false } }
  usual.complete = { auto = false }
  local beans = vim.tbl_extend('force', usual, options.beans)
  -- By way of JSON, for a script's line can hold no line end.
  local config = { ('let g:beans = json_decode(%s)'):format(vim.fn.string(vim.json.encode(beans))) }
  options.config = vim.list_extend(config, options.config or {})
  local editor = child.start(options)
  table.insert(self.children, editor)
  return editor
end

--- The requests that came so far: head and body of each, and the body as it came.
---@return {head: string, body: any, json: string}[]
function Bench:requests()
  local requests = {}
  for i, path in ipairs(vim.fn.glob(self.dir .. '/record/*.req', true, true)) do
    local file = assert(io.open(path, 'rb'))
    local head, body = file:read('*a'):match('^(.-\r\n\r\n)(.*)$')
    file:close()
    requests[i] = { head = head, body = body ~= '' and vim.json.decode(body) or nil, json = body }
  end
  return requests
end

--- The lines of the record's index.
---@return string
function Bench:index()
  local ok, lines = pcall(vim.fn.readfile, self.dir .. '/record/index')
  return ok and table.concat(lines, '\n') or ''
end

--- Ends the editors and the server.
function Bench:stop()
  for _, editor in ipairs(self.children) do
    editor:stop()
  end
  self.children = {}
  self.server:kill('sigterm')
  self.server:wait(2000)
  vim.fn.delete(self.dir, 'rf')
end

return M
