-- What languages are called in code fences and in the extensions of files, and what editors call them: a file type,
-- which is the name of its syntax file too. Pure.

local M = {}

local FILETYPES = {
  bash = 'sh',
  ['c++'] = 'cpp',
  cc = 'cpp',
  ['c#'] = 'cs',
  csharp = 'cs',
  golang = 'go',
  h = 'c',
  hpp = 'cpp',
  js = 'javascript',
  jsx = 'javascriptreact',
  kt = 'kotlin',
  latex = 'tex',
  makefile = 'make',
  md = 'markdown',
  pl = 'perl',
  py = 'python',
  py3 = 'python',
  python3 = 'python',
  rb = 'ruby',
  rs = 'rust',
  shell = 'sh',
  ts = 'typescript',
  tsx = 'typescriptreact',
  viml = 'vim',
  vimscript = 'vim',
  yml = 'yaml',
}

--- The file type that a name stands for: itself where nothing else is known.
---@param name string
---@return string
function M.filetype(name)
  name = name:lower()
  return FILETYPES[name] or name
end

return M
