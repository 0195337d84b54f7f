-- Beans in Neovim: the host that init.lua describes. Buffers and windows are in nvim/buffer.lua.

local clean = require('beans.host.clean')

local api, fn, uv = vim.api, vim.fn, vim.uv

---@type beans.Host
local M = { name = 'nvim', null = vim.NIL, object_mt = getmetatable(vim.empty_dict()) }
for name, member in pairs(require('beans.host.nvim.buffer')) do
  M[name] = member
end

function M.missing()
  if fn.has('nvim-0.10') == 0 then
    return ('Beans needs Neovim 0.10 or newer, this is %s'):format(M.version())
  end
end

function M.version()
  local v = vim.version()
  return ('Neovim %d.%d.%d'):format(v.major, v.minor, v.patch)
end

-- The loop ------------------------------------------------------------------------------------------------------------

function M.now_ms()
  return uv.hrtime() / 1e6
end

M.schedule = vim.schedule

function M.defer(ms, callback)
  local timer, stopped = assert(uv.new_timer()), false
  local function close()
    if not timer:is_closing() then
      timer:close()
    end
  end
  timer:start(math.max(0, math.ceil(ms)), 0, function()
    close()
    vim.schedule(function()
      if not stopped then
        callback()
      end
    end)
  end)
  return {
    stop = function()
      stopped = true
      close()
    end,
  }
end

function M.waker(fd, drain)
  local poll = assert(uv.new_poll(fd))
  local scheduled = false
  poll:start('r', function()
    if scheduled then
      return
    end
    scheduled = true -- the descriptor stays readable until the drain clears it
    vim.schedule(function()
      scheduled = false
      drain()
    end)
  end)
  return {
    busy = function() end,
    close = function()
      if not poll:is_closing() then
        poll:close()
      end
    end,
  }
end

function M.spawn(argv, on_exit)
  local options = { text = true, env = { BEANS_API_KEY = '' } }
  local started, process = pcall(vim.system, argv, options, function(result)
    vim.schedule(function()
      local code = result.signal ~= 0 and 128 + result.signal or result.code
      on_exit({ code = code, stdout = result.stdout or '', stderr = result.stderr or '' })
    end)
  end)
  if not started then
    vim.schedule(function()
      on_exit({ code = -1, stdout = '', stderr = tostring(process) })
    end)
    return { stop = function() end }
  end
  return {
    stop = function()
      process:kill('sigterm')
    end,
  }
end

function M.on_exit(callback)
  api.nvim_create_autocmd('VimLeavePre', {
    callback = function()
      callback()
    end,
  })
end

function M.wait(ms, done)
  return (vim.wait(ms, done, 5))
end

-- Surroundings --------------------------------------------------------------------------------------------------------

function M.user_config()
  local config = vim.g.beans
  if config == nil then
    return {}
  elseif type(config) ~= 'table' then
    error(('g:beans must be a table, not %s'):format(vim.inspect(config)), 0)
  end
  return config
end

function M.env(name)
  local value = uv.os_getenv(name)
  return value ~= '' and value or nil
end

function M.data_dir()
  return vim.fs.joinpath(fn.stdpath('data') --[[@as string]], 'beans')
end

-- Talking to the user -------------------------------------------------------------------------------------------------

local LEVELS = { info = vim.log.levels.INFO, warn = vim.log.levels.WARN, error = vim.log.levels.ERROR }
local HIGHLIGHTS = { info = 'None', warn = 'WarningMsg', error = 'ErrorMsg' }

--- Whether nobody has put something else in the place of Neovim's notification: that one comes from inside Neovim, by
--- its name in 0.10, without a name in 0.12.
local function is_plain_notify()
  local source = debug.getinfo(vim.notify, 'S').source
  return source:find('^@vim/') ~= nil or source == '?'
end

--- Neovim's own notification makes the user press Enter when a text is longer than the line. `echomsg` cuts it there
--- and keeps the whole in `:messages`, if 'shortmess' has T and no command is being run, so it must be scheduled. The
--- redraw takes away what a prompt before it has scrolled.
local function echo(text, level)
  vim.cmd('redraw | echohl ' .. HIGHLIGHTS[level])
  for line in text:gmatch('[^\n]+') do
    vim.cmd(("echomsg '%s'"):format(line:gsub("'", "''")))
  end
  vim.cmd('echohl None')
end

function M.notify(text, level)
  text = clean.text(text)
  vim.schedule(function()
    if is_plain_notify() then
      echo(text, level)
    else
      vim.notify(text, LEVELS[level], { title = 'Beans' })
    end
  end)
end

function M.emit(event, data)
  api.nvim_exec_autocmds('User', { pattern = event, modeline = false, data = data })
end

function M.select(items, prompt, on_choice)
  vim.ui.select(items, { prompt = prompt, kind = 'beans' }, on_choice)
end

function M.input(prompt, default, on_input)
  vim.ui.input({ prompt = prompt, default = default }, on_input)
end

M.show = require('beans.host.show').on(M)

-- Files ---------------------------------------------------------------------------------------------------------------

require('beans.host.files').add_to(M, function(path)
  local made, problem = pcall(fn.mkdir, vim.fs.dirname(path), 'p', tonumber('700', 8))
  if not made then
    return false, tostring(problem)
  end
  local fd, message = uv.fs_open(path, 'a', tonumber('600', 8))
  if fd then
    uv.fs_close(fd)
  end
  return fd ~= nil, message
end)

function M.file_mode(path)
  local mode = fn.getfperm(path)
  return mode ~= '' and mode or nil
end

local function write_all(fd, text, fleeting)
  local at = 0
  while at < #text do
    local written, message = uv.fs_write(fd, text:sub(at + 1), at)
    if not written then
      return nil, message
    end
    at = at + written
  end
  return fleeting or uv.fs_fsync(fd)
end

function M.write_file(path, text, fleeting)
  local made, problem = pcall(fn.mkdir, vim.fs.dirname(path), 'p', tonumber('700', 8))
  if not made then
    return false, tostring(problem)
  end
  local fd, temporary = uv.fs_mkstemp(path .. '.XXXXXX') -- mode 0600
  if not fd then
    return false, tostring(temporary)
  end
  local ok, message = write_all(fd, text, fleeting)
  uv.fs_close(fd)
  if ok then
    ok, message = uv.fs_rename(temporary, path)
  end
  if not ok then
    uv.fs_unlink(temporary)
    return false, tostring(message)
  end
  return true
end

return M
