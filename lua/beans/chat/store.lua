-- A chat on disk. The file is the buffer, written when the user pauses and when an answer ends. While an answer comes,
-- it is appended to a journal twice a second, whatever else the user does with the text; whoever opens the chat after a
-- crash finds there what the file lacks. Two editors on one chat see each other: neither writes over what the other has
-- written.

local clean = require('beans.host.clean')
local config = require('beans.config')
local conversation = require('beans.chat.conversation')
local host = require('beans.host')
local transcript = require('beans.transcript')

-- From a change of the user's to the file, from a delta to the journal, and from a failure to the next try.
local SAVE_MS, JOURNAL_MS, AGAIN_MS = 1000, 500, 5000

---@class beans.Store
---@field buf integer
---@field conflict boolean|nil another editor has written meanwhile, and the user has been told
---@field cost_micro_usd integer|nil of the chat, for its head in the file
---@field is_new boolean|nil it was begun in this session
---@field private path string the file, as the buffer was called when it was read or written last
---@field private facts table|nil of the file, as we read or wrote it; nil: there is none yet
---@field private own_tick integer|nil `changedtick` after the last change that needs no writing
---@field private timer beans.Timer|nil
---@field private journal {path: string, pieces: string[], timer: beans.Timer|nil}|nil while an answer comes
local Store = {}
Store.__index = Store

local M = {}

local function data_dir()
  return config.get().data_dir or host.data_dir()
end

--- The folder with the chats that have no other place.
---@return string
function M.folder()
  return data_dir() .. '/chats'
end

--- Makes the file of a new chat.
---@param text string
---@return string path one that was not there
---@return string|nil problem why it is not there now
function M.create(text)
  local stem = ('%s/%s'):format(M.folder(), os.date('%Y-%m-%d-%H%M%S'))
  local path, count = stem .. '.md', 1
  while host.file_facts(path) or host.buf_of_file(path) do
    count = count + 1
    path = ('%s-%d.md'):format(stem, count)
  end
  local ok, problem = host.append_text(path, text)
  return path, not ok and tostring(problem) or nil
end

---@param buf integer
---@return beans.Store
function M.new(buf)
  return setmetatable({ buf = buf, path = host.buf_path(buf) }, Store)
end

-- Who else is there ---------------------------------------------------------------------------------------------------

--- Names in the folder `live` begin with this; behind it stands the pid of an editor, or `answer`.
local function live_stem(path)
  return host.sha256(host.real_path(path) or path):sub(1, 24) .. '.'
end

local function live_folder()
  return data_dir() .. '/live'
end

--- The other editors that have the chat open. What dead ones left is removed.
---@return integer[] pids
function Store:others()
  local stem, pids = live_stem(self.path), {}
  for _, entry in ipairs(host.list_dir(live_folder()) or {}) do
    local pid = entry.name:sub(1, #stem) == stem and tonumber(entry.name:sub(#stem + 1))
    if pid and pid ~= host.pid() then
      if host.process_alive(pid) then
        pids[#pids + 1] = pid
      else
        host.remove_file(live_folder() .. '/' .. entry.name)
      end
    end
  end
  return pids
end

---@private
function Store:sign_in()
  self.sign = ('%s/%s%d'):format(live_folder(), live_stem(self.path), host.pid())
  host.write_file(self.sign, self.path .. '\n')
  local others = self:others()
  if others[1] then
    local text = 'beans: this chat is open in another editor, too (process %d)'
    host.notify(text:format(others[1]), 'warn')
  end
end

-- Writing -------------------------------------------------------------------------------------------------------------

---@private
function Store:stop_timer()
  if self.timer then
    self.timer:stop()
    self.timer = nil
  end
end

local function same(a, b)
  return a and b and a.size == b.size and a.modified == b.modified
end

--- Whether the file is as we left it. One that was removed is written anew.
function Store:is_ours()
  local now = host.file_facts(self.path)
  return now == nil or same(self.facts, now) or false
end

local CONFLICT =
  'beans: another editor has changed %s: `:e!` takes its text, `:w!` keeps yours; nothing is written until then'

--- What the file has otherwise than the buffer.
---@private
function Store:patch()
  return self.cost_micro_usd and conversation.cost_line(self.buf, self.cost_micro_usd)
end

--- Writes the file, unless another editor has.
---@param forced? boolean whatever others have written
---@return boolean
function Store:save(forced)
  self:stop_timer()
  self.path = host.buf_path(self.buf)
  if not forced and not self:is_ours() then
    if not self.conflict then
      self.conflict = true
      host.notify(CONFLICT:format(self.path), 'error')
    end
    return false
  end
  local ok, message = host.document_write(self.buf, self.path, self:patch())
  if not ok then
    self:failed(message)
    return false
  end
  self.facts, self.conflict, self.failing = host.file_facts(self.path), nil, nil
  self:need_no_writing()
  host.buf_option(self.buf, 'modified', false)
  if not self.sign then
    self:sign_in()
  end
  return true
end

--- A full disk: the text stays in memory, and is tried again.
---@private
function Store:failed(message)
  if not self.failing then
    self.failing = true
    host.notify(('beans: the chat is not saved, and will be tried again: %s: %s'):format(self.path, message), 'error')
  end
  self.timer = host.defer(AGAIN_MS, function()
    self:save_if_changed()
  end)
end

--- What `:write` does.
---@param path string
---@param forced boolean
---@return boolean
function Store:write(path, forced)
  if path == host.buf_path(self.buf) then
    self.conflict = nil -- so that it is said again
    return self:save(forced or path ~= self.path and host.file_facts(path) == nil)
  end
  local ok, message = host.document_write(self.buf, path, self:patch())
  if not ok then
    host.notify(('beans: %s: %s'):format(path, message), 'error')
  end
  return ok
end

--- The text as it is now needs no writing: it is in the file, or in the journal.
function Store:need_no_writing()
  self.own_tick = host.buf_tick(self.buf)
end

--- Whether anybody has said anything yet.
---@private
function Store:says_something()
  for _, message in ipairs(transcript.parse(host.buf_lines(self.buf, 1, -1))) do
    if message.content:find('%S') then
      return true
    end
  end
  return false
end

--- Writes what is not written yet, unless another editor has written meanwhile.
function Store:save_if_changed()
  self:stop_timer()
  if host.buf_valid(self.buf) and host.buf_modified(self.buf) and not self.conflict then
    self:save()
  end
end

--- The text goes away. Of a new chat in which nobody has said anything no file is left.
function Store:leave()
  self:save_if_changed()
  if self.is_new and self:is_ours() and not self:says_something() then
    host.remove_file(self.path)
  end
  if self.sign then
    host.remove_file(self.sign)
    self.sign = nil
  end
end

--- Something has changed the text: it is written when the user pauses.
function Store:changed()
  if self.own_tick == host.buf_tick(self.buf) or self.failing then
    return
  end
  self:stop_timer()
  self.timer = host.defer(SAVE_MS, function()
    self:save_if_changed()
  end)
end

-- Reading -------------------------------------------------------------------------------------------------------------

--- The buffer has been read from the file.
function Store:was_read()
  self.path = host.buf_path(self.buf)
  self.facts, self.conflict = host.file_facts(self.path), nil
  self:need_no_writing()
  if self.facts and not self.sign then
    self:sign_in()
  end
  if not self.journal and not self:others()[1] then
    self:recover()
  end
end

--- Whether the editor may read the file anew, now that it is not what was read: not what we wrote ourselves, and not
--- over what is unsaved here.
---@return boolean
function Store:may_reload()
  if self:is_ours() then
    return false
  end
  if host.buf_modified(self.buf) or self.journal then
    self.conflict = true
    host.notify(CONFLICT:format(self.path), 'error')
    return false
  end
  return true
end

-- The answer on its way -----------------------------------------------------------------------------------------------

local function journal_path(path)
  return live_folder() .. '/' .. live_stem(path) .. 'answer'
end

--- An answer begins: the file has all but its text.
---@param index integer of its message
function Store:begin_answer(index)
  self:save()
  self.journal = { path = journal_path(self.path), pieces = { index .. '\n' } }
  host.remove_file(self.journal.path)
end

--- Text of the answer is in the buffer. Not called for each delta, but for each drawing.
---@param text string
function Store:log(text)
  local journal = self.journal
  if not journal then
    return
  end
  journal.pieces[#journal.pieces + 1] = text
  journal.timer = journal.timer or host.defer(JOURNAL_MS, function()
    journal.timer = nil
    self:flush()
  end)
end

--- Puts on disk what has come of the answer.
function Store:flush()
  local journal = self.journal
  if journal and host.append_text(journal.path, table.concat(journal.pieces)) then
    journal.pieces = {}
  end
end

--- The answer has ended and stands in the buffer.
function Store:end_answer()
  local journal = self.journal
  self.journal = nil
  if journal and journal.timer then
    journal.timer:stop()
  end
  if journal and self:save() then
    host.remove_file(journal.path)
  end
end

--- The buffer goes away while the answer comes: the journal keeps what has come, for the next who reads the file.
function Store:leave_answer()
  self:flush()
  if self.journal and self.journal.timer then
    self.journal.timer:stop()
  end
  self.journal = nil
end

local CUT_OFF = 'cut off: the editor ended, or the chat was closed, while the answer came'

local function lines_of(text)
  local lines = {}
  for line in (text .. '\n'):gmatch('([^\n]*)\n') do
    lines[#lines + 1] = line
  end
  return lines
end

--- Where the text of a message begins, behind the notices that other answers are kept in.
local function text_begins(message)
  local at = message.first + 2
  for _, notice in ipairs(message.notices) do
    if notice.first == at and notice.text:find('^alternative ') then
      at = notice.last + 2
    end
  end
  return at
end

--- The text of an answer in the file, and what the journal has of it, as one: all of the journal's when the file's is
--- its beginning; otherwise both, for the user has changed the text meanwhile.
local function joined(old, text)
  local plain = table.concat(old, '\n')
  if text:sub(1, #plain) == plain then
    return lines_of(text)
  end
  old[#old + 1] = ''
  old[#old + 1] = transcript.notice('recovered: what had come')
  for _, line in ipairs(lines_of(transcript.quote(text))) do
    old[#old + 1] = line
  end
  return old
end

--- Puts into the text what the journal has of an answer and the file has not.
---@private
function Store:recover()
  local path = journal_path(self.path)
  local index, text = (host.read_file(path) or ''):match('^(%d+)\n(.*)$')
  if not index then
    return
  end
  local lines = host.buf_lines(self.buf, 1, -1)
  local message = transcript.parse(lines)[tonumber(index)]
  local first, last, new = #lines + 1, #lines, { '', transcript.heading('assistant'), '' }
  local old = {}
  if message and message.role == 'assistant' then
    first, last, new = text_begins(message), message.last, {}
    while last >= first and lines[last] == '' do
      last = last - 1
    end
    for i = first, last do
      old[#old + 1] = lines[i]
    end
  end
  for _, line in ipairs(joined(old, clean.text(text))) do
    new[#new + 1] = line
  end
  new[#new + 1] = ''
  new[#new + 1] = transcript.notice(CUT_OFF)
  host.buf_set_lines(self.buf, first, last, new)
  if self:save() then
    host.remove_file(path)
  end
end

return M
