-- One chat: its buffer, its answer on the way, its keys and its window bar. It goes as a whole when the buffer goes.

local branches = require('beans.chat.branches')
local config = require('beans.config')
local context = require('beans.context')
local conversation = require('beans.chat.conversation')
local file = require('beans.chat.file')
local highlights = require('beans.highlights')
local host = require('beans.host')
local keys = require('beans.chat.keys')
local prompts = require('beans.prompts')
local store_of = require('beans.chat.store')
local sum_of = require('beans.sum')
local transcript = require('beans.transcript')
local view = require('beans.chat.view')
local words = require('beans.words')

---@class beans.Chat
---@field buf integer
---@field store beans.Store
---@field answer beans.Answer|nil while one is on its way
---@field gathering table|nil while what goes along with a question is gathered
---@field queued boolean|nil whether the question at the end is sent when the answer has ended
---@field sum beans.Sum of all answers, those of earlier sessions too
local Chat = {}
Chat.__index = Chat

local M = {}

--- Makes a chat of a buffer whose text has been read.
---@param buf integer
---@return beans.Chat
function M.adopt(buf)
  local self = setmetatable({ buf = buf, store = store_of.new(buf), sum = sum_of.new() }, Chat)
  self:was_read()
  host.on_write(buf, function(path, forced)
    return self.store:write(path, forced)
  end)
  host.on_changed_outside(buf, function()
    return self.store:may_reload()
  end)
  for _, event in ipairs({ 'TextChanged', 'TextChangedI', 'InsertLeave' }) do
    host.on_buf(buf, event, function()
      self.store:changed()
    end)
  end
  host.on_buf(buf, 'BufWinEnter', function()
    self:draw_bar()
  end)
  host.on_buf(buf, 'BufUnload', function()
    self:leave()
  end)
  return self
end

--- The text has been read, again perhaps: what was known of it is known anew.
function Chat:was_read()
  highlights.define()
  host.document_adopt(self.buf)
  keys.map(self)
  view.attach(self.buf)
  host.omnifunc(self.buf, function(line)
    return self:complete(line)
  end)
  local cost = tonumber((conversation.head(self.buf)).cost_micro_usd)
  self.sum = sum_of.new()
  if cost and cost > 0 then
    sum_of.add(self.sum, { cost_micro_usd = cost })
  end
  local newer = conversation.newer(self.buf)
  if newer then
    host.notify(('beans: %s: it is shown, nothing is sent, and it is written only by `:w`'):format(newer), 'warn')
  end
  self.store.by_hand = newer ~= nil
  self.store:was_read()
  self:draw_bar()
end

--- The text goes away, though the buffer may be read again.
function Chat:leave()
  self.queued, self.gathering = nil, nil
  if self.answer then
    self.answer:leave()
    self.answer = nil
  end
  self.store:leave()
end

-- Windows -------------------------------------------------------------------------------------------------------------

function Chat:bar()
  local parts = { 'Beans', words.line((conversation.settings(self.buf)).model) }
  if self.answer then
    parts[#parts + 1] = self.answer.state .. ' (<C-c> stops)'
  elseif self.gathering then
    parts[#parts + 1] = 'gathers what goes along (<C-c> stops)'
  end
  if self.queued then
    parts[#parts + 1] = 'the next question is sent after that'
  end
  if self.sum.unknown < self.sum.requests then
    parts[#parts + 1] = words.money(self.sum.cost_micro_usd)
  end
  return table.concat(parts, ' · ')
end

function Chat:draw_bar()
  if not host.buf_valid(self.buf) then
    return
  end
  for _, win in ipairs(host.buf_windows(self.buf)) do
    host.win_bar(win, self:bar())
  end
end

--- Shows the chat: goes to its window, or opens one, with the cursor at the end.
---@param position? beans.Position opens one there, whatever windows it has
function Chat:focus(position)
  local win = not position and host.buf_windows(self.buf)[1]
  if win then
    host.win_focus(win)
    return
  end
  win = host.win_open(self.buf, position or config.get().chat.position)
  host.win_option(win, 'wrap', true)
  host.win_option(win, 'linebreak', true)
  host.win_cursor(win, host.buf_line_count(self.buf), 0)
  self:draw_bar()
end

--- Windows whose cursor stands below a line go to the end, where the next question is written: there they follow.
function Chat:follow_from(line)
  for _, win in ipairs(host.buf_windows(self.buf)) do
    if host.win_line(win) >= line then
      host.win_cursor(win, host.buf_line_count(self.buf), 0)
    end
  end
end

-- Asking --------------------------------------------------------------------------------------------------------------

for name, method in pairs(require('beans.chat.asking')) do
  Chat[name] = method
end

---@return string[]
function Chat:lines()
  return host.buf_lines(self.buf, 1, -1)
end

--- Adds text to the question that is being written at the end of the buffer.
---@param text string
function Chat:add_to_question(text)
  conversation.add_to_question(self.buf, text)
  self:follow_from(1)
end

--- The answer has ended, and stands in the buffer if that is still there.
---@private
---@param facts beans.Result|beans.Error
---@param ended beans.Answer
function Chat:ended(facts, ended)
  sum_of.add(self.sum, facts)
  if self.answer ~= ended then
    return -- the buffer has been left
  end
  self.answer = nil
  if host.buf_valid(self.buf) then
    self.store.cost_micro_usd = self.sum.unknown < self.sum.requests and self.sum.cost_micro_usd or nil
    self.store:end_answer()
    self.end_tick = host.buf_tick(self.buf)
    self:ask_for_title(ended.text)
    host.emit('BeansChatFinished', { buf = self.buf, cost_micro_usd = facts.cost_micro_usd })
  end
  local send_next = self.queued and not ended.failure
  self.queued = nil
  self:draw_bar()
  if send_next and host.buf_valid(self.buf) then
    self:send()
  end
end

--- Stops the answer that is on its way, and sends nothing after it.
---@return boolean # whether there was one
function Chat:stop()
  self.queued = nil
  if self.gathering then
    host.mark_del(self.buf, self.gathering.mark)
    self.gathering = nil
    self:draw_bar()
    return true
  elseif self.answer then
    self.answer:stop()
    return true
  end
  return false
end

-- Other ways it went --------------------------------------------------------------------------------------------------

--- Goes to another continuation of the message at a line, or of the one that it follows.
---@param line integer
---@param direction 1|-1
function Chat:turn(line, direction)
  if self:is_answering() then
    return
  end
  local reading = conversation.read(self.buf)
  local messages, lines = reading.messages, reading.lines
  for i = #messages, 1, -1 do
    local message = messages[i]
    local _, count = branches.place(message)
    if count > 1 and (message.first <= line or messages[i - 1] and messages[i - 1].first <= line) then
      local tail = {}
      for at = message.first, #lines do
        tail[#tail + 1] = lines[at]
      end
      host.buf_set_lines(self.buf, message.first, #lines, branches.turn(tail, direction))
      local place = branches.place(conversation.messages(self.buf)[i])
      return host.notify(('beans: alternative %d of %d'):format(place, count), 'info')
    end
  end
  host.notify('beans: there is no other answer here; gr makes one', 'warn')
end

--- Completes mentions, and at the beginning of a question the names of prompts.
---@param line string up to the cursor
---@return integer|nil col
---@return beans.Completion[]|nil
function Chat:complete(line)
  local at = host.current().line
  local above = host.buf_lines(self.buf, math.max(1, at - 2), at - 1)
  if above[2] == '' and above[1] == transcript.heading('user') then
    local col, items = prompts.omni(line, 'chat')
    if col then
      return col, items
    end
  end
  return context.omni(line)
end

--- The model of this chat, and of no other, for the picker.
---@return beans.ModelTarget
function Chat:model_target()
  return {
    name = 'this chat',
    current = (conversation.settings(self.buf)).model,
    use = function(id)
      conversation.set_field(self.buf, 'model', id)
      self.store:changed()
      self:draw_bar()
    end,
    kept = function()
      return 'from now on; it stands in its head'
    end,
  }
end

--- Begins a new chat with all up to the message at a line.
---@param line integer
function Chat:fork(line)
  local index
  for i, message in ipairs(conversation.messages(self.buf)) do
    index = message.first <= line and i or index
  end
  local path, problem
  if index then
    path, problem = file.fork(host.buf_path(self.buf), index)
  end
  if not path then
    local why = problem or 'there is no message under the cursor'
    return host.notify('beans: not forked: ' .. why, 'warn')
  end
  require('beans.chat').open_file(path) -- late, for it requires this file
end

return M
