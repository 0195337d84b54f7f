local fake_host = require('tests.lua.fake_host')

describe('beans', function()
  local host, core, beans

  before_each(function()
    local _
    host, _, core = fake_host.fresh()
    beans = require('beans')
  end)

  it('requires nothing until it is used', function()
    for name in pairs(package.loaded) do
      local ours = name:find('^beans%.') and name ~= 'beans.host' and name ~= 'beans.core'
      assert.is_falsy(ours, name)
    end
  end)

  it('sends, lists and tells', function()
    local text
    beans.request({
      messages = 'x',
      on_done = function(result)
        text = result.text
      end,
    })
    beans.models({})
    host.run()
    assert.equals(2, #beans.status().running)
    assert.equals('gpt-5.5… +1', beans.statusline())
    core.text(1, 'answer')
    core.done(1)
    host.run()
    assert.equals('answer', text)
  end)

  it('takes options, and none', function()
    beans.setup({ model = 'mine' })
    assert.equals('mine', beans.status().models.chat)
    beans.setup()
    assert.equals('gpt-5.5', beans.status().models.chat)
    assert.has_error(function()
      beans.setup('mine')
    end)
  end)

  it("has the editor's null, or the module's", function()
    assert.equals(core.null, beans.null)
    host.null = {}
    assert.equals(host.null, beans.null)
  end)

  it('marks objects', function()
    local fields = { a = 1 }
    assert.equals(fields, beans.object(fields))
    assert.is_true(getmetatable(beans.object()).object)
  end)

  it('says why there is no module', function()
    core.problem = 'the module is not built: run make'
    assert.has_error(function()
      beans.object({})
    end, 'the module is not built: run make')
  end)

  it('has nothing else', function()
    assert.is_nil(beans.manager)
  end)
end)
