-- What goes along from elsewhere: pieces of the other buffers, and what was found wrong around the cursor. It takes a
-- while, so it is gathered in turns, before it is needed or for the next time; a request takes what is known.

local host = require('beans.host')
local privacy = require('beans.privacy')
local prompt = require('beans.complete.prompt')
local slices = require('beans.slices')
local snippets = require('beans.complete.snippets')

local M = {}

-- Buffers that are looked at, lines of each, and lines around the cursor that tell what is wanted.
local BUFFERS_MAX, LINES_MAX, AROUND = 8, 1500, 30
-- What is wrong further away has little to do with the cursor.
local DIAGNOSTICS_REACH = 20

---@class beans.Elsewhere
---@field buf integer
---@field line integer
---@field snippets beans.Snippet[]
---@field diagnostics {line: integer, message: string}[]

---@type beans.Elsewhere|nil
local known
---@type beans.Slices|nil
local running
---@type table<integer, beans.Source> by buffer
local sources = {}
local windows = {}

--- The buffers that may have something to do with this one: those of its type first, then as they were used.
local function candidates(buf, filetype)
  local same, others = {}, {}
  for _, other in ipairs(host.ordinary_bufs()) do
    if other ~= buf and host.buf_valid(other) then
      table.insert(host.file_of(other).filetype == filetype and same or others, other)
    end
  end
  for _, other in ipairs(others) do
    same[#same + 1] = other
  end
  return same
end

--- A buffer as it is now, nil where it is private.
local function read(buf)
  if privacy.buffer(buf) then
    sources[buf] = nil
    return nil
  end
  local tick, source = host.buf_tick(buf), sources[buf]
  if not source or source.tick ~= tick then
    local file = host.file_of(buf)
    source = { name = file.name, filetype = file.filetype, key = buf, tick = tick }
    source.lines = host.buf_lines(buf, 1, LINES_MAX)
    sources[buf] = source
  end
  return source
end

--- Forgets the text of buffers that are not looked at any more.
local function keep_only(list)
  local kept = {}
  for _, source in ipairs(list) do
    kept[source.key] = source
  end
  sources = kept
end

local function pick(at, filetype, list)
  for i, source in ipairs(list) do
    source.recency = 1 - (i - 1) / #list
  end
  local lines = host.buf_lines(at.buf, math.max(1, at.line - AROUND), at.line + AROUND)
  return snippets.pick({ lines = lines, filetype = filetype }, list, prompt.BUDGET.snippets, windows)
end

local function diagnostics(at)
  local near = {}
  for _, found in ipairs(host.diagnostics(at.buf)) do
    if math.abs(found.line - at.line) <= DIAGNOSTICS_REACH then
      near[#near + 1] = { line = found.line, message = found.text }
    end
  end
  table.sort(near, function(a, b)
    local from_a, from_b = math.abs(a.line - at.line), math.abs(b.line - at.line)
    return from_a < from_b or (from_a == from_b and (a.line < b.line or (a.line == b.line and a.message < b.message)))
  end)
  return near
end

--- Gathers for a place, unless that is known.
---@param at beans.TypingPlace
---@param anew? boolean also when it is known
function M.gather(at, anew)
  if not anew and known and known.buf == at.buf and known.line == at.line then
    return
  end
  M.stop()
  local filetype, list, found = host.file_of(at.buf).filetype, {}, { buf = at.buf, line = at.line }
  local bufs, step = nil, 0
  running = slices.run(function()
    if not bufs then
      bufs = candidates(at.buf, filetype)
    elseif step < #bufs and #list < BUFFERS_MAX then
      step = step + 1
      list[#list + 1] = read(bufs[step])
    elseif not found.snippets then
      keep_only(list)
      found.snippets = pick(at, filetype, list)
    else
      found.diagnostics = diagnostics(at)
      known = found
      return false
    end
    return true
  end, function()
    running = nil
  end)
end

--- Ends what is being gathered.
function M.stop()
  if running then
    running:stop()
    running = nil
  end
end

--- What is known for a buffer by now.
---@param buf integer
---@return {snippets: beans.Snippet[]|nil, diagnostics: table[]|nil}
function M.of(buf)
  return known and known.buf == buf and known or {}
end

return M
