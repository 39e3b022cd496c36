import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layerValues, mergeValues } from './merge.ts';

describe('mergeValues', () => {
  it('merges mappings, replaces lists and takes away what is null', () => {
    expect(mergeValues({ a: { b: 1, c: [1, 2] }, d: 1 }, { a: { c: [3], e: null }, d: null })).toEqual({
      a: { b: 1, c: [3], e: null },
    });
  });

  it('keeps null between values files, for the chart below them', () => {
    expect(layerValues({ a: { b: 1 } }, { a: { b: null } })).toEqual({ a: { b: null } });
  });

  it('changes no argument and no prototype', () => {
    const values = fc.dictionary(
      fc.constantFrom('a', 'b', '__proto__'),
      fc.letrec((tie) => ({
        node: fc.oneof(
          { depthSize: 'small' },
          fc.constantFrom(1, 'x', null),
          fc.dictionary(fc.constantFrom('a', 'b'), tie('node')),
        ),
      })).node,
    );
    fc.assert(
      fc.property(values, values, values, (chart, first, second) => {
        const before = JSON.stringify([chart, first, second]);
        const layered = mergeValues(chart, layerValues(first, second));
        expect(JSON.stringify([chart, first, second])).toBe(before);
        expect(Object.getPrototypeOf(layered)).toBe(Object.prototype);
      }),
    );
  });
});
