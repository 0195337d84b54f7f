-- Beans in Neovim: the host that init.lua describes. The rest is in the folder nvim.

local clean = require('beans.host.clean')
local idle = require('beans.host.idle')
local input = require('beans.host.nvim.input')
local write = require('beans.host.nvim.write')

local api, fn, uv = vim.api, vim.fn, vim.uv

---@type beans.Host
local M = { name = 'nvim', null = vim.NIL, object_mt = getmetatable(vim.empty_dict()) }
for _, part in ipairs({ 'buffer', 'document', 'folders', 'open', 'review', 'surroundings', 'symbols', 'typing' }) do
  for name, member in pairs(require('beans.host.nvim.' .. part)) do
    M[name] = member
  end
end

if fn.has('nvim-0.12') == 1 then
  function M.inline_server(buf, ask)
    return require('beans.host.nvim.inline_server').inline_server(buf, ask)
  end
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

--- Gathers what a program prints, and says when it is more than wanted.
local function gatherer(max_bytes, on_full)
  local pieces, bytes = {}, 0
  return function(_, piece)
    local room = max_bytes - bytes
    bytes = bytes + #(piece or '')
    if piece and room > 0 then
      pieces[#pieces + 1] = #piece > room and piece:sub(1, room) or piece
      if #piece > room then
        on_full()
      end
    end
  end, function()
    return (table.concat(pieces):gsub('\r\n', '\n')), bytes > max_bytes
  end
end

--- Programs that run: Neovim would leave them behind when it quits, Vim does not.
local programs = {}

function M.spawn(argv, on_exit, options)
  local started, program
  local take, all = gatherer(options and options.max_bytes or math.huge, function()
    program:kill('sigterm')
  end)
  local settings = { text = true, stdout = take, env = { BEANS_API_KEY = '' } }
  started, program = pcall(vim.system, argv, settings, function(result)
    vim.schedule(function()
      programs[program] = nil
      local code = result.signal ~= 0 and 128 + result.signal or result.code
      local stdout, cut = all()
      on_exit({ code = code, stdout = stdout, stderr = result.stderr or '', cut = cut or nil })
    end)
  end)
  if not started then
    vim.schedule(function()
      on_exit({ code = -1, stdout = '', stderr = tostring(program) })
    end)
    return { stop = function() end }
  end
  programs[program] = true
  return {
    stop = function()
      program:kill('sigterm')
    end,
  }
end

-- Whether what was loaded before us, until a reload of the plugin, has been ended.
local alone = false

function M.on_exit(callback)
  if not alone then
    alone = true
    if fn.exists('#beans.exit#VimLeavePre') == 1 then
      api.nvim_exec_autocmds('VimLeavePre', { group = 'beans.exit', modeline = false })
    end
    api.nvim_create_augroup('beans.exit', {})
  end
  api.nvim_create_autocmd('VimLeavePre', {
    group = 'beans.exit',
    callback = function()
      callback()
    end,
  })
end

M.on_exit(function()
  for process in pairs(programs) do
    if not process:is_closing() then
      process:kill('sigterm')
    end
  end
end)

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

--- Neovim's own list of choices can be neither narrowed nor scrolled back.
local function is_plain_select()
  return debug.getinfo(vim.ui.select, 'S').source:find('vim/ui.lua', 1, true) ~= nil
end

function M.select(items, prompt, on_choice, options)
  if options and options.narrow and is_plain_select() then
    return require('beans.host.nvim.menu').open(items, prompt, on_choice)
  end
  vim.ui.select(items, { prompt = prompt, kind = 'beans' }, on_choice)
end

M.input = input.open

function M.has_screen()
  return #api.nvim_list_uis() > 0
end

local keys = api.nvim_create_namespace('beans.idle')

M.when_idle = idle.on({
  now_ms = M.now_ms,
  defer = M.defer,
  is_normal = function()
    return api.nvim_get_mode().mode == 'n'
  end,
  is_pending = function()
    return fn.state('moS') ~= '' or fn.reg_recording() ~= ''
  end,
  on_key = function(callback)
    vim.on_key(callback and function()
      callback() -- what it returns would replace the key
    end, keys)
  end,
  on_normal = function(callback)
    api.nvim_create_autocmd('ModeChanged', {
      group = api.nvim_create_augroup('beans.idle', {}),
      pattern = '*:n',
      once = true,
      callback = function()
        callback()
      end,
    })
  end,
})

M.show = require('beans.host.show').on(M)

-- Text on the screen --------------------------------------------------------------------------------------------------

function M.screen_width()
  return vim.o.columns
end

M.text_cells = fn.strdisplaywidth

function M.fit(text, cells)
  return fn.printf('%-' .. cells .. '.' .. cells .. 'S', text)
end

M.lower = fn.tolower
M.upper = fn.toupper

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

function M.write_file(path, text, fleeting)
  return write.whole(path, text, { fleeting = fleeting })
end

return M
