-- What the keys of a chat do with the code block under the cursor: yank it, put it, open it, apply it to its file.

local blocks = require('beans.chat.blocks')
local edit = require('beans.edit')
local host = require('beans.host')
local place_of = require('beans.edit.place')
local target_of = require('beans.edit.target')

local M = {}

local function warn(text)
  host.notify('beans: ' .. text, 'warn')
end

local function tell(text)
  host.notify('beans: ' .. text, 'info')
end

local function count_of(lines)
  return #lines == 1 and '1 line' or ('%d lines'):format(#lines)
end

--- The block under the cursor; says so when there is none.
---@param chat beans.Chat
---@return beans.Block|nil
local function block_here(chat)
  local block = blocks.around(chat:lines(), host.current().line)
  if not block then
    warn('there is no code block under the cursor')
  elseif #block.lines == 0 then
    warn('the code block is empty')
    return nil
  end
  return block
end

--- Whether a buffer is one that the user edits.
local function is_code(buf)
  local state = host.buf_state(buf)
  return state.buftype == '' and state.filetype ~= 'beans'
end

--- Yanks the block under the cursor.
---@param chat beans.Chat
function M.yank(chat)
  local block = block_here(chat)
  if block then
    host.yank(table.concat(block.lines, '\n') .. '\n')
    tell('yanked ' .. count_of(block.lines))
  end
end

-- Put and open --------------------------------------------------------------------------------------------------------

---@param window beans.WindowPlace
---@param lines string[]
local function put_into(window, lines)
  local name = host.file_of(window.buf).name
  if not host.buf_state(window.buf).modifiable then
    return warn(name .. ' can not be changed: it is not modifiable')
  end
  local whole = host.buf_lines(window.buf, 1, 2)
  local is_empty = #whole == 1 and whole[1] == ''
  local first = is_empty and 1 or window.line + 1
  host.buf_set_lines(window.buf, first, is_empty and 1 or window.line, lines)
  host.win_cursor(window.win, first, 0)
  tell(('put %s into %s'):format(count_of(lines), name))
end

--- Puts the block under the cursor into the window with code that was used last, below its cursor.
---@param chat beans.Chat
function M.put(chat)
  local block = block_here(chat)
  if not block then
    return
  end
  local window = host.last_window(is_code)
  if not window then
    return warn('no window to put it into (go opens a new one)')
  end
  put_into(window, block.lines)
end

--- Opens the block under the cursor as a new buffer.
---@param chat beans.Chat
function M.open(chat)
  local block = block_here(chat)
  if block then
    local buf, filetype = host.buf_new(block.lines), blocks.filetype(block)
    host.win_open(buf, 'below')
    if filetype ~= '' then
      host.buf_option(buf, 'filetype', filetype) -- now, for it may set options of the window
    end
  end
end

-- Apply ---------------------------------------------------------------------------------------------------------------

--- The file that a path of a block means: below the root of the project, else where the user is.
---@param path string
---@param code string path of the file in the last window with code, '' when there is none
---@return beans.Target|nil
---@return string|nil why not
local function find_target(path, code)
  local folder = code:match('^(.*)/') or host.cwd()
  local root = target_of.root(host, folder) or host.cwd()
  if code:sub(-#path - 1) == '/' .. path then
    return target_of.resolve(host, root, code)
  end
  local first, why
  for _, base in ipairs({ root, host.cwd(), folder }) do
    local named = path:sub(1, 1) == '/' and path or base .. '/' .. path
    local target, problem = target_of.resolve(host, root, named)
    if target and not target.is_new then
      return target
    end
    first, why = first or target, why or problem
  end
  return first, why
end

--- Shows a buffer in a window of its own kind, and goes there.
local function show(buf)
  local window = host.last_window(function(shown)
    return shown == buf
  end)
  if window then
    return host.win_focus(window.win)
  end
  window = host.last_window(is_code)
  if window then
    host.win_focus(window.win)
  end
  host.win_open(buf, window and 'current' or 'left')
end

---@param buf integer
---@param place beans.Place
local function review(buf, place)
  show(buf)
  local started = edit.open({ buf = buf, first = place.first, last = place.last })
  if not started then
    return warn(('settle the review in %s first'):format(host.file_of(buf).name))
  end
  local count = started:propose(place.first, place.last, place.lines)
  started:complete()
  if count == 0 then
    return tell('the file has this already')
  end
  local here = host.current()
  host.win_cursor(here.win, started:next_line(0, 1), 0)
end

local NOTHING, PUT, WHOLE = 'do nothing', 'put it at the cursor', 'replace the whole file by it'

--- Asks what to do with a block that has nothing of the file.
local function offer(buf, lines)
  local prompt = ('Found no place for the block in %s'):format(host.file_of(buf).name)
  host.select({ NOTHING, PUT, WHOLE }, prompt, function(choice)
    if not host.buf_valid(buf) or choice == nil or choice == NOTHING then
      return
    elseif choice == WHOLE then
      return review(buf, place_of.whole(host.buf_lines(buf, 1, -1), lines))
    end
    show(buf)
    put_into(host.current(), lines)
  end)
end

--- The lines of a block without the one that only names its file, unless the file has it.
local function content_of(block, file)
  if not blocks.heading_of(block) or block.lines[1] == file[1] or block.lines[1] == file[2] then
    return block.lines
  end
  local lines = {}
  for i = 2, #block.lines do
    lines[i - 1] = block.lines[i]
  end
  return lines
end

---@param buf integer
---@param block beans.Block
local function apply_to(buf, block)
  local state, name = host.buf_state(buf), host.file_of(buf).name
  if state.buftype ~= '' or not state.modifiable then
    return warn(name .. ' can not be changed: it is not modifiable')
  end
  local file = host.buf_lines(buf, 1, -1)
  local lines = content_of(block, file)
  local place = place_of.find(file, lines)
  if place then
    review(buf, place)
  else
    offer(buf, lines)
  end
end

---@param target beans.Target
---@param block beans.Block
local function open_and_apply(target, block)
  local buf, why = host.buf_open(target.path)
  if not buf then
    return warn(('could not open %s: %s'):format(target.path, why))
  end
  apply_to(buf, block)
  if target.folder_missing then
    tell('the folder of this file is not there yet: make it before you write')
  end
end

--- Applies the block under the cursor to the file it names, else to the one in the last window with code: as a review.
---@param chat beans.Chat
function M.apply(chat)
  local block = block_here(chat)
  if not block then
    return
  elseif not block.complete then
    return warn('the code block is not complete')
  end
  local window = host.last_window(is_code)
  if not block.path then
    if not window then
      return warn('the block names no file, and no window shows one')
    end
    return apply_to(window.buf, block)
  end
  local target, why = find_target(block.path, window and host.buf_state(window.buf).path or '')
  if not target then
    return warn(('%s is not opened: %s'):format(block.path, why))
  elseif target.inside then
    return open_and_apply(target, block)
  end
  local yes = 'open ' .. target.path
  host.select({ 'do nothing', yes }, 'This file is outside of the project', function(choice)
    if choice == yes then
      open_and_apply(target, block)
    end
  end)
end

return M
