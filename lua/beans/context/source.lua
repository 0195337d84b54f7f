-- Files and buffers as context blocks, for the providers: what may not be sent is refused here, what is too long is
-- cut.

local attachment = require('beans.attachment')
local caps = require('beans.context.caps')
local host = require('beans.host')
local lines_in = require('beans.lines')
local path_of = require('beans.path')
local plain = require('beans.plain')
local privacy = require('beans.privacy')

local M = {}

---@class beans.SourceOptions
---@field mention string what the block is named by
---@field notes? string[] that stand before those of what is in it

local LANGUAGES =
  { Makefile = 'make', Dockerfile = 'dockerfile', Gemfile = 'ruby', Rakefile = 'ruby', Jenkinsfile = 'groovy' }

--- The language of a file that no editor has opened: its ending, which Markdown's readers know as well.
---@param path string
---@return string
function M.language(path)
  local name = path_of.name(path)
  return LANGUAGES[name] or name:match('%.(%w+)$') or ''
end

--- A path as it is shown: from the current directory where it is below it.
---@param path string absolute
---@return string
function M.shown(path)
  return attachment.one_line(path_of.relative(path, host.cwd()))
end

--- Where a path that the user wrote leads.
---@param path string
---@return string
function M.absolute(path)
  return path_of.absolute(path, host.cwd(), host.env('HOME'))
end

local function block_of(lines, total, language, options)
  local kept, cut = attachment.cut(lines, caps.file)
  local notes = {}
  for _, note in ipairs(options.notes or {}) do
    notes[#notes + 1] = note
  end
  notes[#notes + 1] = #kept > 0 and attachment.range(1, #kept) or 'empty'
  if cut or total then
    notes[#notes + 1] = total and ('cut, the file has ' .. total) or cut
  end
  return attachment.block({
    mention = options.mention,
    notes = notes,
    language = language,
    text = table.concat(kept, '\n'),
  })
end

--- Why nothing of the buffer that the user comes from can go along; nil when it can.
---@param snapshot beans.Snapshot
---@return string|nil problem without the mention
function M.hindrance(snapshot)
  if not snapshot.buf or not host.buf_valid(snapshot.buf) then
    return 'there is no buffer to take'
  end
  local why = privacy.buffer(snapshot.buf)
  return why and 'never sent: ' .. why
end

--- The text of a buffer.
---@param buf integer
---@param options beans.SourceOptions
---@return string|nil block
---@return string|nil problem without the mention
function M.buffer(buf, options)
  local why = privacy.buffer(buf)
  if why then
    return nil, 'never sent: ' .. why
  end
  local count = host.buf_line_count(buf)
  local lines = host.buf_lines(buf, 1, math.min(count, caps.file.lines))
  if #lines == 1 and lines[1] == '' then
    lines = {}
  end
  return block_of(
    lines,
    count > #lines and #lines > 0 and count .. ' lines' or nil,
    host.file_of(buf).filetype,
    options
  )
end

local function from_disk(path, facts, options)
  local bytes = host.read_head(path, caps.file.bytes + 1)
  if not bytes then
    return nil, 'can not be read'
  end
  local is_cut = #bytes > caps.file.bytes
  local text = plain.text(is_cut and plain.whole(bytes:sub(1, -2)) or bytes)
  if not text then
    return nil, 'it is no text'
  end
  local lines = text == '' and {} or lines_in.of((text:gsub('\n$', '')))
  return block_of(lines, is_cut and attachment.size(facts.size) or nil, M.language(path), options)
end

--- The text of a file; of one that is open in the editor as it stands there, saved or not.
---@param path string absolute
---@param options beans.SourceOptions
---@return string|nil block
---@return string|nil problem without the mention
function M.file(path, options)
  local facts = host.file_facts(path)
  local why = privacy.file(path)
  if why then
    return nil, 'never sent: ' .. why
  end
  local buf = host.buf_of_file(path)
  if buf then
    return M.buffer(buf, options)
  elseif not facts then
    return nil, 'no such file'
  elseif facts.kind == 'directory' then
    return nil, 'it is a folder; a pattern such as folder/* takes its files'
  elseif facts.kind ~= 'file' then
    return nil, 'it is no ordinary file' -- reading a pipe or a device could wait for ever
  end
  return from_disk(path, facts, options)
end

return M
