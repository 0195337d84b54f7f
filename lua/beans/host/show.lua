-- A text to read, in a window of its own: the same in both editors, made of what every host has.

local M = {}

local function close(host, buf)
  for _, win in ipairs(host.buf_valid(buf) and host.buf_windows(buf) or {}) do
    host.win_close(win)
  end
end

--- Makes `host.show`.
---@param host beans.Host
---@return fun(title: string, lines: string[]): integer
function M.on(host)
  ---@type table<string, {buf: integer, back: integer}> by title
  local shown = {}
  return function(title, lines)
    local old, here = shown[title], host.current()
    local back = old and old.buf == here.buf and old.back or here.win
    if old then
      close(host, old.buf)
    end
    local buf = host.buf_create({ name = title, filetype = '', lines = lines })
    host.buf_option(buf, 'modifiable', false)
    host.buf_option(buf, 'bufhidden', 'wipe')
    local win = host.win_open(buf, 'below')
    host.win_height(win, math.max(3, #lines))
    host.keymap(buf, 'n', 'q', function()
      host.win_close(host.current().win)
      pcall(host.win_focus, back) -- the editors go to the neighbour, and it may be gone meanwhile
    end, 'close')
    shown[title] = { buf = buf, back = back }
    return buf
  end
end

return M
