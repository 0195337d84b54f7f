-- Which process an editor is: its pid, and when it began where the system tells that, since pids are used again. The
-- same in both editors.

local M = {}

--- When a process began, in clock ticks since the machine did; nil where the system does not tell (Linux does).
local function beginning(pid)
  local file = io.open(('/proc/%d/stat'):format(pid))
  local stat = file and file:read('*a')
  if file then
    file:close()
  end
  -- Field 22. The second one is the program's name, with anything in it, so it is counted from behind that.
  return stat and stat:match('^.*%) ' .. ('%S+ '):rep(19) .. '(%d+)')
end

--- Makes `host.process` and `host.process_alive`.
---@param pid fun(): integer of this editor
---@param exists fun(pid: integer): boolean
---@return fun(): string process
---@return fun(process: string): boolean process_alive
function M.on(pid, exists)
  local own
  local function process()
    if not own then
      local began = beginning(pid())
      own = began and ('%d-%s'):format(pid(), began) or ('%d'):format(pid())
    end
    return own
  end
  local function process_alive(other)
    local number, began = other:match('^(%d+)%-?(%d*)')
    local now = beginning(tonumber(number))
    if now and began ~= '' then
      return now == began
    end
    return exists(tonumber(number))
  end
  return process, process_alive
end

return M
