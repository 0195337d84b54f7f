-- A chat on disk. The file is the buffer, written when the user pauses and when an answer ends. While an answer comes,
-- it is appended to a journal twice a second, whatever else the user does with the text; whoever opens the chat after a
-- crash finds there what the file lacks. Two editors on one chat see each other: neither writes over what the other has
-- written.

local config = require('beans.config')
local conversation = require('beans.chat.conversation')
local host = require('beans.host')
local journal_of = require('beans.chat.journal')
local transcript = require('beans.transcript')

-- From a change of the user's to the file, from a delta to the journal, and from a failure to the next try.
local SAVE_MS, JOURNAL_MS, AGAIN_MS = 1000, 500, 5000

---@class beans.Store
---@field buf integer
---@field conflict boolean|nil another editor has written meanwhile, and the user has been told
---@field cost_micro_usd integer|nil of the chat, for its head in the file
---@field is_new boolean|nil it was begun in this session
---@field by_hand boolean|nil only `:write` writes it
---@field private path string the file, as the buffer was called when it was read or written last
---@field private facts table|nil of the file, as we read or wrote it; nil: there is none yet
---@field private own_tick integer|nil `changedtick` after the last change that needs no writing
---@field private timer beans.Timer|nil
---@field private failing boolean|nil it could not be written last, and the user has been told
---@field private noticed table<string, boolean> other editors that have the chat open, of which the user was told
---@field private sign string|nil the file that tells other editors that the chat is open here
---@field private journal {path: string, pieces: string[], timer: beans.Timer|nil}|nil while an answer comes
---@field private spent string|nil the journal of an answer that has ended, until the file has its text
local Store = {}
Store.__index = Store

local M = {}

--- The folder with the chats that have no other place.
---@return string
function M.folder()
  return config.data_dir() .. '/chats'
end

--- Makes the file of a new chat.
---@param text string
---@param suffix? string of its name, behind the time
---@return string path one that was not there
---@return string|nil problem why it is not there now
function M.create(text, suffix)
  local stem = ('%s/%s%s'):format(M.folder(), os.date('%Y-%m-%d-%H%M%S'), suffix or '')
  local path, count = stem .. '.md', 1
  while host.file_facts(path) or host.buf_of_file(path) do
    count = count + 1
    path = ('%s-%d.md'):format(stem, count)
  end
  local ok, problem = host.write_file(path, text, true)
  return path, not ok and tostring(problem) or nil
end

---@param buf integer
---@return beans.Store
function M.new(buf)
  return setmetatable({ buf = buf, path = host.buf_path(buf), noticed = {} }, Store)
end

-- Who else is there ---------------------------------------------------------------------------------------------------

--- Names in the folder `live` begin with this. Behind it stands the process of an editor that has the chat open; with
--- `.answer` behind that, it is the journal of an answer there.
local function live_stem(path)
  return host.sha256(host.real_path(path) or path):sub(1, 24) .. '.'
end

local function live_folder()
  return config.data_dir() .. '/live'
end

--- The other editors that have the chat open, and the journals of answers that nobody writes any more. What else dead
--- editors left is removed.
---@return string[] processes
---@return string[] journals
function Store:others()
  local stem, processes, journals = live_stem(self.path), {}, {}
  for _, name in ipairs(host.list_names(live_folder()) or {}) do
    local path = live_folder() .. '/' .. name
    local process, suffix = name:sub(#stem + 1):match('^([%d-]+)(.*)$')
    process = name:sub(1, #stem) == stem and process
    local is_own = process == host.process()
    local is_alive = process and not is_own and host.process_alive(process)
    if process and suffix == '.answer' and not is_alive then
      journals[#journals + 1] = path
    elseif is_alive and suffix == '' then
      processes[#processes + 1] = process
    elseif process and suffix == '' and not is_own then
      host.remove_file(path)
    end
  end
  return processes, journals
end

---@private
function Store:sign_out()
  if self.sign then
    host.remove_file(self.sign)
    self.sign = nil
  end
end

--- Lets other editors know that the chat is open here, under the name that it has now.
---@private
function Store:sign_in()
  local sign = ('%s/%s%s'):format(live_folder(), live_stem(self.path), host.process())
  if sign == self.sign then
    return
  end
  self:sign_out()
  self.sign = sign
  host.write_file(sign, self.path .. '\n')
  self:notice_others()
end

--- Says, once for each, that another editor has the chat open.
---@private
function Store:notice_others()
  for _, process in ipairs((self:others())) do
    if not self.noticed[process] then
      self.noticed[process] = true
      local text = 'beans: this chat is open in another editor, too (process %s)'
      host.notify(text:format(process:match('^%d+')), 'warn')
    end
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
  self:need_no_writing(true)
  self:sign_in()
  self:move_journal()
  self:drop_spent()
  return true
end

--- A full disk: the text stays in memory, and is tried again.
---@param message string
function Store:failed(message)
  if not self.failing then
    self.failing = true
    host.notify(('beans: the chat is not saved, and will be tried again: %s: %s'):format(self.path, message), 'error')
  end
  self.timer = host.defer(AGAIN_MS, function()
    if host.buf_valid(self.buf) then
      self:save()
    end
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

--- The last change needs no writing: it is in the file, or in the journal.
---@param all boolean nor does any before it
function Store:need_no_writing(all)
  if all then
    host.buf_option(self.buf, 'modified', false)
  end
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
  local is_due = host.buf_valid(self.buf) and host.buf_modified(self.buf)
  if is_due and not self.conflict and not self.by_hand then
    self:save()
  end
end

--- The text goes away. Of a new chat in which nobody has said anything no file is left.
function Store:leave()
  self:save_if_changed()
  if self.is_new and self:is_ours() and not self:says_something() then
    host.remove_file(self.path)
  end
  self:stop_timer()
  self:sign_out()
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
  self:need_no_writing(false)
  self:drop_spent()
  if self.facts then
    self:sign_in()
  end
  if not self.journal and not self.by_hand then
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
  return ('%s/%s%s.answer'):format(live_folder(), live_stem(path), host.process())
end

--- An answer begins: the file has all but its text.
---@param place beans.AnswerPlace
function Store:begin_answer(place)
  self:notice_others() -- who came later was told when they came
  local lines = host.buf_lines(self.buf, place.heading, place.line)
  self.journal = { path = journal_path(self.path), pieces = { journal_of.begin(lines, place.index) } }
  host.remove_file(self.journal.path)
  self:save()
end

--- The chat has another name now: there its journal is looked for.
---@private
function Store:move_journal()
  local journal = self.journal
  if journal and journal.path ~= journal_path(self.path) then
    table.insert(journal.pieces, 1, host.read_file(journal.path) or '')
    host.remove_file(journal.path)
    journal.path = journal_path(self.path)
    self:flush()
  end
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
  self.spent = journal and journal.path
  self:save()
end

--- The buffer goes away while the answer comes: the journal keeps what has come, for the next who reads the file.
function Store:leave_answer()
  self:flush()
  if self.journal and self.journal.timer then
    self.journal.timer:stop()
  end
  self.journal = nil
  if not self.conflict then
    self:save()
  end
end

--- The file has what the journal of the last answer has, or is meant to have it not.
---@private
function Store:drop_spent()
  if self.spent then
    host.remove_file(self.spent)
    self.spent = nil
  end
end

--- Puts into the text what journals have of answers and the file has not.
---@private
function Store:recover()
  local _, paths = self:others()
  for _, path in ipairs(paths) do
    local lines = host.buf_lines(self.buf, 1, -1)
    local first, last, new = journal_of.recover(lines, host.read_file(path) or '')
    if first then
      host.buf_set_lines(self.buf, first, last, new)
    end
    if not first or self:save() then
      host.remove_file(path)
    end
  end
end

return M
