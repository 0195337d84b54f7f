-- The rules of a project: the nearest `AGENTS.md` (or what `chat.rules` names), which goes along with chats when the
-- user has allowed that for the project. Nothing outside of the project is read, whatever a link in it leads to.
--
-- Allowed is a project, not a text: its rules change as its code does. Answers are kept in `rules.tsv` of the data
-- folder, a line a project: yes or no, a tab, the project's folder.

local config = require('beans.config')
local host = require('beans.host')
local words = require('beans.words')

local M = {}

-- What goes along, and what is read at all.
local SENT_BYTES, READ_BYTES = 32 * 1024, 1024 * 1024

---@class beans.RuleFile
---@field path string absolute, without symbolic links
---@field name string as it is shown: below the project's folder
---@field project string the folder the user is asked about

---@class beans.Rule: beans.RuleFile
---@field text string

--- Projects that the user does not want to be asked about in this session.
local not_now = {}
---@type table<string, (fun(allowed: boolean))[]> who waits for the answer, by project
local waiting = {}
--- What the user was told of.
local told = {}

local function tell(text)
  if not told[text] then
    told[text] = true
    host.notify('beans: ' .. words.line(text), 'warn')
  end
end

-- Finding -------------------------------------------------------------------------------------------------------------

local function below(folder, name)
  return folder == '/' and '/' .. name or folder .. '/' .. name
end

--- The folders from here up to the project's root, to the home or to the top, the nearest first.
---@return string[] folders
---@return string|nil root the folder with `.git`
local function folders_from(folder)
  local folders, home = {}, host.real_path(host.env('HOME') or '/')
  local here = host.real_path(folder)
  while here do
    folders[#folders + 1] = here
    if host.file_facts(below(here, '.git')) then
      return folders, here
    elseif here == home or here == '/' then
      return folders
    end
    local up = here:match('^(.*)/[^/]*$')
    here = up == '' and '/' or up
  end
  return folders
end

--- A file that may be read, or nil.
---@return beans.RuleFile|nil
local function usable(folder, name, project, may_send)
  local shown = below(folder, name)
  local path = host.real_path(shown)
  local facts = path and host.file_facts(path)
  if not facts or facts.kind ~= 'file' then
    return nil
  end
  local inside = below(project, '')
  local rest = path:sub(1, #inside) == inside and path:sub(#inside + 1)
  if not rest or rest:find('^%.git/') then
    tell(('%s leads out of its project: not read'):format(shown))
    return nil
  elseif facts.size > READ_BYTES then
    tell(('%s has %.0f MB: not sent'):format(shown, facts.size / 1e6))
    return nil
  elseif may_send and not may_send(path) then
    return nil
  end
  return { path = path, name = shown:sub(#inside + 1), project = project }
end

--- The nearest file with rules.
---@param folder string where to begin
---@param may_send? fun(path: string): boolean whether nothing else forbids to send a file
---@return beans.RuleFile|nil
function M.find(folder, may_send)
  local names = config.get().chat.rules
  local folders, root = folders_from(folder)
  for _, here in ipairs(folders) do
    for _, name in ipairs(names) do
      local file = usable(here, name, root or here, may_send)
      if file then
        return file
      end
    end
  end
end

-- Asking --------------------------------------------------------------------------------------------------------------

local function path_of_answers()
  return config.data_dir() .. '/rules.tsv'
end

--- A folder's name may have anything in it, also what ends a line.
local function escape(folder)
  return (folder:gsub('[%%%c]', function(character)
    return ('%%%02X'):format(character:byte())
  end))
end

--- The lines that were kept for other projects, and what was answered for this one: 'yes', 'no' or nil.
local function answers(project)
  local others, answer, name = {}, nil, escape(project)
  for line in (host.read_file(path_of_answers()) or ''):gmatch('[^\r\n]+') do
    local said, folder = line:match('^(%a+)\t(.+)$')
    if folder == name then
      answer = said
    elseif folder then
      others[#others + 1] = line
    end
  end
  return others, answer
end

local function keep(project, answer)
  local lines = answers(project)
  lines[#lines + 1] = answer .. '\t' .. escape(project)
  local ok, message = host.write_file(path_of_answers(), table.concat(lines, '\n') .. '\n')
  if not ok then
    host.notify(('beans: the answer was not kept: %s'):format(tostring(message)), 'warn')
  end
end

local CHOICES = { 'Always for this project', 'Never for this project', 'Not now' }

local function settle(project, index)
  not_now[project] = true -- also where the answer can't be kept
  if index == 1 or index == 2 then
    keep(project, index == 1 and 'yes' or 'no')
    not_now[project] = nil
  end
  local callbacks = waiting[project]
  waiting[project] = nil
  for _, callback in ipairs(callbacks) do
    callback(index == 1)
  end
end

--- Asks, once a project at a time.
local function ask(file, on_answer)
  if waiting[file.project] then
    table.insert(waiting[file.project], on_answer)
    return
  end
  waiting[file.project] = { on_answer }
  local prompt = words.line(('Send %s of %s along with chats?'):format(file.name, file.project))
  host.select(CHOICES, prompt, function(_, index)
    if waiting[file.project] then
      settle(file.project, index)
    end
  end)
end

-- Reading -------------------------------------------------------------------------------------------------------------

--- What goes along of a text: as much as may, in whole lines, and a word where that is not all.
local function capped(text)
  if #text <= SENT_BYTES then
    return text
  end
  local part = text:sub(1, SENT_BYTES)
  part = part:match('^(.*\n)') or part:gsub('[\192-\255][\128-\191]*$', '') .. '\n'
  return ('%s[cut here: the first %.0f of %.0f KiB]'):format(part, #part / 1024, #text / 1024)
end

---@return beans.Rule|nil
local function read(file)
  local text, message = host.read_file(file.path)
  if not text then
    tell(('%s: %s'):format(file.path, tostring(message)))
    return nil
  end
  text = text:gsub('^\239\187\191', ''):gsub('\r\n', '\n'):match('^.*%S') or ''
  if text == '' or text:find('\0', 1, true) then
    return nil
  end
  return { path = file.path, name = file.name, project = file.project, text = capped(text) }
end

--- The rules that go along with a chat about a folder. When nothing has to be asked, `on_done` is called before this
--- returns; else when the user has answered.
---@param folder string
---@param on_done fun(rule: beans.Rule|nil) nil: there are none, or they may not be sent
---@param may_send? fun(path: string): boolean whether nothing else forbids to send a file
function M.get(folder, on_done, may_send)
  local file = M.find(folder, may_send)
  if not file or not_now[file.project] then
    return on_done(nil)
  end
  local _, answer = answers(file.project)
  if answer then
    return on_done(answer == 'yes' and read(file) or nil)
  end
  ask(file, function(allowed)
    on_done(allowed and read(file) or nil)
  end)
end

--- The rules as a part of the system message.
---@param rule beans.Rule
---@return string
function M.wrap(rule)
  local form = 'The project that this is about has rules for those who work on it, in its file %s. Keep to them.\n\n%s'
  return form:format(rule.name, rule.text)
end

return M
