-- The text of a web page: what a reader sees, in lines; headings, lists and code keep their shape. Pure, and its time
-- grows with the length of the page only.

local M = {}

local function set(names)
  local found = {}
  for name in names:gmatch('%S+') do
    found[name] = true
  end
  return found
end

local SKIPPED = set('script style noscript template svg head title iframe object canvas')
local BLOCKS = set('p div section article header footer main nav aside ul ol table form blockquote figure dl dt dd hr')
local LINES = set('br tr li option')
local HEADINGS = { h1 = '# ', h2 = '## ', h3 = '### ', h4 = '#### ', h5 = '##### ', h6 = '###### ' }

local ENTITIES = {
  amp = '&',
  lt = '<',
  gt = '>',
  quot = '"',
  apos = "'",
  nbsp = ' ',
  copy = '©',
  reg = '®',
  hellip = '…',
  mdash = '—',
  ndash = '–',
  lsquo = '‘',
  rsquo = '’',
  ldquo = '“',
  rdquo = '”',
  laquo = '«',
  raquo = '»',
  bull = '•',
  middot = '·',
  times = '×',
  rarr = '→',
  larr = '←',
  auml = 'ä',
  ouml = 'ö',
  uuml = 'ü',
  Auml = 'Ä',
  Ouml = 'Ö',
  Uuml = 'Ü',
  szlig = 'ß',
  eacute = 'é',
  egrave = 'è',
  agrave = 'à',
  ccedil = 'ç',
  ntilde = 'ñ',
  euro = '€',
  pound = '£',
  deg = '°',
}

--- A character by its number.
local function utf8_of(code)
  local function tail(count)
    local bytes = {}
    for i = count, 1, -1 do
      bytes[#bytes + 1] = string.char(128 + math.floor(code / 64 ^ (i - 1)) % 64)
    end
    return table.concat(bytes)
  end
  if code < 32 and code ~= 9 and code ~= 10 or code > 1114111 or code >= 55296 and code <= 57343 then
    return '?'
  elseif code < 128 then
    return string.char(code)
  elseif code < 2048 then
    return string.char(192 + math.floor(code / 64)) .. tail(1)
  elseif code < 65536 then
    return string.char(224 + math.floor(code / 4096)) .. tail(2)
  end
  return string.char(240 + math.floor(code / 262144)) .. tail(3)
end

local function decode(text)
  local function entity(name)
    local hex, number = name:match('^#[xX](%x+)$'), name:match('^#(%d+)$')
    local code = hex and #hex <= 6 and tonumber(hex, 16) or number and #number <= 7 and tonumber(number)
    return code and utf8_of(code) or ENTITIES[name]
  end
  return (text:gsub('&(#?%w+);', entity))
end

--- Where the tag that begins at `at` ends: `>` inside of quotes does not count.
local function tag_end(html, at)
  while true do
    local stop = html:find('[>"\']', at)
    local sign = stop and html:sub(stop, stop)
    if not stop or sign == '>' then
      return stop
    end
    -- A quote that never ends is taken for a letter.
    at = (html:find(sign, stop + 1, true) or stop) + 1
  end
end

---@class beans.HtmlWriter
---@field out string[]
---@field pre integer how deep in <pre>
---@field bytes integer of text so far
local Writer = {}
Writer.__index = Writer

function Writer:text(text)
  if self.pre == 0 then
    text = text:gsub('%s+', ' ')
  end
  self.out[#self.out + 1] = decode(text)
  self.bytes = self.bytes + #text
end

function Writer:tag(name, closing)
  local out = self.out
  if name == 'pre' then
    self.pre = math.max(0, self.pre + (closing and -1 or 1))
    out[#out + 1] = closing and '\n```\n\n' or '\n\n```\n'
  elseif HEADINGS[name] then
    out[#out + 1] = closing and '\n\n' or '\n\n' .. HEADINGS[name]
  elseif BLOCKS[name] then
    out[#out + 1] = '\n\n'
  elseif LINES[name] and not closing then
    out[#out + 1] = name == 'li' and '\n- ' or '\n'
  elseif name == 'td' or name == 'th' then
    out[#out + 1] = closing and ' | ' or ''
  end
end

--- Without blanks around lines (but those of code) and without more than one empty line in a row.
local function tidy(text)
  local lines, in_code = {}, false
  for line in (text .. '\n'):gmatch('([^\n]*)\n') do
    local bare = line:gsub('%s+$', '')
    if bare == '```' then
      in_code = not in_code
    elseif not in_code then
      bare = bare:gsub('^%s+', '')
    end
    if bare ~= '' or (lines[#lines] ~= '' and #lines > 0) then
      lines[#lines + 1] = bare
    end
  end
  while lines[#lines] == '' do
    lines[#lines] = nil
  end
  return table.concat(lines, '\n')
end

--- Where the contents of a page go on behind a comment, a tag or what is skipped with its contents.
local function behind(html, lower, at, name, closing)
  if html:sub(at, at + 3) == '<!--' then
    local _, stop = html:find('-->', at + 4, true)
    return stop
  end
  local stop = tag_end(html, at + 1)
  if stop and SKIPPED[name] and not closing and html:sub(stop - 1, stop - 1) ~= '/' then
    local last = lower:find('</' .. name, stop, true)
    return last and tag_end(html, last) or nil
  end
  return stop
end

--- The title of a page, nil when it has none.
---@param html string
---@return string|nil
function M.title(html)
  local lower = html:sub(1, 65536):lower()
  local open = lower:find('<title', 1, true)
  local first = open and lower:find('>', open, true)
  local last = first and lower:find('</title', first, true)
  local title = last and decode(html:sub(first + 1, last - 1)):gsub('%s+', ' '):gsub('^ ', ''):gsub(' $', '')
  return title ~= '' and title or nil
end

--- The text of a page.
---@param html string
---@param max? integer reads no further once there are so many bytes of text
---@return string
---@return boolean is_whole
function M.text(html, max)
  local writer = setmetatable({ out = {}, pre = 0, bytes = 0 }, Writer)
  local lower, at = html:lower(), 1
  while at <= #html and writer.bytes <= (max or math.huge) do
    local open = html:find('<', at, true)
    writer:text(html:sub(at, (open or #html + 1) - 1))
    if not open then
      at = #html + 1
      break
    end
    local closing, name = lower:match('^<(/?)(%a[%w:-]*)', open)
    if name or html:find('^<[!?]', open) then
      at = (behind(html, lower, open, name, closing == '/') or #html) + 1
      if name and not SKIPPED[name] then
        writer:tag(name, closing == '/')
      end
    else
      writer:text('<')
      at = open + 1
    end
  end
  return tidy(table.concat(writer.out)), at > #html
end

return M
