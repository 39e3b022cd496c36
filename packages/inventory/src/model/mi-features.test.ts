import { expect, test } from 'vitest';
import { compareVersions, miHas } from './mi-features.ts';

test.each([
  ['4.4.0', false],
  ['4.5.0', true],
  ['4.5.0-alpha', true],
  ['4.5.0.12', true],
  ['4.10.0', true],
  ['4.5', true],
  ['', false],
])('MI %s shuts down gracefully: %s', (version, expected) => {
  expect(miHas(version, 'gracefulShutdown')).toBe(expected);
});

test('versions are ordered by their numbers', () => {
  expect(['4.10.0', '4.2.0', '4.2', '4.2.0.7'].toSorted(compareVersions)).toEqual([
    '4.2.0',
    '4.2',
    '4.2.0.7',
    '4.10.0',
  ]);
});
