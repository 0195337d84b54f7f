-- `:Beans chats`: earlier chats to choose from, to go on with, or to do something with.

local file = require('beans.chat.file')
local host = require('beans.host')
local library = require('beans.chat.library')
local rows = require('beans.chat.rows')
local search = require('beans.chat.search')
local slices = require('beans.slices')

local M = {}

-- What a picker's frame and numbers take from the width of the screen.
local FRAME_CELLS = 8

---@type beans.Slices|nil what is being read, or looked through
local running

local function say(text, level)
  host.notify('beans: ' .. text, level or 'info')
end

--- Says what went wrong; returns whether anything did.
local function failed(what, done, problem)
  if not done then
    say(('%s: %s'):format(what, tostring(problem)), 'error')
  end
  return not done
end

--- All menus take the same keys.
local NARROW = { narrow = true }

local function width()
  return math.max(20, host.screen_width() - FRAME_CELLS)
end

--- Stops a search that is going on.
---@return boolean # whether there was one
function M.stop()
  if not running then
    return false
  end
  running:stop()
  running = nil
  return true
end

-- What is done with a chat --------------------------------------------------------------------------------------------

--- Opens a chat where chats open, or goes to its window; with a position, in another one there.
local function open(entry, position)
  require('beans.chat').open_file(entry.path, position)
end

local function rename(chat)
  host.input('Title: ', chat.title, function(title)
    if title and title:find('%S') then
      failed('not renamed', file.rename(chat.path, title))
    end
  end)
end

local function remove(chat)
  host.select({ 'no', 'yes' }, ('Delete "%s" for good?'):format(chat.title), function(answer)
    if answer == 'yes' and not failed('not deleted', file.remove(chat.path)) then
      library.forget(chat)
      say(('deleted "%s"'):format(chat.title))
    end
  end, NARROW)
end

local function fork(chat)
  local messages, problem = file.messages(chat.path)
  if failed('not forked', messages, problem) then
    return
  elseif #messages == 0 then
    return say('there is no message to fork from', 'warn')
  end
  host.select(rows.messages(messages, width(), host.fit), 'Fork: up to which message?', function(_, index)
    if not index then
      return
    end
    local path, why = file.fork(chat.path, index)
    if not failed('not forked', path, why) then
      open({ path = path })
    end
  end, NARROW)
end

local function search_again(_, words)
  host.input('Chats with all of these words: ', words, function(text)
    if text then
      M.open({ words = text, act = true })
    end
  end)
end

local ACTIONS = {
  { 'open', open },
  {
    'open in a split',
    function(chat)
      open(chat, 'below')
    end,
  },
  {
    'open in a tab page',
    function(chat)
      open(chat, 'tab')
    end,
  },
  { 'rename…', rename },
  { 'delete…', remove },
  { 'fork from a message…', fork },
  { 'search again…', search_again },
}

local function act(chat, words)
  local names = {}
  for i, action in ipairs(ACTIONS) do
    names[i] = action[1]
  end
  host.select(names, chat.title, function(_, index)
    if index == 1 then
      open(chat)
    elseif index then
      ACTIONS[index][2](chat, words)
    end
  end, NARROW)
end

-- Choosing ------------------------------------------------------------------------------------------------------------

local function choose(list, lines, options)
  local prompt = options.words == '' and 'Chats' or ('Chats with %s'):format(options.words)
  host.select(lines, prompt, function(_, index)
    if index and options.act then
      act(list[index], options.words)
    elseif index then
      open(list[index])
    end
  end, NARROW)
end

local function show(list, options)
  running = nil
  if #list == 0 then
    local none = options.words == '' and 'there are no chats yet: :Beans chat begins one'
      or ('no chat has all of: %s'):format(options.words)
    return say(none)
  end
  local lines, line = {}, rows.chats(list, width(), os.time(), host.fit)
  running = slices.run(function()
    lines[#lines + 1] = line(list[#lines + 1])
    return #lines < #list
  end, function()
    running = nil
    choose(list, lines, options)
  end, slices.FRAME_MS)
end

---@class beans.ChatsOptions
---@field words string chats that have all of them; '' for all chats
---@field act boolean whether what is chosen is asked about, rather than opened

--- Lets the user choose one of the chats.
---@param options beans.ChatsOptions
function M.open(options)
  M.stop()
  options.words = options.words:match('^%s*(.-)%s*$')
  local words = search.words(options.words)
  running = library.list(function(list, problem)
    running = nil
    if failed("the chats can't be listed", list, problem) then
      return
    elseif #words == 0 then
      return show(list, options)
    end
    running = search.run(list, words, {
      on_progress = function(done, all)
        say(('searching chats, %d of %d (:Beans stop ends it)'):format(done, all))
      end,
      on_found = function(found)
        show(found, options)
      end,
    })
  end)
end

return M
