-- A prompt as a Markdown file: a head that says how it is to be sent, and the text. Pure.
--
--   ---
--   description: Find bugs in the selection
--   for: chat
--   context: @selection @diagnostics
--   model: gpt-5.5
--   params: {"temperature": 0}
--   system_prompt: "You are a reviewer."
--   ---
--   Review this code. {{input}}
--
-- All of the head may be left out. Keys that are not ours are for others.

local front_matter = require('beans.front_matter')
local json = require('beans.json')
local lines_in = require('beans.lines')

local M = {}

-- What is larger was not meant to be a prompt.
M.MAX_BYTES = 256 * 1024
M.TOO_LARGE = ('too large (at most %d KiB)'):format(M.MAX_BYTES / 1024)

local PLACE = '{{input}}'
local FOR = { chat = { chat = true }, rewrite = { rewrite = true }, both = { chat = true, rewrite = true } }

---@class beans.Prompt
---@field description string '' when there is none
---@field features table<string, boolean> which features it is for
---@field context string[] mentions, as '@selection'
---@field model string|nil
---@field params table|nil
---@field system_prompt string|nil
---@field body string

--- JSON, or words as they stand.
local function words_of(text)
  if text:sub(1, 1) ~= '"' then
    return text
  end
  return json.decode(text)
end

--- Mentions, between them blanks or commas, perhaps in brackets; an argument in quotes may have blanks in it.
local function mentions_of(text)
  text = text:match('^%[(.*)%]$') or text
  local list, at = {}, 1
  while true do
    at = text:match('^[%s,]*()', at)
    if at > #text then
      return list
    end
    local word, after = text:match('^(@%a+:"[^"]*")()', at)
    if not word then
      word, after = text:match('^(%S-),?%f[%s%z]()', at)
    end
    if not word:find('^@%a') then
      return nil, ('"%s" is no mention: those begin with @'):format(word)
    end
    list[#list + 1] = word
    at = after
  end
end

local function params_of(text, marks)
  local value, problem = json.decode(text, marks())
  if problem then
    return nil, problem
  elseif type(value) ~= 'table' or text:sub(1, 1) ~= '{' then
    return nil, 'expected a JSON object'
  end
  return value
end

--- How each field of the head is read: a value, or nil and what is wrong.
local READ = {
  description = words_of,
  model = words_of,
  system_prompt = words_of,
  params = params_of,
  context = mentions_of,
  ['for'] = function(text)
    return FOR[text], 'expected chat, rewrite or both'
  end,
}

--- A text without the blanks at its end. (`%s+$` takes time in proportion to the square of blanks in its middle.)
local function trimmed(text)
  return text:match('^.*%S') or ''
end

--- Reads a prompt.
---@param text string content of the file
---@param marks fun(): beans.JsonMarks for the parameters, asked only where there are any
---@return beans.Prompt|nil
---@return string|nil problem what is wrong with the file
function M.parse(text, marks)
  if #text > M.MAX_BYTES then
    return nil, M.TOO_LARGE
  elseif text:find('\0', 1, true) then
    return nil, 'no text'
  end
  local lines = lines_in.of((text:gsub('^\239\187\191', ''):gsub('\r\n', '\n')))
  local head, last = front_matter.parse(lines)
  local found = {}
  for key, read in pairs(READ) do
    local written = head and head.fields[key]
    if written and written ~= '' then
      local value, problem = read(written, marks)
      if value == nil then
        return nil, ('%s: %s'):format(key, problem)
      end
      found[key] = value
    end
  end
  local body = trimmed((table.concat(lines, '\n', last + 1):gsub('^%s*\n', '')))
  if body == '' and not found.system_prompt then
    return nil, 'nothing in it to send'
  end
  return {
    description = found.description or '',
    features = found['for'] or FOR.both,
    context = found.context or {},
    model = found.model,
    params = found.params,
    system_prompt = found.system_prompt,
    body = body,
  }
end

--- Puts what the user typed in the place for it. A line that is nothing but that place goes when nothing was typed.
---@param prompt beans.Prompt
---@param input string '' when nothing was typed
---@return string
function M.fill(prompt, input)
  local lines, found = {}, false
  for _, line in ipairs(lines_in.of(prompt.body)) do
    local first, last = line:find(PLACE, 1, true)
    local is_all = first and line:find('^%s*{{input}}%s*$')
    while first do
      found = true
      line = line:sub(1, first - 1) .. input .. line:sub(last + 1)
      first, last = line:find(PLACE, first + #input, true)
    end
    if not (is_all and input == '') then
      lines[#lines + 1] = line
    end
  end
  local text = trimmed(table.concat(lines, '\n'))
  if found or input == '' then
    return text
  end
  return text == '' and input or text .. '\n\n' .. input
end

return M
