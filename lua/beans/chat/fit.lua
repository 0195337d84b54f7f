-- What of a conversation a model takes, and what would have to go. Nothing is cut here: whoever sends says first what
-- would be. Pure.

local tokens_of = require('beans.tokens')
local words = require('beans.words')

local M = {}

-- Room for an answer whose length nobody has limited.
local ANSWER_TOKENS = 4096

---@class beans.FitMessage
---@field role string
---@field tokens integer an estimate will do
---@field message? integer parts with the same number, one after the other, are one message

---@class beans.FitPlan
---@field kept beans.FitMessage[] what is sent, in its order
---@field dropped beans.FitMessage[] what is left out, the oldest first
---@field fits boolean whether `kept` is short enough; false: even the last question is too long
---@field tokens integer of `kept`
---@field text string|nil what is left out and why, in words; nil when all is sent

--- How many tokens to keep for the answer.
---@param params table of the request
---@param limit integer|nil what the model takes
---@return integer
function M.reserve(params, limit)
  return tokens_of.allowed(params) or math.min(ANSWER_TOKENS, math.floor((limit or ANSWER_TOKENS) / 4))
end

--- Puts messages together that belong together: a question and what follows it.
---@return integer[] exchanges the number of each message's: 0 for the system's, 1 for what stands before any question
---@return integer last the number of the last exchange
local function exchanges_of(messages)
  local numbers, number, before = {}, 1, nil
  for i, message in ipairs(messages) do
    local goes_on = before and message.message ~= nil and message.message == before.message
    if message.role == 'user' and not goes_on then
      number = number + 1
    end
    numbers[i] = message.role == 'system' and 0 or number
    before = message
  end
  return numbers, number
end

local function in_words(plan, all, count, limit, reserve)
  local room = ('the model takes %s tokens, %s of them for the answer'):format(words.count(limit), words.count(reserve))
  local cut = count == 1 and 'the oldest question with its answer'
    or ('the oldest %d questions with their answers'):format(count)
  if plan.fits then
    local form = '~%s tokens are too many: %s. Left out would be %s (~%s tokens)'
    return form:format(words.count(all), room, cut, words.count(all - plan.tokens))
  end
  local over = plan.tokens - (limit - reserve)
  local without = count > 0 and (' even without %s'):format(cut) or ''
  local form = '~%s tokens are too many%s: %s. The last question and the system prompt have to be ~%s tokens shorter'
  return form:format(words.count(all), without, room, words.count(over))
end

--- Says which of the oldest exchanges would have to be left out; never the system prompt, never the last question.
---@param messages beans.FitMessage[]
---@param limit integer|nil how many tokens the model takes; nil: not known, so nothing is left out
---@param reserve integer tokens that the answer needs
---@return beans.FitPlan
function M.plan(messages, limit, reserve)
  local numbers, last = exchanges_of(messages)
  local all, of_exchange = 0, {}
  for i, message in ipairs(messages) do
    all = all + message.tokens
    of_exchange[numbers[i]] = (of_exchange[numbers[i]] or 0) + message.tokens
  end
  local tokens, gone, count = all, 0, 0
  while limit and tokens > limit - reserve and gone + 1 < last do
    gone = gone + 1
    tokens = tokens - (of_exchange[gone] or 0)
    count = count + (of_exchange[gone] and 1 or 0)
  end
  local plan = { kept = {}, dropped = {}, tokens = tokens, fits = not limit or tokens <= limit - reserve }
  for i, message in ipairs(messages) do
    local list = numbers[i] > 0 and numbers[i] <= gone and plan.dropped or plan.kept
    list[#list + 1] = message
  end
  if count > 0 or not plan.fits then
    plan.text = in_words(plan, all, count, limit, reserve)
  end
  return plan
end

return M
