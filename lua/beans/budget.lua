-- The user's hard stop: whether a request may still be sent.

local ledger = require('beans.ledger')
local session = require('beans.session')
local words = require('beans.words')

local M = {}

local function spent(what, sum, limit_usd, remedy)
  return ('the budget for %s is spent: %s of %s. %s'):format(
    what,
    words.money(sum),
    words.money(limit_usd * 1e6),
    remedy
  )
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
---@return string|nil message the sum, the limit and how to go on; nil: it may be sent
function M.refusal(cfg)
  local session_usd, day_usd = cfg.budget.session_usd, cfg.budget.day_usd
  if session_usd then
    local sum = session.summary().cost_micro_usd
    if sum >= session_usd * 1e6 then
      return spent('this session', sum, session_usd, 'Raise budget.session_usd, or start the editor anew')
    end
  end
  if day_usd then
    local sum = ledger.today().cost_micro_usd
    if sum >= day_usd * 1e6 then
      return spent('today, in all editors,', sum, day_usd, 'Raise budget.day_usd, or wait for tomorrow')
    end
  end
end

return M
