import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.ts';

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
