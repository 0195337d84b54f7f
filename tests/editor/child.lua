-- A real editor in a terminal of this driving Neovim: typed into through the pty, looked at as a screen, and asked by a
-- channel of its own (RPC in Neovim, JSON in Vim). What differs between the editors ends here; specs know nothing of
-- it.

local await, kinds = require('tests.editor.await'), require('tests.editor.kinds')

local M = { await = await }

local repo = vim.fn.getcwd()

---@class tests.Child
---@field name string of the editor, as in build/editors
---@field dir string home and everything else of this editor; removed at the end
---@field config string[] Vim script that its vimrc had
local Child = {}
Child.__index = Child

-- Starting ------------------------------------------------------------------------------------------------------------

--- A window of the driver, as large as the editor's screen is to be.
local function open_terminal(size)
  vim.o.lines, vim.o.columns = math.max(vim.o.lines, size.rows + 4), math.max(vim.o.columns, size.cols + 4)
  local buf = vim.api.nvim_create_buf(false, true)
  local options = { relative = 'editor', row = 0, col = 0, width = size.cols, height = size.rows, style = 'minimal' }
  return buf, vim.api.nvim_open_win(buf, true, options)
end

---@class tests.ChildOptions
---@field size? {rows: integer, cols: integer} 24 by 80 unless told
---@field config? string[] lines of Vim script for its vimrc
---@field env? table<string, string>
---@field files? string[] that it is started with

--- The editor that BEANS_EDITOR names, to be launched.
---@param options? tests.ChildOptions
---@return tests.Child
function M.new(options)
  options = options or {}
  local name = assert(os.getenv('BEANS_EDITOR'), 'BEANS_EDITOR must name an editor of build/editors')
  local kind = name:match('^%a+')
  local child = setmetatable({ name = name, kind = kinds[kind], is_vim = kind == 'vim' }, Child)
  child.program = ('%s/build/editors/%s/bin/%s'):format(repo, name, kind)
  child.options = options
  child.dir = vim.fn.tempname()
  child.size = options.size or { rows = 24, cols = 80 }
  return child
end

--- Starts the editor that BEANS_EDITOR names.
---@param options? tests.ChildOptions
---@return tests.Child
function M.start(options)
  local child = M.new(options)
  child:launch()
  return child
end

function Child:write_vimrc()
  local vimrc = { 'set nocompatible', ('set runtimepath^=%s,%s'):format(repo, self.dir) }
  vim.list_extend(vimrc, { 'set noswapfile shortmess+=I nomore', 'filetype plugin on', 'syntax on' })
  vim.list_extend(vimrc, self.options.config or {})
  vim.fn.mkdir(self.dir, 'p')
  vim.fn.writefile(vim.list_extend(vimrc, self.kind.vimrc(self)), self.dir .. '/vimrc')
end

--- Starts it.
function Child:launch()
  self:write_vimrc()
  if self.kind.listen then
    self.kind.listen(self)
  end
  local argv, options = { self.program }, self.options
  self.buf, self.win = open_terminal(self.size)
  local own = { HOME = self.dir, XDG_DATA_HOME = self.dir .. '/data', TMPDIR = self.dir .. '/tmp', NVIM = '' }
  vim.fn.mkdir(own.TMPDIR)
  vim.list_extend(vim.list_extend(argv, self.kind.argv(self)), options.files or {})
  self.job = vim.fn.jobstart(argv, {
    term = true,
    cwd = self.dir,
    env = vim.tbl_extend('force', own, options.env or {}),
    on_exit = function(_, code)
      self.exit_code = code
    end,
  })
  self.pid = vim.fn.jobpid(self.job)
  local ok, message = pcall(self.kind.connect, self)
  if not ok then
    message = message .. '\n' .. table.concat(self:screen(), '\n')
    self:kill()
    error(message, 0)
  end
end

-- Using ---------------------------------------------------------------------------------------------------------------

--- Runs Lua in the editor; `...` in the code are the arguments.
---@param code string
---@param ... any
---@return any
function Child:lua(code, ...)
  return self.kind.lua(self, code, { ... })
end

--- Runs Ex commands, a line each.
---@param command string
---@return string # what they printed
function Child:ex(command)
  return self.kind.ex(self, command)
end

--- The value of a Vim expression.
---@param expression string
---@return any
function Child:eval(expression)
  return self.kind.eval(self, expression)
end

--- The first error that was raised or shown, nil when there was none. E1568 is not the plugin's: it says that the
--- terminal answered late.
---@return string|nil
function Child:raised()
  return self:ex('messages'):gsub('E1568:', ''):match('E%d+:[^\n]*')
end

--- Types, as a person does: '<CR>' and its like are keys.
---@param keys string
function Child:keys(keys)
  vim.api.nvim_chan_send(self.job, vim.api.nvim_replace_termcodes(keys, true, true, true))
end

--- What the screen shows, a line each.
---@return string[]
function Child:screen()
  local lines = vim.api.nvim_buf_get_lines(self.buf, 0, -1, false)
  return vim.list_slice(lines, math.max(1, #lines - self.size.rows + 1))
end

--- Waits until something is so; `what` says it for the message.
---@param what string
---@param done fun(): any
---@param ms? integer 5,000 unless told
---@return any # what `done` returned
function Child:wait(what, done, ms)
  local ok, value = pcall(await, what, ms or 5000, done)
  if not ok then
    error(('%s in %s; the screen was:\n%s'):format(value, self.name, table.concat(self:screen(), '\n')), 0)
  end
  return value
end

--- Waits until the screen shows a text.
---@param text string plain
---@param ms? integer
function Child:wait_screen(text, ms)
  self:wait(('"%s" on the screen'):format(text), function()
    return table.concat(self:screen(), '\n'):find(text, 1, true)
  end, ms)
end

--- Gives the editor's terminal another size.
---@param rows integer
---@param cols integer
function Child:resize(rows, cols)
  self.size = { rows = rows, cols = cols }
  vim.api.nvim_win_set_config(self.win, { width = cols, height = rows })
  vim.fn.jobresize(self.job, cols, rows)
end

--- The editor's process and all that it has started, by their pids.
---@return integer[]
function Child:processes()
  local list, todo = {}, { self.pid }
  while todo[1] do
    local pid = table.remove(todo)
    list[#list + 1] = pid
    local file = io.open(('/proc/%d/task/%d/children'):format(pid, pid))
    for child in (file and file:read('*a') or ''):gmatch('%d+') do
      todo[#todo + 1] = tonumber(child)
    end
    if file then
      file:close()
    end
  end
  return list
end

-- Ending --------------------------------------------------------------------------------------------------------------

--- Quits by an Ex command and gives the milliseconds until the process was gone.
---@param command? string `qall!` unless told
---@return number
function Child:quit(command)
  local began = vim.uv.hrtime()
  self.kind.quit(self, command or 'qall!')
  self:wait('its end', function()
    return self.exit_code
  end)
  return (vim.uv.hrtime() - began) / 1e6
end

--- Ends the process, whatever it does.
function Child:kill()
  if not self.exit_code then
    vim.fn.jobstop(self.job)
    vim.wait(2000, function()
      return self.exit_code ~= nil
    end, 5)
  end
end

--- Ends the editor and removes what it left.
function Child:stop()
  if not self.exit_code then
    pcall(self.quit, self)
  end
  self:kill()
  self.kind.close(self)
  pcall(vim.api.nvim_buf_delete, self.buf, { force = true })
  vim.fn.delete(self.dir, 'rf')
end

return M
