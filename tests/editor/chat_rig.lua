-- The chat in an editor, as a spec looks at it.

local M = {}

---@class tests.ChatView
---@field editor tests.Child
local View = {}
View.__index = View

--- The first chat of an editor.
---@param editor tests.Child
---@return tests.ChatView
function M.of(editor)
  return setmetatable({ editor = editor }, View)
end

--- Starts an editor for chats; those of one bench share their data.
---@param bench tests.Bench
---@param script string of the server
---@param options? tests.ChildOptions|{beans: table}
---@return tests.Child
---@return tests.ChatView
function M.start(bench, script, options)
  options = vim.tbl_extend('force', { size = { rows = 40, cols = 160 }, beans = {} }, options or {})
  options.beans = vim.tbl_extend('force', { data_dir = bench.dir .. '/data' }, options.beans)
  local editor = bench:editor(script, options)
  return editor, M.of(editor)
end

local LOOK = [[
  local host, chats = require('beans.host'), require('beans.chat')
  for buf = 1, 40 do
    local chat = host.buf_valid(buf) and chats.of(buf)
    if chat then
      return { lines = host.buf_lines(buf, 1, -1), answering = chat.answer ~= nil, buf = buf }
    end
  end
  return { lines = {}, buf = 0 }
]]

--- Its lines, whether an answer is on its way, and its buffer.
---@return {lines: string[], answering: boolean, buf: integer}
function View:look()
  return self.editor:lua(LOOK)
end

--- The fields of its head.
---@return table<string, string>
function View:head()
  local fields = {}
  for i, line in ipairs(self:look().lines) do
    if i > 1 and line == '---' then
      break
    end
    local key, text = line:match('^(%w[%w_]*): ?(.*)$')
    if key then
      fields[key] = text
    end
  end
  return fields
end

--- Its lines below the head and the blank line there.
---@return string[]
function View:lines()
  local lines = self:look().lines
  local first = 1
  if lines[1] == '---' then
    first = 2
    while lines[first] ~= '---' do
      first = first + 1
    end
    first = first + 2
  end
  return vim.list_slice(lines, first)
end

local function is_foot(line)
  return line:find('^> %[!BEANS%] .* · ') and (line:find(' · cost unknown$') or line:find(' · %$[%d.]+$'))
end

--- Its text below the head, the feet of answers left out.
---@return string
function View:text()
  local kept = {}
  for _, line in ipairs(self:lines()) do
    if is_foot(line) then
      kept[#kept] = nil -- the blank line above
    else
      kept[#kept + 1] = line
    end
  end
  return table.concat(kept, '\n')
end

--- The feet of its answers.
---@return string[]
function View:feet()
  return vim.tbl_filter(is_foot, self:lines())
end

-- Its file ------------------------------------------------------------------------------------------------------------

--- What stands in a file; nil when it is not there.
---@param path string
---@return string|nil
function M.read(path)
  local file = io.open(path, 'rb')
  local content = file and file:read('*a')
  if file then
    file:close()
  end
  return content
end

---@return string
function View:path()
  self.editor:wait('the chat', function()
    return self:look().buf > 0
  end)
  return self.editor:eval(("fnamemodify(bufname(%d), ':p')"):format(self:look().buf))
end

---@return boolean
function View:modified()
  return self.editor:lua("return require('beans.host').buf_modified(...)", self:look().buf)
end

--- Whether a file has its whole text. The cost stands in the file alone.
---@param path string
---@param line_end? string
---@return boolean
function View:is_saved(path, line_end)
  local function bare(text)
    return (text:gsub('cost_micro_usd: %d+', ''))
  end
  line_end = line_end or '\n'
  return bare(M.read(path) or '') == bare(table.concat(self:look().lines, line_end) .. line_end)
end

-- Waiting -------------------------------------------------------------------------------------------------------------

---@param path string
---@param wanted string plain
function View:wait_disk(path, wanted)
  self.editor:wait(('"%s" in the file'):format(wanted), function()
    return (M.read(path) or ''):find(wanted, 1, true)
  end, 10000)
end

--- Until the user has been told of something.
---@param wanted string plain
function View:wait_message(wanted)
  self.editor:wait(('the message "%s"'):format(wanted), function()
    return self.editor:ex('messages'):find(wanted, 1, true)
  end, 10000)
end

---@param wanted string plain
---@param ms? integer
function View:wait_text(wanted, ms)
  self.editor:wait(('"%s" in the chat'):format(wanted), function()
    return self:text():find(wanted, 1, true)
  end, ms or 10000)
end

--- Until no answer is on its way and so many questions, the one to be written too, stand there.
---@param questions integer
function View:wait_end(questions)
  self.editor:wait('the end of the answer', function()
    local _, count = ('\n' .. self:text()):gsub('\n# You\n', '')
    return count >= questions and not self:look().answering
  end, 15000)
end

return M
