-- A language server within Neovim (0.12 and newer) that knows nothing but `textDocument/inlineCompletion`, for
-- host/nvim.lua.

local clean = require('beans.host.clean')

local M = {}

local INITIALIZED = {
  capabilities = { positionEncoding = 'utf-8', inlineCompletionProvider = true },
  serverInfo = { name = 'beans' },
}
local METHOD_NOT_FOUND = -32601

local function item_of(offered)
  local place = { line = offered.line - 1, character = offered.col }
  return {
    insertText = clean.text(table.concat(offered.lines, '\n')),
    range = { start = place, ['end'] = place },
  }
end

--- The request that is not answered yet; a newer one takes its place.
---@return fun(id: integer, uri: string, answer: fun(result: table|nil)) complete
---@return fun(id: integer|nil) give_up this one, or whichever it is
local function latest(ask)
  local waiting

  local function finish(own, result)
    if waiting == own then
      waiting = nil
      own.answer(result)
    end
  end

  local function give_up(id)
    local own = waiting
    if own and (not id or own.id == id) then
      own.stop()
      finish(own, nil) -- what is shown stays
    end
  end

  return function(id, uri, answer)
    give_up()
    local own = { id = id, answer = answer }
    waiting = own
    own.stop = ask(function(offered)
      local fits = offered and vim.uri_from_bufnr(offered.buf) == uri
      finish(own, { items = fits and { item_of(offered) } or {} })
    end)
  end,
    give_up
end

--- What Neovim takes for a connection to a server: `:help lsp-server`.
local function server(ask, dispatchers)
  local closing, last_id = false, 0
  local complete, give_up = latest(ask)

  local function respond(id, method, params, answer)
    if method == 'textDocument/inlineCompletion' then
      complete(id, params.textDocument.uri, answer)
    elseif method == 'initialize' then
      answer(INITIALIZED)
    elseif method == 'shutdown' then
      answer(nil)
    else
      answer(nil, { code = METHOD_NOT_FOUND, message = method .. ' is not supported' })
    end
  end

  local function close()
    if not closing then
      closing = true
      give_up()
      dispatchers.on_exit(0, 0)
    end
  end

  return {
    request = function(method, params, callback, on_reply)
      last_id = last_id + 1
      local id = last_id
      respond(id, method, params, function(result, err)
        if on_reply then
          on_reply(id)
        end
        callback(err, result, id)
      end)
      return true, id
    end,
    notify = function(method, params)
      if method == 'exit' then
        close()
      elseif method == '$/cancelRequest' then
        give_up(params.id)
      end
      return true
    end,
    is_closing = function()
      return closing
    end,
    terminate = close,
  }
end

function M.inline_server(buf, ask)
  local client = vim.lsp.start({
    name = 'beans',
    cmd = function(dispatchers)
      return server(ask, dispatchers)
    end,
  }, { bufnr = buf })
  return client ~= nil
end

return M
