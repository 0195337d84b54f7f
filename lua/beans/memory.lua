-- What Beans remembers from session to session of the servers' likes, in one small file of the data folder.

local config = require('beans.config')
local dialect = require('beans.dialect')
local host = require('beans.host')

local M = {}

local recalled

local function path()
  return config.data_dir() .. '/dialect.tsv'
end

--- Reads the file, once a session and folder.
function M.recall()
  local from = path()
  if recalled ~= from then
    recalled = from
    dialect.recall(host.read_file(from) or '')
  end
end

--- Writes what was learnt, with what other editors have learnt meanwhile. A failure costs one more refusal by the
--- server, so it is no news.
function M.keep()
  dialect.recall(host.read_file(path()) or '')
  host.write_file(path(), dialect.text(), true)
end

return M
