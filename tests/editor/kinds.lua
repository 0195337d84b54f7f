-- How to start, reach and leave each kind of editor (child.lua).

local await = require('tests.editor.await')

local kinds = { nvim = {}, vim = {} }

function kinds.nvim.argv(child)
  return { '--listen', child.dir .. '/socket', '-n', '-i', 'NONE', '-u', child.dir .. '/vimrc' }
end

function kinds.nvim.vimrc()
  return {}
end

function kinds.nvim.connect(child)
  child.channel = await('the socket of ' .. child.name, 10000, function()
    local ok, channel = pcall(vim.fn.sockconnect, 'pipe', child.dir .. '/socket', { rpc = true })
    return ok and channel ~= 0 and channel
  end)
  child.back = vim.rpcrequest(child.channel, 'nvim_get_api_info')[1]
  await('the start of ' .. child.name, 10000, function()
    return vim.rpcrequest(child.channel, 'nvim_get_vvar', 'vim_did_enter') == 1
  end)
end

-- A Neovim that waits for a key answers nobody, and a request would wait for ever. So it is told to answer by a
-- notification of its own.
local NVIM_SIDE = [[
  local back, id, code, arguments = ...
  local ok, value = pcall(function()
    return assert(loadstring(code))(unpack(arguments))
  end)
  vim.rpcnotify(back, 'nvim_exec_lua', 'require("tests.editor.kinds").nvim.answer(...)', { id, ok, value })
]]

local answers, last_id = {}, 0

--- Called by a child.
function kinds.nvim.answer(id, ok, value)
  answers[id] = { ok = ok, value = value }
end

function kinds.nvim.lua(child, code, arguments)
  last_id = last_id + 1
  local id = last_id
  vim.rpcnotify(child.channel, 'nvim_exec_lua', NVIM_SIDE, { child.back, id, code, arguments })
  local answer = await('an answer of ' .. child.name, 15000, function()
    return answers[id]
  end)
  answers[id] = nil
  if not answer.ok then
    error(('failed in %s: %s'):format(child.name, answer.value), 0)
  end
  return answer.value
end

function kinds.nvim.ex(child, command)
  return kinds.nvim.lua(child, 'return vim.api.nvim_exec2(..., { output = true }).output', { command })
end

function kinds.nvim.eval(child, expression)
  return kinds.nvim.lua(child, 'return vim.api.nvim_eval(...)', { expression })
end

function kinds.nvim.quit(child, command)
  pcall(vim.rpcnotify, child.channel, 'nvim_command', command)
end

function kinds.nvim.close(child)
  pcall(vim.fn.chanclose, child.channel)
end

function kinds.vim.argv(child)
  return { '-N', '-n', '-i', 'NONE', '-u', child.dir .. '/vimrc' }
end

--- Vim is told what to run by a list; Lua code comes with its arguments, and its result goes back as JSON.
function kinds.vim.vimrc(child)
  return {
    'function! BeansTestLua(code, arguments)',
    '  let l:call = \'require("beans_test").run(_A[1], _A[2])\'',
    '  return luaeval(l:call, [a:code, a:arguments])',
    'endfunction',
    ("let g:beans_test_channel = ch_open('unix:%s/socket')"):format(child.dir),
  }
end

local VIM_SIDE = {
  "local value = require('beans.host.vim.value')",
  'local M = {}',
  'function M.run(code, arguments)',
  '  local chunk = assert((loadstring or load)(code))',
  '  local plain = value.to_lua(arguments)',
  '  return value.to_vim(chunk((table.unpack or unpack)(plain)))',
  'end',
  'return M',
}

--- Vim is the client of the channel, so the driver listens before it is started.
function kinds.vim.listen(child)
  vim.fn.mkdir(child.dir .. '/lua')
  vim.fn.writefile(VIM_SIDE, child.dir .. '/lua/beans_test.lua')
  child.server = assert(vim.uv.new_pipe(false))
  assert(child.server:bind(child.dir .. '/socket'))
  child.answers = {}
  local pieces = {} -- of a line that has not ended yet: it may be long
  child.server:listen(1, function()
    child.pipe = assert(vim.uv.new_pipe(false))
    child.server:accept(child.pipe)
    child.pipe:read_start(function(_, bytes)
      for part, line_end in (bytes or ''):gmatch('([^\n]*)(\n?)') do
        pieces[#pieces + 1] = part
        if line_end ~= '' then
          local answer = vim.json.decode(table.concat(pieces), { luanil = { object = true, array = true } })
          child.answers[answer[1]] = answer
          pieces = {}
        end
      end
    end)
  end)
end

function kinds.vim.connect(child)
  await('the channel of ' .. child.name, 10000, function()
    return child.pipe
  end)
end

-- While timers run, Vim may leave what its channel has brought until something wakes it: a signal that it does nothing
-- about (SigUSR1) does. Not soon, for a signal also cuts off what it is writing to the channel.
local NUDGE_MS = 500

function kinds.vim.request(child, fn, arguments)
  child.last_id = (child.last_id or 0) - 1
  local id = child.last_id
  child.pipe:write(vim.json.encode({ 'call', fn, arguments, id }) .. '\n')
  local nudge_ms = vim.uv.now() + NUDGE_MS
  return await('an answer of ' .. child.name, 15000, function()
    vim.uv.update_time()
    if not child.answers[id] and vim.uv.now() > nudge_ms then
      nudge_ms = vim.uv.now() + NUDGE_MS
      vim.uv.kill(child.pid, 'sigusr1')
    end
    return child.answers[id]
  end)[2]
end

function kinds.vim.lua(child, code, arguments)
  local result = kinds.vim.request(child, 'BeansTestLua', { code, arguments })
  if result == 'ERROR' then
    error('failed in ' .. child.name .. ': ' .. code, 0)
  end
  return result
end

function kinds.vim.ex(child, command)
  return (kinds.vim.request(child, 'execute', { vim.split(command, '\n') }):gsub('^\n', ''))
end

function kinds.vim.eval(child, expression)
  return kinds.vim.request(child, 'eval', { expression })
end

function kinds.vim.quit(child, command)
  child.pipe:write(vim.json.encode({ 'ex', command }) .. '\n')
end

function kinds.vim.close(child)
  for _, handle in ipairs({ child.pipe or false, child.server }) do
    if handle and not handle:is_closing() then
      handle:close()
    end
  end
end

return kinds
