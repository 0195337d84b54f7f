-- The chats there are: what stands in the first bytes of their files, read in slices and kept in memory for as long as
-- the files stay as they are.

local config = require('beans.config')
local front_matter = require('beans.front_matter')
local host = require('beans.host')
local slices = require('beans.slices')
local transcript = require('beans.transcript')
local words = require('beans.words')

local M = {}

-- What is read of a file: a head and the beginning of a question. A head with a long system prompt takes more.
local BYTES, LONG_HEAD_BYTES = 2048, 65536
-- What is shown of a question at most.
local PREVIEW_BYTES = 400
-- A file that was changed so shortly before it was read may change again without another time or size.
local SETTLED_S = 3

---@class beans.ChatSummary
---@field path string
---@field name string of the file
---@field changed number seconds since 1970
---@field size integer
---@field title string the file's name where it has none
---@field model string|nil
---@field cost_micro_usd number|nil
---@field preview string the beginning of the first question, on one line; '' where there is none
---@field body integer how many bytes stand above the text

---@type table<string, beans.ChatSummary> what was read, by path
local kept = {}

--- The folder of the chats.
---@return string
function M.dir()
  return (config.get().data_dir or host.data_dir()) .. '/chats'
end

local function lines_of(text)
  local lines = {}
  for line in (text .. '\n'):gmatch('([^\n]*)\n') do
    lines[#lines + 1] = line:gsub('\r$', '')
  end
  return lines
end

--- The head of a chat, and how many bytes it takes.
local function head_of(text)
  if not text:find('^%-%-%-\r?\n') then
    return nil, 0
  end
  local _, last = text:find('\n%-%-%-\r?\n')
  if not last then
    return nil, 0
  end
  return front_matter.parse(lines_of(text:sub(1, last))), last
end

--- Whether a text begins like a head, but ends before the head does.
local function is_cut_in_head(text, bytes)
  return #text == bytes and text:find('^%-%-%-\r?\n') ~= nil and not text:find('\n%-%-%-\r?\n')
end

local function read(path)
  local text = host.read_head(path, BYTES) or ''
  if is_cut_in_head(text, BYTES) then
    text = host.read_head(path, LONG_HEAD_BYTES) or ''
  end
  return text
end

--- Takes expanded mentions off: a line with what it is, then a fenced block.
local function without_context(text)
  local kept_lines, fence, after_mention = {}, nil, false
  for line in (text .. '\n'):gmatch('([^\n]*)\n') do
    local mark = line:match('^(```+)')
    if fence then
      fence = not (mark and #mark >= #fence) and fence or nil
    elseif after_mention and mark then
      fence = mark
    elseif not line:find('^%[@.+ ~[%d.]+k? tokens%]$') then
      kept_lines[#kept_lines + 1] = line
    end
    after_mention = not fence and line:find('^%[@.+ tokens%]$') ~= nil
  end
  return table.concat(kept_lines, '\n')
end

--- The beginning of the first question.
local function preview_of(text, body)
  local heading = transcript.heading('user')
  local from = ('\n' .. text .. '\n'):find('\n' .. heading .. '\r?\n', body + 1)
  if not from then
    return ''
  end
  local piece = text:sub(from, from + PREVIEW_BYTES):gsub('[\194-\244][\128-\191]*$', '') -- none is cut in half
  local message = transcript.parse(lines_of(piece))[1]
  local question = message and message.content or ''
  local own = words.line(without_context(question))
  return own ~= '' and own or words.line(question)
end

---@return beans.ChatSummary
local function summary_of(path, name, facts)
  local text = read(path)
  local head, body = head_of(text)
  local fields = head and head.fields or {}
  local preview = preview_of(text, body)
  local title = words.line(fields.title or '')
  if title == '' then
    -- What has neither a head nor a question is damaged, or none of ours.
    title, preview = preview, ''
  end
  return {
    path = path,
    name = name,
    changed = facts.modified,
    size = facts.size,
    title = title ~= '' and title or words.line(name),
    model = fields.model and words.line(fields.model),
    cost_micro_usd = tonumber(fields.cost_micro_usd or ''),
    preview = preview,
    body = body,
  }
end

--- What stands in a file, from memory where it has not changed since.
local function look(path, name)
  local facts = host.file_facts(path)
  if not facts or facts.kind ~= 'file' then
    return nil -- it was deleted meanwhile, or is a link to something else
  end
  local summary = kept[path]
  if summary and summary.changed == facts.modified and summary.size == facts.size then
    return summary
  end
  summary = summary_of(path, name, facts)
  kept[path] = facts.modified < os.time() - SETTLED_S and summary or nil
  return summary
end

local function is_newer(a, b)
  if a.changed ~= b.changed then
    return a.changed > b.changed
  end
  return a.name < b.name
end

--- Lists the chats, the one that was changed last first.
---@param on_list fun(list: beans.ChatSummary[]|nil, problem: string|nil) nil and why when the folder can't be read
---@return beans.Slices
function M.list(on_list)
  local dir, list, at = M.dir(), {}, 0
  local entries, problem
  local function step()
    if not entries then
      entries, problem = host.list_dir(dir)
      return entries ~= nil
    end
    at = at + 1
    local entry = entries[at]
    -- What is 'other' may be a link to a file.
    if entry and entry.kind ~= 'directory' and entry.name:find('%.md$') then
      list[#list + 1] = look(dir .. '/' .. entry.name, entry.name)
    end
    return entry ~= nil
  end
  return slices.run(step, function()
    if not entries and host.file_facts(dir) then
      return on_list(nil, problem)
    end
    table.sort(list, is_newer)
    on_list(list)
  end)
end

return M
