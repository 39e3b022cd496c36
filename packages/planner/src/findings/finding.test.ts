import { expect, it } from 'vitest';
import { listed } from './finding.ts';

it('names all that fit, and one more than that instead of counting it', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  expect(names.map((_, index) => listed(names.slice(0, index + 1), 3))).toEqual([
    'a',
    'a and b',
    'a, b and c',
    'a, b, c and d',
    'a, b, c and 2 more',
  ]);
});
