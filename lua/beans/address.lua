-- What the address of a server tells: where text and key go, who could read them on the way. Pure.

local M = {}

--- The name or number of a server, in lower case, without port, user and password; an IPv6 address in its brackets.
---@param url string
---@return string
function M.host(url)
  local authority = url:lower():gsub('^%a[%w+.-]*://', ''):match('^[^/?#]*'):gsub('^.*@', '')
  return authority:match('^%b[]') or authority:match('^[^:]*')
end

--- An address that may be shown: without user and password, be they well-formed or not.
---@param url string
---@return string
function M.without_user(url)
  local scheme, rest = url:match('^(%a[%w+.-]*://)(.*)$')
  return (scheme or '') .. (rest or url):gsub('^.*@', '')
end

--- The server's name and port, without a user's name and password.
---@param url string
---@return string
function M.server(url)
  return (url:match('^%a+://([^/]+)'):gsub('^.*@', ''))
end

--- Whether the server is this machine.
---@param url string
---@return boolean
function M.is_loopback(url)
  local name = M.host(url)
  return name == 'localhost' or name == '[::1]' or name:find('^127%.%d+%.%d+%.%d+$') ~= nil
end

--- Whether nothing is encrypted.
---@param url string
---@return boolean
function M.is_plain(url)
  return url:lower():find('^http://') ~= nil
end

--- Whether what is sent there can be read on the network.
---@param url string
---@return boolean
function M.is_exposed(url)
  return M.is_plain(url) and not M.is_loopback(url)
end

-- Proxies, as libcurl chooses them ------------------------------------------------------------------------------------

local function number_of(address)
  local a, b, c, d = address:match('^(%d+)%.(%d+)%.(%d+)%.(%d+)$')
  return a and ((a * 256 + b) * 256 + c) * 256 + d
end

--- Whether an IPv4 address is in a range like 10.0.0.0/8.
local function is_in_range(name, range)
  local from, bits = range:match('^(.*)/(%d+)$')
  local first, number = number_of(from or ''), number_of(name)
  if not first or not number or tonumber(bits) > 32 then
    return false
  end
  local size = 2 ^ (32 - bits)
  return math.floor(first / size) == math.floor(number / size)
end

local function is_excepted(name, exceptions)
  if exceptions == '*' then
    return true
  end
  local bare = name:gsub('[%[%]]', ''):gsub('%.$', '')
  for word in exceptions:lower():gmatch('[^%s,]+') do
    local domain = word:gsub('^%.', ''):gsub('%.$', ''):gsub('[%[%]]', '')
    if bare == domain or bare:sub(-#domain - 1) == '.' .. domain or is_in_range(bare, word) then
      return true
    end
  end
  return false
end

--- libcurl reads $http_proxy in lower case only: a web server can be made to set the other.
local VARIABLES = {
  http = { 'http_proxy', 'all_proxy', 'ALL_PROXY' },
  https = { 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY' },
}

--- The proxy on the way to a server.
---@param url string
---@param option string|nil the option `proxy`
---@param env fun(name: string): string|nil
---@return string|nil proxy without user and password; nil: none
---@return string|nil source where it comes from
function M.proxy(url, option, env)
  if is_excepted(M.host(url), env('no_proxy') or env('NO_PROXY') or '') then
    return nil
  elseif option then
    return option ~= '' and M.without_user(option) or nil, 'the option proxy'
  end
  for _, name in ipairs(VARIABLES[M.is_plain(url) and 'http' or 'https']) do
    local value = env(name)
    if value then
      return M.without_user(value), 'the environment variable ' .. name
    end
  end
end

return M
