-- Chats and messages as lines of a menu: columns that stand below each other, cut at the screen's edge. Pure: how wide
-- a text is, only an editor knows, and gives `fit`.

local words = require('beans.words')

local M = {}

local DAY_S = 86400
local GAP = '  '
-- What the columns take at most, of which the title gets a part of the screen.
local MODEL_CELLS, COST_CELLS, TITLE_PART = 20, 9, 0.35

local function day_of(time)
  return os.date('%Y-%m-%d', time)
end

--- When something was, as people say it.
---@param time number seconds since 1970
---@param now number
---@return string # 'today 14:03', 'yesterday 09:11', '2026-11-02'
function M.date(time, now)
  time, now = math.floor(time), math.floor(now)
  local day = day_of(time)
  if day == day_of(now) then
    return os.date('today %H:%M', time)
  end
  local noon = os.date('*t', now)
  noon.hour = 12 -- days may have 23 or 25 hours
  if day == day_of(os.time(noon) - DAY_S) then
    return os.date('yesterday %H:%M', time)
  end
  return day
end

--- As wide as the widest, up to a limit.
local function column(texts, most, width_of)
  local cells = 0
  for _, text in ipairs(texts) do
    cells = math.max(cells, width_of(text))
  end
  return math.min(cells, most)
end

--- At least how many cells a text takes: one for each character.
local function characters(text)
  local _, count = text:gsub('[^\128-\191]', '')
  return count
end

local function each(list, text_of)
  local texts = {}
  for i, item in ipairs(list) do
    texts[i] = text_of(item)
  end
  return texts
end

--- A text that takes so many cells. Only where it has more than ASCII, the editor has to be asked.
local function fitted(text, cells, fit)
  if text:find('[\128-\255]') then
    return fit(text, cells)
  end
  return text:sub(1, cells) .. (' '):rep(cells - #text)
end

local function cost_of(chat)
  return chat.cost_micro_usd and words.money(chat.cost_micro_usd) or ''
end

--- The lines for chats.
---@param list beans.ChatSummary[]
---@param cells integer width of the screen
---@param now number seconds since 1970
---@param fit fun(text: string, cells: integer): string
---@return string[]
function M.chats(list, cells, now, fit)
  local dates = each(list, function(chat)
    return M.date(chat.changed, now)
  end)
  local columns = {
    { dates, 15 },
    {
      each(list, function(chat)
        return chat.title
      end),
      math.max(12, math.floor(cells * TITLE_PART)),
    },
    {
      each(list, function(chat)
        return chat.model or ''
      end),
      MODEL_CELLS,
    },
    { each(list, cost_of), COST_CELLS },
  }
  for _, one in ipairs(columns) do
    one.cells = column(one[1], one[2], characters)
  end
  local lines = {}
  for i, chat in ipairs(list) do
    local parts = {}
    for _, one in ipairs(columns) do
      if one.cells > 0 then
        parts[#parts + 1] = fitted(one[1][i], one.cells, fit)
      end
    end
    parts[#parts + 1] = chat.preview
    lines[i] = (fitted(table.concat(parts, GAP), cells, fit):gsub(' +$', ''))
  end
  return lines
end

-- More than any screen is wide.
local BEGINNING_BYTES = 2000
local NAMES = { user = 'You', assistant = 'Beans', system = 'System' }

--- The lines for messages.
---@param messages beans.Message[]
---@param cells integer width of the screen
---@param fit fun(text: string, cells: integer): string
---@return string[]
function M.messages(messages, cells, fit)
  local lines = {}
  for i, message in ipairs(messages) do
    local line = ('%3d  %-6s  %s'):format(i, NAMES[message.role], words.line(message.content:sub(1, BEGINNING_BYTES)))
    lines[i] = (fitted(line, cells, fit):gsub(' +$', ''))
  end
  return lines
end

return M
