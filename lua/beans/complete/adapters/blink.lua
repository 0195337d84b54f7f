-- A provider for blink.cmp: `module = 'beans.complete.adapters.blink'`.

local menu_item = require('beans.complete.adapters.menu_item')

local M = {}

---@class beans.BlinkSource as blink.cmp's "source boilerplate" has it
local Source = {}
Source.__index = Source

---@return beans.BlinkSource
function M.new()
  return setmetatable({}, Source)
end

--- There is nothing for the command line.
---@param context table
---@return boolean
function Source.enabled(_, context)
  return context == nil or context.mode == nil or context.mode == 'default'
end

---@return string[]
function Source.get_trigger_characters()
  return menu_item.TRIGGER_CHARACTERS
end

--- Gives the candidate as the one item. It is asked for anew with each key, for which the engine needs no request while
--- what is typed is what the candidate says.
---@param context table
---@param callback fun(response: table)
---@return fun() # gives it up
function Source.get_completions(_, context, callback)
  local bounds, col = context.bounds, context.cursor[2]
  return menu_item.ask({
    buf = context.bufnr,
    line = context.cursor[1],
    first = bounds.length > 0 and bounds.start_col - 1 or col,
    stop = col,
  }, function(items)
    for _, item in ipairs(items) do
      item.kind_name, item.kind_hl = 'Beans', 'BlinkCmpKindBeans'
    end
    callback({ items = items, is_incomplete_forward = true, is_incomplete_backward = true })
  end)
end

return M
