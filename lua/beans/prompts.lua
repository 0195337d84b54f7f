-- The prompt library: Markdown files, those that come with Beans (in the folder of this name) and the user's own, which
-- go over them. A text that begins with `/name` becomes the text of that file.

local client = require('beans.client')
local config = require('beans.config')
local host = require('beans.host')
local log = require('beans.log')
local prompt_file = require('beans.prompt_file')

local M = {}

-- Made absolute now: the working directory may change.
local here = debug.getinfo(1, 'S').source:gsub('^@', ''):gsub('%.lua$', '')
local BUNDLED = host.real_path(here) or here

local COARSE_S = 2

---@alias beans.PromptSource 'bundled'|'user'

---@class beans.PromptEntry
---@field name string as it is typed behind the slash
---@field description string
---@field source beans.PromptSource

---@class beans.KnownPrompt a file as it was read last
---@field kind string
---@field size integer
---@field modified number
---@field read integer when
---@field prompt beans.Prompt|nil
---@field problem string|nil

---@type table<string, beans.KnownPrompt> by path
local known = {}
--- Problems the user was told of.
local told = {}

--- The folder of the user's own prompts.
---@return string
function M.folder()
  local cfg = config.get()
  return cfg.prompts_dir or config.data_dir(cfg) .. '/prompts'
end

-- Reading -------------------------------------------------------------------------------------------------------------

--- Null and empty objects in parameters, as requests have them. Without the module nothing can be sent either.
local function marks()
  local core = client.core()
  return {
    null = core and core.null,
    object = core and core.object or function(fields)
      return fields
    end,
  }
end

local function read(path, facts)
  if facts.kind ~= 'file' then
    return nil, 'no file'
  elseif facts.size > prompt_file.MAX_BYTES then
    return nil, prompt_file.TOO_LARGE
  end
  local text, problem = host.read_file(path)
  if not text then
    return nil, problem
  end
  return prompt_file.parse(text, marks)
end

--- Whether a file is still as it was read. What was written right before may have been written once more since: clocks
--- of file systems are coarse.
local function is_fresh(last, facts)
  return last.kind == facts.kind
    and last.size == facts.size
    and last.modified == facts.modified
    and last.read - last.modified >= COARSE_S
end

--- A file, read again only when it was written since.
---@return beans.KnownPrompt
local function prompt_at(path)
  local facts = host.file_facts(path) or { kind = 'nothing', size = 0, modified = 0 }
  if not known[path] or not is_fresh(known[path], facts) then
    local prompt, problem = read(path, facts)
    known[path] = {
      kind = facts.kind,
      size = facts.size,
      modified = facts.modified,
      read = os.time(),
      prompt = prompt,
      problem = problem,
    }
  end
  return known[path]
end

--- Adds the prompts of a folder to those that were found; a folder that is not there has none.
local function add_folder(found, folder, source)
  for _, entry in ipairs(host.list_dir(folder) or {}) do
    local name = entry.name:match('^([^%s.%c][^%s%c]*)%.md$')
    if name and entry.kind ~= 'directory' then
      found[name] = { path = folder .. '/' .. entry.name, source = source }
    end
  end
end

---@return table<string, {path: string, source: beans.PromptSource}> by name
local function files()
  local found = {}
  add_folder(found, BUNDLED, 'bundled')
  add_folder(found, M.folder(), 'user')
  return found
end

local function problem_of(path, problem)
  return ('the prompt %s: %s'):format(path, log.line(problem))
end

local function tell(text)
  if not told[text] then
    told[text] = true
    host.notify('beans: ' .. text, 'warn')
  end
end

-- For features --------------------------------------------------------------------------------------------------------

--- The prompts of a feature, by name. Files that are damaged are left out, and the user is told of each once.
---@param feature beans.Feature
---@return beans.PromptEntry[]
function M.list(feature)
  local entries = {}
  for name, file in pairs(files()) do
    local read_last = prompt_at(file.path)
    if read_last.problem then
      tell(problem_of(file.path, read_last.problem))
    elseif read_last.prompt.features[feature] then
      entries[#entries + 1] = { name = name, description = read_last.prompt.description, source = file.source }
    end
  end
  table.sort(entries, function(a, b)
    return a.name < b.name
  end)
  return entries
end

--- What a beginning may become.
---@param lead string '/', '/ex' or 'ex'
---@param feature beans.Feature
---@return {word: string, menu: string, source: beans.PromptSource}[] words with their slash; `menu` is the description
function M.complete(lead, feature)
  local wanted, items = '/' .. lead:gsub('^/', ''), {}
  for _, entry in ipairs(M.list(feature)) do
    local word = '/' .. entry.name
    if word:sub(1, #wanted) == wanted then
      items[#items + 1] = { word = word, menu = entry.description, source = entry.source }
    end
  end
  return items
end

--- Completes the name of a prompt at the very beginning of a question.
---@param line string the question's first line, up to the cursor
---@param feature beans.Feature
---@return integer|nil col where the name begins; nil: there is none
---@return {word: string, menu: string, source: beans.PromptSource}[]|nil
function M.omni(line, feature)
  if line:find('^/%S*$') then
    return 0, M.complete(line, feature)
  end
end

-- What their argument names is something of its own: two of them are two things.
local IS_ABOUT_ARGUMENT = { file = true, image = true, url = true }

--- Whether a text has a mention already, or another of its kind: `@diff` for `@diff:staged`.
local function has_mention(text, mention)
  local name = mention:match('^@(%a+)')
  if IS_ABOUT_ARGUMENT[name] then
    return text:find(mention, 1, true) ~= nil
  end
  return (' ' .. text):find('%s@' .. name .. '%f[^%w_]') ~= nil
end

--- The mentions of a prompt that do not go along already: the lines that a range named, or what the user typed.
local function missing_mentions(prompt, input, present)
  local all, missing = input .. ' ' .. table.concat(present or {}, ' '), {}
  for _, mention in ipairs(prompt.context) do
    if not has_mention(all, mention) then
      missing[#missing + 1] = mention
    end
  end
  return missing
end

local function copy(value)
  if type(value) ~= 'table' then
    return value
  end
  local twin = {}
  for key, item in pairs(value) do
    twin[key] = copy(item)
  end
  return setmetatable(twin, getmetatable(value))
end

---@class beans.ExpandedPrompt
---@field name string
---@field text string what to send; below it, on a line of their own, the mentions of its context
---@field model string|nil for this request
---@field params table|nil for this request; a table of the caller's own
---@field system_prompt string|nil for this request

--- Expands a text that begins with `/name`. A name that nobody knows is text like any other.
---@param text string
---@param feature beans.Feature
---@param present? string[] mentions that go along anyway: `@selection` where lines were given
---@return beans.ExpandedPrompt|nil # nil without a problem: send the text as it is
---@return string|nil problem why the prompt can't be used
function M.expand(text, feature, present)
  local name, after = text:match('^/(%S+)%s*()')
  local file = name and files()[name]
  if not file then
    return nil
  end
  local rest = text:sub(after):match('^.*%S') or ''
  local read_last = prompt_at(file.path)
  if read_last.problem then
    return nil, problem_of(file.path, read_last.problem)
  end
  local prompt = read_last.prompt
  if not prompt.features[feature] then
    return nil, ('the prompt /%s is not for %s'):format(name, feature)
  end
  local filled, mentions = prompt_file.fill(prompt, rest), missing_mentions(prompt, rest, present)
  if mentions[1] then
    filled = filled .. (filled == '' and '' or '\n\n') .. table.concat(mentions, ' ')
  end
  return {
    name = name,
    text = filled,
    model = prompt.model,
    params = copy(prompt.params),
    system_prompt = prompt.system_prompt,
  }
end

--- The settings of a request: what a prompt says goes over the others.
---@param settings {model: string, params: table, system_prompt: string|nil}
---@param prompt beans.ExpandedPrompt
---@return {model: string, params: table, system_prompt: string|nil} # a new table
function M.settings(settings, prompt)
  local params = {}
  for _, layer in ipairs({ settings.params, prompt.params or {} }) do
    for name, value in pairs(layer) do
      params[name] = value
    end
  end
  return {
    model = prompt.model or settings.model,
    params = params,
    system_prompt = prompt.system_prompt or settings.system_prompt,
  }
end

return M
