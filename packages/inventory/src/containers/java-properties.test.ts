import { expect, it } from 'vitest';
import { malformedEscape, readPropertyNames } from './java-properties.ts';

it.each<readonly [string, readonly string[]]>([
  ['a=1\nb:2\r\nc 3\rd', ['a 1:1', 'b 2:1', 'c 3:1', 'd 4:1']],
  // What goes on is a part of the value.
  ['hosts=a,\\\n  b=c,\\\r\n  d\ne=1', ['hosts 1:1', 'e 4:1']],
  ['a=1\\\\\nb=2', ['a 1:1', 'b 2:1']],
  ['a=1\\\n\nb=2', ['a 1:1', 'b 3:1']],
  ['na\\\n  me=1', ['name 1:1']],
  ['  # a=1\\\n! b=2\n  c=3', ['c 3:3']],
  ['\\\n#a=1\\\nb=2', ['b 3:1']],
  ['db\\:url=1\na\\ b=2\n\\u00e4\\t=3', ['db:url 1:1', 'a b 2:1', 'ä\t 3:1']],
  ['=1\n:2\n', []],
])('%j sets %j', (text, names) => {
  expect(readPropertyNames(text).map(({ name, line, column }) => `${name} ${line}:${column}`)).toEqual(names);
});

it.each<readonly [string, string | undefined]>([
  ['url=x\npath=C:\\users\nb=1', '2:8'],
  ['  na\\u00gme=1', '1:5'],
  ['a=1,\\\n   \\u12', '2:4'],
  ['a=\\\n\n\\u', '3:1'],
  ['# C:\\users\n! \\u\na=C:\\\\users\nb=\\u00e4\\\\u\nc=\\u00\\\n  e4', undefined],
])('%j has a malformed escape at %j', (text, place) => {
  const found = malformedEscape(text);
  expect(found && `${found.line}:${found.column}`).toBe(place);
});
