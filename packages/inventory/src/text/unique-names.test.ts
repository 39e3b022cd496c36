import { expect, test } from 'vitest';
import { growthOf, linear } from '../../test/support/growth.ts';
import { uniqueNames } from './unique-names.ts';

test('gives the wanted name once, and then the first number that is free', () => {
  const unique = uniqueNames();
  const give = (name: string): string => unique(name, (number) => `${name}-${number}`);
  expect(['a', 'a-3', 'a', 'A', 'a', 'a'].map(give)).toEqual(['a', 'a-3', 'a-2', 'A', 'a-4', 'a-5']);
});

test('tells names apart by their key', () => {
  const unique = uniqueNames((name) => name.toLowerCase());
  expect(['a', 'A', 'a'].map((name) => unique(name, (number) => `${name}-${number}`))).toEqual(['a', 'A-2', 'a-3']);
});

test('many of one name take a time in proportion to their number', () => {
  const give = (size: number): void => {
    const unique = uniqueNames();
    for (let one = 0; one < size; one += 1) unique('a', (number) => `a-${number}`);
  };
  expect(growthOf(give, 5_000)).toBeLessThan(linear);
});
