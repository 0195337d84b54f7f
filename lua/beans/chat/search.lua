-- Chats with all of some words in title or text. Whole files are read, in small pieces and in slices; words are plain
-- text, great and small letters the same.

local host = require('beans.host')
local slices = require('beans.slices')

local M = {}

-- A piece that is read and looked through in well under a slice.
local PIECE_BYTES = 65536

--- The words of a search.
---@param text string
---@return string[]
function M.words(text)
  local list = {}
  for word in host.lower(text):gmatch('%S+') do
    list[#list + 1] = word
  end
  return list
end

--- Lua makes small letters of ASCII; the other letters of the words are here with what they are made of.
local function capitals_in(words)
  local capitals = {}
  for _, word in ipairs(words) do
    for letter in word:gmatch('[\194-\244][\128-\191]+') do
      local capital = host.upper(letter)
      if capital ~= letter then
        capitals[capital] = letter
      end
    end
  end
  return capitals
end

local function fold(text, capitals)
  text = text:lower()
  for capital, letter in pairs(capitals) do
    text = text:gsub(capital, letter) -- all of their bytes are above those that mean something in a pattern
  end
  return text
end

---@class beans.WordsLeft looks for words in a text that comes in pieces
---@field private words string[] that are still to be found
---@field private capitals table<string, string>
---@field private overlap integer the longest part of a word that a piece can end with
---@field private tail string
local WordsLeft = {}
WordsLeft.__index = WordsLeft

local function words_left(words, capitals)
  local self = setmetatable({ words = {}, capitals = capitals, overlap = 0, tail = '' }, WordsLeft)
  for i, word in ipairs(words) do
    self.words[i] = word
    self.overlap = math.max(self.overlap, 2 * #word) -- a capital may have more bytes than its small letter
  end
  return self
end

--- Takes the next piece; returns whether all words have been found.
function WordsLeft:feed(piece)
  local text = self.tail .. piece
  self.tail = text:sub(-self.overlap)
  text = fold(text, self.capitals)
  for i = #self.words, 1, -1 do
    if text:find(self.words[i], 1, true) then
      table.remove(self.words, i)
    end
  end
  return #self.words == 0
end

--- Nothing that stands in two texts is found.
function WordsLeft:cut()
  self.tail = ''
end

--- A function that looks at one piece of one chat with each call, and returns whether there is more.
local function searcher(list, words, found)
  local capitals = capitals_in(words)
  local at, left, offset = 0, nil, 0
  local function next_chat()
    at = at + 1
    if not list[at] then
      return false
    end
    left, offset = words_left(words, capitals), list[at].body
    if left:feed(list[at].title) then
      found[#found + 1] = list[at]
      left = nil
      return true
    end
    left:cut()
    return true
  end
  return function()
    if not left then
      return next_chat(), at
    end
    local piece = host.read_part(list[at].path, offset, PIECE_BYTES) or ''
    offset = offset + #piece
    local has_all = left:feed(piece)
    if has_all then
      found[#found + 1] = list[at]
    end
    if has_all or #piece < PIECE_BYTES then
      left = nil
    end
    return true, at
  end
end

---@class beans.SearchOptions
---@field on_progress fun(done: integer, all: integer) called now and then, when it takes long
---@field on_found fun(found: beans.ChatEntry[]) in the order of the list

-- When it is first said that a search is going on, and how often after that.
local FIRST_LOOK_MS, LOOK_MS = 300, 1000

--- Looks for chats that have all words.
---@param list beans.ChatEntry[]
---@param words string[] of `M.words`
---@param options beans.SearchOptions
---@return beans.Slices
function M.run(list, words, options)
  local found = {}
  local step = searcher(list, words, found)
  local look_at = host.now_ms() + FIRST_LOOK_MS
  return slices.run(function()
    local more, at = step()
    if more and host.now_ms() >= look_at then
      look_at = host.now_ms() + LOOK_MS
      options.on_progress(at, #list)
    end
    return more
  end, function()
    options.on_found(found)
  end)
end

return M
