local attachment = require('beans.attachment')
local mentions = require('beans.mentions')

local function lines(text)
  return require('beans.lines').of(text)
end

describe('attachment', function()
  it('writes a block', function()
    local block =
      attachment.block({ mention = '@diff', notes = { 'staged', '2 files' }, language = 'diff', text = '+a\n-b' })
    assert.equals('[@diff · staged · 2 files · ~2 tokens]\n```diff\n+a\n-b\n```', block)
  end)

  it('finds what it wrote, whatever stands in it', function()
    local texts = {
      '',
      'plain',
      '```\ncode\n```',
      '````` longer `````',
      '[@file:x · ~1 tokens]\n```\nx\n```',
      '[@image:a.png · 1 KB · ~1 tokens]',
      '# You\n\n> [!BEANS] x',
      '\n\n',
      ('x'):rep(100000),
    }
    for _, text in ipairs(texts) do
      local block = attachment.block({ mention = '@file:a', text = text, language = 'x' })
      local message = 'before\n' .. block .. '\nafter [@not · ~1 tokens]\n' .. block
      local found = attachment.find(lines(message))
      assert.equals(2, #found, text)
      assert.equals(2, found[1].first)
      assert.same({ '@file:a' }, found[1].mentions)
      assert.equals('block', found[1].kind)
      assert.equals('after [@not · ~1 tokens]', lines(message)[found[1].last + 1])
      assert.same({ ['@file:a'] = true }, attachment.attached(message))
    end
  end)

  it('takes nothing for a block that is none', function()
    for _, text in ipairs({
      '[@file:a · ~1 tokens]',
      '[@file:a · ~1 tokens]\nno fence',
      '[@file:a · ~1 tokens]\n```\nnever ends',
      ' [@file:a · ~1 tokens]\n```\n```',
      '[@file:a ~1 tokens]\n```\n```',
      '[@image:a.png · 1 KB · ~x tokens]',
    }) do
      assert.same({}, attachment.find(lines(text)), text)
    end
  end)

  it('writes large estimates in thousands, and names with signs of ours in quotes', function()
    local block = attachment.block({ mention = attachment.mention('file', 'a · b.lua'), text = ('word '):rep(20000) })
    assert.is_truthy(block:find('~24k tokens]', 1, true), block:sub(1, 80))
    assert.same({ ['@file:"a · b.lua"'] = true }, attachment.attached(block))
    assert.equals(24000, attachment.find(lines(block))[1].tokens)
  end)

  it('cuts, and says where', function()
    local kept, note = attachment.cut({ 'a', 'b', 'c' }, { lines = 2, bytes = 100 })
    assert.same({ 'a', 'b' }, kept)
    assert.equals('cut to the first 2 of 3 lines', note)
    kept, note = attachment.cut({ 'a', 'b' }, { lines = 2, bytes = 100 })
    assert.same({ 'a', 'b' }, kept)
    assert.is_nil(note)
    kept, note = attachment.cut({ ('ä'):rep(10), 'b' }, { lines = 2, bytes = 5 })
    assert.same({ 'ää' }, kept)
    assert.equals('cut to 5 bytes of the first line', note)
  end)

  describe('as content', function()
    local GIF = 'GIF89a\2\0\1\0'

    local function read(path)
      if path == 'a b.gif' then
        return GIF
      end
      return path == 'text.gif' and 'text' or nil, path ~= 'text.gif' and 'no such file' or nil
    end

    it('stays a text without images', function()
      assert.equals('hello @file:x', (attachment.content('hello @file:x', read)))
      local block = attachment.block({ mention = '@file:a', text = '[@image:a b.gif · 1 KB · ~1 tokens]' })
      assert.equals(block, (attachment.content(block, read)))
    end)

    it('puts images between its texts', function()
      local line = attachment.image('a b.gif', GIF)
      assert.equals('[@image:"a b.gif" · 10 bytes · ~255 tokens]', line)
      local parts = attachment.content('x\n' .. line .. '\n' .. line .. '\ny', read)
      local image = { type = 'image_url', image_url = { url = 'data:image/gif;base64,R0lGODlhAgABAA==' } }
      assert.same({
        { type = 'text', text = 'x\n' .. line },
        image,
        { type = 'text', text = line },
        image,
        { type = 'text', text = 'y' },
      }, parts)
    end)

    it('tells of images that are gone, and sends the rest', function()
      local text = '[@image:b.gif · 1 KB · ~1 tokens]\n[@image:text.gif · 1 KB · ~1 tokens]'
      local content, problems = attachment.content(text, read)
      assert.equals(text, content)
      assert.same({ '@image:b.gif: no such file', '@image:text.gif: it is no image any more' }, problems)
    end)
  end)
end)

describe('mentions', function()
  local NAMES = { buffer = 'none', buffers = 'none', file = 'needed', diff = 'optional', url = 'needed' }

  local function found(text)
    local texts = {}
    for i, mention in ipairs(mentions.find(text, NAMES)) do
      texts[i] = mention.text
    end
    return table.concat(texts, ' ')
  end

  it('stand at the beginning of a word', function()
    assert.equals('@buffer', found('@buffer'))
    assert.equals('@buffer @buffers', found('look at @buffer and (@buffers)'))
    assert.equals('', found('me@buffer.com x@buffer `@buffer` /@buffer'))
  end)

  it('have names that are known, whole ones', function()
    assert.equals('', found('@nobody @bufferx @buffer_x @Buffer @buffer-x @buffer.x @ @file @file: @buffer:x'))
    assert.equals('@buffer', found("@buffer. @buffer, @buffer! (@buffer) '@buffer' @buffer: this"))
  end)

  it('have arguments', function()
    assert.equals('@file:a.lua @diff @diff:staged', found('@file:a.lua, @diff; @diff:staged.'))
    assert.equals('@file:"a b.lua"', found('@file:"a b.lua" c'))
    assert.equals('@file:a.lua', found('@file:"a.lua"'))
    assert.equals('@file:src/(x)/a.lua', found('(see @file:src/(x)/a.lua)'))
    assert.equals('@file:a.lua', found('(see @file:a.lua)'))
    assert.equals('@url:https://x.y/?a=b&c#d', found('@url:https://x.y/?a=b&c#d'))
    assert.equals('a b.lua', mentions.find('@file:"a b.lua"', NAMES)[1].argument)
  end)

  it('are not looked for in code and in blocks', function()
    assert.equals('@buffers', found('```lua\n@buffer\n```\n@buffers'))
    assert.equals('@buffers', found('~~~\n@buffer\n```\n@buffer\n~~~\n@buffers'))
    assert.equals('@buffers', found('````\n```\n@buffer\n````\n@buffers'))
    assert.equals('', found('```\n@buffer'))
    local block = attachment.block({ mention = '@file:a', text = '@buffer\n```\n@diff' })
    assert.equals('@buffers', found(block .. '\n@buffers'))
  end)

  it('are found while they are typed', function()
    local function lead(line)
      return { mentions.lead(line) }
    end
    assert.same({ '@', 0 }, lead('@'))
    assert.same({ '@fi', 4 }, lead('see @fi'))
    assert.same({ '@file:lua/b', 4 }, lead('see @file:lua/b'))
    assert.same({ '@file:"a b', 1 }, lead('(@file:"a b'))
    assert.same({}, lead('me@fi'))
    assert.same({}, lead('@file:a b'))
    assert.same({}, lead('@file:"a b" '))
    assert.same({}, lead(''))
  end)
end)
