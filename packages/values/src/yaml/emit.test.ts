import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commentKey, emitYaml, isSafePlain, wrapComment } from './emit.ts';
import { readYaml } from './read.ts';

const tricky = [
  'y',
  'No',
  'ON',
  'off',
  '~',
  'null',
  '',
  ' ',
  '017',
  '089',
  '0x1F',
  '0o17',
  '0b11',
  '12:30',
  '1_0',
  '1e3',
  '.5',
  '+1',
  '1.10',
  '.inf',
  '.NaN',
  '2026-11-23',
  '<<',
  '=',
  '---',
  '...',
  '- a',
  'a: b',
  'a #b',
  '#a',
  '&a',
  '*a',
  '!a',
  '%a',
  '@a',
  '`a',
  '{a',
  '[a',
  '? a',
  "it's",
  '"q"',
  '\\',
  'a\nb\n',
  'a\nb',
  'a\n\n',
  '\na\n b',
  'a \nb',
  'a\t\nb',
  'a\r\nb',
  '\u0085',
  '\u2028',
  '\u00ad',
  'a\u{e0041}b',
  '\ufeff',
  '\u0000',
  '🚀',
  '512Mi',
  '250m',
];
const text = fc.oneof(
  fc.constantFrom(...tricky),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.stringMatching(/^[-+.0-9a-fxoA-F_:eE]{1,8}$/),
);
const tree = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(text, tie('node'), { maxKeys: 4 }),
  ),
})).node;

describe('emitYaml', () => {
  it.each(['helm', 'yaml-1.2'] as const)('writes what a %s parser reads back, whatever the comments say', (dialect) => {
    fc.assert(
      fc.property(fc.dictionary(text, tree, { maxKeys: 4 }), fc.string({ unit: 'grapheme' }), (data, comment) => {
        const plain = JSON.parse(JSON.stringify(data)) as Record<string, unknown>;
        const yaml = emitYaml(plain, new Map(Object.keys(plain).map((key) => [commentKey([key]), comment])));
        const file = readYaml(yaml, 'v.yaml', 'MI-VALUES', dialect);
        expect({ yaml, diagnostics: file.diagnostics, value: file.value }).toEqual({
          yaml,
          diagnostics: [],
          value: plain,
        });
      }),
      { numRuns: 400 },
    );
  });

  it('quotes only what some parser would take for something else', () => {
    expect(['orders', 'acme/orders', '512Mi', '250m', 'task/A_b', 'a b'].every(isSafePlain)).toBe(true);
    expect(tricky.filter((each) => !/^\d+(Mi|m)$/.test(each)).some(isSafePlain)).toBe(false);
  });

  it('puts comments before their keys and short lists in one line', () => {
    const yaml = emitYaml({ a: 1, b: { c: ['x', 'y'], d: {} } }, new Map([[commentKey(['b', 'c']), 'why\nand more']]));
    expect(yaml).toBe('a: 1\n\nb:\n  # why\n  # and more\n  c: [x, "y"]\n  d: {}\n');
  });
});

describe('wrapComment', () => {
  it('keeps every line within the width unless a word is longer', () => {
    expect(wrapComment('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapComment('a-very-long-word b', 5)).toEqual(['a-very-long-word', 'b']);
  });
});
