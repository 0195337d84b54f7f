-- What is known of chats as the text of a file: a line for each. It is read as it was written to the byte, or not at
-- all. Pure.
--
--   beans-chats 1 SHA256-OF-THE-LINES
--   NAME → TIME → SIZE → BODY → COST → MODEL → TITLE → PREVIEW        (→ is a tab)

local M = {}

-- Another number for other fields, or other ways to get them from a chat.
local HEAD = 'beans-chats 1 '

local function number(value)
  return value and ('%.17g'):format(value) or ''
end

--- A chat as a line. None of its texts has control characters.
---@param entry beans.ChatEntry
---@return string
function M.line(entry)
  return table.concat({
    entry.name,
    number(entry.changed),
    number(entry.size),
    number(entry.body),
    number(entry.cost_micro_usd),
    entry.model or '',
    entry.title,
    entry.preview,
  }, '\t') .. '\n'
end

--- What stands behind the name in a line.
---@param facts string
---@return beans.ChatEntry # without name and path
function M.entry(facts)
  local changed, size, body, cost, model, title, preview =
    facts:match('^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$')
  return {
    changed = tonumber(changed),
    size = tonumber(size),
    body = tonumber(body),
    cost_micro_usd = tonumber(cost),
    model = model ~= '' and model or nil,
    title = title,
    preview = preview,
  }
end

--- The whole text.
---@param lines string[]
---@param sha256 fun(text: string): string
---@return string
function M.text(lines, sha256)
  local text = table.concat(lines)
  return HEAD .. sha256(text) .. '\n' .. text
end

--- Takes a text apart, but reads no chat yet: that is done for each as it is looked at.
---@param text string
---@param sha256 fun(text: string): string
---@return table<string, string>|nil facts by name; nil when the text is damaged, or written by another version
---@return integer count how many there are
function M.parse(text, sha256)
  local sum, from = text:match('^' .. HEAD:gsub('%-', '%%-') .. '(%x+)\n()')
  local lines = sum and text:sub(from)
  if not lines or lines:find('%z') or sha256(lines) ~= sum then
    return nil, 0
  end
  local facts, count = {}, 0
  for name, rest in lines:gmatch('([^\t\n]*)\t([^\n]*)\n') do
    facts[name], count = rest, count + 1
  end
  return facts, count
end

return M
