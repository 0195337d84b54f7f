-- Every option: its type, default and meaning. Configuration is checked against this table and the option part of the
-- help is written from it. Nothing here runs.

---@class beans.Option
---@field key string dotted name, as in `chat.model`
---@field type string one of the types in config.lua
---@field default any nil: unset
---@field doc string one sentence
---@field shown? string the default in words, where the value alone does not tell
---@field env? string environment variable that fills it when the configuration leaves it out
---@field one_of? any[] of a 'choice': the values it may have
---@field min? number smallest allowed number
---@field empty? boolean '' is a value of its own
---@field strict? boolean a wrong value stops requests, because the default could send text elsewhere or spend money
---@field secret? boolean its value is never shown

local per_job = "the job's own; otherwise as at the top"

---@type beans.Option[]
local options = {
  {
    key = 'base_url',
    type = 'url',
    default = 'https://api.beansai.dev/v1',
    env = 'BEANS_BASE_URL',
    strict = true,
    doc = 'The OpenAI-compatible server to talk to, up to and with its version (`/v1`).',
  },
  {
    key = 'api_key',
    type = 'key',
    env = 'BEANS_API_KEY',
    strict = true,
    secret = true,
    doc = 'The key, or a list with the command that prints it; it runs once, when the key is first needed.',
  },
  { key = 'model', type = 'string', default = 'gpt-5.5', doc = 'The model of all jobs that name none of their own.' },
  {
    key = 'proxy',
    type = 'string',
    empty = true,
    strict = true,
    shown = 'as the environment says (`https_proxy`, `no_proxy`, …)',
    doc = 'The proxy to go through, as `http://host:port` or `socks5h://host:port`; an empty string means none.',
  },
  {
    key = 'ca_file',
    type = 'path',
    strict = true,
    shown = "the system's",
    doc = 'A file of certificate authorities (PEM) to trust instead of those of the system.',
  },
  {
    key = 'connect_timeout_ms',
    type = 'integer',
    min = 1,
    default = 10000,
    doc = 'The longest time for name lookup, TCP and TLS together.',
  },
  {
    key = 'first_byte_timeout_ms',
    type = 'integer',
    min = 1,
    default = 120000,
    doc = 'The longest time from the request being sent whole to the end of the response header.',
  },
  {
    key = 'idle_timeout_ms',
    type = 'integer',
    min = 1,
    default = 60000,
    doc = 'From then on, the longest time without any byte; comments of a stream count as life.',
  },
  {
    key = 'max_concurrent',
    type = 'integer',
    min = 1,
    default = 8,
    doc = 'The number of requests on the wire at once; the others wait, completions the longest.',
  },
  { key = 'params', type = 'params', doc = 'Parameters that go into the body of each request as they are.' },
  {
    key = 'system_prompt',
    type = 'string',
    empty = true,
    shown = 'one short prompt per job',
    doc = 'The system prompt of all jobs that have none of their own; an empty string means none.',
  },
  {
    key = 'data_dir',
    type = 'path',
    shown = "the editor's data directory + `/beans`",
    doc = 'The folder for chats, the ledger and caches.',
  },
  {
    key = 'prompts_dir',
    type = 'path',
    shown = '`prompts` in `data_dir`',
    doc = 'The folder of your own prompts; they go over those of Beans with the same name.',
  },
  { key = 'chat.model', type = 'string', shown = per_job, doc = 'The model of new chats.' },
  { key = 'chat.params', type = 'params', doc = 'Parameters for chats, over those of `params`.' },
  {
    key = 'chat.system_prompt',
    type = 'string',
    empty = true,
    shown = per_job,
    doc = 'The system prompt of new chats.',
  },
  {
    key = 'chat.position',
    type = 'choice',
    default = 'right',
    one_of = { 'right', 'left', 'above', 'below', 'tab', 'current' },
    doc = 'Where the window of a chat opens.',
  },
  {
    key = 'chat.rules',
    type = 'names',
    default = { 'AGENTS.md' },
    shown = '`AGENTS.md`',
    doc = 'The names of files with the rules of a project: one name, or a list of names.',
  },
  {
    key = 'chat.title',
    type = 'choice',
    default = true,
    one_of = { true, false },
    doc = 'Whether a chat gets its title from the model, by one small request after the first answer.',
  },
  { key = 'rewrite.model', type = 'string', shown = per_job, doc = 'The model of rewrites.' },
  { key = 'rewrite.params', type = 'params', doc = 'Parameters for rewrites, over those of `params`.' },
  {
    key = 'rewrite.system_prompt',
    type = 'string',
    empty = true,
    shown = per_job,
    doc = 'The system prompt of rewrites.',
  },
  { key = 'complete.model', type = 'string', shown = per_job, doc = 'The model of inline completion.' },
  { key = 'complete.params', type = 'params', doc = 'Parameters for inline completion, over those of `params`.' },
  {
    key = 'complete.system_prompt',
    type = 'string',
    empty = true,
    shown = per_job,
    doc = 'The system prompt of inline completion.',
  },
  {
    key = 'complete.auto',
    type = 'choice',
    default = 'ask',
    one_of = { 'ask', true, false },
    doc = 'Whether completion comes by itself (`true`), only on its key (`false`), or as one question is answered, '
      .. 'which comes up once, when there is a key.',
  },
  {
    key = 'complete.debounce_ms',
    type = 'integer',
    min = 0,
    shown = 'adaptive',
    doc = 'The pause in typing after which a completion is asked for.',
  },
  {
    key = 'complete.filetypes',
    type = 'table',
    shown = 'all but `beans`',
    doc = 'The file types with completion: a list of them, or a table of file type and true or false, in which `*` '
      .. 'stands for all that are not named.',
  },
  {
    key = 'complete.comments',
    type = 'choice',
    default = true,
    one_of = { true, false },
    doc = 'Whether completion comes by itself in comments, too.',
  },
  {
    key = 'complete.git_ignored',
    type = 'choice',
    default = false,
    one_of = { true, false },
    doc = 'Whether there is completion in files that git ignores.',
  },
  {
    key = 'complete.max_bytes',
    type = 'integer',
    min = 1,
    default = 2097152,
    doc = 'The size of a file above which there is no completion in it.',
  },
  {
    key = 'complete.api',
    type = 'choice',
    default = 'chat',
    one_of = { 'chat', 'completions', 'infill' },
    doc = "What inline completion asks at the server: a chat model, `/completions`, or llama.cpp's `/infill`.",
  },
  { key = 'retry.max', type = 'integer', min = 0, default = 2, doc = 'The number of tries after the first.' },
  {
    key = 'budget.session_usd',
    type = 'number',
    min = 0,
    strict = true,
    doc = 'What a session may cost in US dollars; over it a request is refused before it is sent.',
  },
  {
    key = 'budget.day_usd',
    type = 'number',
    min = 0,
    strict = true,
    doc = 'What a day may cost in US dollars; over it a request is refused before it is sent.',
  },
}

--- What a job says to the model when the configuration sets no system prompt.
---@type table<string, string>
local prompts = {
  chat = 'You are an expert assistant inside a text editor. Answer precisely and briefly, in Markdown; '
    .. 'put code in fenced blocks that name its language.',
  rewrite = 'You rewrite text inside a text editor. Do what the instruction says and nothing else: what it does not '
    .. 'touch stays as it is, and so do the style and the indentation of the file. What you answer goes into the file '
    .. 'as it stands.',
  complete = 'You complete text in an editor. Write only what belongs at the cursor: between the text before and the '
    .. 'text after it, in the style of the file. Begin exactly where the text before the cursor ends; repeat nothing '
    .. 'of it, and nothing of the text after the cursor. Keep to a few lines, and end where the statement or the block '
    .. 'ends. No fences, no explanation. When nothing belongs there, write nothing.',
}

return { options = options, prompts = prompts }
