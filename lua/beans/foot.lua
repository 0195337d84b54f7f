-- What stands at the foot of an answer: which model, how many tokens, how soon, how fast, for how much. Pure.

local sum_of = require('beans.sum')
local words = require('beans.words')

local M = {}

--- '120 → 340 tokens (80 cached)'; nil when the server did not count.
local function tokens(usage)
  local tokens_in, tokens_out = sum_of.whole(usage.prompt_tokens), sum_of.whole(usage.completion_tokens)
  if not tokens_in and not tokens_out then
    return nil
  end
  local details = type(usage.prompt_tokens_details) == 'table' and usage.prompt_tokens_details or {}
  local cached = sum_of.whole(details.cached_tokens)
  local note = cached and cached > 0 and (' (%.0f cached)'):format(cached) or ''
  local function shown(count)
    return count and ('%.0f'):format(count) or '?'
  end
  return ('%s → %s tokens%s'):format(shown(tokens_in), shown(tokens_out), note)
end

--- Tokens a second, from the first text to the end; nil where there is too little to tell.
local function speed(usage, timing)
  local count = sum_of.whole(usage.completion_tokens)
  local seconds = timing.first_delta_ms and timing.total_ms and (timing.total_ms - timing.first_delta_ms) / 1000
  if not count or not seconds or count < 2 or seconds < 0.05 then
    return nil
  end
  return ('%.0f tokens/s'):format(count / seconds)
end

---@param facts beans.Result|beans.Error
---@return string|nil # nil when nobody answered, so that there is nothing to tell
function M.line(facts)
  local usage = type(facts.usage) == 'table' and facts.usage or {}
  local timing = facts.timing or {}
  if not timing.first_delta_ms and not facts.cost_micro_usd and not next(usage) then
    return nil
  end
  local parts = { words.line(facts.model or 'unknown model') }
  parts[#parts + 1] = tokens(usage)
  if timing.first_delta_ms then
    parts[#parts + 1] = ('first %.2f s'):format(timing.first_delta_ms / 1000)
  end
  parts[#parts + 1] = speed(usage, timing)
  parts[#parts + 1] = facts.cost_micro_usd and words.money(facts.cost_micro_usd) or 'cost unknown'
  return table.concat(parts, ' · ')
end

return M
