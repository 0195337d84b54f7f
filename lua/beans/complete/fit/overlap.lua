-- Where a line begins to repeat the text behind the cursor. Pure.

local M = {}

-- So many bytes are recognised anywhere, even within a word.
local TELLING = 8

-- A repetition is looked for at so many places of a line.
local PLACES = 40

--- Whether a line has nothing but what closes: several lines may be put before it.
---@param suffix string
---@return boolean
function M.only_closes(suffix)
  local text = suffix:gsub('</[%w:._-]*>', '')
  return not text:find('[^%s%)%]}>"\'`;,]')
end

local function is_word(char)
  return char:find('^[%w_\128-\255]') ~= nil
end

--- Whether a word, or an operator like `==`, goes on over a place.
local function goes_over(left, right)
  if is_word(left) then
    return is_word(right)
  end
  return left == right and left:find('^[=<>&|+*/%-]') ~= nil
end

local function common(text, at, wanted)
  local size = 0
  while size < #wanted and text:byte(at + size) == wanted:byte(size + 1) do
    size = size + 1
  end
  return size
end

--- Finds where a line begins to repeat the suffix: at the border of a word and outside of what the line itself has
--- opened, unless what is repeated is long.
---@param text string
---@param suffix string not blank
---@param whole boolean the line ends here; else anything that may become a repetition counts
---@param is_outside fun(before: string): boolean
---@return integer|nil at
---@return boolean complete all of the suffix is repeated, whatever follows
function M.find(text, suffix, whole, is_outside)
  local wanted = suffix:match('^%s*(.-)%s*$')
  local at = 0
  for _ = 1, PLACES do
    at = text:find(wanted:sub(1, 1), at + 1, true)
    if not at then
      break
    end
    local size = common(text, at, wanted)
    local stop = at + size
    local at_end = stop > #text
    if at_end and not whole then
      return at, false
    end
    local follows = at_end and wanted:sub(size + 1, size + 1) or text:sub(stop, stop)
    local ends_well = follows == '' or not goes_over(text:sub(stop - 1, stop - 1), follows)
    local begins_well = at == 1 or not goes_over(text:sub(at - 1, at - 1), text:sub(at, at))
    local is_telling = size >= TELLING and (ends_well or at_end)
    if
      (size == #wanted or at_end) and (is_telling or (begins_well and ends_well and is_outside(text:sub(1, at - 1))))
    then
      return at, size == #wanted
    end
  end
  return nil, false
end

return M
