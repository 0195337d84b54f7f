-- A source for nvim-cmp:
--   require('cmp').register_source('beans', require('beans.complete.adapters.cmp').new())

local menu_item = require('beans.complete.adapters.menu_item')

local M = {}

---@class beans.CmpSource as `:help cmp-develop` has it
---@field private give_up fun()|nil
local Source = {}
Source.__index = Source

---@return beans.CmpSource
function M.new()
  return setmetatable({}, Source)
end

---@return string
function Source.get_debug_name()
  return 'beans'
end

---@return string # columns are bytes
function Source.get_position_encoding_kind()
  return 'utf-8'
end

---@return string[]
function Source.get_trigger_characters()
  return menu_item.TRIGGER_CHARACTERS
end

--- Gives the candidate as the one item. It is asked for anew with each key, for which the engine needs no request while
--- what is typed is what the candidate says.
---@param params table
---@param callback fun(response: table)
function Source:complete(params, callback)
  if self.give_up then
    self.give_up()
  end
  local context = params.context
  self.give_up = menu_item.ask({
    buf = context.bufnr,
    line = context.cursor.row,
    first = params.offset - 1,
    stop = context.cursor.col - 1,
  }, function(items)
    self.give_up = nil
    for _, item in ipairs(items) do
      item.cmp = { kind_text = 'Beans', kind_hl_group = 'CmpItemKindBeans' }
    end
    callback({ items = items, isIncomplete = true })
  end)
end

return M
