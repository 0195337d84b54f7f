return {
  indent = '  ',
  { 'a variable in quotes', 'echo "$¦"', 'HOME"', 'HOME' },
  { 'a command in a string', 'x="$(¦)"', 'date)"', 'date' },
  { 'an if', 'if [ -f x ]; then¦', '\n  rm x\nfi\n', '\n  rm x\nfi' },
  { 'an if closed below', 'if [ -f x ]; then\n  ¦\nfi', 'rm x\nfi', 'rm x' },
  { 'a loop', 'for f in *; do¦', '\n  echo "$f"\ndone\necho', '\n  echo "$f"\ndone' },
  { 'a hash within a word', 'x=${#¦}', 'y}', 'y' },
  { 'a test', 'if [ ¦ ]; then', '-f "$x" ]; then', '-f "$x"' },
  { 'a prompt sign in a fence', '¦', '```bash\nls -l\n```', 'ls -l' },
}
