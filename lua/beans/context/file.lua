-- `@file:path`: a file, or the files of a pattern. `**` leaves out what is hidden and what `.gitignore` does.

local attachment = require('beans.attachment')
local caps = require('beans.context.caps')
local glob = require('beans.glob')
local host = require('beans.host')
local path_of = require('beans.path')
local source = require('beans.context.source')
local walk = require('beans.context.walk')

--- Divides a pattern into the folder that it begins in and the rest.
local function divide(path)
  local parts, at = path_of.parts(path), 1
  while not glob.is_pattern(parts[at]) do
    at = at + 1
  end
  return '/' .. table.concat(parts, '/', 1, at - 1), table.concat(parts, '/', at)
end

local function options_for(pattern, rest)
  return {
    max = caps.files.count,
    hidden = ('/' .. rest):find('/%.[^./]') ~= nil,
    gitignore = glob.is_deep(pattern),
    enters = function(parts)
      return glob.reaches_below(pattern, parts)
    end,
    takes = function(parts)
      return glob.matches(pattern, parts)
    end,
  }
end

local function blocks_of(root, files, mention)
  local blocks, problems, bytes = {}, {}, 0
  for _, file in ipairs(files) do
    local path = (root == '/' and '' or root) .. '/' .. file
    local own = attachment.mention('file', path_of.relative(path, host.cwd()))
    local block, problem = source.file(path, { mention = own, notes = { mention } })
    if block and bytes + #block > caps.files.bytes then
      block, problem = nil, 'left out, for it would be too much'
    end
    bytes = bytes + #(block or '')
    blocks[#blocks + 1] = block
    problems[#problems + 1] = problem and ('%s: %s'):format(source.shown(path), problem)
  end
  return blocks, problems
end

local function collect_pattern(path, mention, on_done)
  local root, rest = divide(path)
  local pattern = glob.parse(rest)
  if not pattern then
    return on_done({}, { 'the pattern can match nothing' })
  end
  walk.files(root, options_for(pattern, rest), function(files, is_cut)
    local blocks, problems = blocks_of(root, files, mention)
    if #files == 0 then
      problems[#problems + 1] = 'no file matches'
    elseif is_cut then
      problems[#problems + 1] = ('only the first %d files were taken'):format(#files)
    end
    on_done(blocks, problems)
  end)
end

---@type beans.ContextProvider
return {
  name = 'file',
  about = 'a file: @file:path, or a pattern with * ? **',
  takes = 'needed',
  path = true,
  collect = function(request, on_done)
    local path = source.absolute(request.mention.argument)
    if glob.is_pattern(path) and not host.file_facts(path) then
      return collect_pattern(path, request.mention.text, on_done)
    end
    local block, problem = source.file(path, { mention = request.mention.text })
    on_done({ block }, { problem })
  end,
}
