import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from './nearest.ts';

describe('nearest', () => {
  it.each([
    ['replicaas', 'replicas'],
    ['repilcas', 'replicas'],
    ['Replicas', 'replicas'],
    ['replica', 'replicas'],
    ['pull-policy', 'pullPolicy'],
    ['hostt', 'host'],
  ])('takes %s for %s', (word, expected) => {
    expect(nearest(word, ['port', 'host', 'pullPolicy', 'replicas', 'repository'])).toBe(expected);
  });

  it.each(['heap', 'x', '', 'storageClassName'])('has no guess for %s', (word) => {
    expect(nearest(word, ['port', 'host', 'pullPolicy', 'replicas'])).toBeUndefined();
  });

  it('does not depend on the order of the candidates', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 6 }), fc.uniqueArray(fc.string({ maxLength: 6 })), (word, candidates) => {
        expect(nearest(word, candidates)).toBe(nearest(word, candidates.toReversed()));
      }),
    );
  });
});

describe('editDistance', () => {
  it('counts a swap of neighbours once', () => {
    expect([
      editDistance('abcd', 'abdc'),
      editDistance('kitten', 'sitting'),
      editDistance('', 'abc'),
      editDistance('abc', 'abc'),
    ]).toEqual([1, 3, 3, 0]);
  });

  it('is symmetric and at most the longer length', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(editDistance(a, b) === 0).toBe(a === b);
      }),
    );
  });
});
