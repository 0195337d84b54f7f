-- What kind of image some bytes are, and how large: by what stands in them, never by the name of the file. Pure.

local M = {}

---@class beans.Picture
---@field mime 'image/png'|'image/jpeg'|'image/gif'|'image/webp'
---@field width integer|nil pixels; nil when it is not known
---@field height integer|nil

local function big(bytes, at, count)
  local value = 0
  for i = at, at + count - 1 do
    value = value * 256 + (bytes:byte(i) or 0)
  end
  return value
end

local function little(bytes, at, count)
  local value = 0
  for i = at + count - 1, at, -1 do
    value = value * 256 + (bytes:byte(i) or 0)
  end
  return value
end

local function look_png(bytes)
  if bytes:sub(1, 8) == '\137PNG\r\n\26\n' then
    return { mime = 'image/png', width = big(bytes, 17, 4), height = big(bytes, 21, 4) }
  end
end

local function look_gif(bytes)
  if bytes:find('^GIF8[79]a') then
    return { mime = 'image/gif', width = little(bytes, 7, 2), height = little(bytes, 9, 2) }
  end
end

local function look_webp(bytes)
  if bytes:sub(1, 4) ~= 'RIFF' or bytes:sub(9, 12) ~= 'WEBP' then
    return nil
  end
  local found, format = { mime = 'image/webp' }, bytes:sub(13, 16)
  if format == 'VP8X' then
    found.width, found.height = little(bytes, 25, 3) + 1, little(bytes, 28, 3) + 1
  elseif format == 'VP8 ' then
    found.width, found.height = little(bytes, 27, 2) % 16384, little(bytes, 29, 2) % 16384
  elseif format == 'VP8L' then
    local bits = little(bytes, 22, 4)
    found.width, found.height = bits % 16384 + 1, math.floor(bits / 16384) % 16384 + 1
  end
  return found
end

--- A JPEG is a row of segments; the one that begins the frame has its size.
local function look_jpeg(bytes)
  if bytes:sub(1, 3) ~= '\255\216\255' then
    return nil
  end
  local at = 3
  while at + 8 < #bytes and bytes:byte(at) == 255 do
    local marker = bytes:byte(at + 1)
    if marker >= 192 and marker <= 207 and marker ~= 196 and marker ~= 200 and marker ~= 204 then
      return { mime = 'image/jpeg', width = big(bytes, at + 7, 2), height = big(bytes, at + 5, 2) }
    end
    at = at + 2 + math.max(2, big(bytes, at + 2, 2))
  end
  return { mime = 'image/jpeg' }
end

--- Looks at an image.
---@param bytes string
---@return beans.Picture|nil # nil: it is none that the API takes
function M.look(bytes)
  return look_png(bytes) or look_jpeg(bytes) or look_gif(bytes) or look_webp(bytes)
end

return M
