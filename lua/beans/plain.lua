-- Bytes of a file as text that can be sent: valid UTF-8 with LF. Pure.

local M = {}

local SEQUENCES = {
  '^[\1-\127]+()',
  '^[\194-\223][\128-\191]()',
  '^\224[\160-\191][\128-\191]()',
  '^[\225-\236\238\239][\128-\191][\128-\191]()',
  '^\237[\128-\159][\128-\191]()',
  '^\240[\144-\191][\128-\191][\128-\191]()',
  '^[\241-\243][\128-\191][\128-\191][\128-\191]()',
  '^\244[\128-\143][\128-\191][\128-\191]()',
}

local function is_utf8(text)
  local at = 1
  while at <= #text do
    local after
    for _, sequence in ipairs(SEQUENCES) do
      after = after or text:match(sequence, at)
    end
    if not after then
      return false
    end
    at = after
  end
  return true
end

--- What is no UTF-8 is most likely of the Latin kind; at any rate each byte becomes one character.
local function from_latin1(text)
  return (
    text:gsub('[\128-\255]', function(byte)
      local code = byte:byte()
      return string.char(192 + math.floor(code / 64), 128 + code % 64)
    end)
  )
end

--- Takes away what is left of a character at the end of a text that was cut somewhere.
---@param text string
---@return string
function M.whole(text)
  local at, lead = text:match('()([\192-\247])[\128-\191]*$')
  local wanted = at and (lead:byte() >= 240 and 4 or lead:byte() >= 224 and 3 or 2)
  return at and #text - at + 1 < wanted and text:sub(1, at - 1) or text
end

--- Makes text of bytes.
---@param bytes string
---@return string|nil # nil: it is no text
function M.text(bytes)
  if bytes:find('\0', 1, true) then
    return nil
  end
  bytes = bytes:gsub('^\239\187\191', ''):gsub('\r\n', '\n')
  return is_utf8(bytes) and bytes or from_latin1(bytes)
end

return M
