return {
  indent = '  ',
  { 'text between tags', '<p>¦</p>', 'Hello</p>', 'Hello' },
  { 'a tag begun', '<div cl¦></div>', 'ass="x">hello</div>', 'ass="x"' },
  { 'an attribute value', '<a href="¦">x</a>', '#top">x</a>', '#top' },
  { 'a void element', '<p>¦</p>', 'a<br>b</p>', 'a<br>b' },
  { 'a list', '<ul>\n  ¦\n</ul>', '<li>a</li>\n  <li>b</li>\n</ul>', '<li>a</li>\n  <li>b</li>' },
  { 'an element closed of its own', '<p>¦</p>', '<img src="a"/> b</p>', '<img src="a"/> b' },
  { 'no closing tag behind', '<p>¦', 'Hello</p>', 'Hello</p>' },
  { 'an apostrophe', '<p>It¦</p>', "'s fine</p>", "'s fine" },
}
