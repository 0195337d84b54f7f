-- Whether a completion may be asked for at a place, and if not, why: in words that say what to do about it.
--
-- Most of it is looked at for each key. What takes a look at the disk is looked at behind the keys, once a second, and
-- anew before a request is sent.

local budget = require('beans.budget')
local config = require('beans.config')
local credentials = require('beans.credentials')
local host = require('beans.host')
local ignored = require('beans.complete.ignored')
local privacy = require('beans.privacy')
local switch = require('beans.complete.switch')

local M = {}

-- For how long a look at the disk holds.
local HOLDS_MS = 1000

-- A chat is talk, with its own file type; there completion must be wanted.
local OFF_BY_ITSELF = { beans = true }

M.is_on, M.on_change = switch.is_on, switch.on_change

-- Where it is not wanted ----------------------------------------------------------------------------------------------

--- What `complete.filetypes` says of a file type: nil when that is nothing.
local function said_of(filetype, wanted)
  if wanted[filetype] ~= nil then
    return wanted[filetype] ~= false and wanted[filetype] ~= 0
  end
  for _, name in ipairs(wanted) do
    if name == filetype then
      return true
    end
  end
end

--- The same for 'filetype' as it may be, several with dots between.
local function is_wanted(filetype, wanted)
  local said = said_of(filetype, wanted)
  for part in filetype:gmatch('[^.]+') do
    if said == nil then
      said = said_of(part, wanted)
    end
  end
  if said == nil then
    said = said_of('*', wanted)
  end
  if said == nil then
    return #wanted == 0 and not OFF_BY_ITSELF[filetype]
  end
  return said
end

--- Why it does not come by itself in a buffer.
local function why_off_here(cfg, buf, file)
  local here = host.buf_switch(buf, 'beans_complete')
  if here == false then
    return 'b:beans_complete is off: set it to 1'
  elseif here == nil and not is_wanted(file.filetype, cfg.complete.filetypes or {}) then
    local name = file.filetype == '' and 'no file type' or ('the file type "%s"'):format(file.filetype)
    return ('off for %s: name it in complete.filetypes, or set b:beans_complete = 1'):format(name)
  end
end

-- Where it is impossible ----------------------------------------------------------------------------------------------

local KINDS = {
  terminal = 'in a terminal',
  prompt = 'in a prompt',
  quickfix = 'in the quickfix window',
  help = 'in a help window',
}

local function why_not_typed(typing)
  if typing.cmdwin then
    return 'not in the command-line window'
  elseif typing.buftype ~= '' then
    return ('not %s: only in ordinary files'):format(
      KINDS[typing.buftype] or ('where \'buftype\' is "%s"'):format(typing.buftype)
    )
  elseif typing.readonly then
    return "the buffer is read-only ('readonly', or 'nomodifiable')"
  elseif typing.macro then
    return 'a macro is being recorded or replayed'
  elseif typing.paste then
    return "'paste' is set: :set nopaste"
  elseif typing.mode:sub(1, 1) == 'R' then
    return 'not in Replace mode'
  end
end

local function why_not_set_up(cfg)
  if cfg.problem then
    return 'a wrong option stops all requests: ' .. cfg.problem
  end
  local source, usable = credentials.describe(cfg)
  return not usable and source or nil
end

---@type string|nil why nothing may be spent, as it was found last
local spent
local is_adding_up, was_told = false, false

--- A ledger that is not read yet is read in the background.
local function why_spent(cfg)
  if not is_adding_up then
    is_adding_up = true
    budget.prepare(cfg, function()
      is_adding_up = false
      spent = budget.refusal(cfg, 'complete')
    end)
  end
  if spent and not was_told and switch.is_on(cfg) then
    was_told = true
    host.notify('beans: no more completions: ' .. spent, 'info')
  end
  return spent
end

local function is_too_large(cfg, buf)
  local bytes, most = host.buf_bytes(buf), cfg.complete.max_bytes
  if bytes > most then
    return ('the file has %.1f MB, more than the %.1f of complete.max_bytes'):format(bytes / 1e6, most / 1e6)
  end
end

---@type {buf: integer, at_ms: number, why: string|nil, is_due: boolean|nil} what was looked at last
local latest = { buf = -1, at_ms = 0 }

local look_again

local function look(cfg, buf)
  local private = privacy.buffer(buf)
  local why = private and 'private: ' .. private
    or is_too_large(cfg, buf)
    or not cfg.complete.git_ignored and ignored.why(host.buf_path(buf), function()
      look_again(buf)
    end)
    or why_spent(cfg)
    or nil
  latest = { buf = buf, at_ms = host.now_ms(), why = why }
end

function look_again(buf)
  if latest.buf == buf and host.buf_valid(buf) then
    look(config.get(), buf)
  end
end

--- What takes a look at the disk. A key does not wait for that: what was found holds until the next turn has looked.
local function why_not_kept(cfg, buf, anew)
  if anew or latest.buf ~= buf then
    look(cfg, buf)
  elseif not latest.is_due and host.now_ms() - latest.at_ms > HOLDS_MS then
    latest.is_due = true
    host.schedule(function()
      look_again(buf)
    end)
  end
  return latest.why
end

local function why_never(cfg, buf, typing, file, anew)
  return why_not_typed(typing)
    or why_not_set_up(cfg)
    or file.disabled and 'private: b:beans_disable is set'
    or why_not_kept(cfg, buf, anew)
end

-- Both together -------------------------------------------------------------------------------------------------------

--- Why nothing is asked at a place, not even when the user presses the key for it.
---@param buf integer
---@param typing beans.Typing
---@param anew? boolean nothing is taken from memory: before a request is sent
---@return string|nil # nil: it may be asked
function M.why_never(buf, typing, anew)
  return why_never(config.get(), buf, typing, host.file_of(buf), anew)
end

--- Why nothing would be asked at a place by itself, were completion switched on.
---@param cfg beans.Config
---@param buf integer
---@param typing beans.Typing
---@param anew? boolean nothing is taken from memory
---@return string|nil # nil: it would
function M.why_not_here(cfg, buf, typing, anew)
  local file = host.file_of(buf)
  local why = why_off_here(cfg, buf, file) or why_never(cfg, buf, typing, file, anew)
  if not why and not cfg.complete.comments and host.in_comment(buf, typing.line, typing.col) then
    return 'in a comment: complete.comments = true allows that'
  end
  return why
end

--- Why nothing is asked at a place by itself. Cheap enough to be asked for each key.
---@param buf integer
---@param typing beans.Typing
---@param anew? boolean nothing is taken from memory: before a request is sent
---@return string|nil # nil: it may be asked
function M.why_not(buf, typing, anew)
  local cfg = config.get()
  local off = not switch.is_on(cfg) and switch.why_off(cfg) or nil
  if off and switch.is_settled(cfg) then
    return off
  end
  return M.why_not_here(cfg, buf, typing, anew) or off
end

return M
