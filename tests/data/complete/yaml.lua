return {
  indent = '  ',
  { 'a value', 'name: ¦', 'beans', 'beans' },
  { 'the key again', 'name: ¦', 'name: beans', 'beans' },
  { 'a list at the same indentation', 'steps:¦', '\n- a\n- b', '\n- a\n- b' },
  { 'a map', 'on:¦', '\n  push:\n    branches: [main]', '\n  push:\n    branches: [main]' },
  { 'a map without indentation', 'on:¦', '\npush:\n  branches: [main]', '\n  push:\n    branches: [main]' },
  { 'a list in brackets', 'branches: [¦]', 'main, next]', 'main, next' },
  {
    'the next key at the end',
    'jobs:\n  test:\n    ¦',
    'runs-on: x\n    steps: []\n  lint:',
    'runs-on: x\n    steps: []',
  },
}
