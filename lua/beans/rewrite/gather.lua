-- What goes along with a rewrite, and the request made of it: what surrounds the lines, findings in them, what the
-- instruction mentions, the rules of the project.

local config = require('beans.config')
local context = require('beans.context')
local gathering = require('beans.gathering')
local host = require('beans.host')
local indentation = require('beans.indentation')
local models = require('beans.models')
local prompt = require('beans.rewrite.prompt')
local prompts = require('beans.prompts')
local rules = require('beans.rules')
local surroundings = require('beans.rewrite.surroundings')
local tokens = require('beans.tokens')
local words = require('beans.words')

local M = {}

---@class beans.RewriteGathered
---@field instruction string prompts of the library in their place, here and in the turns
---@field turns table[]
---@field settings beans.FeatureConfig
---@field blocks string[] what the instruction mentions
---@field rule beans.Rule|nil

---@class beans.RewriteRequest
---@field messages table[]
---@field model string
---@field params table
---@field fit table for rewrite/fit.lua

-- These go along with each rewrite, whatever the instruction says.
local PRESENT = { '@selection', '@diagnostics' }

-- So many lines of the file tell how it is indented.
local LOOK_MAX = 300

--- What was asked, with the prompts that it names.
---@return beans.RewriteGathered gathered
---@return string|nil problem
local function expanded(rewrite)
  local settings, problem = config.for_feature('rewrite'), nil
  local function expand(text)
    local found, why = prompts.expand(text, 'rewrite', PRESENT)
    problem = problem or why
    settings = found and prompts.settings(settings, found) or settings
    return found and found.text or text
  end
  local gathered = { instruction = expand(rewrite.instruction), turns = {} }
  for i, turn in ipairs(rewrite.turns) do
    gathered.turns[i] = { role = turn.role, content = turn.role == 'user' and expand(turn.content) or turn.content }
  end
  gathered.settings = settings
  return gathered, problem
end

--- Gathers what has to be waited for.
---@param rewrite beans.Rewrite
---@param on_done fun(gathered: beans.RewriteGathered|nil, problem: string|nil) later
function M.gather(rewrite, on_done)
  local gathered, problem = expanded(rewrite)
  if problem then
    return host.schedule(function()
      on_done(nil, problem)
    end)
  end
  local text, turn = gathered.instruction, gathered.turns[#gathered.turns]
  local snapshot = context.snapshot()
  snapshot.selection = rewrite.scope.about
  gathering.gather(turn and text .. '\n' .. turn.content or text, snapshot, function(blocks, rule, missing)
    if not blocks then
      return on_done(nil, missing)
    end
    gathered.blocks, gathered.rule = blocks, rule
    on_done(gathered)
  end)
end

--- What was found wrong in some lines.
local function findings(buf, first, last)
  local found = {}
  for _, finding in ipairs(host.diagnostics(buf)) do
    if finding.line >= first and finding.line <= last then
      found[#found + 1] = finding
    end
  end
  return found
end

local function tokens_in(content)
  if type(content) == 'string' then
    return tokens.estimate(content)
  end
  local sum = 0
  for _, part in ipairs(content) do
    sum = sum + (part.text and tokens.estimate(part.text) or tokens.of_image())
  end
  return sum
end

--- Why the model does not take it, in words; nil when it does, or nobody knows.
local function too_long(messages, settings, selected)
  local limit = models.limit(settings.model)
  if not limit then
    return nil
  end
  local sum = 0
  for _, message in ipairs(messages) do
    sum = sum + tokens_in(message.content)
  end
  -- The answer repeats what it does not change.
  local answer = tokens.allowed(settings.params) or tokens.estimate(table.concat(selected, '\n'))
  if sum + answer <= limit then
    return nil
  end
  local form = '~%s tokens and ~%s for the answer are more than %s takes (%s): select less, or pick another model'
  return form:format(words.count(sum), words.count(answer), words.line(settings.model), words.count(limit))
end

--- What stands around the text and goes along: lines, and where it is by characters what stands beside it in its own
--- lines.
local function add_surroundings(snapshot, scope)
  local first, last = snapshot.first, snapshot.last
  local from, to = surroundings.reach(first, last)
  local before = host.buf_lines(scope.source, from, first - 1)
  local after = host.buf_lines(scope.source, last + 1, to)
  if scope.about.kind == 'char' then
    local left, right = scope.beside[1], scope.beside[2]
    snapshot.begins_within, snapshot.ends_within = left ~= '', right ~= ''
    before[#before + 1] = left ~= '' and left or nil
    table.insert(after, 1, right ~= '' and right or nil)
  end
  snapshot.before, snapshot.after = surroundings.window(before, after)
end

--- Where the lines are by now that it is about. Text that is put where the cursor stands has the line it stands in
--- before it, unless that is replaced.
local function range_of(rewrite)
  local scope, first, last = rewrite.scope, rewrite.review:lines()
  if scope.buf ~= scope.source or not first then
    return scope.about.first, scope.about.last
  elseif scope.target == 'replace' or scope.target == 'insert' then
    return first, last
  end
  local moved = first - scope.first
  return scope.about.first + moved, scope.about.last + moved
end

--- The text that is given, as it is by now; a conversation goes on about what it began with.
local function selected(rewrite)
  local is_first = not rewrite.turns[1]
  return is_first and rewrite.scope.target == 'replace' and rewrite.frame:inner(rewrite.live.old)
    or rewrite.scope.selected
end

--- Whether it is asked how deep lines should stand: what a model makes of that is not to be mended.
local function asks_for_depth(instruction, turns)
  local turn = turns[#turns]
  local text = (turn and turn.content or instruction):lower()
  return text:find('indent') ~= nil or text:find('dedent') ~= nil or text:find('%f[%w]tabs?%f[%W]') ~= nil
end

--- Makes the request.
---@param rewrite beans.Rewrite
---@param gathered beans.RewriteGathered
---@return beans.RewriteRequest|nil
---@return string|nil problem
function M.request(rewrite, gathered)
  local scope, settings = rewrite.scope, gathered.settings
  local file, default = host.file_of(scope.source), host.buf_state(scope.source).indent
  local indent = indentation.unit(host.buf_lines(scope.source, 1, LOOK_MAX), default)
  local snapshot = {
    system = settings.system_prompt,
    rules = gathered.rule and rules.wrap(gathered.rule),
    file = { name = file.name, filetype = file.filetype, indent = indent == '\t' and 'tabs' or #indent .. ' spaces' },
    selected = selected(rewrite),
    whole = scope.about.kind == 'block' and scope.lines or nil,
    kind = scope.about.kind,
    target = scope.target,
    attachments = gathered.blocks,
    instruction = gathered.instruction,
    turns = gathered.turns,
    read_image = context.read_image,
  }
  snapshot.first, snapshot.last = range_of(rewrite)
  snapshot.diagnostics = findings(scope.source, snapshot.first, snapshot.last)
  add_surroundings(snapshot, scope)
  local messages, problems = prompt.messages(snapshot)
  local problem = problems[1] and table.concat(problems, '; ') or too_long(messages, settings, snapshot.selected)
  if problem then
    return nil, problem
  end
  local replaces = scope.target == 'replace'
  return {
    messages = messages,
    model = settings.model,
    params = settings.params,
    fit = {
      original = replaces and rewrite.frame:inner(rewrite.live.old) or {},
      kind = replaces and scope.kind or 'line',
      filetype = file.filetype,
      indent = indent,
      base = scope.base,
      as_given = asks_for_depth(gathered.instruction, gathered.turns),
    },
  }
end

return M
