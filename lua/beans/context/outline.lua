-- Paths as an indented tree. Pure.

local M = {}

local function insert(tree, path)
  local at = tree
  for folder in path:gmatch('([^/]+)/') do
    at.count = at.count + 1
    local below = at.folders[folder]
    if not below then
      below = { folders = {}, names = {}, files = {}, count = 0 }
      at.folders[folder] = below
      at.names[#at.names + 1] = folder
    end
    at = below
  end
  at.count = at.count + 1
  at.files[#at.files + 1] = path:match('[^/]*$')
end

--- How many lines the tree has when it is open down to some depth.
local function height(tree, depth)
  local lines = #tree.files
  for _, below in pairs(tree.folders) do
    lines = lines + 1 + (depth > 1 and height(below, depth - 1) or 0)
  end
  return lines
end

local function write(tree, depth, indent, lines)
  table.sort(tree.names)
  for _, name in ipairs(tree.names) do
    local below = tree.folders[name]
    if depth > 1 then
      lines[#lines + 1] = indent .. name .. '/'
      write(below, depth - 1, indent .. '  ', lines)
    else
      lines[#lines + 1] = ('%s%s/ (%d files)'):format(indent, name, below.count)
    end
  end
  table.sort(tree.files)
  for _, name in ipairs(tree.files) do
    lines[#lines + 1] = indent .. name
  end
end

local DEEPEST = 32

--- Draws a tree of at most so many lines, as deep as that allows.
---@param paths string[]
---@param max integer
---@return string[] lines
---@return string|nil note when folders had to stay closed
function M.lines(paths, max)
  local tree = { folders = {}, names = {}, files = {}, count = 0 }
  for _, path in ipairs(paths) do
    insert(tree, (path:gsub('%c', '?')))
  end
  local depth, whole = 1, height(tree, DEEPEST)
  while depth < DEEPEST and height(tree, depth + 1) <= max do
    depth = depth + 1
  end
  local lines = {}
  write(tree, depth, '', lines)
  return lines, height(tree, depth) < whole and ('folders below depth %d closed'):format(depth) or nil
end

return M
