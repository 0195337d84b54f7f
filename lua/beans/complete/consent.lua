-- The question whether completion may come by itself: once, when there is a key, where text may be sent, and when
-- nobody types. It says what is sent, to whom, and what that costs.

local address = require('beans.address')
local config = require('beans.config')
local credentials = require('beans.credentials')
local host = require('beans.host')
local ledger = require('beans.ledger')
local policy = require('beans.complete.policy')
local price_of = require('beans.price')
local prompt = require('beans.complete.prompt')
local switch = require('beans.complete.switch')
local tokens = require('beans.tokens')
local words = require('beans.words')

local M = {}

-- Who has not typed for so long after leaving Insert mode looks at the screen.
local IDLE_MS = 600

local was_asked, is_waiting = false, false

--- The most tokens that a request has.
local function most_tokens(cfg)
  local bytes = #(config.for_feature('complete', cfg).system_prompt or '')
  for _, part in pairs(prompt.BUDGET) do
    bytes = bytes + part
  end
  return math.ceil(tokens.most(bytes) / 100) * 100
end

--- What a request costs at most, as far as this month's requests tell.
local function price_in_words(cfg, tokens_in)
  local price = ledger.price(config.for_feature('complete', cfg).model)
  local estimate = price and price_of.estimate(price, tokens_in, prompt.MAX_TOKENS)
  return estimate and ', ' .. words.money(estimate.total) or ''
end

--- The question, and its answers. The first says what saying so means.
---@param cfg beans.Config
---@return string question
---@return string[] answers yes, no, not now
function M.question(cfg)
  local most = most_tokens(cfg)
  local cost = price_in_words(cfg, most)
  local server = address.server(cfg.base_url)
  return ('Beans: complete as you type? It sends the text around the cursor to %s'):format(server),
    {
      ('Yes: a request per pause, at most %s + %d tokens%s each'):format(words.count(most), prompt.MAX_TOKENS, cost),
      'No: only when I ask for it',
      'Not now',
    }
end

local function ask(cfg)
  was_asked = true
  local question, answers = M.question(cfg)
  host.select(answers, question, function(_, index)
    if index == 1 or index == 2 then
      switch.set(index == 1)
      local state = index == 1 and 'completes as you type; :Beans complete off ends that'
        or 'completes only when asked; :Beans complete on changes that'
      host.notify('beans: ' .. state, 'info')
    end
  end)
end

--- Whether there is anything to ask about.
local function is_open(cfg)
  return not was_asked and not switch.is_settled(cfg) and host.has_screen()
end

--- What is in the way of asking now: it may be gone next time.
local function is_hindered(cfg)
  local _, has_key = credentials.describe(cfg)
  local typing = host.typing()
  return not has_key or policy.why_not_here(cfg, typing.buf, typing, true) ~= nil
end

local function ask_if_open()
  is_waiting = false
  local cfg = config.get()
  switch.answer(cfg, true)
  if is_open(cfg) and not is_hindered(cfg) then
    ledger.catch_up(1, function()
      if is_open(cfg) then
        ask(cfg)
      end
    end)
  end
end

--- To be called when the user begins to type: the question comes up when they have stopped, or not at all. It may be
--- called any number of times.
function M.begin()
  local cfg = config.get()
  if not is_waiting and is_open(cfg) then
    is_waiting = true
    host.schedule(function()
      is_hindered(config.get()) -- what is asked in the background for that is known when it counts
    end)
    host.when_idle(IDLE_MS, ask_if_open)
  end
end

return M
