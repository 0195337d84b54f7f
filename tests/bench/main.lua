-- `make bench`: measures scenarios on each editor and prints them as one Markdown table. Everything that is compared is
-- measured in turns in one run, because machines are noisy and differ.
--
--   nvim -l tests/bench/main.lua EDITOR... [SCENARIO]...

package.path = './?.lua;' .. package.path

local SCENARIOS = { 'first_text', 'quit', 'held', 'long_chat', 'sending', 'chats', 'rewrite', 'complete' }

--- The median, the smallest and the largest.
local function spread(values)
  table.sort(values)
  return values[math.ceil(#values / 2)], values[1], values[#values]
end

local function print_row(editor, row)
  local median, least, most = spread(row.values)
  local ratio = '–'
  if row.baseline then
    ratio = ('%.2fx'):format(median / spread(row.baseline))
  end
  local cells = { row.what, editor, ('%.1f %s'):format(median, row.unit), ('%.1f–%.1f'):format(least, most), ratio }
  io.write('| ' .. table.concat(cells, ' | ') .. ' |\n')
  io.flush()
end

local function chosen()
  local editors, scenarios = {}, {}
  for _, name in ipairs(arg) do
    table.insert(vim.tbl_contains(SCENARIOS, name) and scenarios or editors, name)
  end
  return editors, scenarios[1] and scenarios or SCENARIOS
end

local editors, scenarios = chosen()
io.write('| what | editor | median | spread | ratio |\n| --- | --- | --- | --- | --- |\n')
for _, scenario in ipairs(scenarios) do
  for _, editor in ipairs(editors) do
    vim.env.BEANS_EDITOR = editor
    for _, row in ipairs(require('tests.bench.' .. scenario)()) do
      print_row(editor, row)
    end
  end
end
