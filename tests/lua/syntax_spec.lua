-- Which of Vim's syntax files the code in a chat is shown by, as host/syntax.lua asks for them.

local syntax = require('beans.host.syntax')

describe("Vim's syntax files", function()
  local commands, chats

  before_each(function()
    commands = {}
    chats = syntax.new({
      ex = function(command)
        commands[#commands + 1] = command
      end,
      inside = function(_, run)
        run()
      end,
      is_on = function()
        return true
      end,
      has_file = function(path)
        return path ~= 'syntax/nosuch.vim'
      end,
    })
    chats:start(1)
  end)

  local function included()
    local files = {}
    for _, command in ipairs(commands) do
      files[#files + 1] = command:match('^silent! syntax include @beans_%w+ syntax/(.*)%.vim$')
    end
    return files
  end

  it('are those of the languages that fences name, whatever they call them', function()
    chats:look(1, { '```hpp', 'x', '```', '~~~ Py3 title=a', '~~~', '```lua', 'text', '```nosuch' })
    assert.are.same({ 'cpp', 'python', 'lua' }, included())
  end)

  it('are included once', function()
    chats:look(1, { '```lua' })
    chats:look(1, { '```lua', '```sh' })
    assert.are.same({ 'lua', 'sh' }, included())
  end)
end)
