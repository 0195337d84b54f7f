return {
  indent = '    ',
  { 'a type argument', 'let x: Vec<¦> = y;', 'String> = y;', 'String' },
  { 'a lifetime', "fn f<'a>(x: &'a str¦) {", ", y: &'a str) {", ", y: &'a str" },
  { 'a body', 'fn f() -> i32 {\n    ¦\n}', '1\n}', '1' },
  { 'a match arm', 'match x {\n    ¦\n}', 'Some(y) => y,\n    None => 0,\n}', 'Some(y) => y,\n    None => 0,' },
  { 'a macro', 'println!("¦");', '{}", x);', '{}' },
  { 'a function after a blank line', 'fn f() {\n    a();\n¦', '}\n\nfn g() {', '}' },
  { 'a closure', 'xs.iter().map(|x| ¦)', 'x + 1).collect()', 'x + 1' },
}
