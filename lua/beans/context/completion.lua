-- What completes a mention: names, then paths of one folder, or what else its argument may be.

local attachment = require('beans.attachment')
local host = require('beans.host')
local path_of = require('beans.path')
local secrets = require('beans.secrets')
local source = require('beans.context.source')

local M = {}

local MAX = 300

local function begins(text, with)
  return text:sub(1, #with) == with
end

local function names(lead, providers)
  local items = {}
  for _, provider in ipairs(providers) do
    local word = '@' .. provider.name .. (provider.takes == 'needed' and ':' or '')
    if begins(word, lead) then
      items[#items + 1] = { word = word, menu = provider.about }
    end
  end
  return items
end

--- A mention of a path; one of a folder stays open for what comes next.
local function word_for(name, path, is_folder)
  local word = attachment.mention(name, path)
  if is_folder then
    word = path:find('%s') and word:gsub('"$', '') or ('@%s:%s'):format(name, path)
  end
  return word
end

local function is_wanted(entry, typed, endings)
  local name = entry.name
  if not begins(name, typed) or name == '.git' or (name:sub(1, 1) == '.' and typed:sub(1, 1) ~= '.') then
    return false
  end
  return entry.kind == 'directory' or not endings or endings[(name:match('%.(%w+)$') or ''):lower()] ~= nil
end

--- A link to a folder is a folder here: one looks into it by going there.
local function kind_of(entry, folder)
  if entry.kind ~= 'other' then
    return entry.kind
  end
  local facts = host.file_facts(folder .. '/' .. entry.name)
  return facts and facts.kind or 'other'
end

local function paths(provider, typed)
  local before, name = typed:match('^(.*/)([^/]*)$')
  before, name = before or '', name or typed
  local folder = source.absolute(before == '' and '.' or before)
  local entries, items = host.list_dir(folder) or {}, {}
  table.sort(entries, function(a, b)
    return a.name < b.name
  end)
  for _, entry in ipairs(entries) do
    entry.kind = begins(entry.name, name) and kind_of(entry, folder) or entry.kind
    local is_folder = entry.kind == 'directory'
    local path = before .. entry.name .. (is_folder and '/' or '')
    local is_secret = not is_folder and secrets.has((folder == '/' and '' or folder) .. '/' .. entry.name)
    if #items < MAX and is_wanted(entry, name, provider.endings) and not is_secret then
      items[#items + 1] = { word = word_for(provider.name, path, is_folder), menu = is_folder and 'folder' or '' }
    end
  end
  return items
end

--- Files that are open, by what their last part begins with.
local function open_files(provider, typed, items)
  local have = {}
  for _, item in ipairs(items) do
    have[item.word] = true
  end
  for _, buf in ipairs(host.ordinary_bufs()) do
    local path = path_of.relative(host.buf_path(buf), host.cwd())
    local word = path ~= '' and word_for(provider.name, path, false)
    if word and not have[word] and begins(path_of.name(path), typed) and not secrets.has(host.buf_path(buf)) then
      items[#items + 1] = { word = word, menu = 'open' }
    end
  end
  return items
end

--- What may stand in the place of a lead.
---@param lead string with its `@`
---@param providers beans.ContextProvider[]
---@return beans.Completion[]
function M.items(lead, providers)
  local name, typed = lead:match('^@(%l+):(.*)$')
  if not name then
    return names(lead, providers)
  end
  typed = typed:gsub('^"', '')
  local items = {}
  for _, provider in ipairs(providers) do
    if provider.name == name and provider.path then
      items = paths(provider, typed)
      if not provider.endings and not typed:find('/', 1, true) then
        open_files(provider, typed, items)
      end
    end
    for _, argument in ipairs(provider.name == name and provider.arguments or {}) do
      if begins(argument, typed) then
        items[#items + 1] = { word = ('@%s:%s'):format(name, argument), menu = '' }
      end
    end
  end
  return items
end

return M
