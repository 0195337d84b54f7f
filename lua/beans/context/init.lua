-- Context: what `@` mentions in a message stand for. Each kind has a file of its own beside this one; what they find
-- becomes text of the message (see attachment.lua), so that what is sent can be read before and after.

local attachment = require('beans.attachment')
local host = require('beans.host')
local mentions = require('beans.mentions')

local M = {}

---@class beans.Snapshot the state of the editor that mentions are about
---@field cwd string
---@field buf integer|nil the buffer that the user comes from; nil when there is none
---@field path string|nil of its file, absolute
---@field name string as it is shown
---@field filetype string
---@field line integer the cursor there
---@field col integer
---@field selection beans.Selection|nil

---@class beans.ContextRequest
---@field mention beans.Mention
---@field snapshot beans.Snapshot

---@class beans.ContextProvider
---@field name string
---@field about string for the completion menu
---@field takes 'none'|'optional'|'needed' an argument
---@field arguments? string[] those that there are
---@field path? boolean the argument is a path
---@field endings? table<string, true> of files that are completed
---@field available? fun(): boolean whether this editor can
---@field collect fun(request: beans.ContextRequest, on_done: fun(blocks: string[], problems: string[])) calls `on_done`
---once, at once or later; problems without the mention before them

local NAMES = {
  'buffer',
  'buffers',
  'file',
  'selection',
  'symbol',
  'diagnostics',
  'diff',
  'lsp',
  'quickfix',
  'tree',
  'url',
  'image',
}

---@type beans.ContextProvider[]|nil
local providers

--- The providers that this editor has.
---@return beans.ContextProvider[]
function M.providers()
  if not providers then
    providers = {}
    for _, name in ipairs(NAMES) do
      local provider = require('beans.context.' .. name)
      if not provider.available or provider.available() then
        providers[#providers + 1] = provider
      end
    end
  end
  return providers
end

local function by_name()
  local found, takes = {}, {}
  for _, provider in ipairs(M.providers()) do
    found[provider.name], takes[provider.name] = provider, provider.takes
  end
  return found, takes
end

--- The state of the buffer that the user is in or comes from: the last one that is no chat and no tool's.
---@return beans.Snapshot
function M.snapshot()
  local snapshot = { cwd = host.cwd(), name = '', filetype = '', line = 1, col = 0 }
  local origin = host.origin()
  if origin then
    local file, path = host.file_of(origin.buf), host.buf_path(origin.buf)
    snapshot.buf, snapshot.line, snapshot.col = origin.buf, origin.line, origin.col
    snapshot.name, snapshot.filetype = file.name, file.filetype
    snapshot.path = path:sub(1, 1) == '/' and path or nil
    snapshot.selection = host.selection(origin.buf)
  end
  return snapshot
end

-- Attaching -----------------------------------------------------------------------------------------------------------

--- The mentions of a message that nothing is attached for.
---@param text string
---@return beans.Mention[]
function M.pending(text)
  local _, takes = by_name()
  local found, attached = {}, nil
  for _, mention in ipairs(mentions.find(text, takes)) do
    attached = attached or attachment.attached(text)
    if not attached[mention.text] then
      found[#found + 1] = mention
    end
  end
  return found
end

--- Asks one provider. Whatever it does, the answer comes once.
local function collect(provider, mention, snapshot, on_done)
  local answered = false
  local function answer(blocks, problems)
    if not answered then
      answered = true
      on_done(blocks, problems)
    end
  end
  local ok, message = pcall(provider.collect, { mention = mention, snapshot = snapshot }, answer)
  if not ok then
    answer({}, { 'failed: ' .. tostring(message) })
  end
end

--- Finds what the mentions of a message stand for.
---@param text string of the message
---@param snapshot beans.Snapshot
---@param on_done fun(blocks: string[], problems: string[], notes: string[]) blocks to append to the message (as they
---are: whoever writes them into a chat escapes them as any text); a line for each mention that brought nothing; and one
---for each thing that was left out of what others brought. Always later
function M.attach(text, snapshot, on_done)
  local found = by_name()
  local waiting = M.pending(text)
  local blocks, problems, notes, there = {}, {}, {}, {}
  local function next_mention(i)
    local mention = waiting[i]
    if not mention then
      return on_done(blocks, problems, notes)
    elseif there[mention.text] then
      return next_mention(i + 1)
    end
    collect(found[mention.name], mention, snapshot, function(new_blocks, new_problems)
      for _, block in ipairs(new_blocks) do
        blocks[#blocks + 1] = block
        for answered in pairs(attachment.attached(block)) do
          there[answered] = true
        end
      end
      local told = new_blocks[1] and notes or problems
      for _, problem in ipairs(new_problems) do
        told[#told + 1] = ('%s: %s'):format(mention.text, problem)
      end
      host.schedule(function()
        next_mention(i + 1)
      end)
    end)
  end
  host.schedule(function()
    next_mention(1)
  end)
end

--- Reads an image that stands in a message, for attachment.content().
---@param path string
---@return string|nil bytes
---@return string|nil why not
function M.read_image(path)
  return require('beans.context.image').read(path)
end

-- Completing ----------------------------------------------------------------------------------------------------------

--- What may stand in the place of a mention that is being typed.
---@param lead string what there is of it, with its `@`
---@return beans.Completion[]
function M.complete(lead)
  return require('beans.context.completion').items(lead, M.providers())
end

--- Completes the mention at the end of a line: fit for host.omnifunc().
---@param line string up to the cursor
---@return integer|nil col where it begins; nil: there is none
---@return beans.Completion[]|nil
function M.omni(line)
  local lead, col = mentions.lead(line)
  if lead then
    return col, M.complete(lead)
  end
end

return M
