-- What can be told without asking anybody: editor, module, options, the way to the server.

local address = require('beans.address')
local client = require('beans.client')
local config = require('beans.config')
local credentials = require('beans.credentials')
local host = require('beans.host')
local log = require('beans.log')

local M = {}

---@class beans.HealthItem
---@field level 'ok'|'info'|'warn'|'error'
---@field text string one line, without secrets

---@class beans.HealthSection
---@field title string
---@field items beans.HealthItem[]

--- A section to be filled by `add(level, text)`.
---@param title string
---@return beans.HealthSection section
---@return fun(level: string, text: string) add
function M.section(title)
  local section = { title = title, items = {} }
  return section,
    function(level, text)
      section.items[#section.items + 1] = { level = level, text = log.line(text) }
    end
end

local function editor()
  local section, add = M.section('Editor')
  local missing, jit = host.missing(), rawget(_G, 'jit')
  add(missing and 'error' or 'ok', missing or host.version())
  add('info', jit and ('%s, %s'):format(_VERSION, jit.version) or _VERSION)
  return section
end

local function has(flag)
  return flag and 'yes' or 'no'
end

local function add_library(add, library)
  add('info', ('libcurl %s, %s'):format(library.version, library.tls ~= '' and library.tls or 'without TLS'))
  if library.tls == '' then
    add('error', 'this libcurl has no TLS: only plain http will do')
  end
  local streams = library.http2 and 'yes' or 'no: each request needs a connection of its own'
  add(library.http2 and 'ok' or 'warn', 'HTTP/2: ' .. streams)
  local lookup = library.async_dns and 'beside the transfers' or 'all transfers wait while one looks a name up'
  add(library.async_dns and 'ok' or 'warn', 'name lookup: ' .. lookup)
  add('info', ('brotli: %s, zstd: %s (Beans asks for neither)'):format(has(library.brotli), has(library.zstd)))
end

local function module()
  local section, add = M.section('Module')
  local core, message = client.core()
  if not core then
    add('error', message)
    return section
  end
  local version = core.version()
  add('ok', ('%s for %s: %s'):format(version.version, version.lua, core.path))
  add_library(add, version.library)
  return section
end

local function options()
  local section, add = M.section('Options and key')
  local cfg, problems = config.get()
  for _, problem in ipairs(problems) do
    local stops = problem == cfg.problem
    add(stops and 'error' or 'warn', problem .. (stops and ' (until then no request is sent)' or ''))
  end
  if #problems == 0 then
    add('ok', 'no wrong options')
  end
  local source, usable = credentials.describe(cfg)
  add(usable and 'ok' or 'error', 'key: ' .. source)
  local readable = credentials.readable_file(cfg)
  if readable then
    add('warn', readable)
  end
  return section
end

local function way()
  local section, add = M.section('The way to the server')
  local cfg = config.get()
  local proxy, source = address.proxy(cfg.base_url, cfg.proxy, host.env)
  local exposed = config.exposed(cfg)
  add(exposed and 'warn' or 'ok', exposed or 'server: ' .. address.without_user(cfg.base_url))
  if not proxy then
    add('info', 'proxy: none')
  elseif address.is_plain(cfg.base_url) then
    add('warn', ('proxy: %s, from %s; it sees the key and all text, for base_url is plain http'):format(proxy, source))
  else
    add('info', ('proxy: %s, from %s'):format(proxy, source))
  end
  add('info', 'certificates: ' .. (cfg.ca_file and 'of ' .. cfg.ca_file or "the system's"))
  return section
end

--- All that is known at once.
---@return beans.HealthSection[]
function M.sections()
  return { editor(), module(), options(), way() }
end

return M
