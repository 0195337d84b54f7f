-- Base64 (RFC 4648). Pure, and the same in every Lua: no bit operators.

local M = {}

local ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

--- Two characters for each 12 bits.
local pairs_of = nil

local function make_pairs()
  pairs_of = {}
  for value = 0, 4095 do
    local high, low = math.floor(value / 64) + 1, value % 64 + 1
    pairs_of[value] = ALPHABET:sub(high, high) .. ALPHABET:sub(low, low)
  end
end

--- The last one or two bytes, with what fills up.
local function tail(a, b)
  local value = a * 65536 + (b or 0) * 256
  local high, low = math.floor(value / 4096), value % 4096
  return pairs_of[high] .. (b and pairs_of[low]:sub(1, 1) .. '=' or '==')
end

-- Pieces are put together by the thousand: a table with a million of them is slow to grow.
local PIECES = 3072

--- Encodes `first` to `last`, a multiple of three bytes.
local function encode_piece(text, first, last)
  local out, n, byte = {}, 0, string.byte
  for at = first, last, 3 do
    local a, b, c = byte(text, at, at + 2)
    local low = (b % 16) * 256 + c
    out[n + 1], out[n + 2] = pairs_of[a * 16 + (b - b % 16) / 16], pairs_of[low]
    n = n + 2
  end
  return table.concat(out)
end

--- Encodes a text.
---@param text string
---@return string
function M.encode(text)
  if not pairs_of then
    make_pairs()
  end
  local out, whole = {}, #text - #text % 3
  for first = 1, whole, PIECES do
    out[#out + 1] = encode_piece(text, first, math.min(first + PIECES - 1, whole))
  end
  if whole < #text then
    out[#out + 1] = tail(text:byte(whole + 1, #text))
  end
  return table.concat(out)
end

return M
