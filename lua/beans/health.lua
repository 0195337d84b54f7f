-- Whether all is well: `:Beans health` in both editors, `:checkhealth beans` in Neovim. Both show the same sections.

local host = require('beans.host')
local probe = require('beans.health.probe')
local report = require('beans.health.report')

local M = {}

-- `:checkhealth` is over when `check` returns, so the server has this long.
local PATIENCE_MS = 5000

--- All sections, those before the server's too: the request may have changed them, as by finding the key.
local function sections_with(section)
  local sections = report.sections()
  sections[#sections + 1] = section
  return sections
end

local function lines_of(last_section)
  local lines, sections = {}, sections_with(last_section)
  for _, section in ipairs(sections) do
    lines[#lines + 1] = section.title
    for _, item in ipairs(section.items) do
      lines[#lines + 1] = ('  %-6s %s'):format(item.level, item.text)
    end
    lines[#lines + 1] = ''
  end
  lines[#lines] = nil
  return lines
end

--- Shows the report in a split at once, and what the server says as soon as it is known.
function M.open()
  local buf = host.show('beans://health', lines_of(probe.waiting()))
  probe.run(function(section)
    if host.buf_valid(buf) then
      host.buf_set_lines(buf, 1, host.buf_line_count(buf), lines_of(section))
      for _, win in ipairs(host.buf_windows(buf)) do
        host.win_height(win, host.buf_line_count(buf))
      end
    end
  end)
end

--- For `:checkhealth`.
function M.check()
  local answer
  local job = probe.run(function(section)
    answer = section
  end)
  host.wait(PATIENCE_MS, function()
    return answer ~= nil
  end)
  if not answer then
    job:cancel()
    answer = probe.silent(PATIENCE_MS / 1000)
  end
  for _, section in ipairs(sections_with(answer)) do
    vim.health.start(section.title)
    for _, item in ipairs(section.items) do
      vim.health[item.level](item.text)
    end
  end
end

return M
