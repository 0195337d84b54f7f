-- The user's hard stop: whether a request may still be sent.

local ledger = require('beans.ledger')
local session = require('beans.session')
local words = require('beans.words')

local M = {}

-- Completions come by themselves: they stop here, so that what is left is for what a person asks for.
local COMPLETION_SHARE = 0.9

--- Why nothing more may be spent of a budget, or nil.
local function refusal(what, sum, limit_usd, remedy, feature)
  local limit = limit_usd * 1e6
  if sum < limit * (feature == 'complete' and COMPLETION_SHARE or 1) then
    return nil
  end
  local form = sum < limit and 'the budget for %s is nearly spent: %s of %s; the rest is for chats and rewrites. %s'
    or 'the budget for %s is spent: %s of %s. %s'
  return form:format(what, words.money(sum), words.money(limit), remedy)
end

--- Gets all that is needed to judge, without making the editor wait.
---@param cfg beans.Config
---@param on_ready fun() at once, where that is little
function M.prepare(cfg, on_ready)
  if cfg.budget.day_usd then
    ledger.catch_up(1, on_ready)
  else
    on_ready()
  end
end

--- Why nothing more may be sent. Reads the ledger only when there is a budget for the day.
---@param cfg beans.Config
---@param feature? string completions stop before everything else
---@return string|nil message the sum, the limit and how to go on; nil: it may be sent
function M.refusal(cfg, feature)
  local session_usd, day_usd = cfg.budget.session_usd, cfg.budget.day_usd
  local why
  if session_usd then
    local remedy = 'Raise budget.session_usd, or start the editor anew'
    why = refusal('this session', session.summary().cost_micro_usd, session_usd, remedy, feature)
  end
  if day_usd and not why then
    local remedy = 'Raise budget.day_usd, or wait for tomorrow'
    why = refusal('today, in all editors,', ledger.today().cost_micro_usd, day_usd, remedy, feature)
  end
  return why
end

return M
