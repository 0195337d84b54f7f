return {
  indent = '\t',
  { 'an error', 'func f() error {\n\tif err != nil {¦\n}', '\n\t\treturn err\n\t}', '\n\t\treturn err\n\t}' },
  { 'a raw string', 's := `¦`', 'a\\b`', 'a\\b' },
  { 'a struct', 'type A struct {¦}', '\n\tName string\n}', '\n\tName string\n' },
  { 'blanks for tabs', 'func f() {\n\t¦\n}', 'for {\n        a()\n    }\n}', 'for {\n\t\ta()\n\t}' },
  { 'a fence', 'func f() {\n\t¦\n}', '```go\n\treturn\n```', 'return' },
}
