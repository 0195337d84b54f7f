-- Marks in Vim: text properties without length. Vim looks for a property line by line, so a mark remembers where it
-- stood; what it costs to find it does not depend on the length of the buffer.

local value = require('beans.host.vim.value')

local call = value.call

local M = {}

local MARK = 'beans-mark'
local last_mark = 0

---@class beans.VimMark
---@field line integer where it stood when we looked last
---@field count integer lines of the buffer at that time
---@field held boolean|nil its last piece ended in a CR: its LF may come with the next one

---@type table<integer, beans.VimMark>
local places = {}

--- The number of lines, without the long way over getbufinfo().
---@param buf integer
---@return integer
function M.count(buf)
  return #vim.buffer(buf)
end

local function put(buf, mark, line, col)
  call('prop_add', line, col + 1, { type = MARK, bufnr = buf, id = mark, length = 0 })
  local place = places[mark] or {}
  place.line, place.count = line, M.count(buf)
  places[mark] = place
end

---@param buf integer
---@param line integer
---@param col integer
---@return integer mark
function M.set(buf, line, col)
  if not next(call('prop_type_get', MARK)) then
    call('prop_type_add', MARK, { start_incl = 0, end_incl = 0 })
  end
  last_mark = last_mark + 1
  put(buf, last_mark, line, col)
  return last_mark
end

--- The column of a mark, when it stands in this line.
local function col_in(buf, mark, line)
  if line < 1 or line > M.count(buf) then
    return nil
  end
  local found = call('prop_list', line, { bufnr = buf, types = { MARK }, ids = { mark } })[1]
  return found and found.col - 1
end

--- The lines in which to look first for what moves with the text: where lines were added or taken above it, it has
--- moved by as many; otherwise it stands where it stood.
---@param buf integer
---@param place {line: integer, count: integer}
---@return integer[]
function M.near(buf, place)
  return { place.line, place.line + M.count(buf) - place.count }
end

local function find_near(buf, mark, place)
  for _, line in ipairs(M.near(buf, place)) do
    local col = col_in(buf, mark, line)
    if col then
      return line, col
    end
  end
end

local function find_far(buf, mark)
  local from = { type = MARK, id = mark, both = 1, bufnr = buf, lnum = M.count(buf), col = 2147483647 }
  local found = call('prop_find', from, 'b')
  if found.lnum then
    return found.lnum, found.col - 1
  end
end

---@param buf integer
---@param mark integer
---@return integer|nil line nil when its text is gone
---@return integer|nil col
function M.get(buf, mark)
  local place = places[mark]
  if not place then
    return nil
  end
  local line, col = find_near(buf, mark, place)
  if not line then
    line, col = find_far(buf, mark)
  end
  if line then
    place.line, place.count = line, M.count(buf)
  end
  return line, col
end

local function take(buf, mark, line)
  call('prop_remove', { type = MARK, id = mark, both = 1, bufnr = buf }, line)
end

--- Puts a mark elsewhere.
---@param buf integer
---@param mark integer
---@param from integer the line in which it stands, if at all
---@param line integer
---@param col integer
function M.move(buf, mark, from, line, col)
  take(buf, mark, from)
  put(buf, mark, line, col)
end

---@param buf integer
---@param mark integer
function M.del(buf, mark)
  if places[mark] and vim.fn.bufloaded(buf) == 1 then
    local line = M.get(buf, mark)
    if line then
      take(buf, mark, line)
    end
  end
  places[mark] = nil
end

--- Whether a CR waits at a mark for what comes next.
---@param mark integer
---@return boolean|nil
function M.held(mark)
  return places[mark].held
end

---@param mark integer
---@param held boolean
function M.hold(mark, held)
  places[mark].held = held
end

return M
