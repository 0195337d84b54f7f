-- A text to read, in a window of its own: the same in both editors, made of what every host has.

local M = {}

--- Makes `host.show`.
---@param host beans.Host
---@return fun(title: string, lines: string[]): integer
function M.on(host)
  return function(title, lines)
    local back = host.current().win
    local buf = host.buf_create({ name = title, filetype = '', lines = lines })
    host.buf_option(buf, 'modifiable', false)
    host.buf_option(buf, 'bufhidden', 'wipe')
    local win = host.win_open(buf, 'below')
    host.win_height(win, math.max(3, #lines))
    host.keymap(buf, 'n', 'q', function()
      host.win_close(host.current().win)
      pcall(host.win_focus, back) -- the editors go to the neighbour, and it may be gone meanwhile
    end, 'close')
    return buf
  end
end

return M
