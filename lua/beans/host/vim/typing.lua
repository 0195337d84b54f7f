-- Where and what the user types in Vim, for host/vim.lua: events, a snapshot, text that is put there, and <Tab>.

local ghost = require('beans.host.vim.ghost')
local keystrokes = require('beans.host.keystrokes')
local inside = require('beans.host.vim.inside')
local literal = require('beans.host.literal')
local value = require('beans.host.vim.value')

local M = { ghost = ghost.show }

local function place()
  local window = vim.window()
  return {
    buf = window.buffer.number,
    line = window.line,
    col = window.col - 1,
    tick = vim.eval('b:changedtick'),
  }
end

local keys ---@type {entered: fun(), changed: fun(), left: fun()}

--- What runs at an event: the screen is drawn afterwards.
local function at(name)
  return function()
    ghost.before_drawing(keys[name])
  end
end

local EVENTS = {
  { 'InsertEnter *', at('entered') },
  { 'CursorMovedI,TextChangedI,TextChangedP *', at('changed') },
  { 'BufLeave,WinLeave *', at('left') },
  { 'ModeChanged [iR]*:n,[iR]*:[vVsS]*', at('left') }, -- CTRL-C fires no InsertLeave
  {
    'InsertCharPre *',
    function()
      ghost.follow(place(), { vim.eval('v:char') })
    end,
  },
}

function M.on_typing(listeners)
  vim.command('augroup beans_typing | autocmd! | augroup END')
  if not listeners then
    return
  end
  keys = keystrokes.new(listeners, place)
  for _, event in ipairs(EVENTS) do
    event.command = event.command or value.command(event[2])
    vim.command(('autocmd beans_typing %s %s'):format(event[1], event.command))
  end
end

local FACTS = [[{'prefix': strpart(getline('.'), 0, col('.') - 1), 'suffix': strpart(getline('.'), col('.') - 1),]]
  .. [['mode': mode(1), 'menu': pumvisible(), 'selected': pumvisible() && complete_info(['selected']).selected >= 0,]]
  .. [['macro': reg_recording() != '' || reg_executing() != '', 'paste': &paste, 'snippet': 0,]]
  .. [['behind_end': virtcol('.') > virtcol('$'), 'cmdwin': getcmdwintype() != '', 'buftype': &buftype,]]
  .. [['readonly': &readonly || !&modifiable}]]

function M.typing()
  local now = place()
  for name, fact in vim.eval(FACTS)() do
    now[name] = fact
    if type(fact) == 'number' then
      now[name] = fact ~= 0
    end
  end
  return now
end

local COMMENT = [[match(map(synstack(%d, %d), {_, id -> synIDattr(synIDtrans(id), 'name')}), 'Comment') >= 0]]

--- What stands before the cursor tells; in the first column, what stands there.
function M.in_comment(buf, line, col)
  local function look()
    return vim.eval(COMMENT:format(line, math.max(1, col))) ~= 0
  end
  if buf == vim.fn.bufnr() then
    return look()
  end
  return inside.buffer(buf, look)
end

M.accept = literal.on({
  fn = vim.fn,
  ex = value.ex,
  place = place,
  ghost = ghost.follow,
  is_paste = function()
    return vim.eval('&paste') == 1
  end,
  schedule = function(run)
    value.call('timer_start', 0, run)
  end,
})

local IS_FREE = [[get(g:, 'beans_no_tab_map', 0) == 0 && empty(filter(maplist(), {_, map -> !map.buffer]]
  .. [[ && map.mode =~# '[i!]' && index([map.lhsraw, get(map, 'lhsrawalt', '')], "\t") >= 0}))]]

function M.tab_map(accept)
  if vim.eval(IS_FREE) == 0 then
    return false
  end
  local expression = value.expression(function()
    return accept() and '' or '\t'
  end)
  -- Not `noremap`: a plain <Tab> ends an abbreviation, a mapped one does not.
  vim.command('imap <silent> <expr> <Tab> ' .. expression)
  return true
end

return M
