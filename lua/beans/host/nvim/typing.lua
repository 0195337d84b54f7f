-- Where and what the user types in Neovim, for host/nvim.lua: events, a snapshot, text that is put there, and <Tab>.

local ghost = require('beans.host.nvim.ghost')
local keystrokes = require('beans.host.keystrokes')
local literal = require('beans.host.literal')

local api, fn = vim.api, vim.fn

local M = { ghost = ghost.show }

local GROUP = 'beans.typing'

local function place()
  local cursor, buf = api.nvim_win_get_cursor(0), api.nvim_get_current_buf()
  return { buf = buf, line = cursor[1], col = cursor[2], tick = api.nvim_buf_get_changedtick(buf) }
end

function M.on_typing(listeners)
  local group = api.nvim_create_augroup(GROUP, {})
  if not listeners then
    return api.nvim_del_augroup_by_id(group)
  end
  local keys = keystrokes.new(listeners, place)
  local function on(events, handler, pattern)
    api.nvim_create_autocmd(events, {
      group = group,
      pattern = pattern,
      callback = function()
        handler() -- what it returns does not end the autocommand
      end,
    })
  end
  on('InsertEnter', keys.entered)
  on({ 'CursorMovedI', 'TextChangedI', 'TextChangedP' }, keys.changed)
  on({ 'BufLeave', 'WinLeave' }, keys.left)
  on('InsertCharPre', function()
    ghost.follow(place(), { vim.v.char })
  end)
  on('ModeChanged', keys.left, { '[iR]*:n', '[iR]*:[vVsS]*' }) -- CTRL-C fires no InsertLeave
end

function M.typing()
  local now = place()
  local bo, line = vim.bo[now.buf], api.nvim_get_current_line()
  local menu = fn.pumvisible() == 1
  now.prefix, now.suffix = line:sub(1, now.col), line:sub(now.col + 1)
  now.mode = api.nvim_get_mode().mode
  now.menu = menu
  now.selected = menu and fn.complete_info({ 'selected' }).selected >= 0
  now.macro = fn.reg_recording() ~= '' or fn.reg_executing() ~= ''
  now.paste = vim.o.paste
  now.snippet = vim.snippet.active()
  now.behind_end = fn.virtcol('.') > fn.virtcol('$')
  now.cmdwin = fn.getcmdwintype() ~= ''
  now.buftype = bo.buftype
  now.readonly = bo.readonly or not bo.modifiable
  return now
end

--- Whether a capture or a highlight group is that of a comment.
local function is_comment(name)
  return name:find('^comment') ~= nil or name:find('Comment', 1, true) ~= nil
end

local function is_comment_by_syntax(line, col)
  for _, id in ipairs(fn.synstack(line, col + 1)) do
    if is_comment(fn.synIDattr(fn.synIDtrans(id), 'name')) then
      return true
    end
  end
  return false
end

--- What stands before the cursor tells; in the first column, what stands there.
function M.in_comment(buf, line, col)
  col = math.max(0, col - 1)
  if vim.treesitter.highlighter.active[buf] then
    for _, found in ipairs(vim.treesitter.get_captures_at_pos(buf, line - 1, col)) do
      if is_comment(found.capture) then
        return true
      end
    end
    return false
  end
  return api.nvim_buf_call(buf, function()
    return is_comment_by_syntax(line, col)
  end)
end

M.accept = literal.on({
  fn = fn,
  ex = vim.cmd,
  place = place,
  ghost = ghost.follow,
  is_paste = function()
    return vim.o.paste
  end,
  schedule = vim.schedule,
})

--- Neovim's own mapping of <Tab>, which jumps in a snippet; nil when there is none, and true when there is another's.
local function tab_mapping()
  local own
  for _, mapping in ipairs(api.nvim_get_keymap('i')) do
    if mapping.lhs == '<Tab>' or mapping.lhs == '<C-I>' then
      own = mapping.callback and (mapping.desc or ''):find('^vim%.snippet%.jump') and mapping.callback
      if not own then
        return true
      end
    end
  end
  return own
end

function M.tab_map(accept)
  local before, unwanted = tab_mapping(), vim.g.beans_no_tab_map
  if before == true or unwanted == 1 or unwanted == true then
    return false
  end
  vim.keymap.set('i', '<Tab>', function()
    if accept() then
      return ''
    end
    return before and before() or '<Tab>'
  end, {
    expr = true,
    silent = true,
    remap = before == nil, -- a plain <Tab> ends an abbreviation, a mapped one does not
    desc = 'Beans: accept the completion, otherwise <Tab>',
  })
  return true
end

return M
