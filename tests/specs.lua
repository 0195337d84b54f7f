-- Runs specs with Debian's busted inside Neovim, from the root of the repository:
--
--   nvim -l tests/specs.lua -o TAP SPEC...

local roots = { './lua', '.', '/usr/share/lua/5.1' }
for i = #roots, 1, -1 do
  package.path = ('%s/?.lua;%s/?/init.lua;'):format(roots[i], roots[i]) .. package.path
end
for _, dir in ipairs(vim.fn.glob('/usr/lib/*-linux-gnu*/lua/5.1', true, true)) do
  package.cpath = package.cpath .. (';%s/?.so'):format(dir)
end
vim.opt.runtimepath:prepend(vim.fn.getcwd())

require('busted.runner')({ standalone = false })
