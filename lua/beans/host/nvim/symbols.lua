-- Functions and classes of a buffer, for host/nvim.lua: by tree-sitter where there is a parser, else by a language
-- server. Vim has neither.

local api = vim.api

local M = {}

--- Longer files are not parsed while the user waits.
local PARSED_BYTES = 1024 * 1024

--- A server that does not answer is not waited for longer.
local LSP_MS = 5000

-- Tree-sitter ---------------------------------------------------------------------------------------------------------

local THINGS = { 'function', 'method', 'class', 'struct', 'enum', 'interface', 'trait', 'impl', 'constructor', 'type' }
local FORMS =
  { '_definition$', '_declaration$', '_item$', '_specifier$', '^function$', '^method$', '^class$', '_block$' }

--- Whether a node is a definition that has a name of its own in its language: `function_declaration`,
--- `class_definition`, `impl_item`, …
local function is_definition(node)
  local kind = node:type()
  local function any(patterns)
    for _, pattern in ipairs(patterns) do
      if kind:find(pattern) then
        return true
      end
    end
    return false
  end
  -- In C `struct point` names a struct; only with a body it defines one.
  if kind:find('_specifier$') and not node:field('body')[1] then
    return false
  end
  return node:named() and any(THINGS) and (any(FORMS) or kind == 'arrow_function' or kind == 'method')
end

local function parsed(buf)
  if api.nvim_buf_get_offset(buf, api.nvim_buf_line_count(buf)) > PARSED_BYTES then
    return nil
  end
  local ok, parser = pcall(vim.treesitter.get_parser, buf)
  if not ok or not parser then
    return nil
  end
  return pcall(parser.parse, parser) and parser or nil
end

local function by_tree(buf, line, col)
  local parser = parsed(buf)
  if not parser then
    return nil
  end
  local text = api.nvim_buf_get_lines(buf, line - 1, line, false)[1] or ''
  -- On the blanks before a line, what the line begins is meant.
  col = math.max(math.min(col, math.max(0, #text - 1)), (text:find('%S') or 1) - 1)
  local node = parser:named_node_for_range({ line - 1, col, line - 1, col }, { ignore_injections = true })
  while node and not is_definition(node) do
    node = node:parent()
  end
  if node then
    local first, _, last, last_col = node:range()
    return { first = first + 1, last = last_col == 0 and last or last + 1 }
  end
end

-- Language server -----------------------------------------------------------------------------------------------------

local function client_of(buf)
  for _, client in ipairs(vim.lsp.get_clients({ bufnr = buf })) do
    if client.server_capabilities.documentSymbolProvider then
      return client
    end
  end
end

--- Calls a method the way that this Neovim has it.
local function ask(client, params, buf, on_answer)
  if vim.fn.has('nvim-0.11') == 1 then
    return client:request('textDocument/documentSymbol', params, on_answer, buf)
  end
  return client.request('textDocument/documentSymbol', params, on_answer, buf)
end

--- Flattens a server's symbols, of both forms that there are.
local function flatten(symbols, depth, into)
  for _, symbol in ipairs(symbols) do
    local range = symbol.range or symbol.location and symbol.location.range
    if range then
      into[#into + 1] = {
        name = symbol.name,
        kind = vim.lsp.protocol.SymbolKind[symbol.kind] or '',
        first = range.start.line + 1,
        last = range['end'].line + 1,
        depth = depth,
      }
    end
    flatten(symbol.children or {}, depth + 1, into)
  end
  return into
end

function M.outline(buf, on_done)
  local client = client_of(buf)
  if not client then
    vim.schedule(function()
      on_done(nil, 'no language server that knows symbols is attached to the buffer')
    end)
    return
  end
  local timer, ended
  local function finish(symbols, why)
    if not ended then
      ended = true
      timer:stop()
      timer:close()
      vim.schedule(function()
        on_done(symbols, why)
      end)
    end
  end
  timer = vim.defer_fn(function()
    finish(nil, ('%s did not answer in %d s'):format(client.name, LSP_MS / 1000))
  end, LSP_MS)
  local params = { textDocument = vim.lsp.util.make_text_document_params(buf) }
  local sent = ask(client, params, buf, function(err, symbols)
    if err then
      finish(nil, ('%s: %s'):format(client.name, err.message or 'failed'))
    else
      finish(flatten(symbols or {}, 0, {}))
    end
  end)
  if not sent then
    finish(nil, client.name .. ' has ended')
  end
end

--- The innermost symbol around a line.
local function around(symbols, line)
  local best
  for _, symbol in ipairs(symbols) do
    if symbol.first <= line and line <= symbol.last then
      if not best or symbol.last - symbol.first <= best.last - best.first then
        best = symbol
      end
    end
  end
  return best
end

function M.symbol(buf, line, col, on_done)
  local found = by_tree(buf, line, col)
  if found then
    vim.schedule(function()
      on_done(found)
    end)
  elseif client_of(buf) then
    M.outline(buf, function(symbols, why)
      local symbol = symbols and around(symbols, line)
      on_done(symbol, not symbol and (why or 'the cursor is in no function or class') or nil)
    end)
  else
    vim.schedule(function()
      on_done(nil, 'the cursor is in no function or class that tree-sitter or a language server knows')
    end)
  end
end

return M
