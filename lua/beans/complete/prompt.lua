-- What a completion is asked for with: messages for chat models, bodies for servers that fill in the middle themselves.
-- Pure.
--
-- A server that keeps what it has read last reads only what is new. So what changes least comes first and what is typed
-- last of all, and where text is cut for its length it is cut in steps: the beginning stays the same for many keys.

local plain = require('beans.plain')

local M = {}

---@class beans.PromptBudget bytes
---@field before integer
---@field after integer
---@field snippets integer
---@field head integer

---@type beans.PromptBudget
M.BUDGET = { before = 6144, after = 2048, snippets = 3072, head = 1024 }

-- The text above begins at a line whose number is a multiple of the first that leaves anything.
local STEPS = { 32, 8, 1 }
local PROBLEMS_MAX, PROBLEM_BYTES = 5, 200

M.MAX_TOKENS, M.MAX_TOKENS_SINGLE = 128, 64
local TEMPERATURE = 0.2

---@class beans.PromptInput
---@field system string
---@field file {name: string, filetype: string, indent: string, head: string[]|nil} `head`: its first lines
---@field before string[] the lines above, the nearest last; as many as there are, or as the caller has
---@field first_line? integer the number of the first of them; without it they are all
---@field prefix string
---@field suffix string
---@field after string[]
---@field snippets? beans.Snippet[] the most relevant first
---@field diagnostics? {line: integer, message: string}[] the nearest first
---@field budget? beans.PromptBudget

--- The end of a text, beginning with a whole character.
local function last_bytes(text, bytes)
  return #text <= bytes and text or (text:sub(-bytes):gsub('^[\128-\191]+', ''))
end

local function first_bytes(text, bytes)
  return plain.whole(text:sub(1, bytes))
end

--- Where the text above begins.
---@return integer index in `before`; one behind its end when none of it fits
local function first_above(input, bytes)
  local before, number = input.before, (input.first_line or 1) - 1
  local first, left = #before + 1, bytes - #input.prefix
  while first > 1 and left >= #before[first - 1] + 1 do
    first, left = first - 1, left - #before[first - 1] - 1
  end
  if first == 1 and number == 0 then
    return 1
  end
  for _, step in ipairs(STEPS) do
    local stepped = first + -(number + first - 1) % step
    if stepped <= #before then
      return stepped
    end
  end
  return first
end

--- The text before the cursor: the lines above and the beginning of the cursor's.
---@return string above ends with a line end, unless it is empty
---@return string prefix
---@return integer first
local function text_before(input, budget)
  local first = first_above(input, budget.before)
  local above = table.concat(input.before, '\n', first)
  return first <= #input.before and above .. '\n' or '', last_bytes(input.prefix, budget.before), first
end

--- The text behind the cursor, up to the end of a line.
local function text_after(input, budget)
  local parts, left = { first_bytes(input.suffix, budget.after) }, budget.after - #input.suffix
  for _, line in ipairs(input.after) do
    left = left - #line - 1
    if left < 0 then
      break
    end
    parts[#parts + 1] = line
  end
  return table.concat(parts, '\n')
end

--- The pieces of other files that the budget allows.
local function snippets_within(input, budget)
  local list, left = {}, budget.snippets
  for _, snippet in ipairs(input.snippets or {}) do
    local text = table.concat(snippet.lines, '\n')
    if #text <= left then
      left = left - #text
      list[#list + 1] = { name = snippet.name, text = text }
    end
  end
  return list
end

--- The first lines of the file, when the text above does not begin with them.
local function head_within(input, budget, first)
  local head, skipped = input.file.head or {}, (input.first_line or 1) - 1 + first - 1
  local parts, left = {}, budget.head
  for i = 1, math.min(#head, skipped) do
    left = left - #head[i] - 1
    if left < 0 then
      break
    end
    parts[#parts + 1] = head[i]
  end
  return table.concat(parts, '\n')
end

local function in_words(indent)
  return indent == '\t' and 'tabs' or ('%d blanks'):format(#indent)
end

local function is_blank(text)
  return not text:find('%S')
end

local function params_of(input)
  local single = not is_blank(input.suffix)
  return { max_tokens = single and M.MAX_TOKENS_SINGLE or M.MAX_TOKENS, temperature = TEMPERATURE }
end

--- Asks a chat model.
---@param input beans.PromptInput
---@return {role: string, content: string}[] messages
---@return table params defaults: whatever the user sets goes over them
function M.messages(input)
  local budget = input.budget or M.BUDGET
  local above, prefix, first = text_before(input, budget)
  local parts = {}
  local function add(form, ...)
    parts[#parts + 1] = form:format(...)
  end
  add(
    '<file name="%s" language="%s" indentation="%s">',
    input.file.name,
    input.file.filetype,
    in_words(input.file.indent)
  )
  for _, snippet in ipairs(snippets_within(input, budget)) do
    add('<other_file name="%s">\n%s\n</other_file>', snippet.name, snippet.text)
  end
  local head = head_within(input, budget, first)
  if head ~= '' then
    add('<head>\n%s\n</head>', head)
  end
  add('<after_cursor>%s</after_cursor>', text_after(input, budget))
  for i = 1, math.min(PROBLEMS_MAX, #(input.diagnostics or {})) do
    local problem = input.diagnostics[i]
    local message = first_bytes((problem.message:gsub('%c+', ' ')), PROBLEM_BYTES)
    add('<problem line="%d">%s</problem>', problem.line, message)
  end
  parts[#parts + 1] = '<before_cursor>' .. above .. prefix
  local messages = { { role = 'user', content = table.concat(parts, '\n') } }
  if input.system ~= '' then
    table.insert(messages, 1, { role = 'system', content = input.system })
  end
  local params = params_of(input)
  -- The fence at the end; one at the beginning has no line break before it. In Markdown fences are text.
  params.stop = input.file.filetype ~= 'markdown' and { '\n```', '</before_cursor>', '<after_cursor>' } or nil
  return messages, params
end

--- Asks a server that takes a suffix at `/completions`. Pieces of other files have no place there.
---@param input beans.PromptInput
---@return table body without model and stream
function M.completions(input)
  local budget, body = input.budget or M.BUDGET, params_of(input)
  local above, prefix = text_before(input, budget)
  body.prompt, body.suffix = above .. prefix, text_after(input, budget)
  body.stop = not is_blank(input.suffix) and { '\n' } or nil
  return body
end

--- Asks llama.cpp's server at `/infill`, which stands beside `/v1`.
---@param input beans.PromptInput
---@return table body without stream
function M.infill(input)
  local budget, params = input.budget or M.BUDGET, params_of(input)
  local above, prefix = text_before(input, budget)
  local extra = {}
  for i, snippet in ipairs(snippets_within(input, budget)) do
    extra[i] = { filename = snippet.name, text = snippet.text }
  end
  return {
    input_prefix = above,
    prompt = prefix,
    input_suffix = text_after(input, budget),
    input_extra = extra,
    max_tokens = params.max_tokens,
    temperature = params.temperature,
    cache_prompt = true,
    stop = not is_blank(input.suffix) and { '\n' } or nil,
  }
end

--- Asks as the option `complete.api` says.
---@param api beans.Endpoint
---@param input beans.PromptInput
---@return beans.RequestOptions # of it `endpoint`, `messages` and `body`: what the user sets goes over the body
function M.request(api, input)
  if api ~= 'chat' then
    return { endpoint = api, body = M[api](input) }
  end
  local messages, params = M.messages(input)
  return { endpoint = api, messages = messages, body = params }
end

return M
