-- The candidates of recent positions, by buffer: the same text may mean something else in another one.

local cache = require('beans.complete.cache')
local host = require('beans.host')
local place = require('beans.complete.place')

local M = {}

-- Candidates of a buffer. One takes some hundred bytes.
local KEPT = 100

---@type table<integer, beans.CandidateCache>
local caches = {}

--- What is left of a candidate that goes on where the cursor is.
---@param at beans.Typing
---@return string[]|nil
function M.get(at)
  return caches[at.buf] and caches[at.buf]:get(place.near(at))
end

--- Keeps a candidate.
---@param buf integer
---@param cursor beans.Cursor where it was asked for
---@param lines string[]
function M.put(buf, cursor, lines)
  caches[buf] = caches[buf] or cache.new(KEPT)
  caches[buf]:put(cursor, lines)
end

--- Forgets those of buffers that are gone.
function M.tidy()
  for buf in pairs(caches) do
    if not host.buf_valid(buf) then
      caches[buf] = nil
    end
  end
end

return M
