-- A host without an editor: the loop is a list that `run` works off, time goes by only there, and whatever is said to
-- the user is kept for the specs to look at. `fresh` loads Beans anew on top of it.

local fake_core = require('tests.lua.fake_core')

local M = {}

local function is_earlier(a, b)
  return a.due < b.due or (a.due == b.due and a.order < b.order)
end

local function loop_of(host)
  local tasks, order = {}, 0

  function host.now_ms()
    return host.now
  end

  function host.defer(ms, fn)
    order = order + 1
    local task = { due = host.now + ms, order = order, fn = fn }
    tasks[#tasks + 1] = task
    function task.stop(self)
      self.fn = nil
    end
    return task
  end

  function host.schedule(fn)
    host.defer(0, fn)
  end

  local function next_due(until_ms)
    local best
    for i, task in ipairs(tasks) do
      if task.due <= until_ms and (not best or is_earlier(task, tasks[best])) then
        best = i
      end
    end
    return best and table.remove(tasks, best)
  end

  --- Lets `ms` go by (0: only what is due now). Returns how many tasks ran; more than 10,000 are a loop without end.
  function host.run(ms)
    local until_ms, ran = host.now + (ms or 0), 0
    local task = next_due(until_ms)
    while task do
      host.now = math.max(host.now, task.due)
      if task.fn then
        ran = ran + 1
        assert(ran < 10000, 'the loop does not come to rest')
        task.fn()
      end
      task = next_due(until_ms)
    end
    host.now = until_ms
    return ran
  end
end

local function files_of(host)
  function host.read_file(path)
    return host.files[path]
  end

  function host.read_file_from(path, offset, max)
    local text = host.files[path] or ''
    return text:sub(offset + 1, max and offset + max), #text
  end

  --- `host.reads` has what was read, each time.
  function host.read_part(path, offset, bytes)
    host.reads[#host.reads + 1] = { path = path, offset = offset, bytes = bytes }
    local text = host.files[path]
    if not text then
      return nil, 'no such file'
    end
    return text:sub(offset + 1, offset + bytes)
  end

  function host.read_head(path, bytes)
    return (host.read_part(path, 0, bytes))
  end

  function host.remove_file(path)
    local there = host.files[path] ~= nil
    host.files[path] = nil
    return there, not there and 'no such file' or nil
  end

  function host.undo_file(path)
    return '/undo/' .. path:gsub('/', '%%')
  end

  function host.append_line(path, line)
    if host.full_disk then
      return false, 'no space left'
    end
    host.files[path] = (host.files[path] or '') .. line .. '\n'
    return true
  end

  function host.write_file(path, text, fleeting)
    host.files[path] = text
    host.fleeting[path] = fleeting
    return true
  end

  host.sha256 = vim.fn.sha256

  function host.file_mode(path)
    return host.modes[path]
  end
end

--- Folders are what the paths of files say; `host.links` leads from one path to another, `host.modified` has times.
local function folders_of(host)
  local function kind_of(path)
    if host.files[path] then
      return 'file'
    end
    for file in pairs(host.files) do
      if file:sub(1, #path + 1) == path .. '/' then
        return 'directory'
      end
    end
  end

  function host.list_names(path)
    local seen, names = {}, {}
    for file in pairs(host.files) do
      local name = file:sub(1, #path + 1) == path .. '/' and file:sub(#path + 2):match('^[^/]+')
      if name and not seen[name] then
        seen[name] = true
        names[#names + 1] = name
      end
    end
    if #names == 0 then
      return nil, path .. ': no such folder'
    end
    return names
  end

  function host.list_dir(path)
    local names, problem = host.list_names(path)
    local list = names and {}
    for i, name in ipairs(names or {}) do
      list[i] = { name = name, kind = kind_of(path .. '/' .. name) }
    end
    return list, problem
  end

  function host.real_path(path)
    path = host.links[path] or path
    return kind_of(path) and path or nil
  end

  function host.file_facts(path)
    path = host.links[path] or path
    local kind = kind_of(path)
    return kind and { kind = kind, size = #(host.files[path] or ''), modified = host.modified[path] or 0 } or nil
  end
end

local function surroundings_of(host)
  function host.user_config()
    return host.user
  end

  function host.env(name)
    return host.environment[name]
  end

  function host.missing()
    return host.lacks
  end

  function host.data_dir()
    return '/data/beans'
  end

  function host.version()
    return 'Fake 1.0'
  end

  function host.on_exit(fn)
    host.exits[#host.exits + 1] = fn
  end

  --- Quits the editor.
  function host.quit()
    for _, fn in ipairs(host.exits) do
      fn()
    end
  end

  function host.spawn(argv, on_exit)
    host.spawned[#host.spawned + 1] = { argv = argv, on_exit = on_exit }
    return { stop = function() end }
  end

  function host.waker(fd, drain)
    host.waker_state = { fd = fd, drain = drain, busy = false, closed = false }
    return {
      busy = function(_, busy)
        host.waker_state.busy = busy
      end,
      close = function()
        host.waker_state.closed = true
      end,
    }
  end
end

--- One cell for each character; `host.buffers` has the lines of buffers by path, whose number is the path.
local function buffers_of(host)
  function host.fit(text, cells)
    local count = 0
    for position in text:gmatch('()[^\128-\191]') do
      count = count + 1
      if count > cells then
        return text:sub(1, position - 1)
      end
    end
    return text .. (' '):rep(cells - count)
  end

  host.lower, host.upper = string.lower, string.upper

  function host.screen_width()
    return 80
  end

  function host.buf_of_file(path)
    return host.buffers[path] and path
  end

  function host.buf_lines(buf)
    local lines = {}
    for i, line in ipairs(host.buffers[buf]) do
      lines[i] = line
    end
    return lines
  end

  function host.buf_set_lines(buf, first, last, lines)
    local all = {}
    for i, line in ipairs(host.buffers[buf]) do
      if i == first then
        for _, new in ipairs(lines) do
          all[#all + 1] = new
        end
      end
      if i < first or i > last then
        all[#all + 1] = line
      end
    end
    host.buffers[buf] = all
  end

  function host.buf_wipe(buf)
    host.buffers[buf] = nil
  end
end

local function conversation_of(host)
  function host.notify(text, level)
    host.notes[#host.notes + 1] = { text = text, level = level }
  end

  function host.emit(event, data)
    host.emitted[#host.emitted + 1] = { event = event, data = data }
  end

  function host.select(items, prompt, on_choice)
    host.asked = { items = items, prompt = prompt, answer = on_choice }
  end

  function host.input(prompt, default, on_input)
    host.asked = { prompt = prompt, default = default, answer = on_input }
  end
end

--- Loads Beans anew, in an editor that just started.
---@return table host, fun(name: string): table fresh requires a module of Beans by its name, table core
function M.fresh()
  local host = {
    name = 'nvim',
    now = 1000,
    user = {},
    environment = { BEANS_API_KEY = 'sk-beans-test', HOME = '/home/me' },
    files = {},
    fleeting = {},
    buffers = {},
    reads = {},
    modes = {},
    links = {},
    modified = {},
    notes = {},
    emitted = {},
    spawned = {},
    exits = {},
  }
  loop_of(host)
  files_of(host)
  folders_of(host)
  surroundings_of(host)
  buffers_of(host)
  conversation_of(host)
  for name in pairs(package.loaded) do
    if name == 'beans' or name:find('^beans%.') then
      package.loaded[name] = nil
    end
  end
  local core = fake_core.new(host)
  package.loaded['beans.host'] = host
  package.loaded['beans.core'] = core.loader
  local function fresh(name)
    return require('beans.' .. name)
  end
  return host, fresh, core
end

--- Makes requests whose listeners write down how they are called.
---@param client table
---@return fun(options?: table): table, table[] request returns the job and the list of calls: {name, arguments…}
function M.caller(client)
  return function(options)
    options = options or {}
    options.messages = options.messages or 'hello'
    local calls = {}
    for _, name in ipairs({ 'on_delta', 'on_retry', 'on_done', 'on_error' }) do
      options[name] = options[name] or function(...)
        calls[#calls + 1] = { name, ... }
      end
    end
    return client.request(options), calls
  end
end

---@param calls table[]
---@return string[] # which listeners were called
function M.names(calls)
  local list = {}
  for i, call in ipairs(calls) do
    list[i] = call[1]
  end
  return list
end

return M
