import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commentKey, emitYaml, isSafePlain, wrapComment } from './emit.ts';
import { text, tree, tricky } from '../../test/yaml-data.ts';
import { readYaml } from './read.ts';

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
