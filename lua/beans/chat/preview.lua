-- What will be sent, part by part, before it is sent: how many tokens, what that will cost as far as anybody has told,
-- and what would have to be cut.

local fit = require('beans.chat.fit')
local host = require('beans.host')
local ledger = require('beans.ledger')
local models = require('beans.models')
local price_of = require('beans.price')
local words = require('beans.words')

local M = {}

-- Lines shown of one part. The rest stands in the chat.
local PART_LINES = 200

local TITLE = 'beans://preview'

---@class beans.PreviewPart
---@field label string 'system prompt', 'project rules (AGENTS.md)', 'You', '@file:a.lua'
---@field role string
---@field text string
---@field tokens integer estimated
---@field message? integer parts with the same number, one after the other, are one message

---@class beans.PreviewRequest
---@field parts beans.PreviewPart[] in the order in which they are sent
---@field model string
---@field params table

---@class beans.PreviewFacts what is known of the model
---@field limit integer|nil tokens that it takes
---@field price beans.Price|nil
---@field asking boolean|nil the limit is being asked for

-- Words ---------------------------------------------------------------------------------------------------------------

local function line_on_limit(model, tokens, facts)
  if facts.limit then
    local percent = 100 * tokens / facts.limit
    local share = percent < 1 and 'less than 1 %' or ('%.0f %%'):format(percent)
    return ('Room: %s takes %s tokens; this is %s of them'):format(model, words.count(facts.limit), share)
  elseif facts.asking then
    return ('Room: asking the server how many tokens %s takes…'):format(model)
  end
  return ('Room: unknown, the server does not say how many tokens %s takes'):format(model)
end

local function line_on_price(model, tokens, facts)
  local estimate = facts.price and price_of.estimate(facts.price, tokens)
  if not estimate then
    return ('Price: unknown, no server has told this month what %s costs'):format(model)
  end
  local answer = ('an answer of %s tokens'):format(words.count(estimate.answer))
  local parts = estimate.tokens_in
      and ('%s for this and %s for %s'):format(
        words.money(estimate.tokens_in),
        words.money(estimate.tokens_out),
        answer
      )
    or ('this and %s'):format(answer)
  local from = estimate.requests == 1 and 'one request' or ('%s requests'):format(words.count(estimate.requests))
  local form = 'Price: about %s, %s; from what %s cost this month with %s'
  return form:format(words.money(estimate.total), parts, from, model)
end

--- A parameter in a line: what is a table is named, not shown.
local function line_on_params(params)
  local shown = {}
  for name, value in pairs(params) do
    shown[#shown + 1] = ('%s=%s'):format(name, type(value) == 'table' and '{…}' or tostring(value))
  end
  table.sort(shown)
  return shown[1] and 'Parameters: ' .. words.line(table.concat(shown, ' '))
end

local function add_text(lines, text)
  local count = 0
  for line in (text .. '\n'):gmatch('([^\n]*)\n') do
    count = count + 1
    if count > PART_LINES then
      local _, all = text:gsub('\n', '')
      lines[#lines + 1] = ('[… %s more lines]'):format(words.count(all + 1 - PART_LINES))
      return
    end
    lines[#lines + 1] = line
  end
end

local function add_table(lines, parts, dropped)
  local sum = 0
  for _, part in ipairs(parts) do
    sum = sum + part.tokens
    local fate = dropped[part] and '  (would be left out)' or ''
    lines[#lines + 1] = ('%10s  %s%s'):format(words.count(part.tokens), words.line(part.label), fate)
  end
  lines[#lines + 1] = ('%10s  tokens in all, estimated'):format(words.count(sum))
end

--- The whole page.
---@param request beans.PreviewRequest
---@param facts beans.PreviewFacts
---@return string[]
function M.lines(request, facts)
  local model = words.line(request.model)
  local plan = fit.plan(request.parts, facts.limit, fit.reserve(request.params, facts.limit))
  local dropped = {}
  for _, part in ipairs(plan.dropped) do
    dropped[part] = true
  end
  local lines = { 'What will be sent to ' .. model, '' }
  add_table(lines, request.parts, dropped)
  lines[#lines + 1] = ''
  lines[#lines + 1] = line_on_limit(model, plan.tokens, facts)
  lines[#lines + 1] = plan.text and 'Too long: ' .. plan.text
  lines[#lines + 1] = line_on_price(model, plan.tokens, facts)
  lines[#lines + 1] = line_on_params(request.params)
  for _, part in ipairs(request.parts) do
    local fate = dropped[part] and ', would be left out' or ''
    lines[#lines + 1] = ''
    lines[#lines + 1] = ('─── %s (~%s tokens%s) ───'):format(
      words.line(part.label),
      words.count(part.tokens),
      fate
    )
    add_text(lines, part.text)
  end
  return lines
end

-- The window ----------------------------------------------------------------------------------------------------------

local function facts_of(model)
  return { limit = models.limit(model), price = ledger.price(model) }
end

local function redraw(buf, request)
  if host.buf_valid(buf) then
    local lines = M.lines(request, facts_of(request.model))
    host.buf_set_lines(buf, 1, host.buf_line_count(buf), lines)
  end
end

---@type integer|nil the page that is open
local open

--- Shows what will be sent. Where it is not known how much the model takes, the server is asked, once a session, and
--- the page is completed when it has answered.
---@param request beans.PreviewRequest
---@return integer # the buffer
function M.show(request)
  local facts, buf = facts_of(request.model), nil
  facts.asking = not facts.limit and models.learn_limits(function()
    redraw(buf, request)
  end)
  for _, win in ipairs(open and host.buf_valid(open) and host.buf_windows(open) or {}) do
    host.win_close(win)
  end
  buf = host.show(TITLE, M.lines(request, facts))
  open = buf
  return buf
end

return M
