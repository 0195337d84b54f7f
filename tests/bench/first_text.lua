-- From the user's command to the first text in the buffer: `:Beans chat` in a chat that is open, against `curl -N`,
-- started by the editor itself (`vim.system` in Neovim, `job_start` in Vim), one insertion a chunk. Loopback; the
-- server answers at once.

local bench_of = require('tests.editor.bench')

local ROUNDS = 30

--- Runs in the editor. `baseline(url, insert)` sends what a chat would send, by curl; `watch(buf, seen)` calls `seen`
--- when the buffer has changed.
local NVIM = [[
  local url = ...
  local host = require('beans.host')
  local body = '{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}'
  local argv = { 'curl', '-sN', '-H', 'Content-Type: application/json', '-d', body, url .. '/chat/completions' }

  function BENCH_WATCH(buf, seen)
    vim.api.nvim_buf_attach(buf, false, { on_lines = seen })
  end

  function BENCH_CURL(insert)
    local rest = ''
    vim.system(argv, {
      stdout = function(_, data)
        rest = rest .. (data or '')
        for line in rest:gmatch('data: ({[^\n]*)\n') do
          vim.schedule(function()
            local choice = vim.json.decode(line).choices[1]
            insert(choice and choice.delta.content)
          end)
        end
        rest = rest:match('[^\n]*$')
      end,
    })
  end
]]

local VIM = [[
  local url = ...
  vim.g.bench_url = url .. '/chat/completions'
  vim.command('let g:bench_lines = []')
  vim.command('function! BenchLine(channel, line)\n'
    .. 'if a:line =~# "^data: {"\n'
    .. "let l:choices = json_decode(a:line[6:]).choices\n"
    .. 'if !empty(l:choices)\n'
    .. "call luaeval('BENCH_INSERT(_A)', get(l:choices[0].delta, 'content', ''))\n"
    .. 'endif\nendif\nendfunction')
  vim.command('function! BenchCurl()\n'
    .. "let l:body = '{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}'\n"
    .. "call job_start(['curl', '-sN', '-H', 'Content-Type: application/json', '-d', l:body, g:bench_url], "
    .. "{'out_cb': 'BenchLine'})\nendfunction")
  vim.command('function! BenchChange(...)\ncall luaeval("BENCH_SEEN()")\nendfunction')

  function BENCH_WATCH(buf, seen)
    BENCH_SEEN = seen
    vim.command(('call listener_add("BenchChange", %d)'):format(buf))
  end

  function BENCH_CURL(insert)
    BENCH_INSERT = insert
    vim.command('call BenchCurl()')
  end
]]

local COMMON = [[
  local host = require('beans.host')
  local wanted, began

  --- Notes when the text that is waited for stands in the buffer.
  local function watch(buf)
    BENCH_WATCH(buf, function()
      if wanted and table.concat(host.buf_lines(buf, 1, -1), '\n'):sub(wanted):find('FIRST', 1, true) then
        BENCH, wanted = host.now_ms() - began, nil
      end
    end)
  end

  local plain
  function BENCH_PLAIN()
    plain = plain or host.buf_create({ name = 'beans://plain', filetype = 'beans', lines = { '' } })
    host.highlight(plain)
    host.win_open(plain, 'current')
    watch(plain)
  end

  function BENCH_CHAT()
    watch(host.current().buf)
  end

  local function begin(buf)
    BENCH, began = false, host.now_ms()
    wanted = #table.concat(host.buf_lines(buf, 1, -1), '\n') + 1
  end

  function BENCH_RUN_PLAIN()
    begin(plain)
    local mark = host.mark_set(plain, host.buf_line_count(plain), 0)
    BENCH_CURL(function(text)
      if text and text ~= '' then
        host.insert(plain, mark, text)
      end
    end)
  end

  function BENCH_RUN_CHAT()
    begin(host.current().buf)
    require('beans.command').run('chat hi', false, 0, 1, 1)
  end
]]

--- Runs one measurement and gives its milliseconds. The editor is left alone meanwhile.
local function measure(editor, run)
  editor:lua(run .. '()')
  vim.wait(80)
  return editor:wait('the first text', function()
    return editor:lua('return BENCH')
  end)
end

return function()
  local bench = bench_of.start()
  bench:script('first', 'header Content-Type: text/event-stream\ndelta "FIRST word"\nfinish stop\ndone')
  local plain, chat = bench:editor('first'), bench:editor('first')
  local rows = { curl = {}, warm = {}, cold = {} }
  for _, editor in ipairs({ plain, chat }) do
    editor:lua(editor.is_vim and VIM or NVIM, bench:url('first'))
    editor:lua(COMMON)
  end
  plain:lua('BENCH_PLAIN()')
  chat:ex('Beans chat')
  chat:lua('BENCH_CHAT()')
  rows.cold[1] = measure(chat, 'BENCH_RUN_CHAT')
  for i = 1, ROUNDS do
    rows.curl[i] = measure(plain, 'BENCH_RUN_PLAIN')
    rows.warm[i] = measure(chat, 'BENCH_RUN_CHAT')
  end
  bench:stop()
  return {
    { what = 'command to first text, `curl -N` (baseline)', unit = 'ms', values = rows.curl },
    { what = 'command to first text, the first request', unit = 'ms', values = rows.cold, baseline = rows.curl },
    { what = 'command to first text, all others', unit = 'ms', values = rows.warm, baseline = rows.curl },
  }
end
