std = 'min'
max_line_length = 120
-- The editor's global belongs to the hosts; everything else gets the host as an argument or requires it.
files['lua/beans/host/'] = { globals = { 'vim' } }
files['lua/beans/health.lua'] = { globals = { 'vim' } }
files['tests/'] = { std = 'min+busted', globals = { 'vim' } }
