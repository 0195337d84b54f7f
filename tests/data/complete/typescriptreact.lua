return {
  indent = '  ',
  { 'between tags', '<div>¦</div>', 'text</div>', 'text' },
  { 'an element between tags', '<div>¦</div>', '<b>x</b></div>', '<b>x</b>' },
  { 'an attribute', '<div className={¦}>', 'styles.a}>', 'styles.a' },
  { 'an attribute with a function', '<a onClick={¦}>', '() => go()}>', '() => go()' },
  { 'a type', 'function f(x: ¦)', 'number): string {', 'number' },
  { 'elements in lines', '<ul>¦</ul>', '\n  <li>a</li>\n</ul>', '\n  <li>a</li>\n' },
}
