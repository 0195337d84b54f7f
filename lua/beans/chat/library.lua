-- The chats there are: what stands in the first bytes of their files, read in slices, and known for as long as the
-- files stay as they are.

local host = require('beans.host')
local known_of = require('beans.chat.known').of
local slices = require('beans.slices')
local store = require('beans.chat.store')
local summary = require('beans.chat.summary')
local words = require('beans.words')

local M = {}

-- What is read of a file: a head and the beginning of a question. A head with a long system prompt takes more.
local BYTES, LONG_HEAD_BYTES = 2048, 65536

---@class beans.ChatEntry: beans.Summary
---@field path string
---@field name string of the file
---@field changed number seconds since 1970
---@field size integer
---@field title string the first question where it has none; the file's name where it has neither

---@type beans.KnownChats|nil of the folder that was listed last
local last

--- The folder of the chats.
---@return string
function M.dir()
  return store.folder()
end

local function read(path)
  local text = host.read_head(path, BYTES)
  if text and #text == BYTES and summary.ends_in_head(text) then
    return host.read_head(path, LONG_HEAD_BYTES)
  end
  return text
end

---@return beans.ChatEntry
local function entry_of(text, path, name, facts)
  local entry = summary.of(text)
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

--- What stands in a file, unless that is known.
---@param known beans.KnownChats
---@param name string
---@return beans.ChatEntry|nil
local function look(known, name)
  local path = known.dir .. '/' .. name
  local facts = host.file_facts(path)
  if not facts or facts.kind ~= 'file' then
    return nil -- it was deleted meanwhile, or is a link to something else
  end
  local entry = known:get(name, facts)
  if not entry then
    local text = read(path)
    entry = entry_of(text or '', path, name, facts)
    if text then -- who may read it changes neither time nor size
      known:put(entry)
    end
  end
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
  local known, names, problem
  local function step()
    if not names then
      known = last and last.dir == dir and last or known_of(dir)
      last = known
      names, problem = host.list_names(dir)
      return names ~= nil
    end
    at = at + 1
    local name = names[at]
    if name and name:find('%.md$') then
      list[#list + 1] = look(known, name)
    end
    return name ~= nil
  end
  return slices.run(step, function()
    if not names and host.file_facts(dir) then
      return on_list(nil, problem)
    end
    known:keep(list)
    table.sort(list, is_newer)
    on_list(list)
  end, slices.FRAME_MS)
end

--- A chat was deleted.
---@param entry beans.ChatEntry
function M.forget(entry)
  if last and last.dir .. '/' .. entry.name == entry.path then
    last:forget(entry.name)
  end
end

return M
