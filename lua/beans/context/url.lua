-- `@url:https://…`: the text of a web page, by curl. Nothing but http and https, redirects too, and never long.

local attachment = require('beans.attachment')
local caps = require('beans.context.caps')
local config = require('beans.config')
local host = require('beans.host')
local html = require('beans.html')
local lines_in = require('beans.lines')
local plain = require('beans.plain')

-- curl's own word on how it ended stands behind the page, after a sign that pages do not have.
local MARK = '\n\30beans '

local function argv_for(url, options)
  local argv = { 'curl', '--silent', '--show-error', '--globoff', '--location', '--max-redirs', '5' }
  local function add(...)
    for _, argument in ipairs({ ... }) do
      argv[#argv + 1] = argument
    end
  end
  add('--proto', '=http,https', '--proto-redir', '=http,https', '--connect-timeout', '10')
  add('--max-time', tostring(caps.url.seconds), '--max-filesize', tostring(caps.url.download))
  add('--user-agent', 'Mozilla/5.0 (compatible; beans)', '--header', 'Accept: text/html, text/plain, text/*, */*;q=0.1')
  add('--write-out', MARK .. '%{http_code} %{content_type}')
  if options.ca_file then
    add('--cacert', options.ca_file)
  end
  if options.proxy then
    add('--proxy', options.proxy)
  end
  add('--url', url)
  return argv
end

local function is_html(kind, text)
  return kind:find('html', 1, true) ~= nil or kind == '' and text:sub(1, 1024):lower():find('<!?%s*[hd][to][mc]') ~= nil
end

--- Whether the server says that it is text, or says nothing.
local function is_text(kind)
  for _, sign in ipairs({ '^$', '^text/', 'html', 'json', 'xml', 'yaml', 'javascript', 'toml' }) do
    if kind:find(sign) then
      return true
    end
  end
  return false
end

local function block_of(request, text, kind, was_cut)
  local page, title, is_whole = text, nil, true
  if is_html(kind, text) then
    title = html.title(text)
    page, is_whole = html.text(text, caps.url.bytes)
  end
  was_cut = was_cut or not is_whole
  local kept, cut = attachment.cut(lines_in.of(page), caps.url)
  local notes = { title and attachment.quoted(title) }
  notes[#notes + 1] = was_cut and 'cut to the first ' .. #kept .. ' lines' or cut
  return attachment.block({ mention = request.mention.text, notes = notes, text = table.concat(kept, '\n') })
end

local function answer(request, result, on_done)
  local body, status, kind = result.stdout, nil, ''
  local at = body:find(MARK, 1, true)
  if at then
    status, kind = body:sub(at + #MARK):match('^(%d+) ?([^\n]*)')
    body = body:sub(1, at - 1)
  end
  if result.code ~= 0 and not result.cut then
    local why = result.code == -1 and 'curl could not be started' or result.stderr:match('[^\n]+')
    return on_done({}, { why or 'curl ended with ' .. result.code })
  elseif status and (tonumber(status) < 200 or tonumber(status) > 299) then
    return on_done({}, { 'the server says ' .. status })
  end
  local text = plain.text(result.cut and plain.whole(body) or body)
  if not text or not is_text(kind) then
    return on_done({}, { ('it is no text (%s)'):format(kind ~= '' and kind or 'unknown') })
  end
  on_done({ block_of(request, text, kind, result.cut) }, {})
end

---@type beans.ContextProvider
return {
  name = 'url',
  about = 'a web page: @url:https://…',
  takes = 'needed',
  collect = function(request, on_done)
    local url = request.mention.argument
    if not url:find('^https?://[^%s%c]+$') then
      return on_done({}, { 'only http:// and https:// are fetched' })
    end
    local options = config.get()
    if options.proxy and options.proxy:find('@', 1, true) then
      return on_done({}, { 'the proxy has a password, which curl could not be given unseen; set $https_proxy' })
    end
    host.spawn(argv_for(url, options), function(result)
      answer(request, result, on_done)
    end, { max_bytes = caps.url.download + 1024 })
  end,
}
