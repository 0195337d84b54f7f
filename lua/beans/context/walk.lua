-- Walks through folders without making the editor wait: a few folders, then the editor's turn. Symbolic links to
-- folders are not followed, so there are no circles and no way out of the project.

local caps = require('beans.context.caps')
local host = require('beans.host')
local ignore = require('beans.ignore')

local M = {}

local SLICE_MS = 4

---@class beans.WalkOptions
---@field max integer of files
---@field hidden? boolean names that begin with a dot, too; never `.git`
---@field gitignore? boolean leaves out what `.gitignore` files on the way do
---@field enters fun(parts: string[]): boolean whether to look into a folder
---@field takes fun(parts: string[]): boolean whether to take a file

local function joined(parts, name)
  local longer = {}
  for i, part in ipairs(parts) do
    longer[i] = part
  end
  longer[#longer + 1] = name
  return longer
end

---@class beans.Walk
---@field root string
---@field options beans.WalkOptions
---@field queue {parts: string[], levels: beans.IgnoreLevel[]}[]
---@field at integer which folder of the queue is next
---@field began number
---@field entries integer seen so far
---@field files string[]
local Walk = {}
Walk.__index = Walk

function Walk:levels_in(folder, path)
  local text = self.options.gitignore
    and host.file_facts(path .. '/.gitignore')
    and host.read_file(path .. '/.gitignore')
  if not text then
    return folder.levels
  end
  return joined(folder.levels, { depth = #folder.parts, rules = ignore.parse(text) })
end

function Walk:see(entry, folder, levels)
  local name = entry.name
  if name == '.git' or (name:sub(1, 1) == '.' and not self.options.hidden) then
    return
  end
  local parts = joined(folder.parts, name)
  local is_folder = entry.kind == 'directory'
  if self.options.gitignore and ignore.ignored_by(levels, parts, is_folder) then
    return
  end
  if is_folder then
    if self.options.enters(parts) then
      self.queue[#self.queue + 1] = { parts = parts, levels = levels }
    end
  elseif self.options.takes(parts) then
    local path = table.concat(parts, '/')
    local facts = entry.kind == 'other' and host.file_facts(self.root .. '/' .. path)
    if entry.kind == 'file' or (facts and facts.kind == 'file') then
      self.files[#self.files + 1] = path
    end
  end
end

function Walk:look_into(folder)
  local path = #folder.parts == 0 and self.root or self.root .. '/' .. table.concat(folder.parts, '/')
  local entries = host.list_dir(path) or {}
  table.sort(entries, function(a, b)
    return a.name < b.name
  end)
  local levels = self:levels_in(folder, path)
  self.entries = self.entries + #entries
  for _, entry in ipairs(entries) do
    self:see(entry, folder, levels)
  end
end

--- Goes on for a moment. Gives whether it is over, and whether that is before everything was seen.
function Walk:step()
  local began = host.now_ms()
  while self.queue[self.at] do
    if #self.files > self.options.max or self.entries > caps.walk.entries or began - self.began > caps.walk.ms then
      return true, true
    elseif host.now_ms() - began > SLICE_MS then
      return false
    end
    self:look_into(self.queue[self.at])
    self.queue[self.at] = false
    self.at = self.at + 1
  end
  return true, #self.files > self.options.max
end

--- Finds files below a folder.
---@param root string absolute
---@param options beans.WalkOptions
---@param on_done fun(files: string[], is_cut: boolean) paths from the root, sorted; always later
function M.files(root, options, on_done)
  local walk = setmetatable({
    root = root,
    options = options,
    queue = { { parts = {}, levels = {} } },
    at = 1,
    entries = 0,
    files = {},
    began = host.now_ms(),
  }, Walk)
  local function step()
    local is_over, is_cut = walk:step()
    if not is_over then
      return host.schedule(step)
    end
    table.sort(walk.files)
    while #walk.files > options.max do
      walk.files[#walk.files] = nil
    end
    on_done(walk.files, is_cut)
  end
  host.schedule(step)
end

--- Everything below a folder, but what is hidden.
---@param root string absolute
---@param max integer
---@param on_done fun(files: string[], is_cut: boolean)
function M.all(root, max, on_done)
  local function yes()
    return true
  end
  M.files(root, { max = max, enters = yes, takes = yes }, on_done)
end

return M
