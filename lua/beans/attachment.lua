-- What goes along with a message, as text in it: context blocks and images. Pure.
--
--   [@file:lua/a.lua · lines 1-20 · ~120 tokens]       header: what was asked for, what of it is here, an estimate
--   ```lua
--   …                                                  the fence is longer than any run of backticks in the text
--   ```
--   [@image:shots/a.png · 34 KB · ~800 tokens]         an image is its header alone
--
-- A block is sent as it stands; an image line becomes the image when it is sent.

local base64 = require('beans.base64')
local lines_in = require('beans.lines')
local picture = require('beans.picture')
local plain = require('beans.plain')
local tokens = require('beans.tokens')

local M = {}

local SEPARATOR = ' · '

-- Writing -------------------------------------------------------------------------------------------------------------

--- A mention as text: an argument with blanks or signs of ours is put between quotes.
---@param name string
---@param argument? string
---@return string
function M.mention(name, argument)
  if not argument then
    return '@' .. name
  end
  local bare = not argument:find('[%s"]') and not argument:find("[%].,;:!?)}>']$")
  return ('@%s:%s'):format(name, bare and argument or '"' .. argument .. '"')
end

local function count_in_words(count)
  return count < 10000 and tostring(count) or ('%dk'):format(math.floor(count / 1000 + 0.5))
end

local function header(mention, notes, estimate)
  local fields = { mention }
  for _, note in ipairs(notes or {}) do
    fields[#fields + 1] = note
  end
  fields[#fields + 1] = ('~%s tokens'):format(count_in_words(estimate))
  return '[' .. table.concat(fields, SEPARATOR) .. ']'
end

--- Puts a text between fences that are longer than any run of backticks in it, so that it can't end them.
---@param text string
---@param language? string
---@return string
function M.fenced(text, language)
  local longest = 2
  for run in text:gmatch('```+') do
    longest = math.max(longest, #run)
  end
  local fence = ('`'):rep(longest + 1)
  local opening = fence .. ((language or ''):match('^[%w_+#.-]*') or '')
  return table.concat(text == '' and { opening, fence } or { opening, text, fence }, '\n')
end

---@class beans.Block
---@field mention string as it stands in the message, `@file:a.lua`
---@field notes? string[] what of it is here; no ` · ` in them
---@field language? string for the fence
---@field text string

--- Writes a context block.
---@param block beans.Block
---@return string
function M.block(block)
  return header(block.mention, block.notes, tokens.estimate(block.text)) .. '\n' .. M.fenced(block.text, block.language)
end

---@class beans.Excerpt lines of a buffer that go along with a question
---@field name string of the file
---@field filetype string
---@field first integer
---@field last integer
---@field lines string[]
---@field notes? string[]

--- Lines of a file, in words.
---@param first integer
---@param last integer
---@return string
function M.range(first, last)
  return first == last and ('line %d'):format(first) or ('lines %d-%d'):format(first, last)
end

--- Writes lines of a buffer as a block: `[@selection · lua/a.lua · lines 2-3 · ~12 tokens]`.
---@param excerpt beans.Excerpt
---@return string
function M.excerpt(excerpt)
  local notes = { M.one_line(excerpt.name), M.range(excerpt.first, excerpt.last) }
  for _, note in ipairs(excerpt.notes or {}) do
    notes[#notes + 1] = note
  end
  local text = table.concat(excerpt.lines, '\n')
  return M.block({ mention = '@selection', notes = notes, language = excerpt.filetype, text = text })
end

--- A text that can stand in a header.
---@param text string
---@return string
function M.one_line(text)
  return (text:gsub('%c', '?'):gsub('·', '.'))
end

local QUOTED_BYTES = 80

--- A foreign text, such as a title, that can stand in a header and be taken for nothing else.
---@param text string
---@return string
function M.quoted(text)
  local short = #text > QUOTED_BYTES and plain.whole(text:sub(1, QUOTED_BYTES)) .. '…' or text
  return '"' .. M.one_line(short) .. '"'
end

--- A number of bytes in words.
---@param bytes integer
---@return string
function M.size(bytes)
  if bytes < 1024 then
    return ('%d bytes'):format(bytes)
  elseif bytes < 1024 * 1024 then
    return ('%d KB'):format(math.floor(bytes / 1024 + 0.5))
  end
  return ('%.1f MB'):format(bytes / 1024 / 1024)
end

--- Writes the line of an image.
---@param path string
---@param content string its bytes
---@param notes? string[]
---@return string|nil # nil: it is no image that can be sent
function M.image(path, content, notes)
  local found = picture.look(content)
  if not found then
    return nil
  end
  local all = { M.size(#content) }
  for _, note in ipairs(notes or {}) do
    all[#all + 1] = note
  end
  return header(M.mention('image', path), all, tokens.of_image(found.width, found.height))
end

-- Cutting -------------------------------------------------------------------------------------------------------------

--- Keeps the first lines, as many as fit.
---@param lines string[]
---@param cap {lines: integer, bytes: integer}
---@return string[] kept
---@return string|nil note what was left out; nil when nothing was
function M.cut(lines, cap)
  local kept, bytes = {}, 0
  if lines[1] and #lines[1] > cap.bytes then
    -- Not even one line fits: then a part of it.
    return { plain.whole(lines[1]:sub(1, cap.bytes)) }, ('cut to %s of the first line'):format(M.size(cap.bytes))
  end
  for i, line in ipairs(lines) do
    bytes = bytes + #line + 1
    if i > cap.lines or bytes > cap.bytes then
      return kept, ('cut to the first %d of %d lines'):format(#kept, #lines)
    end
    kept[i] = line
  end
  return kept
end

-- Finding -------------------------------------------------------------------------------------------------------------

---@class beans.Attached what stands in a message
---@field kind 'block'|'image'
---@field mentions string[] what it answers; the first is its own
---@field tokens integer
---@field first integer line of the header
---@field last integer line of the closing fence

--- Reads a line as a header.
---@param line string
---@return {mentions: string[], tokens: integer}|nil
function M.header(line)
  local fields, count, thousands = line:match('^%[(@.+) · ~(%d+)(k?) tokens%]$')
  if not fields then
    return nil
  end
  local mentions = {}
  fields = fields .. SEPARATOR
  local at = 1
  while at <= #fields do
    local field, after = fields:match('^(@%l+:"[^"]*")' .. SEPARATOR .. '()', at)
    if not field then
      field, after = fields:match('^(.-)' .. SEPARATOR .. '()', at)
    end
    if field:find('^@%l') then
      mentions[#mentions + 1] = field
    end
    at = after
  end
  return { mentions = mentions, tokens = tonumber(count) * (thousands == 'k' and 1000 or 1) }
end

--- The line that ends the fence that a line opens; nil when it opens none, or it never ends.
local function fence_end(lines, at)
  local fence = (lines[at] or ''):match('^(```+)[^`]*$')
  for i = at + 1, fence and #lines or at do
    if lines[i] == fence then
      return i
    end
  end
end

--- Finds the blocks and images of a message, in order. What stands inside a block is only its text.
---@param lines string[]
---@return beans.Attached[]
function M.find(lines)
  local found, at = {}, 1
  while at <= #lines do
    local head = lines[at]:sub(1, 2) == '[@' and M.header(lines[at])
    local is_image = head and head.mentions[1]:find('^@image:') ~= nil
    local last = head and (is_image and at or fence_end(lines, at + 1))
    if last then
      local kind = is_image and 'image' or 'block'
      found[#found + 1] = { kind = kind, mentions = head.mentions, tokens = head.tokens, first = at, last = last }
      at = last
    end
    at = at + 1
  end
  return found
end

--- Which mentions of a message are already answered in it.
---@param text string
---@return table<string, true>
function M.attached(text)
  local set = {}
  for _, attached in ipairs(M.find(lines_in.of(text))) do
    for _, mention in ipairs(attached.mentions) do
      set[mention] = true
    end
  end
  return set
end

-- Sending -------------------------------------------------------------------------------------------------------------

--- The path in the mention of an image.
local function path_of(mention)
  local path = mention:match('^@image:(.*)$')
  return path:match('^"(.*)"$') or path
end

local function image_part(mention, read_image)
  local content, why = read_image(path_of(mention))
  local found = content and picture.look(content)
  if not found then
    return nil, ('%s: %s'):format(mention, why or 'it is no image any more')
  end
  local url = ('data:%s;base64,%s'):format(found.mime, base64.encode(content))
  return { type = 'image_url', image_url = { url = url } }
end

--- Adds what has gathered as a part of text, if there is any to read.
local function add_text(parts, lines)
  local text = table.concat(lines, '\n')
  if text:find('%S') then
    parts[#parts + 1] = { type = 'text', text = text }
  end
end

--- The content of a user's message as it is sent: the text itself, or a list of parts when there are images. For
--- messages of the user only: no model may name a file that is sent.
---@param text string
---@param read_image fun(path: string): string|nil, string|nil the bytes, or nil and why not
---@return string|table[] content
---@return string[] problems images that can't be sent; their line is sent in their place
function M.content(text, read_image)
  if not text:find('[@image:', 1, true) then
    return text, {}
  end
  local lines, parts, gathered, problems, at = lines_in.of(text), {}, {}, {}, 1
  for _, attached in ipairs(M.find(lines)) do
    for i = at, attached.last do
      gathered[#gathered + 1] = lines[i]
    end
    at = attached.last + 1
    if attached.kind == 'image' then
      local part, problem = image_part(attached.mentions[1], read_image)
      if part then
        add_text(parts, gathered) -- with the line of the image, which names it
        parts[#parts + 1] = part
        gathered = {}
      end
      problems[#problems + 1] = problem
    end
  end
  if #parts == 0 then
    return text, problems
  end
  for i = at, #lines do
    gathered[#gathered + 1] = lines[i]
  end
  add_text(parts, gathered)
  return parts, problems
end

return M
