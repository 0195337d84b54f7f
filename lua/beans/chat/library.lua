-- The chats there are: what stands in the first bytes of their files, read in slices and kept in memory for as long as
-- the files stay as they are.

local host = require('beans.host')
local slices = require('beans.slices')
local store = require('beans.chat.store')
local summary = require('beans.chat.summary')
local words = require('beans.words')

local M = {}

-- What is read of a file: a head and the beginning of a question. A head with a long system prompt takes more.
local BYTES, LONG_HEAD_BYTES = 2048, 65536
-- A file that was changed so shortly before it was read may change again without another time or size.
local SETTLED_S = 3

---@class beans.ChatEntry: beans.Summary
---@field path string
---@field name string of the file
---@field changed number seconds since 1970
---@field size integer
---@field title string the first question where it has none; the file's name where it has neither

---@type table<string, beans.ChatEntry> what was read, by path
local kept = {}

--- The folder of the chats.
---@return string
function M.dir()
  return store.folder()
end

local function read(path)
  local text = host.read_head(path, BYTES) or ''
  if #text == BYTES and summary.ends_in_head(text) then
    text = host.read_head(path, LONG_HEAD_BYTES) or ''
  end
  return text
end

---@return beans.ChatEntry
local function entry_of(path, name, facts)
  local entry = summary.of(read(path))
  if entry.title == '' then
    entry.title, entry.preview = entry.preview, ''
  end
  if entry.title == '' then
    entry.title = words.line(name) -- damaged, or none of ours
  end
  entry.path, entry.name = path, name
  entry.changed, entry.size = facts.modified, facts.size
  return entry
end

--- What stands in a file, from memory where it has not changed since.
local function look(path, name)
  local facts = host.file_facts(path)
  if not facts or facts.kind ~= 'file' then
    return nil -- it was deleted meanwhile, or is a link to something else
  end
  local entry = kept[path]
  if entry and entry.changed == facts.modified and entry.size == facts.size then
    return entry
  end
  entry = entry_of(path, name, facts)
  kept[path] = facts.modified < os.time() - SETTLED_S and entry or nil
  return entry
end

local function is_newer(a, b)
  if a.changed ~= b.changed then
    return a.changed > b.changed
  end
  return a.name < b.name
end

--- Lists the chats, the one that was changed last first.
---@param on_list fun(list: beans.ChatEntry[]|nil, problem: string|nil) nil and why when the folder can't be read
---@return beans.Slices
function M.list(on_list)
  local dir, list, at = M.dir(), {}, 0
  local names, problem
  local function step()
    if not names then
      names, problem = host.list_dir(dir)
      return names ~= nil
    end
    at = at + 1
    local found = names[at]
    -- What is 'other' may be a link to a file.
    if found and found.kind ~= 'directory' and found.name:find('%.md$') then
      list[#list + 1] = look(dir .. '/' .. found.name, found.name)
    end
    return found ~= nil
  end
  return slices.run(step, function()
    if not names and host.file_facts(dir) then
      return on_list(nil, problem)
    end
    table.sort(list, is_newer)
    on_list(list)
  end, slices.FRAME_MS)
end

return M
