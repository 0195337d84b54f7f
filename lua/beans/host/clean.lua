-- Makes text of a model or a server fit for a buffer: the one place where that is done. Line ends of all kinds become
-- LF, other control characters become something that is seen and does nothing. Pure.

local M = {}

--- Control characters as the pictures that Unicode has for them (U+2400 …).
local function picture(byte)
  local code = byte:byte()
  return code == 0x7F and '\226\144\161' or '\226\144' .. string.char(0x80 + code)
end

-- C1 controls (U+0080 … U+009F) begin terminal sequences as ESC does, and have no picture.
local REPLACEMENT = '\239\191\189'

--- Cleans a piece of text. A CR at the very end is held back, because its LF may come with the next piece.
---@param text string valid UTF-8
---@param held? boolean what the piece before returned
---@return string cleaned
---@return boolean held whether a CR waits for what comes next
function M.piece(text, held)
  if held then
    text = '\r' .. text
  end
  local waits = text:sub(-1) == '\r'
  if waits then
    text = text:sub(1, -2)
  end
  text = text:gsub('\r\n?', '\n'):gsub('[%z\1-\8\11-\31\127]', picture):gsub('\194[\128-\159]', REPLACEMENT)
  return text, waits
end

--- Cleans a whole text.
---@param text string valid UTF-8
---@return string
function M.text(text)
  local cleaned, waits = M.piece(text)
  return waits and cleaned .. '\n' or cleaned
end

--- Cleans a text for one line of a bar or a menu.
---@param text string valid UTF-8
---@return string
function M.line(text)
  if not text:find('[%c\194]') then
    return text -- as nearly all are
  end
  return (M.text(text):gsub('[\n\t]+', ' '))
end

--- Makes a text fit to be the value of 'statusline' or 'winbar': nothing in it is evaluated, and where it is too long
--- it is cut at its end.
---@param text string valid UTF-8
---@return string
function M.bar(text)
  return M.line(text):gsub('%%', '%%%%') .. '%<'
end

return M
