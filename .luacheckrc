std = 'min'
max_line_length = 120
-- The editor's global belongs to the hosts; everything else gets the host as an argument or requires it.
files['lua/beans/host/'] = { globals = { 'vim' } }
-- Vim comes with any Lua, so what only one of them has is looked for first.
files['lua/beans/host/vim/'] = { std = 'max', globals = { 'vim' } }
files['lua/beans/health.lua'] = { globals = { 'vim' } }
files['tests/'] = { std = 'min+busted', globals = { 'vim' } }
