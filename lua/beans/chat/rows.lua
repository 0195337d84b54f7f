-- Chats and messages as lines of a menu: columns that stand below each other, cut at the screen's edge. Pure: how wide
-- a text is, only an editor knows, and gives `fit`.

local words = require('beans.words')

local M = {}

local DAY_S = 86400
local GAP = '  '
-- What the columns take at most, of which the title gets a part of the screen.
local DATE_CELLS, MODEL_CELLS, COST_CELLS, TITLE_PART = 15, 20, 9, 0.35

local function day_of(time)
  return os.date('%Y-%m-%d', math.floor(time))
end

--- Makes a function that says a time as people do.
---@param now number seconds since 1970
---@return fun(time: number): string # 'today 14:03', 'yesterday 09:11', '2026-11-02'
function M.dates(now)
  local noon = os.date('*t', math.floor(now))
  noon.hour = 12 -- days may have 23 or 25 hours
  local today, yesterday = day_of(now), day_of(os.time(noon) - DAY_S)
  return function(time)
    local day = day_of(time)
    if day == today then
      return os.date('today %H:%M', math.floor(time))
    elseif day == yesterday then
      return os.date('yesterday %H:%M', math.floor(time))
    end
    return day
  end
end

--- How many cells a text takes, or a few more: a letter of a script with wide ones has three bytes or four.
local function cells_of(text)
  if not text:find('[\128-\255]') then
    return #text
  end
  local _, inner = text:gsub('[\128-\191]', '')
  local _, wide = text:gsub('[\224-\244]', '')
  return #text - inner + wide
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

--- As wide as the widest, up to a limit.
local function width_of(list, limit, text_of)
  local cells = 0
  for _, chat in ipairs(list) do
    cells = math.max(cells, cells_of(text_of(chat)))
  end
  return math.min(cells, limit)
end

---@class beans.Column
---@field text_of fun(chat: beans.ChatEntry): string
---@field cells integer

--- The columns but for the last, which is as wide as there is room.
---@return beans.Column[]
local function columns_of(list, cells, now)
  local date = M.dates(now)
  local limits = {
    {
      DATE_CELLS,
      function(chat)
        return date(chat.changed)
      end,
    },
    {
      math.max(12, math.floor(cells * TITLE_PART)),
      function(chat)
        return chat.title
      end,
    },
    {
      MODEL_CELLS,
      function(chat)
        return chat.model or ''
      end,
    },
    { COST_CELLS, cost_of },
  }
  local columns = {}
  for i, limit in ipairs(limits) do
    -- The date's own width is not worth a thousand dates.
    columns[i] = { text_of = limit[2], cells = i == 1 and limit[1] or width_of(list, limit[1], limit[2]) }
  end
  return columns
end

--- Makes a function that gives the line for each of some chats: for the caller to ask in slices.
---@param list beans.ChatEntry[]
---@param cells integer width of the screen
---@param now number seconds since 1970
---@param fit fun(text: string, cells: integer): string
---@return fun(chat: beans.ChatEntry): string
function M.chats(list, cells, now, fit)
  local columns = columns_of(list, cells, now)
  return function(chat)
    local line = ''
    for _, column in ipairs(columns) do
      if column.cells > 0 then
        line = line .. fitted(column.text_of(chat), column.cells, fit) .. GAP
      end
    end
    return (fitted(line .. chat.preview, cells, fit):gsub(' +$', ''))
  end
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
