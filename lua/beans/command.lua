-- `:Beans`: one table of subcommands. What each does is required when it is first run.

local highlights = require('beans.highlights')
local host = require('beans.host')

local M = {}

---@class beans.CommandContext
---@field args string what follows the subcommand
---@field bang boolean
---@field range boolean whether lines were given
---@field first integer
---@field last integer

---@class beans.Subcommand
---@field run fun(context: beans.CommandContext)
---@field complete? fun(words: string[], lead: string): string[] what may stand after the words that follow the
---subcommand, in the place of a beginning

local FEATURES = { 'chat', 'rewrite', 'complete' }

--- The lines of the range, to go along with a question; nil, and a notice, where the buffer is private.
local function excerpt(context)
  local file = host.file_of(host.current().buf)
  local why = require('beans.privacy').buffer(host.current().buf)
  if why then
    host.notify('beans: nothing of this buffer is sent: ' .. why, 'warn')
    return nil
  end
  return {
    name = file.name,
    filetype = file.filetype,
    first = context.first,
    last = context.last,
    lines = host.buf_lines(host.current().buf, context.first, context.last),
  }
end

local function run_chat(context)
  local lines
  if context.range then
    lines = excerpt(context)
    if not lines then
      return
    end
  end
  require('beans.chat').open({
    prompt = context.args:find('%S') and context.args or nil,
    excerpt = lines,
    fresh = context.bang,
  })
end

local function run_chats(context)
  require('beans.chat.picker').open({ words = context.args, act = context.bang })
end

--- The chat that the user is in: its model is its own.
local function chat_here()
  local chat = require('beans.chat').of(host.current().buf)
  return chat and chat:model_target()
end

local function run_models(context)
  local feature, id = context.args:match('^(%S*)%s*(.-)%s*$')
  if feature == '' then
    return require('beans.models').pick(nil, nil, chat_here())
  end
  for _, name in ipairs(FEATURES) do
    if name == feature then
      local target = feature == 'chat' and chat_here() or nil
      return require('beans.models').pick(feature, id ~= '' and id or nil, target)
    end
  end
  host.notify(('beans: models: "%s" is none of %s'):format(feature, table.concat(FEATURES, ', ')), 'error')
end

local function complete_models(words)
  if #words == 0 then
    return FEATURES
  end
  return #words == 1 and require('beans.models').known() or {}
end

local function run_stop(context)
  local searched = require('beans.chat.picker').stop()
  if context.bang then
    local count = require('beans.client').stop() + require('beans.rewrite').stop_gathering() + (searched and 1 or 0)
    host.notify(count > 0 and ('beans: stopped %d'):format(count) or 'beans: nothing runs', 'info')
  elseif searched then
    host.notify('beans: stopped the search', 'info')
  elseif
    not require('beans.chat').stop(host.current().buf) and not require('beans.rewrite').stop(host.current().buf)
  then
    host.notify('beans: nothing runs here (:Beans! stop stops all)', 'info')
  end
end

local function run_retry(context)
  local buf, instruction = host.current().buf, context.args:match('^.*%S')
  if not require('beans.chat').retry(buf) and not require('beans.rewrite').retry(buf, instruction) then
    host.notify('beans: there is nothing to repeat in this buffer', 'info')
  end
end

--- The word at the end of what the instruction may become.
local function complete_rewrite(words, lead)
  local found = {}
  words[#words + 1] = lead
  for i, text in ipairs(require('beans.rewrite.input').complete(table.concat(words, ' '))) do
    found[i] = text:match('%S*$')
  end
  return found
end

local HUNK_ACTIONS = { 'next', 'prev', 'deleted' }

local function run_hunk(context)
  local edit = require('beans.edit')
  local run = {
    next = function()
      edit.walk(1)
    end,
    prev = function()
      edit.walk(-1)
    end,
    deleted = edit.show_deleted,
  }
  local action = run[context.args:match('^%s*(%S*)')]
  if not action then
    return host.notify('beans: hunk: which? ' .. table.concat(HUNK_ACTIONS, ', '), 'error')
  end
  action()
end

--- What there is to say of completion where the user is: the engine knows best, once it runs.
local function describe_completion()
  local engine = package.loaded['beans.complete']
  if engine then
    return engine.why()
  end
  local typing = host.typing()
  return require('beans.complete.policy').why_not(typing.buf, typing) or 'begins with the next Insert mode'
end

local function switch_completion(on)
  local kept = require('beans.complete.switch').set(on)
  local how_long = kept and ', from now on' or ', for this session'
  host.notify(('beans: completion is switched %s%s'):format(on and 'on' or 'off', how_long), 'info')
end

local COMPLETE_ACTIONS = {
  on = function()
    switch_completion(true)
  end,
  off = function()
    switch_completion(false)
  end,
  toggle = function()
    local on = require('beans.complete.switch').toggle()
    host.notify(('beans: completion is switched %s, for this session'):format(on and 'on' or 'off'), 'info')
  end,
  now = function()
    require('beans.complete').trigger()
  end,
  [''] = function()
    local on = require('beans.complete.policy').is_on()
    host.notify(('beans: completion is %s; here: %s'):format(on and 'on' or 'off', describe_completion()), 'info')
  end,
}

local COMPLETE_WORDS = { 'on', 'off', 'toggle', 'now' }

local function run_complete(context)
  local word = context.args:match('^%s*(%S*)')
  local action = COMPLETE_ACTIONS[word]
  if not action then
    local known = table.concat(COMPLETE_WORDS, ', ')
    return host.notify(('beans: complete: "%s" is none of %s'):format(word, known), 'error')
  end
  action()
end

local function run_usage()
  local chat = require('beans.chat').of(host.current().buf)
  local counts = require('beans.complete.counts')
  counts.catch_up(function()
    require('beans.usage').open(chat and chat.sum, counts.lines)
  end)
end

---@type table<string, beans.Subcommand>
local SUBCOMMANDS = {
  accept = {
    run = function(context)
      require('beans.edit').accept(context.bang)
    end,
  },
  reject = {
    run = function(context)
      require('beans.edit').reject(context.bang)
    end,
  },
  hunk = {
    run = run_hunk,
    complete = function(words)
      return #words == 0 and HUNK_ACTIONS or {}
    end,
  },
  chat = { run = run_chat },
  chats = { run = run_chats },
  complete = {
    run = run_complete,
    complete = function(words)
      return #words == 0 and COMPLETE_WORDS or {}
    end,
  },
  models = { run = run_models, complete = complete_models },
  resolve = {
    run = function(context)
      require('beans.rewrite').resolve(context.args:match('^%s*(%S*)'))
    end,
    complete = function(words)
      return #words == 0 and { 'merge', 'keep', 'take' } or {}
    end,
  },
  retry = { run = run_retry },
  rewrite = {
    run = function(context)
      require('beans.rewrite').command(context)
    end,
    complete = complete_rewrite,
  },
  stop = { run = run_stop },
  usage = { run = run_usage },
  status = {
    run = function()
      host.show('beans://status', require('beans.status').lines(describe_completion()))
    end,
  },
  log = {
    run = function()
      host.show('beans://log', require('beans.log').lines())
    end,
  },
  health = {
    run = function()
      require('beans.health').open()
    end,
  },
}

--- The names of all subcommands, sorted.
---@return string[]
function M.names()
  local names = {}
  for name in pairs(SUBCOMMANDS) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

local function unknown(name)
  local known = table.concat(M.names(), ', ')
  if name == '' then
    host.notify('beans: which? ' .. known, 'info')
  else
    host.notify(('beans: there is no subcommand "%s", only: %s'):format(name, known), 'error')
  end
end

--- Runs `:Beans`.
---@param args string all that follows it
---@param bang boolean|integer of `:Beans!`; a subcommand may have one, too
---@param range integer how many line numbers were given
---@param first integer
---@param last integer
function M.run(args, bang, range, first, last)
  local missing = host.missing()
  if missing then
    host.notify(missing, 'error')
    return
  end
  local name, own_bang, rest = args:match('^%s*([%w_-]*)(!?)%s*(.*)$')
  local subcommand = SUBCOMMANDS[name]
  if not subcommand then
    return unknown(args:match('^%s*(%S*)'))
  end
  highlights.define()
  subcommand.run({
    args = rest,
    bang = own_bang == '!' or bang == true or bang == 1,
    range = range > 0,
    first = math.floor(first),
    last = math.floor(last),
  })
end

--- Runs `<Plug>(beans-rewrite)`, as an 'operatorfunc'.
---@param kind 'char'|'line'|'block'
---@param again integer 1: `.` repeats it
---@param visual integer 1: it was begun in Visual mode
function M.operate(kind, again, visual)
  local selection = host.operated(kind, again == 1 and visual == 1)
  if selection then
    highlights.define()
    require('beans.rewrite').operator(host.current().buf, selection, again == 1)
  end
end

--- What may stand where the cursor is.
---@param lead string the beginning of the word
---@param line string the command line up to the cursor
---@return string # one candidate a line
function M.complete(lead, line)
  local words = {}
  for word in line:gsub('^.-Beans!?', ''):gmatch('%S+') do
    words[#words + 1] = word
  end
  if lead ~= '' then
    table.remove(words)
  end
  local name = (table.remove(words, 1) or ''):gsub('!$', '')
  if name == '' then
    return table.concat(M.names(), '\n')
  end
  local subcommand = SUBCOMMANDS[name]
  return subcommand and subcommand.complete and table.concat(subcommand.complete(words, lead), '\n') or ''
end

return M
