-- What is open at a point of a text: brackets, strings, comments, tags. It reads the text around a cursor, in any
-- language and in the middle of being written, so it recovers instead of complaining: a closer that stands first in its
-- line closes what was opened in a line of the same indentation, a string ends with its line. Pure.

local M = {}

local CLOSER = { ['('] = ')', ['['] = ']', ['{'] = '}' }
local IS_CLOSER = { [')'] = true, [']'] = true, ['}'] = true }
local SPECIAL = '[%(%)%[%]{}"\'`<>/#\\*-]'

-- How far down a closer looks for its opener.
local DEEPEST = 60

---@class beans.Open something that was opened; the list is linked from the innermost outwards and never changed
---@field kind string what closes it
---@field below beans.Open|nil what it was opened in
---@field within beans.Open|nil the innermost string or comment around it, or itself
---@field lasts boolean|nil of a string or comment: goes on in the next line
---@field name string|nil of a tag
---@field line beans.OpenLine

---@class beans.OpenLine the line something was opened in
---@field indent integer its width
---@field outer boolean|nil it stands before the cursor
---@field cursor boolean|nil it is the cursor's

---@class beans.Language what has to be known of a file type
---@field comment string|nil begins a comment that ends with the line
---@field block boolean|nil `/*` begins a comment
---@field tags boolean|nil
---@field triple boolean|nil strings in three quotes
---@field long_backtick boolean|nil strings in backticks go on over lines
---@field lifetimes boolean|nil an apostrophe alone is no quote
---@field prose boolean|nil text for people: an apostrophe is never a quote

local FAMILIES = {
  { { comment = '//', block = true }, 'c cpp objc java kotlin swift scala cs dart zig arduino glsl hlsl proto' },
  { { comment = '//', block = true, long_backtick = true }, 'javascript typescript go' },
  { { comment = '//', block = true, long_backtick = true, tags = true }, 'javascriptreact typescriptreact' },
  { { comment = '//', block = true, lifetimes = true }, 'rust' },
  { { comment = '#', triple = true }, 'python starlark' },
  { { comment = '#' }, 'sh bash zsh fish ruby yaml toml make perl r elixir dockerfile conf nix cmake tcl' },
  { { comment = '--' }, 'lua sql haskell elm' },
  { { tags = true }, 'html xml vue svelte astro xhtml htmldjango eruby heex svg' },
  { { tags = true, comment = '//', block = true }, 'php' },
  { { block = true }, 'css scss less' },
  { { prose = true }, 'markdown text gitcommit mail rst asciidoc org help tex typst beans' },
}
local LANGUAGES = {}
for _, family in ipairs(FAMILIES) do
  for filetype in family[2]:gmatch('%S+') do
    LANGUAGES[filetype] = family[1]
  end
end

local VOID = {}
for name in ('area base br col embed hr img input link meta source track wbr'):gmatch('%S+') do
  VOID[name] = true
end

---@param filetype string
---@return beans.Language
function M.language(filetype)
  return LANGUAGES[filetype] or {}
end

local function push(top, kind, line, is_string)
  local entry = { kind = kind, below = top, line = line }
  entry.within = is_string and entry or (top and top.within)
  return entry
end

--- What a closer closes.
---@param first boolean the closer stands first in its line
---@return beans.Open|nil
local function opener(top, kind, line, first)
  local within, entry, nearest = top and top.within, top, nil
  for _ = 1, DEEPEST do
    if not entry or entry == within then
      break
    end
    if entry.kind == kind then
      if not first or entry.line.indent == line.indent then
        return entry
      end
      nearest = nearest or entry
    end
    entry = entry.below
  end
  return nearest
end

---@class beans.Reading of a piece of a line
---@field language beans.Language
---@field text string
---@field line beans.OpenLine
---@field top beans.Open|nil
---@field on_close (fun(entry: beans.Open, at: integer, first: boolean): boolean|nil)|nil
---@field stop integer|nil where on_close said to stop
---@field held integer|nil where something begins that is not whole

local function is_first(reading, at)
  return reading.text:find('%S') == at
end

--- Closes an entry that is found.
---@return integer|nil next where to go on
local function close(reading, entry, at, size)
  if reading.on_close and reading.on_close(entry, at, is_first(reading, at)) then
    reading.stop = at
    return nil
  end
  reading.top = entry.below
  return at + size
end

local function close_bracket(reading, char, at)
  local entry = opener(reading.top, char, reading.line, is_first(reading, at))
  if entry then
    return close(reading, entry, at, 1)
  end
  return at + 1
end

local function in_string(reading, within, char, at)
  local kind = within.kind
  local here = reading.text:sub(at, at + #kind - 1)
  if kind ~= '' and here == kind then
    return close(reading, within, at, #kind)
  elseif kind ~= '' and kind:sub(1, #here) == here then
    reading.held = at
    return nil
  elseif CLOSER[char] then
    reading.top = push(reading.top, CLOSER[char], reading.line)
  elseif IS_CLOSER[char] then
    return close_bracket(reading, char, at)
  end
  return at + 1
end

local function is_quote(language, text, char, at)
  if char ~= "'" then
    return char == '"' or char == '`'
  elseif language.prose then
    return false
  elseif language.lifetimes then
    return text:find("^'\\", at) ~= nil or text:find("^'[^']'", at) ~= nil
  end
  local before = text:sub(math.max(1, at - 3), at - 1):match('[%w_\128-\255]+$')
  return not before or (#before <= 2 and before:find('^[bBfFrRuUL]+$') ~= nil)
end

local function open_string(reading, char, at)
  local language, kind = reading.language, char
  if language.triple and reading.text:sub(at, at + 2) == char:rep(3) then
    kind = char:rep(3)
  end
  reading.top = push(reading.top, kind, reading.line, true)
  reading.top.lasts = #kind == 3 or (char == '`' and language.long_backtick)
  return at + #kind
end

--- The length of what begins a comment.
local function begins_comment(language, text, at)
  local mark = language.comment
  if mark and text:sub(at, at + #mark - 1) == mark then
    return (mark ~= '#' or at == 1 or text:find('^%s', at - 1)) and #mark or nil
  end
end

local function tag(reading, char, at)
  local text = reading.text
  if char == '>' then
    local entry = reading.top
    if not entry or entry.kind ~= '>' then
      return at + 1
    end
    local following = close(reading, entry, at, 1)
    if following and text:sub(at - 1, at - 1) ~= '/' and not VOID[entry.name] then
      reading.top = push(reading.top, '</' .. entry.name .. '>', reading.line)
    end
    return following
  end
  if text:find('^</[%w:._-]*%s*$', at) then
    reading.held = at
    return nil
  end
  local closed, stop = text:match('^</([%w:._-]*)%s*>()', at)
  if closed then
    local entry = opener(reading.top, '</' .. closed .. '>', reading.line, is_first(reading, at))
    return entry and close(reading, entry, at, stop - at) or (not reading.stop and stop or nil)
  end
  local name = text:match('^<(%a[%w:._-]*)', at)
  if name then
    reading.top = push(reading.top, '>', reading.line)
    reading.top.name = name
  end
  return at + 1
end

--- Reads one special character that stands in no string.
local function in_code(reading, char, at)
  local language, text = reading.language, reading.text
  local mark = begins_comment(language, text, at)
  if mark then
    reading.top = push(reading.top, '', reading.line, true)
    return at + mark
  elseif language.block and text:sub(at, at + 1) == '/*' then
    reading.top = push(reading.top, '*/', reading.line, true)
    reading.top.lasts = true
    return at + 2
  elseif CLOSER[char] then
    reading.top = push(reading.top, CLOSER[char], reading.line)
  elseif IS_CLOSER[char] then
    return close_bracket(reading, char, at)
  elseif language.tags and (char == '<' or char == '>') then
    return tag(reading, char, at)
  elseif is_quote(language, text, char, at) then
    return open_string(reading, char, at)
  end
  return at + 1
end

--- Reads a line, or the rest of one.
---@param language beans.Language
---@param top beans.Open|nil what is open where the text begins
---@param text string
---@param line beans.OpenLine of which line it is
---@param on_close? fun(entry: beans.Open, at: integer, first: boolean): boolean|nil something is about to be closed by
---what stands at a byte, maybe first in its line; true: stop there
---@param from? integer the byte to begin at; what stands before it was read already
---@return beans.Open|nil top what is open where it ends
---@return integer|nil stop the byte at which on_close said to stop
---@return integer|nil held the byte at which something begins that more text will decide
function M.read(language, top, text, line, on_close, from)
  local reading = { language = language, text = text, line = line, top = top, on_close = on_close }
  local at = from or 1
  while at do
    at = text:find(SPECIAL, at)
    if not at then
      break
    end
    local char, within = text:sub(at, at), reading.top and reading.top.within
    if char == '\\' and not (within and within.kind == '') then
      at = at + 2
    elseif within then
      at = in_string(reading, within, char, at)
    else
      at = in_code(reading, char, at)
    end
  end
  return reading.top, reading.stop, reading.held
end

--- What is still open in the next line.
---@param top beans.Open|nil
---@param strict? boolean no string lasts: the text may have begun inside one
---@return beans.Open|nil
function M.newline(top, strict)
  while top and top.within and not (top.within.lasts and (top.within.kind == '*/' or not strict)) do
    top = top.within.below
  end
  return top
end

return M
