-- Files of records, one a month, in the ledger's folder: only ever appended to, by as many editors as there are. What
-- others append is seen, and a line that is damaged costs nobody the rest.
--
-- A record is a line of fields by tabs: a version, the caller's fields, and the number of bytes before this last one.

local config = require('beans.config')
local host = require('beans.host')

local M = {}

local VERSION = 1
local LINE = '^' .. VERSION .. '\t(.*)\t()(%d+)$'

-- What Vim takes in within 3 ms, on a machine of today.
local SLICE = 8192
-- os.date() is slow; all time zones differ by whole quarters of an hour.
local QUARTER_S, DAY_S = 900, 86400
local day_of_quarter = {}

---@class beans.MonthRead what is known of one file; the caller keeps its own sums in it
---@field read integer bytes read so far
---@field damaged integer lines

---@class beans.MonthFiles
---@field private prefix string
---@field private fresh fun(): table
---@field private take fun(month: table, fields: string): boolean
---@field private months table<string, beans.MonthRead> by path
local Files = {}
Files.__index = Files

--- The folder with all of them.
---@return string
function M.folder()
  return config.data_dir() .. '/ledger'
end

--- The day of a time, as '2026-01-31'.
---@param time integer
---@return string
function M.day(time)
  local quarter = math.floor(time / QUARTER_S)
  day_of_quarter[quarter] = day_of_quarter[quarter] or os.date('%Y-%m-%d', time)
  return day_of_quarter[quarter]
end

--- Noon of each of the last days, the oldest first, today last.
---@param count integer
---@return integer[] times
function M.noons(count)
  local now, times = os.time(), {}
  local noon = os.time({
    year = os.date('%Y', now) + 0,
    month = os.date('%m', now) + 0,
    day = os.date('%d', now) + 0,
    hour = 12,
  })
  for back = count - 1, 0, -1 do
    times[#times + 1] = noon - back * DAY_S
  end
  return times
end

---@param prefix string of the files' names
---@param fresh fun(): table the sums of a month without records
---@param take fun(month: table, fields: string): boolean adds a record; false when it is none
---@return beans.MonthFiles
function M.new(prefix, fresh, take)
  return setmetatable({ prefix = prefix, fresh = fresh, take = take, months = {} }, Files)
end

--- The file of the month that a time lies in.
---@param time integer
---@return string
function Files:path(time)
  return ('%s/%s%s.tsv'):format(M.folder(), self.prefix, os.date('%Y-%m', time))
end

--- Appends records in one write.
---@param time integer
---@param records string[][] the fields of each
---@return boolean, string|nil
function Files:append(time, records)
  local lines = {}
  for i, fields in ipairs(records) do
    local line = ('%d\t%s\t'):format(VERSION, table.concat(fields, '\t'))
    lines[i] = line .. #line
  end
  return host.append_line(self:path(time), table.concat(lines, '\n'))
end

function Files:begin(path)
  local month = self.fresh()
  month.read, month.damaged = 0, 0
  self.months[path] = month
  return month
end

--- Reads what was appended since the last time. A line that is being written is left for the next.
---@param time integer in the month
---@param max? integer bytes at most
---@return table month
---@return boolean more whether there is more to read
function Files:read(time, max)
  local path = self:path(time)
  local month = self.months[path]
  local text, size = host.read_file_from(path, month and month.read or 0, max)
  if not month or size < month.read then
    month = self:begin(path)
    text = host.read_file_from(path, 0, max)
  end
  local whole_lines = text:match('^.*\n') or ''
  for line in whole_lines:gmatch('([^\n]+)\n') do
    local fields, place, length = line:match(LINE)
    if not fields or tonumber(length) ~= place - 1 or not self.take(month, fields) then
      month.damaged = month.damaged + 1
    end
  end
  month.read = month.read + #whole_lines
  return month, whole_lines ~= '' and month.read < size
end

--- Reads the files of the last days as far as they are not known yet, in slices, so that a long month holds nothing up.
---@param days integer at most 30
---@param on_ready fun() at once, where little is left to be read
function Files:catch_up(days, on_ready)
  local now = os.time()
  for _, time in ipairs({ now - (days - 1) * DAY_S, now }) do
    local _, more = self:read(time, SLICE)
    if more then
      host.schedule(function()
        self:catch_up(days, on_ready)
      end)
      return
    end
  end
  on_ready()
end

return M
