" Beans: chat, rewriting and completion with an OpenAI-compatible service. Nothing is loaded before it is used.
if exists('g:loaded_beans')
  finish
endif
let g:loaded_beans = 1

let s:save_cpo = &cpoptions
set cpoptions&vim

" What this editor lacks, in one line; '' when it will do. The version is left to the Lua side, which knows both editors.
function! s:missing() abort
  if has('nvim')
    return has('nvim-0.10') ? '' : 'Beans needs Neovim 0.10 or newer'
  elseif !has('patch-9.0.1378')
    return 'Beans needs Vim 9.0.1378 or newer'
  elseif !has('lua')
    return 'Beans needs a Vim with Lua (+lua): Debian and Ubuntu have it in vim-nox or vim-gtk3'
  elseif !has('textprop') || !has('timers')
    return 'Beans needs a Vim with +textprop and +timers, as Debian''s vim-nox'
  endif
  return ''
endfunction

" Whether this editor will do; if not, the user is told.
function! s:will_do() abort
  let l:missing = s:missing()
  if empty(l:missing)
    return 1
  endif
  echohl ErrorMsg | echomsg l:missing | echohl None
  return 0
endfunction

function! s:command(line1, line2, range, bang, args) abort
  if !s:will_do()
    return
  endif
  call luaeval('require("beans.command").run(_A[1], _A[2], _A[3], _A[4], _A[5])',
        \ [a:args, a:bang, a:range, a:line1, a:line2])
endfunction

function! s:complete(lead, line, pos) abort
  if !empty(s:missing())
    return ''
  endif
  return luaeval('require("beans.command").complete(_A[1], _A[2])', [a:lead, strpart(a:line, 0, a:pos)])
endfunction

" The list is filtered by Lua already; 'custom' filters again, which is harmless and escapes nothing.
command! -nargs=* -range -bang -complete=custom,s:complete Beans
      \ call s:command(<line1>, <line2>, <range>, <bang>0, <q-args>)

" A file whose head says that it is a chat becomes one when it is read, whatever its name. What others have read from
" elsewhere, as an old version or over the network, is only shown.
function! s:attach(buf) abort
  let l:is_file = empty(getbufvar(a:buf, '&buftype')) && bufname(a:buf) !~# '^\a\+://'
  if l:is_file && match(getbufline(a:buf, 2, 20), '^beans: \d') >= 0 && empty(s:missing())
    execute printf('lua require("beans.chat").attach(%d)', a:buf)
  endif
endfunction

augroup beans_chats
  autocmd!
  autocmd BufReadPost * if getline(1) ==# '---' | call s:attach(expand('<abuf>') + 0) | endif
augroup END

" Completion is loaded when something may be typed for the first time, after the key that began it.
augroup beans_complete
  autocmd!
  autocmd InsertEnter * if empty(s:missing()) | call timer_start(0, {-> s:inline('start')}) | endif
augroup END

nnoremap <silent> <Plug>(beans-chat) <Cmd>Beans chat<CR>
xnoremap <silent> <Plug>(beans-chat) :Beans chat<CR>
nnoremap <silent> <Plug>(beans-chats) <Cmd>Beans chats<CR>
nnoremap <silent> <Plug>(beans-models) <Cmd>Beans models<CR>
nnoremap <silent> <Plug>(beans-stop) <Cmd>Beans stop<CR>
nnoremap <silent> <Plug>(beans-stop-all) <Cmd>Beans! stop<CR>
nnoremap <silent> <Plug>(beans-retry) <Cmd>Beans retry<CR>
nnoremap <silent> <Plug>(beans-resolve) <Cmd>Beans resolve<CR>
nnoremap <silent> <Plug>(beans-accept) <Cmd>Beans accept<CR>
nnoremap <silent> <Plug>(beans-accept-all) <Cmd>Beans! accept<CR>
nnoremap <silent> <Plug>(beans-reject) <Cmd>Beans reject<CR>
nnoremap <silent> <Plug>(beans-reject-all) <Cmd>Beans! reject<CR>
nnoremap <silent> <Plug>(beans-next-hunk) <Cmd>Beans hunk next<CR>
nnoremap <silent> <Plug>(beans-prev-hunk) <Cmd>Beans hunk prev<CR>
nnoremap <silent> <Plug>(beans-deleted) <Cmd>Beans hunk deleted<CR>
nnoremap <silent> <Plug>(beans-usage) <Cmd>Beans usage<CR>
nnoremap <silent> <Plug>(beans-status) <Cmd>Beans status<CR>
nnoremap <silent> <Plug>(beans-log) <Cmd>Beans log<CR>
nnoremap <silent> <Plug>(beans-health) <Cmd>Beans health<CR>

function! s:inline(action) abort
  if s:will_do()
    execute 'lua require("beans.complete").' .. a:action .. '()'
  endif
endfunction

inoremap <silent> <Plug>(beans-complete-accept) <Cmd>call <SID>inline('accept')<CR>
inoremap <silent> <Plug>(beans-complete-accept-word) <Cmd>call <SID>inline('accept_word')<CR>
inoremap <silent> <Plug>(beans-complete-accept-line) <Cmd>call <SID>inline('accept_line')<CR>
inoremap <silent> <Plug>(beans-complete-next) <Cmd>call <SID>inline('next')<CR>
inoremap <silent> <Plug>(beans-complete-prev) <Cmd>call <SID>inline('prev')<CR>
inoremap <silent> <Plug>(beans-complete-dismiss) <Cmd>call <SID>inline('dismiss')<CR>
inoremap <silent> <Plug>(beans-complete-trigger) <Cmd>call <SID>inline('trigger')<CR>
nnoremap <silent> <Plug>(beans-complete-toggle) <Cmd>Beans complete toggle<CR>
inoremap <silent> <Plug>(beans-complete-toggle) <Cmd>Beans complete toggle<CR>

" The operator. Its function is `g@`, so that any motion goes with it and `.` repeats it.
" s:begun: the mode in which it was begun, until it has worked on something; s:mode: that in which it was begun the last
" time that it has.
let s:begun = ''
let s:mode = ''

function! s:begin_rewrite() abort
  let s:begun = mode()
  let &operatorfunc = expand('<SID>') .. 'rewrite'
  augroup beans_operator
    autocmd!
    " A motion that was given up leaves no trace, else `.` would be taken for it. A search is a motion, too.
    autocmd SafeState * if mode(1) ==# 'n' | call s:end_rewrite() | endif
  augroup END
  return 'g@'
endfunction

function! s:end_rewrite() abort
  let s:begun = ''
  autocmd! beans_operator
endfunction

function! s:rewrite(kind) abort
  let l:again = empty(s:begun)
  let s:mode = l:again ? s:mode : s:begun
  call s:end_rewrite()
  if s:will_do()
    call luaeval('require("beans.command").operate(_A[1], _A[2], _A[3])', [a:kind, l:again, s:mode !=# 'n'])
  endif
endfunction

nnoremap <expr> <Plug>(beans-rewrite) <SID>begin_rewrite()
xnoremap <expr> <Plug>(beans-rewrite) <SID>begin_rewrite()
nnoremap <expr> <Plug>(beans-rewrite-line) <SID>begin_rewrite() .. '_'

let &cpoptions = s:save_cpo
unlet s:save_cpo
