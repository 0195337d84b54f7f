local indentation = require('beans.indentation')

describe('indentation', function()
  it('is what the lines of a file have, whatever the options say', function()
    for _, case in ipairs({
      { { 'a', '  b', '    c', '  d', '    e' }, '\t', '  ' },
      { { 'a {', '    b {', '        c', '    }', '}' }, '\t', '    ' },
      { { 'a {', '\tb {', '\t\tc', '\t}', '}' }, '    ', '\t' },
      { { 'a(b,', '       c)', 'if x', '  y', 'if z', '  w' }, '\t', '  ' },
      { { '/**', ' * words', ' */', 'a {', '\tb', '}' }, '  ', '\t' },
    }) do
      assert.are.equal(case[3], indentation.unit(case[1], case[2]))
    end
  end)

  it('is what the options say where the lines tell nothing', function()
    assert.are.equal('\t', indentation.unit({}, '\t'))
    assert.are.equal('   ', indentation.unit({ 'a', '', 'b' }, '   '))
    assert.are.equal('\t', indentation.unit({ '/**', ' * words', ' */' }, '\t'))
  end)
end)
