-- What is known of the chats of a folder: in memory, and from session to session in a file beside the folder, so that a
-- list of a thousand chats need not open them. It is true or unknown: a chat with another time or size than it had is
-- unknown, and so is one that may have been read in the middle of its changes.

local host = require('beans.host')
local index = require('beans.chat.index')
local slices = require('beans.slices')

local M = {}

-- A file that was changed so shortly before it was read may change again without another time or size.
local SETTLED_S = 3
-- From a list to the file: until the menu stands, and the user looks at it.
local SAVE_MS = 500

---@class beans.KnownChats
---@field dir string
---@field private path string of the file
---@field private facts table<string, string> of the chats in the file that nobody has asked for yet, by name
---@field private entries table<string, beans.ChatEntry> of the others
---@field private saved integer|nil how many chats the file has; nil when it lacks one, or has what must not stay
---@field private saving {stop: fun(self: table)}|nil until the file is written
local Known = {}
Known.__index = Known

--- Reads what is known of the chats of a folder.
---@param dir string
---@return beans.KnownChats
function M.of(dir)
  local path = dir .. '.tsv'
  local text = host.read_file(path)
  local facts, count = {}, 0
  if text then
    facts, count = index.parse(text, host.sha256)
  end
  return setmetatable({ dir = dir, path = path, facts = facts or {}, entries = {}, saved = facts and count }, Known)
end

--- Whether a time is still the same. Two editors may share the file, and Vim knows whole seconds only.
local function is_same_time(a, b)
  return a == b or (math.floor(a) == math.floor(b) and (a % 1 == 0 or b % 1 == 0))
end

--- What is known of a chat, if it is as it was.
---@param name string
---@param facts {size: integer, modified: number}
---@return beans.ChatEntry|nil
function Known:get(name, facts)
  local entry = self.entries[name]
  if not entry and self.facts[name] then
    entry = index.entry(self.facts[name])
    entry.name, entry.path = name, self.dir .. '/' .. name
    self.entries[name] = entry
  end
  if entry and entry.size == facts.size and is_same_time(entry.changed, facts.modified) then
    entry.changed = facts.modified
    return entry
  end
end

--- Takes what was read of a chat right now. A name that would not fit in a line is as good as none.
---@param entry beans.ChatEntry
function Known:put(entry)
  local is_settled = entry.changed < os.time() - SETTLED_S
  if is_settled and not entry.name:find('%c') then
    self.entries[entry.name], self.saved = entry, nil
  end
end

---@private
function Known:stop_saving()
  if self.saving then
    self.saving:stop()
    self.saving = nil
  end
end

---@private
function Known:save(entries)
  self:stop_saving()
  self.saved = #entries
  local lines = {}
  local function add()
    local entry = entries[#lines + 1]
    lines[#lines + 1] = entry and index.line(entry)
    return #lines < #entries
  end
  local function write()
    self.saving = nil
    if not host.write_file(self.path, index.text(lines, host.sha256), true) then
      self.saved = nil -- the next list tries again
    end
  end
  self.saving = host.defer(SAVE_MS, function()
    self.saving = slices.run(add, write)
  end)
end

--- Forgets all but these, and has the file say so.
---@param list beans.ChatEntry[] all chats of the folder
function Known:keep(list)
  local kept, entries = {}, {}
  for _, entry in ipairs(list) do
    if self.entries[entry.name] == entry then
      kept[#kept + 1], entries[entry.name] = entry, entry
    end
  end
  self.facts, self.entries = {}, entries
  if self.saved ~= #kept then
    self:save(kept)
  end
end

--- Forgets a chat that was deleted, at once: its words are not to stay anywhere.
---@param name string
function Known:forget(name)
  self:stop_saving()
  self.facts[name], self.entries[name], self.saved = nil, nil, nil
  host.remove_file(self.path)
end

return M
