-- The reviews there are, one in a buffer at most, and what commands and keys ask of them.

local highlights = require('beans.highlights')
local host = require('beans.host')
local review_of = require('beans.edit.review')

local M = {}

---@type table<integer, beans.Review> by buffer
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

local function changed(buf)
  if reviews[buf] then
    reviews[buf]:changed()
  elseif stale[buf] then
    host.draw_none(buf)
  end
end

local function written(buf)
  local review = reviews[buf]
  if review then
    say(('%s not settled yet, written as they stand'):format(hunks(#review:open_hunks())))
  end
end

local function gone(buf)
  if reviews[buf] then
    reviews[buf]:finish('gone')
  end
end

local function watch(buf)
  if watched[buf] then
    return
  end
  watched[buf] = true
  local events = { TextChanged = changed, InsertLeave = changed, BufWritePost = written }
  events.BufUnload, events.BufReadPost = gone, gone
  for event, react in pairs(events) do
    host.on_buf(buf, event, function()
      react(buf)
    end)
  end
  host.on_buf(buf, 'BufWipeout', function()
    watched[buf], stale[buf] = nil, nil
  end)
end

--- Begins a review in a buffer.
---@param options beans.ReviewOptions
---@return beans.Review|nil # nil: the buffer has one already
function M.open(options)
  highlights.define()
  local buf = options.buf
  if reviews[buf] then
    return nil
  end
  local on_settled = options.on_settled
  local review = review_of.open({
    buf = buf,
    foot = options.foot,
    on_settled = function(outcome)
      stale[buf] = stale[buf] or reviews[buf].stale
      reviews[buf] = nil
      if on_settled then
        on_settled(outcome)
      end
    end,
  })
  reviews[buf] = review
  watch(buf)
  return review
end

--- The review of a buffer.
---@param buf integer
---@return beans.Review|nil
function M.review(buf)
  return reviews[buf]
end

-- Commands ------------------------------------------------------------------------------------------------------------

--- The review of the current buffer, and the hunk under the cursor; says so when there is none.
local function under_cursor()
  local here = host.current()
  local review = reviews[here.buf]
  if not review then
    return say('there is no review in this buffer')
  end
  local hunk = review:hunk_at(here.line)
  if not hunk then
    say(('no hunk under the cursor; %s left'):format(hunks(#review:open_hunks())))
  end
  return review, hunk
end

local function walk(review, direction)
  local here = host.current()
  local line = review:next_line(here.line, direction)
  if line then
    host.win_cursor(here.win, line, 0)
  end
end

--- After a hunk was settled the cursor goes on to the next one.
local function go_on(review)
  if not review.ended then
    walk(review, 1)
  end
end

--- Accepts the hunk under the cursor.
---@param all boolean all that are left
function M.accept(all)
  local here = host.current()
  if all and reviews[here.buf] then
    return reviews[here.buf]:accept_all()
  end
  local review, hunk = under_cursor()
  if hunk then
    review:accept(hunk)
    go_on(review)
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
---@param all boolean all that are left
function M.reject(all)
  local here = host.current()
  if all and reviews[here.buf] then
    return reject_all(reviews[here.buf])
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
  local review = reviews[host.current().buf]
  if review then
    walk(review, direction)
  else
    say('there is no review in this buffer')
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
