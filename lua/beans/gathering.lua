-- What goes along with a question or an instruction, and has to be waited for: what its mentions stand for, and the
-- rules of the project.

local context = require('beans.context')
local host = require('beans.host')
local path_of = require('beans.path')
local privacy = require('beans.privacy')
local rules = require('beans.rules')

local M = {}

-- Mentions that name something. Where it can't be had, the question is about nothing; the others may find nothing, as
-- `@diagnostics` where all is well.
local NAMES_SOMETHING = { file = true, image = true, url = true, buffer = true }

--- What hinders the question, and what is only worth knowing.
local function told_apart(problems)
  local missing, empty = {}, {}
  for _, problem in ipairs(problems) do
    local list = NAMES_SOMETHING[problem:match('^@(%l+)')] and missing or empty
    list[#list + 1] = problem
  end
  return missing, empty
end

local function warn(texts)
  if texts[1] then
    host.notify('beans: ' .. table.concat(texts, '; '), 'warn')
  end
end

local function may_send(path)
  return privacy.file(path) == nil
end

--- Gathers what goes along with a text. What is only worth knowing is told.
---@param text string
---@param snapshot beans.Snapshot
---@param on_done fun(blocks: string[]|nil, rule: beans.Rule|nil, problem: string|nil) later; without blocks it can't be
---sent
function M.gather(text, snapshot, on_done)
  context.attach(text, snapshot, function(blocks, problems, notes)
    local missing, empty = told_apart(problems)
    if missing[1] then
      return on_done(nil, nil, table.concat(missing, '; '))
    end
    warn(empty)
    warn(notes)
    rules.get(snapshot.path and path_of.folder(snapshot.path) or snapshot.cwd, function(rule)
      on_done(blocks, rule)
    end, may_send)
  end)
end

return M
