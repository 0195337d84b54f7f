-- Beans in Vim: the host that init.lua describes. The rest is in the folder vim.

local clean = require('beans.host.clean')
local idle = require('beans.host.idle')
local input = require('beans.host.vim.input')
local value = require('beans.host.vim.value')

local call = value.call

---@type beans.Host
local M = { name = 'vim', null = value.null, object_mt = value.object_mt }
for _, part in ipairs({ 'buffer', 'document', 'folders', 'open', 'review', 'surroundings', 'typing', 'window' }) do
  for name, member in pairs(require('beans.host.vim.' .. part)) do
    M[name] = member
  end
end

vim.command('augroup beans | autocmd! | augroup END')
-- Vim complains of an event that nobody listens to, and can't say whether a pattern would: so there is one who does.
vim.command('autocmd beans User Beans* :')

function M.missing()
  if vim.fn.has('patch-9.0.1378') == 0 then
    return ('Beans needs Vim 9.0.1378 or newer, this is %s'):format(M.version())
  end
  for _, feature in ipairs({ 'textprop', 'timers' }) do
    if vim.fn.has(feature) == 0 then
      return ("Beans needs a Vim with +%s, as Debian's vim-nox"):format(feature)
    end
  end
end

function M.version()
  local long = vim.eval('v:versionlong')
  return ('Vim %d.%d.%d'):format(math.floor(long / 1000000), math.floor(long / 10000) % 100, long % 10000)
end

-- The loop ------------------------------------------------------------------------------------------------------------

function M.now_ms()
  return vim.fn.reltimefloat(vim.fn.reltime()) * 1000
end

function M.defer(ms, callback)
  local timer = vim.fn.timer_start(math.max(0, math.ceil(ms)), function()
    callback()
  end)
  return {
    stop = function()
      vim.fn.timer_stop(timer)
    end,
  }
end

-- Vim has no order among timers that are due at once: what is scheduled waits in a line of its own, and each timer
-- takes its first.
local scheduled, first, last = {}, 1, 0

function M.schedule(callback)
  last = last + 1
  scheduled[last] = callback
  M.defer(0, function()
    local next_callback = scheduled[first]
    scheduled[first] = nil
    first = first + 1
    next_callback()
  end)
end

-- Vim can't wait for a descriptor. It looks often until something comes (that is what the user waits for), less often
-- while text streams, and not at all while nothing is in flight.
local FAST_MS, SLOW_MS = 2, 10

function M.waker(_, drain)
  local timer, interval
  local function stop()
    if timer then
      vim.fn.timer_stop(timer)
      timer, interval = nil, nil
    end
  end
  local function poll_every(ms)
    if interval == ms then
      return
    end
    stop()
    interval = ms
    timer = call('timer_start', ms, function()
      if drain() and interval == FAST_MS then
        poll_every(SLOW_MS)
      end
    end, { ['repeat'] = -1 })
  end
  return {
    busy = function(_, busy)
      if not busy then
        stop()
      elseif not timer then
        poll_every(FAST_MS)
      end
    end,
    close = stop,
  }
end

-- Lua can't hold a job of Vim's: they are held in a dictionary, by number.
local last_program = 0

local function start_program(argv, options)
  last_program = last_program + 1
  local name = ('g:beans_programs[%d]'):format(last_program)
  vim.g.beans_program = value.to_vim({ argv, options })
  vim.command("let g:beans_programs = get(g:, 'beans_programs', {})")
  vim.command(("let %s = call('job_start', g:beans_program) | unlet g:beans_program"):format(name))
  return name
end

function M.spawn(argv, on_exit, options)
  local stdout, stderr, code, name = {}, {}, nil, nil
  local max_bytes, bytes = options and options.max_bytes or math.huge, 0
  local closed = false
  local function finish()
    if code and closed then
      vim.command('silent! unlet ' .. name)
      local cut = bytes > max_bytes or nil
      on_exit({ code = code, stdout = table.concat(stdout), stderr = table.concat(stderr), cut = cut })
    end
  end
  if vim.fn.executable(argv[1]) == 0 then
    M.schedule(function()
      on_exit({ code = -1, stdout = '', stderr = argv[1] .. ': no such program' })
    end)
    return { stop = function() end }
  end
  name = start_program(argv, {
    in_io = 'null',
    mode = 'raw',
    env = { BEANS_API_KEY = '' },
    out_cb = function(_, text)
      local room = max_bytes - bytes
      bytes = bytes + #text
      stdout[#stdout + 1] = #text > room and text:sub(1, math.max(0, room)) or text
      if bytes > max_bytes and not code then
        vim.command(('call job_stop(%s)'):format(name))
      end
    end,
    err_cb = function(_, text)
      stderr[#stderr + 1] = text
    end,
    exit_cb = function(_, status)
      code = status < 0 and 128 or status -- a signal ended it; Vim names it only by its letters
      finish()
    end,
    close_cb = function()
      closed = true
      finish()
    end,
  })
  return {
    stop = function()
      if not code then
        vim.command(('call job_stop(%s)'):format(name))
      end
    end,
  }
end

-- Whether what was loaded before us, until a reload of the plugin, has been ended.
local alone = false

function M.on_exit(callback)
  if not alone then
    alone = true
    vim.command("if exists('#beans_exit#VimLeavePre') | doautocmd <nomodeline> beans_exit VimLeavePre | endif")
    vim.command('augroup beans_exit | autocmd! | augroup END')
  end
  vim.command('autocmd beans_exit VimLeavePre * ' .. value.command(callback))
end

function M.wait(ms, done)
  local give_up = M.now_ms() + ms
  while not done() do
    if M.now_ms() > give_up then
      return false
    end
    vim.command('sleep 2m')
  end
  return true
end

-- Surroundings --------------------------------------------------------------------------------------------------------

function M.user_config()
  if vim.fn.exists('g:beans') == 0 then
    return {}
  end
  local config = value.exact(vim.g.beans)
  if type(config) ~= 'table' then
    error(('g:beans must be a dictionary, not %s'):format(tostring(config)), 0)
  end
  return config
end

function M.env(name)
  local text = os.getenv(name)
  return text ~= '' and text or nil
end

--- Where Vim keeps a user's own files, if there is such a folder; else the place the desktop standard has for data.
function M.data_dir()
  local home = M.env('HOME') or '~'
  if vim.fn.isdirectory(home .. '/.vim') == 1 then
    return home .. '/.vim/beans'
  end
  return (M.env('XDG_DATA_HOME') or home .. '/.local/share') .. '/vim/beans'
end

-- Talking to the user -------------------------------------------------------------------------------------------------

local HIGHLIGHTS = { info = 'None', warn = 'WarningMsg', error = 'ErrorMsg' }

--- Outside of commands Vim cuts a text that is longer than the line ('shortmess' has T) and keeps the whole in
--- `:messages`; inside it makes the user press Enter. The redraw takes away what a prompt before it has scrolled.
local function echo(text, level)
  vim.command('redraw | echohl ' .. HIGHLIGHTS[level])
  for line in text:gmatch('[^\n]+') do
    vim.command(("echomsg '%s'"):format(line:gsub("'", "''")))
  end
  vim.command('echohl None')
end

function M.notify(text, level)
  M.schedule(function()
    echo(clean.text(text), level)
  end)
end

function M.emit(event, data)
  vim.g.beans_event = value.to_vim(data)
  vim.command('doautocmd <nomodeline> User ' .. event)
end

function M.select(items, prompt, on_choice, options)
  if options and options.narrow then
    return require('beans.host.vim.menu').open(items, prompt, on_choice)
  end
  local shown = {}
  for i, item in ipairs(items) do
    shown[i] = clean.line(item)
  end
  call('popup_menu', shown, {
    title = ' ' .. clean.line(prompt) .. ' ',
    maxheight = math.max(3, vim.eval('&lines') - 6),
    callback = function(_, index)
      on_choice(items[index], items[index] and index or nil)
    end,
  })
end

function M.input(prompt, default, on_input, complete)
  M.schedule(function()
    on_input(input.ask(prompt, default, complete))
  end)
end

--- As far as Vim tells: `vim -es` and its like have no terminal.
function M.has_screen()
  return vim.eval("has('gui_running') || (has('ttyin') && has('ttyout'))") ~= 0
end

--- An autocommand of which there is one: the last. Its command is made once, for none is ever taken back.
local function only(group, event)
  local callback
  local command = value.command(function()
    callback()
  end)
  value.ex('augroup ' .. group .. ' | autocmd! | augroup END')
  return function(new_callback)
    callback = new_callback
    value.ex(('autocmd! %s %s %s'):format(group, event, new_callback and command or ''))
  end
end

M.when_idle = idle.on({
  now_ms = M.now_ms,
  defer = M.defer,
  is_normal = function()
    return vim.eval('mode(1)') == 'n'
  end,
  is_pending = function()
    return vim.eval("state('moS') !=# '' || reg_recording() !=# ''") ~= 0
  end,
  on_key = only('beans_idle', 'SafeState *'),
  on_normal = only('beans_idle', 'ModeChanged *:n ++once'),
})

M.show = require('beans.host.show').on(M)

function M.stop_insert()
  vim.command('stopinsert')
end

function M.yank(text)
  call('setreg', '"', text, 'l')
  call('setreg', '0', text, 'l')
  if vim.eval('&clipboard'):find('unnamedplus') then
    call('setreg', '+', text, 'l')
  end
end

function M.highlights(groups)
  for group, target in pairs(groups) do
    vim.command(('highlight default link %s %s'):format(group, target))
  end
end

-- Text on the screen --------------------------------------------------------------------------------------------------

function M.screen_width()
  return vim.eval('&columns')
end

function M.text_cells(text)
  return vim.fn.strdisplaywidth(text)
end

function M.fit(text, cells)
  cells = ('%d'):format(cells)
  return vim.fn.printf('%-' .. cells .. '.' .. cells .. 'S', text)
end

function M.lower(text)
  return vim.fn.tolower(text)
end

function M.upper(text)
  return vim.fn.toupper(text)
end

-- Files ---------------------------------------------------------------------------------------------------------------

--- Vim's writefile() has no mode: a file is made empty, made private, and only then filled.
local function make_private(path)
  value.try('mkdir', vim.fn.fnamemodify(path, ':h'), 'p', tonumber('700', 8))
  value.try('writefile', value.list({}), path, 'a') -- another editor may have made and filled it meanwhile
  vim.fn.setfperm(path, 'rw-------')
end

require('beans.host.files').add_to(M, function(path)
  if vim.fn.filereadable(path) == 1 then
    return true
  end
  return pcall(make_private, path)
end)

local function write_private(path, text)
  local temporary = path .. '.' .. vim.fn.getpid() .. '.new'
  make_private(temporary)
  local file = assert(io.open(temporary, 'wb'))
  local written, message = file:write(text)
  if not (file:close() and written) then
    vim.fn.delete(temporary)
    error(message or 'could not write', 0)
  end
  -- Not Vim's rename(): it deletes what stands there first, and for a moment there is nothing.
  local renamed, why = os.rename(temporary, path)
  if not renamed then
    vim.fn.delete(temporary)
    error(why, 0)
  end
end

function M.file_mode(path)
  local mode = vim.fn.getfperm(path)
  return mode ~= '' and mode or nil
end

function M.write_file(path, text)
  local ok, message = pcall(write_private, path, text)
  if not ok then
    return false, tostring(message)
  end
  return true
end

return M
