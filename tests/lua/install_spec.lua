-- `make install` copies what the plugin reads at run time, whatever kind of file that is.

describe('make install', function()
  it('leaves no file of the plugin behind', function()
    local to = vim.fn.tempname()
    -- What is built is taken as it is.
    local made = vim.system({ 'make', '-s', '-o', 'all', 'install', 'DESTDIR=' .. to, 'PACK=/pack' }):wait(60000)
    assert.equals(0, made.code, made.stderr)
    local count = 0
    for _, folder in ipairs({ 'lua', 'plugin' }) do
      for _, path in ipairs(vim.fn.glob(folder .. '/**', true, true)) do
        if vim.fn.isdirectory(path) == 0 then
          count = count + 1
          assert.equals(1, vim.fn.filereadable(to .. '/pack/' .. path), path)
        end
      end
    end
    assert.is_true(count > 60)
    assert.equals(1, vim.fn.filereadable(to .. '/pack/doc/beans.txt'))
    vim.fn.delete(to, 'rf')
  end)
end)
