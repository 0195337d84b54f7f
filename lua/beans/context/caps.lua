-- How much of each kind of context goes along, in one place. What is over is cut, and its block says so.

return {
  file = { lines = 4000, bytes = 128 * 1024 }, -- of one file or buffer: about 30,000 tokens
  selection = { lines = 4000, bytes = 128 * 1024 },
  symbol = { lines = 1000, bytes = 64 * 1024 },
  files = { count = 50, bytes = 512 * 1024 }, -- of one pattern, or of all buffers
  diff = { lines = 5000, bytes = 256 * 1024, files = 300 },
  diagnostics = { lines = 200, bytes = 64 * 1024 },
  quickfix = { lines = 200, bytes = 64 * 1024 },
  outline = { lines = 1000, bytes = 64 * 1024 },
  tree = { lines = 800, bytes = 64 * 1024, paths = 20000 },
  url = { lines = 4000, bytes = 64 * 1024, download = 1024 * 1024, seconds = 20 },
  image = { bytes = 5 * 1024 * 1024 },
  walk = { entries = 50000, ms = 10000 }, -- looked at to find the files of a pattern
}
