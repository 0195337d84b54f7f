-- A file in an editor that a completion may be asked for in, or not; and a git that answers what it is told to.

local fake_host = require('tests.lua.fake_host')

local M = {}

M.FILE = '/home/me/p/a.lua'

---@class tests.CompletionPlace
---@field host table fake; `switches` are the buffer's variables, `idle` has who waits until nobody types
---@field core table fake
---@field fresh fun(name: string): table
---@field policy table
---@field switch table
---@field typing table what the host tells of the cursor's place
---@field file table what it tells of the buffer
local Place = {}
Place.__index = Place

local function surround(host, place)
  host.files[M.FILE] = ''
  host.switches, host.idle, host.screen = {}, {}, true
  function host.typing()
    return place.typing
  end
  function host.file_of()
    return place.file
  end
  function host.buf_path()
    return place.file.path
  end
  function host.buf_valid()
    return true
  end
  function host.buf_bytes()
    return place.file.bytes
  end
  function host.buf_switch(_, name)
    return host.switches[name]
  end
  function host.cwd()
    return '/home/me/p'
  end
  function host.in_comment(_, line, col)
    return line == 3 and col == 4
  end
  function host.when_idle(_, fn)
    host.idle[#host.idle + 1] = fn
  end
  function host.has_screen()
    return host.screen
  end
end

---@param auto any `complete.auto`
---@return tests.CompletionPlace
function M.new(auto)
  local place = setmetatable({}, Place)
  place.host, place.fresh, place.core = fake_host.fresh()
  place.host.user = { complete = { auto = auto } }
  place.typing = { buf = 1, line = 3, col = 4, mode = 'i', buftype = '', macro = false, paste = false }
  place.file = { name = 'a.lua', filetype = 'lua', disabled = false, path = M.FILE, bytes = 100 }
  surround(place.host, place)
  place.policy, place.switch = place.fresh('complete.policy'), place.fresh('complete.switch')
  return place
end

--- Lets git answer what it is asked, with these codes.
function Place:git(...)
  local spawned = self.host.spawned
  self.host.run(0)
  for _, code in ipairs({ ... }) do
    local program = assert(table.remove(spawned, 1), 'git was not asked')
    program.on_exit({ code = code, stdout = '', stderr = code > 1 and 'fatal: dubious\n' or '' })
  end
  assert(#spawned == 0, 'git was asked once more')
end

--- Why nothing is asked, as a key finds it once there was a turn since the one before.
function Place:why(anew)
  self.policy.why_not(1, self.typing, anew)
  self.host.run(0)
  return self.policy.why_not(1, self.typing, anew)
end

--- Lets git say that it ignores nothing.
function Place:settle()
  self:why()
  self:git(1)
  self:why()
end

--- Waits until the disk is looked at again.
function Place:later()
  self.host.run(1001)
end

--- Fails unless a reason has this text in it.
function M.says(text, reason)
  assert((reason or ''):find(text, 1, true), ('no "%s" in "%s"'):format(text, tostring(reason)))
end

return M
