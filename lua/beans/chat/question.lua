-- From a question as it was typed to what is sent: a prompt of the library is put in its place, mentions bring along
-- what they stand for, the rules of the project go with the system prompt. All of it can wait for something, so it is
-- gathered first; nothing is changed before all is there.

local attachment = require('beans.attachment')
local context = require('beans.context')
local conversation = require('beans.chat.conversation')
local fit = require('beans.chat.fit')
local gathering = require('beans.gathering')
local lines_in = require('beans.lines')
local lists = require('beans.lists')
local models = require('beans.models')
local prompts = require('beans.prompts')
local rules = require('beans.rules')
local tokens = require('beans.tokens')
local transcript = require('beans.transcript')

local M = {}

---@class beans.Gathered
---@field text string the question as it will stand there
---@field settings beans.ChatSettings of this request
---@field rule {name: string, text: string}|nil

--- The text of a question and its settings, with a prompt of the library in its place.
local function expanded(text, settings)
  local present = {}
  for mention in pairs(attachment.attached(text)) do
    present[#present + 1] = mention
  end
  -- What a range brought along stands above what was typed.
  local above, typed = text:match('^(%[@selection.-\n```+\n+)(/.*)$')
  local prompt, problem = prompts.expand(typed or text, 'chat', present)
  if prompt then
    return (above or '') .. prompt.text, prompts.settings(settings, prompt)
  end
  return text, settings, problem
end

--- Gathers what goes along with a question.
---@param buf integer of the chat
---@param text string the question
---@param on_done fun(gathered: beans.Gathered|nil, problem: string|nil) later
function M.gather(buf, text, on_done)
  local settings, problem = conversation.settings(buf)
  if problem then
    return on_done(nil, problem)
  end
  local snapshot = context.snapshot()
  text, settings, problem = expanded(text, settings)
  if problem then
    return on_done(nil, problem)
  end
  gathering.gather(text, snapshot, function(blocks, rule, missing)
    if not blocks then
      return on_done(nil, missing)
    end
    table.insert(blocks, 1, text)
    on_done({ text = table.concat(blocks, '\n\n'), settings = settings, rule = rule })
  end)
end

---@class beans.Part a piece of what is sent, as beans.PreviewPart
---@field label string
---@field role string
---@field text string
---@field tokens integer
---@field message integer of the messages that are sent

local function add_part(parts, label, role, text, message)
  if text:find('%S') then
    local part = { label = label, role = role, text = text, tokens = tokens.estimate(text), message = message }
    parts[#parts + 1] = part
  end
end

--- A message in pieces: its own words, and each thing that goes along with it.
local function add_message(parts, message, number)
  local label = transcript.heading(message.role):sub(3)
  if not message.content:find('[@', 1, true) then
    return add_part(parts, label, message.role, message.content, number)
  end
  local lines, at = lines_in.of(message.content), 1
  for _, found in ipairs(attachment.find(lines)) do
    add_part(parts, label, message.role, table.concat(lines, '\n', at, found.first - 1), number)
    local text = table.concat(lines, '\n', found.first, found.last)
    add_part(parts, found.mentions[1], message.role, text, number)
    parts[#parts].tokens = math.max(found.tokens, parts[#parts].tokens)
    at = found.last + 1
  end
  add_part(parts, label, message.role, table.concat(lines, '\n', at), number)
end

---@class beans.Outgoing
---@field messages table[] as the API takes them
---@field texts {text: string, role: string, message: integer, label: string|nil}[] the same as it was written
---@field problems string[] what can't be sent as it should

--- Lets the rules of the project go with the system prompt; a conversation without one gets one.
local function add_rule(sent, texts, rule)
  if not sent[1] or sent[1].role ~= 'system' then
    table.insert(sent, 1, { role = 'system', content = '' })
  end
  local prompt, text = sent[1].content, rules.wrap(rule)
  texts[1] = { text = prompt, role = 'system', message = 1 }
  texts[2] = { text = text, role = 'system', message = 1, label = ('project rules (%s)'):format(rule.name) }
  sent[1].content = prompt == '' and text or prompt .. '\n\n' .. text
end

--- What is sent: a conversation up to a question, which has the text that was gathered.
---@param messages beans.Message[]
---@param upto integer
---@param gathered beans.Gathered
---@return beans.Outgoing
function M.outgoing(messages, upto, gathered)
  local sent = conversation.outgoing(messages, upto, gathered.settings.system_prompt)
  sent[#sent].content = gathered.text or sent[#sent].content
  local texts, problems = {}, {}
  if gathered.rule then
    add_rule(sent, texts, gathered.rule)
  end
  for i = gathered.rule and 2 or 1, #sent do
    local message = sent[i]
    texts[#texts + 1] = { text = message.content, role = message.role, message = i }
    if message.role == 'user' then
      local content, new_problems = attachment.content(message.content, context.read_image)
      message.content = content
      lists.append(problems, new_problems)
    end
  end
  return { messages = sent, texts = texts, problems = problems }
end

--- What is sent in pieces, each with its tokens, for people.
---@param outgoing beans.Outgoing
---@return beans.Part[]
function M.parts(outgoing)
  local parts = {}
  for _, said in ipairs(outgoing.texts) do
    if said.label then
      add_part(parts, said.label, said.role, said.text, said.message)
    else
      add_message(parts, { role = said.role, content = said.text }, said.message)
    end
  end
  return parts
end

--- Whether there is room, whatever the text is. To estimate a long one takes time.
local function surely_fits(outgoing, room)
  local bytes = 0
  for _, said in ipairs(outgoing.texts) do
    bytes = bytes + #said.text
    if said.text:find('[@image:', 1, true) then
      return false
    end
  end
  return tokens.most(bytes) + #outgoing.texts <= room
end

--- What the model would take where it doesn't take all.
---@param outgoing beans.Outgoing
---@param settings beans.ChatSettings
---@return beans.FitPlan|nil # nil: all is sent
function M.plan(outgoing, settings)
  local limit = models.limit(settings.model)
  local reserve = fit.reserve(settings.params, limit)
  if not limit or surely_fits(outgoing, limit - reserve) then
    return nil
  end
  local plan = fit.plan(M.parts(outgoing), limit, reserve)
  return plan.text and plan or nil
end

--- The messages that a plan keeps.
---@param outgoing beans.Outgoing
---@param plan beans.FitPlan
---@return table[]
function M.kept(outgoing, plan)
  local dropped, kept = {}, {}
  for _, part in ipairs(plan.dropped) do
    dropped[part.message] = true
  end
  for i, message in ipairs(outgoing.messages) do
    if not dropped[i] then
      kept[#kept + 1] = message
    end
  end
  return kept
end

return M
