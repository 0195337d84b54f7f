-- Reading and appending to files: the same in both editors, made of what Lua has and of what only an editor can do.

local M = {}

local function read(path, offset, max)
  local file, message = io.open(path, 'rb')
  if not file then
    return nil, message
  end
  local size = file:seek('end')
  file:seek('set', math.min(offset, size))
  local text = file:read(max or '*a') or ''
  file:close()
  return text, size
end

--- Whether the last line of a file was never ended: whoever wrote it did not come so far.
local function is_torn(path)
  local file = io.open(path, 'rb')
  if not file then
    return false
  end
  local size = file:seek('end')
  file:seek('set', math.max(0, size - 1))
  local last = file:read(1)
  file:close()
  return size > 0 and last ~= '\n'
end

--- Adds to a host what is made here.
---@param host beans.Host
---@param create fun(path: string): boolean, string|nil makes a private file, and its folder, where there is none
function M.add_to(host, create)
  function host.read_file(path)
    local text, message = read(path, 0)
    return text, text == nil and message or nil
  end

  function host.read_file_from(path, offset, max)
    local text, size = read(path, offset, max)
    return text or '', text and size or 0
  end

  function host.read_part(path, offset, bytes)
    local file, message = io.open(path, 'rb')
    if not file then
      return nil, message
    end
    if offset > 0 then
      file:seek('set', offset)
    end
    local text, why = file:read(bytes)
    file:close()
    if why then
      return nil, why
    end
    return text or ''
  end

  function host.read_head(path, bytes)
    return (host.read_part(path, 0, bytes))
  end

  --- Appends in one write, which the system does not mix with another editor's.
  local function append(path, text)
    local made, problem = create(path)
    local file, message
    if made then
      file, message = io.open(path, 'ab')
    end
    if not file then
      return false, tostring(problem or message)
    end
    file:setvbuf('full')
    local written, why = file:write(text)
    local closed, why_not = file:close()
    return (written and closed) and true or false, why or why_not
  end

  host.append_text = append

  function host.append_line(path, line)
    return append(path, (is_torn(path) and '\n' or '') .. line .. '\n')
  end

  function host.remove_file(path)
    local removed, message = os.remove(path)
    return removed == true, message
  end
end

return M
