-- The reviews there are, and what commands and keys ask of them.

local highlights = require('beans.highlights')
local host = require('beans.host')
local review_of = require('beans.edit.review')

local M = {}

---@type table<integer, beans.Review[]> by buffer, in the order in which they began
local reviews = {}
--- Buffers whose changes, writing and end are watched.
local watched = {}
--- Buffers where an undo may bring back what was drawn in a review that is over.
local stale = {}

local function say(text)
  host.notify('beans: ' .. text, 'info')
end

local function hunks(count)
  return count == 1 and '1 hunk' or ('%d hunks'):format(count)
end

-- Watching ------------------------------------------------------------------------------------------------------------

--- The reviews of a buffer; a copy, for they may end meanwhile.
---@param buf integer
---@return beans.Review[]
function M.reviews(buf)
  local list = {}
  for i, review in ipairs(reviews[buf] or {}) do
    list[i] = review
  end
  return list
end

local function changed(buf)
  if not reviews[buf] and stale[buf] then
    host.draw_none(buf)
  end
  for _, review in ipairs(M.reviews(buf)) do
    review:changed()
  end
end

local function written(buf)
  local count, streams = 0, false
  for _, review in ipairs(M.reviews(buf)) do
    count = count + #review:open_hunks()
    streams = streams or not review.whole
  end
  if count > 0 or streams then
    local more = streams and ', and more to come' or ''
    say(('%s not settled yet%s: written as it stands'):format(hunks(count), more))
  end
end

local function gone(buf)
  for _, review in ipairs(M.reviews(buf)) do
    review:finish('gone')
  end
end

--- The bar takes as many lines as it needs.
local function resized(buf)
  for _, review in ipairs(M.reviews(buf)) do
    review:draw_bar()
  end
end

local function watch(buf)
  if watched[buf] then
    return
  end
  watched[buf] = true
  local events = { TextChanged = changed, InsertLeave = changed, BufWritePost = written }
  events.BufUnload, events.BufReadPost, events.VimResized = gone, gone, resized
  for event, react in pairs(events) do
    host.on_buf(buf, event, function()
      react(buf)
    end)
  end
  host.on_buf(buf, 'BufWipeout', function()
    watched[buf], stale[buf] = nil, nil
  end)
end

local function forget(review)
  local buf, left = review.buf, {}
  for _, other in ipairs(reviews[buf]) do
    if other ~= review then
      left[#left + 1] = other
    end
  end
  stale[buf] = stale[buf] or review.stale
  reviews[buf] = left[1] and left or nil
end

--- Begins a review of some lines of a buffer.
---@param options beans.ReviewOptions
---@return beans.Review|nil # nil: some of the lines are under review already
function M.open(options)
  highlights.define()
  local buf = options.buf
  for _, other in ipairs(M.reviews(buf)) do
    if other:overlaps(options.first, options.last) then
      return nil
    end
  end
  local review = review_of.open(options, forget)
  reviews[buf] = reviews[buf] or {}
  table.insert(reviews[buf], review)
  watch(buf)
  return review
end

--- The review that a line of a buffer belongs to, or the nearest one.
---@param buf integer
---@param line integer
---@return beans.Review|nil
function M.review_at(buf, line)
  local nearest, least
  for _, review in ipairs(M.reviews(buf)) do
    local away = review:distance(line)
    if not least or away < least then
      nearest, least = review, away
    end
  end
  return nearest
end

-- Commands ------------------------------------------------------------------------------------------------------------

--- The review that the cursor is in or next to; says so when there is none.
local function review_here()
  local here = host.current()
  local review = M.review_at(here.buf, here.line)
  if not review then
    say('there is no review in this buffer')
  end
  return review, here
end

--- That review, and the hunk under the cursor.
local function under_cursor()
  local review, here = review_here()
  local hunk = review and review:hunk_at(here.line)
  if review and not hunk then
    say(('no hunk under the cursor; %s left'):format(hunks(#review:open_hunks())))
  end
  return review, hunk
end

--- Goes to the next hunk of any review here, round the ends of the buffer.
local function walk(buf, direction)
  local here = host.current()
  local target, away
  for _, review in ipairs(M.reviews(buf)) do
    local line = review:next_line(here.line, direction)
    -- What lies behind comes last.
    local distance = line and (line - here.line) * direction
    distance = distance and distance <= 0 and distance + host.buf_line_count(buf) + 1 or distance
    if distance and (not away or distance < away) then
      target, away = line, distance
    end
  end
  if target then
    host.win_cursor(here.win, target, 0)
  end
end

--- After a hunk was settled the cursor goes on to the next one.
local function go_on(review)
  if not review.ended and #review:open_hunks() > 0 then
    walk(review.buf, 1)
  end
end

--- Accepts the hunk under the cursor.
---@param all boolean all that are left of its review
function M.accept(all)
  if not all then
    local review, hunk = under_cursor()
    if hunk then
      review:accept(hunk)
      go_on(review)
    end
    return
  end
  local review = review_here()
  local on_all = review and review.options.on_accept_all
  if review and not (not review.whole and on_all and on_all()) then
    review:accept_all()
  end
end

local function say_lost(count)
  if count > 0 then
    say(('the place of %s is gone; the old text is in the unnamed register'):format(hunks(count)))
  end
end

local KEEP, BACK, NOTHING = 'keep what I wrote (accept)', 'put the old text back', 'do nothing yet'

local function reject_edited(review, hunk)
  host.select({ KEEP, BACK, NOTHING }, 'You changed the new text of this hunk', function(choice)
    if review.ended or hunk.state ~= 'open' then
      return
    elseif choice == KEEP then
      review:accept(hunk)
    elseif choice == BACK then
      say_lost(review:reject(hunk) and 0 or 1)
    end
  end)
end

local function reject_all(review)
  local edited = {}
  for _, hunk in ipairs(review:open_hunks()) do
    if review:is_edited(hunk) then
      edited[#edited + 1] = hunk
    end
  end
  if #edited == 0 then
    return say_lost(review:reject_all())
  end
  local prompt = ('You changed the new text of %s'):format(hunks(#edited))
  host.select({ KEEP, BACK, NOTHING }, prompt, function(choice)
    if review.ended or (choice ~= KEEP and choice ~= BACK) then
      return
    end
    for _, hunk in ipairs(choice == KEEP and edited or {}) do
      if hunk.state == 'open' then
        review:accept(hunk)
      end
    end
    say_lost(review:reject_all())
  end)
end

--- Rejects the hunk under the cursor; asks before anything goes that the user wrote.
---@param all boolean all that are left of its review
function M.reject(all)
  if all then
    local review = review_here()
    local on_all = review and review.options.on_reject_all
    if review and not (on_all and on_all()) then
      reject_all(review)
    end
    return
  end
  local review, hunk = under_cursor()
  if not hunk then
    return
  elseif review:is_edited(hunk) then
    return reject_edited(review, hunk)
  end
  review:reject(hunk)
  go_on(review)
end

--- Goes to the next hunk (1), or the previous one (-1).
---@param direction integer
function M.walk(direction)
  local review = review_here()
  if review then
    walk(review.buf, direction)
  end
end

--- Shows the deleted lines of the hunk under the cursor.
function M.show_deleted()
  local _, hunk = under_cursor()
  if hunk and #hunk.old == 0 then
    say('this hunk deletes nothing')
  elseif hunk then
    host.popup(('%d lines deleted'):format(#hunk.old), hunk.old)
  end
end

return M
