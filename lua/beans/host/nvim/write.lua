-- Files that are written whole or not at all, in Neovim.

local fn, uv = vim.fn, vim.uv

local M = {}

local PRIVATE_FOLDER = tonumber('700', 8)

local function write_all(fd, text)
  local at = 0
  while at < #text do
    local written, message = uv.fs_write(fd, text:sub(at + 1), at)
    if not written then
      return nil, message
    end
    at = at + written
  end
  return true
end

local function fill(fd, text, options)
  local ok, message = write_all(fd, text)
  if ok and options.mode then
    ok, message = uv.fs_fchmod(fd, options.mode)
  end
  if ok and not options.fleeting then
    ok, message = uv.fs_fsync(fd)
  end
  return ok, message
end

---@class beans.WriteOptions
---@field mode? integer of the file; 0600 unless told
---@field fleeting? boolean does not wait for the disk

--- Writes a file beside it, and puts it in its place.
---@param path string
---@param text string
---@param options beans.WriteOptions
---@return boolean
---@return string|nil why not
function M.whole(path, text, options)
  local made, problem = pcall(fn.mkdir, vim.fs.dirname(path), 'p', PRIVATE_FOLDER)
  if not made then
    return false, tostring(problem)
  end
  local fd, temporary = uv.fs_mkstemp(path .. '.XXXXXX') -- mode 0600
  if not fd then
    return false, tostring(temporary)
  end
  local ok, message = fill(fd, text, options)
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
