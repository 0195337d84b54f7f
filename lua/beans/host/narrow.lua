-- A list that typing narrows: what is typed, and which items have all its words. The same for the menus of both
-- editors; pure but for the function that makes small letters.

local clean = require('beans.host.clean')

---@class beans.Narrow
---@field typed string
---@field shown integer[] which items have all words that are typed
---@field lines string[] the items, fit for the screen
---@field private lower fun(text: string): string
---@field private keys string[]|nil the items in small letters, once something is typed
local Narrow = {}
Narrow.__index = Narrow

local M = {}

---@param items string[]
---@param lower fun(text: string): string
---@return beans.Narrow
function M.new(items, lower)
  local self = setmetatable({ typed = '', lines = {}, shown = {}, lower = lower }, Narrow)
  for i, item in ipairs(items) do
    self.lines[i], self.shown[i] = clean.line(item), i
  end
  return self
end

local function each(lines, change)
  local changed = {}
  for i, line in ipairs(lines) do
    changed[i] = change(line)
  end
  return changed
end

local function has_all(key, words)
  for _, word in ipairs(words) do
    if not key:find(word, 1, true) then
      return false
    end
  end
  return true
end

--- Takes what is typed now.
---@param typed string
function Narrow:type(typed)
  local words = {}
  for word in self.lower(typed):gmatch('%S+') do
    words[#words + 1] = word
  end
  self.keys = self.keys or each(self.lines, self.lower)
  self.typed, self.shown = typed, {}
  for i, key in ipairs(self.keys) do
    if has_all(key, words) then
      self.shown[#self.shown + 1] = i
    end
  end
end

--- The lines of the items that are left.
---@return string[]
function Narrow:left()
  local lines = {}
  for i, item in ipairs(self.shown) do
    lines[i] = self.lines[item]
  end
  return lines
end

--- How many are left, of how many.
---@return string
function Narrow:count()
  return #self.shown == #self.lines and ('%d'):format(#self.lines) or ('%d of %d'):format(#self.shown, #self.lines)
end

return M
