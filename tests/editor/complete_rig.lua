-- Someone who types into an editor that completes, against scripts of the replay server, and looks at the screen.

local busted = require('busted')
local luassert = require('luassert')

local bench_of = require('tests.editor.bench')
local typing_rig = require('tests.editor.typing_rig')

local M = {}

local last -- one that was started

---@class tests.Completing: tests.Typist
---@field bench tests.Bench
local Completing = setmetatable({}, { __index = getmetatable(typing_rig.of({})).__index })
Completing.__index = Completing

--- A server, and an editor that asks it for completions.
---@param settings? table options of `complete`, over `auto = true`
---@param config? string[]
---@return tests.Completing
function M.start(settings, config)
  local bench = bench_of.start()
  bench:script('complete', 'status 404')
  local complete = vim.tbl_extend('force', { auto = true, debounce_ms = 30 }, settings or {})
  if complete.debounce_ms == false then
    complete.debounce_ms = nil
  end
  local keys = { 'imap <C-l> <Plug>(beans-complete-accept)', 'imap <C-x>w <Plug>(beans-complete-accept-word)' }
  vim.list_extend(keys, { 'imap <C-x>l <Plug>(beans-complete-accept-line)', 'imap <C-x>n <Plug>(beans-complete-next)' })
  vim.list_extend(keys, { 'imap <C-x>p <Plug>(beans-complete-prev)', 'imap <C-x>d <Plug>(beans-complete-dismiss)' })
  vim.list_extend(
    keys,
    { 'imap <C-x>t <Plug>(beans-complete-trigger)', 'set hidden backspace=indent,eol,start ttimeoutlen=10' }
  )
  local editor = bench:editor('complete', {
    beans = { complete = complete },
    config = vim.list_extend(keys, config or {}),
  })
  editor:wait('its start', function() -- before that, keys may be signals
    return editor:eval('v:vim_did_enter') == 1
  end)
  local self = setmetatable(typing_rig.of(editor), Completing)
  self.bench = bench
  self.answers = 0
  last = self
  return self
end

--- Has each test of a describe block end what it has started last, and raise no error there.
function M.ends_each()
  busted.after_each(function()
    local raised = last.editor:raised()
    last:stop()
    luassert.is_nil(raised)
  end)
end

--- What the server says to the next request, in the language of its scripts: a text is a stream of one piece.
function Completing:answer(script)
  self.answers = self.answers + 1
  local commands = { 'header Content-Type: text/event-stream' }
  for _, command in ipairs(type(script) == 'table' and script or { script }) do
    commands[#commands + 1] = type(command) == 'number' and 'delay ' .. command
      or ('delta %s'):format(vim.json.encode(command))
  end
  vim.list_extend(commands, { 'finish stop', 'done' })
  self.bench:script('complete.' .. self.answers, table.concat(commands, '\n'))
end

function Completing:type(keys)
  self.editor:keys(keys)
end

--- Lines of an ordinary buffer, and Insert mode.
function Completing:write(lines, line, col, filetype)
  self:lines(lines)
  self.editor:ex('setlocal noautoindent indentexpr= filetype=' .. (filetype or 'lua'))
  self.editor:ex(('call cursor(%d, %d)'):format(line, col))
  self.editor:keys(col == 0 and 'i' or 'a')
  self:wait_mode('i')
end

--- Types `local x = co`, the end of it in Insert mode, for which the server has an answer.
---@param script string|table of the answer
---@param ... string the lines below
function Completing:begin(script, ...)
  self:answer(script)
  self:write({ 'local x = ', ... }, 1, 10)
  self:type('co')
end

--- The requests for completions that the server has got.
function Completing:asked()
  return #self.bench:requests()
end

function Completing:wait_asked(count)
  self.editor:wait(('%d requests'):format(count), function()
    return self:asked() >= count
  end)
  assert(self:asked() == count, ('%d requests, not %d'):format(self:asked(), count))
end

--- Whether the server saw that a request was given up.
function Completing:wait_aborted(number)
  self.editor:wait('the end of request ' .. number, function()
    return self.bench:index():find(('%04d aborted'):format(number), 1, true)
  end)
end

--- Waits until no answer is on its way: only what is whole is remembered as it was shown.
function Completing:wait_whole()
  self.editor:wait('the end of the answer', function()
    return self.editor:lua("return #require('beans').status().running") == 0
  end)
end

--- Counts what the engine counts from now on.
function Completing:count()
  self.editor:lua([[
    local counts = require('beans.complete.counts')
    local add = counts.add
    COUNTS = {}
    function counts.add(kind, filetype)
      COUNTS[kind] = (COUNTS[kind] or 0) + 1
      add(kind, filetype)
    end
  ]])
end

---@return table<string, integer>
function Completing:counts()
  return self.editor:lua('return COUNTS')
end

---@return boolean
function Completing:is_visible()
  return self.editor:lua("return require('beans').complete.is_visible()")
end

function Completing:wait_visible(visible)
  self.editor:wait(visible and 'a candidate' or 'no candidate', function()
    return self:is_visible() == visible
  end)
end

---@return string
function Completing:why()
  return self.editor:lua("return require('beans').complete.why()")
end

function Completing:stop()
  self.bench:stop()
end

return M
