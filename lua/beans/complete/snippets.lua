-- The pieces of other buffers that have most to do with what is being written: those that share most identifiers with
-- it. Pure; what was read of a buffer is kept in a table that the caller keeps. It costs as many steps as there are
-- identifiers around the cursor and windows in all buffers, and reads each buffer once per change, in small portions.

local M = {}

-- A piece has so many lines; windows overlap by half, so that none that belongs together is always cut.
M.WINDOW_LINES = 30
local STEP_LINES = 15
-- Of all buffers together; a look is never longer, however much is open. The buffers come in the order of their use.
M.WINDOWS_MAX = 400
local LINE_BYTES = 200
-- Windows that one pick reads, at 0.1 to 0.2 ms each; what is left is read by the next picks.
M.READ_MAX = 15
-- Less in common is chance.
local SHARE_MIN = 0.06
-- The same file type, and the buffer used last, weigh more.
local SAME_TYPE, RECENT = 1.5, 0.25

---@class beans.Source a buffer
---@field name string
---@field filetype string
---@field lines string[]
---@field recency number 1 for what was used last, towards 0 for what was used long ago
---@field key any what the buffer is known by; `name` when it is missing
---@field tick integer changes with its text

---@class beans.Snippet
---@field name string
---@field lines string[]
---@field first integer the number of the first line

---@class beans.SnippetWindow
---@field first integer
---@field last integer
---@field words table<string, true>
---@field count integer

local COMMON = {}
local KEYWORDS = 'and break case class const continue def default do else elseif end export false for from func '
  .. 'function if import in int let local new nil none not null or private public return self static string struct '
  .. 'switch table then this true type undefined var void while'
for word in KEYWORDS:gmatch('%S+') do
  COMMON[word] = true
end

--- The identifiers of some lines, but those that every file has.
---@return table<string, true> words
---@return integer count
local function words_of(lines, first, last)
  local words, count = {}, 0
  for i = first, last do
    for word in lines[i]:sub(1, LINE_BYTES):gmatch('[%a_\128-\255][%w_\128-\255]+') do
      if #word > 2 and not words[word] and not COMMON[word:lower()] then
        words[word], count = true, count + 1
      end
    end
  end
  return words, count
end

--- The windows of a buffer, as many as were read since it has changed; some more are read now.
---@param most integer windows of this buffer
---@param allowance {left: integer} windows that may still be read
---@return beans.SnippetWindow[]
local function windows_of(source, cache, most, allowance)
  local key = source.key or source.name
  local kept = cache[key]
  if not kept or kept.tick ~= source.tick then
    kept = { tick = source.tick, windows = {}, first = 1 }
    cache[key] = kept
  end
  local windows, size = kept.windows, #source.lines
  while kept.first <= size and #windows < most and allowance.left > 0 do
    local first, last = kept.first, math.min(size, kept.first + M.WINDOW_LINES - 1)
    local words, count = words_of(source.lines, first, last)
    windows[#windows + 1] = { first = first, last = last, words = words, count = count }
    kept.first = last == size and size + 1 or first + STEP_LINES
    allowance.left = allowance.left - 1
  end
  return windows
end

--- Jaccard's index: what two sets share of all they have.
local function share(wanted, count, window)
  local common = 0
  for word in pairs(wanted) do
    if window.words[word] then
      common = common + 1
    end
  end
  local all = count + window.count - common
  return all > 0 and common / all or 0
end

--- The best window of a buffer, so that one buffer does not take all the place.
local function best_of(source, windows, wanted, count)
  local best, best_share = nil, SHARE_MIN
  for _, window in ipairs(windows) do
    local value = share(wanted, count, window)
    if value > best_share then
      best, best_share = window, value
    end
  end
  return best and { source = source, window = best, share = best_share }
end

--- Forgets buffers that are no longer there.
local function keep_only(cache, sources)
  local there = {}
  for _, source in ipairs(sources) do
    there[source.key or source.name] = true
  end
  for key in pairs(cache) do
    if not there[key] then
      cache[key] = nil
    end
  end
end

---@class beans.SnippetContext
---@field lines string[] around the cursor
---@field filetype string

--- Picks the most relevant piece of each buffer.
---@param context beans.SnippetContext
---@param sources beans.Source[] the buffer used last first
---@param budget integer bytes of all pieces together
---@param cache table empty at first; what was read is kept in it
---@return beans.Snippet[] the most relevant first
function M.pick(context, sources, budget, cache)
  local wanted, count = words_of(context.lines, 1, #context.lines)
  keep_only(cache, sources)
  local found, left, allowance = {}, M.WINDOWS_MAX, { left = M.READ_MAX }
  local most = math.max(1, math.floor(M.WINDOWS_MAX / math.max(1, math.min(#sources, 8))))
  for _, source in ipairs(sources) do
    if left <= 0 then
      break
    end
    local windows = windows_of(source, cache, most, allowance)
    local best = best_of(source, windows, wanted, count)
    left = left - #windows
    if best then
      best.score = best.share * (source.filetype == context.filetype and SAME_TYPE or 1) * (1 + RECENT * source.recency)
      found[#found + 1] = best
    end
  end
  table.sort(found, function(a, b)
    return a.score > b.score or (a.score == b.score and a.source.name < b.source.name)
  end)
  local snippets = {}
  for _, one in ipairs(found) do
    local lines = {}
    for i = one.window.first, one.window.last do
      lines[#lines + 1] = one.source.lines[i]
    end
    local size = #table.concat(lines, '\n')
    if size <= budget then
      budget = budget - size
      snippets[#snippets + 1] = { name = one.source.name, lines = lines, first = one.window.first }
    end
  end
  return snippets
end

return M
