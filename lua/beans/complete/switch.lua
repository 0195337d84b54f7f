-- Whether completion comes by itself: `complete.auto`, the answer to its question, and what `:Beans complete` switches.

local config = require('beans.config')
local host = require('beans.host')

local M = {}

-- What is kept in the data folder: this, a tab, yes or no.
local QUESTION = 'complete'

---@type boolean|nil for this session, over everything else
local switched
---@type {path: string, answer: boolean|nil}|nil what was kept
local known
---@type (fun())[]
local listeners = {}

local function path_of_answer(cfg)
  return config.data_dir(cfg) .. '/answers.tsv'
end

--- What the user has answered once and for all; nil: nothing yet.
---@param cfg beans.Config
---@param anew? boolean another editor may have been answered meanwhile
---@return boolean|nil
function M.answer(cfg, anew)
  local path = path_of_answer(cfg)
  if anew or not known or known.path ~= path then
    local said = (host.read_file(path) or ''):match('^' .. QUESTION .. '\t(%a+)')
    known = { path = path }
    if said then
      known.answer = said == 'yes'
    end
  end
  return known.answer
end

local function changed()
  for _, listener in ipairs(listeners) do
    listener()
  end
end

--- Keeps an answer. Where the disk does not take it, it holds for this session.
local function keep(cfg, on)
  local path = path_of_answer(cfg)
  local ok, message = host.write_file(path, ('%s\t%s\n'):format(QUESTION, on and 'yes' or 'no'))
  known, switched = { path = path, answer = on }, nil
  if not ok then
    host.notify(('beans: the answer was not kept: %s'):format(tostring(message)), 'warn')
  end
end

--- Switches completion on or off. Where `complete.auto` leaves it to a question, this is the answer, and kept;
--- otherwise it holds for this session.
---@param on boolean
---@return boolean kept
function M.set(on)
  local cfg = config.get()
  local kept = cfg.complete.auto == 'ask'
  if kept then
    keep(cfg, on)
  else
    switched = on
  end
  changed()
  return kept
end

--- Switches it the other way for this session.
---@return boolean on
function M.toggle()
  switched = not M.is_on()
  changed()
  return switched
end

--- Whether completion comes by itself, as far as it is not switched off for a file type or a buffer.
---@param cfg? beans.Config
---@return boolean
function M.is_on(cfg)
  cfg = cfg or config.get()
  if switched ~= nil then
    return switched
  elseif cfg.complete.auto == 'ask' then
    return M.answer(cfg) == true
  end
  return cfg.complete.auto
end

--- Whether the user has been asked, or need not be.
---@param cfg beans.Config
---@return boolean
function M.is_settled(cfg)
  return switched ~= nil or cfg.complete.auto ~= 'ask' or M.answer(cfg) ~= nil
end

--- Why it is off; to be asked only when it is.
---@param cfg beans.Config
---@return string
function M.why_off(cfg)
  local remedy = ': :Beans complete on switches it on'
  if switched == false then
    return 'switched off for this session' .. remedy
  elseif cfg.complete.auto == false then
    return 'complete.auto = false: set it to true, or for this session :Beans complete on'
  elseif M.answer(cfg) == false then
    return 'switched off, as you have answered' .. remedy
  end
  return 'you have not said yet whether it may come by itself: :Beans complete on, or off'
end

--- Calls a function whenever `is_on` may have changed, other than by an option.
---@param fn fun()
function M.on_change(fn)
  listeners[#listeners + 1] = fn
end

return M
