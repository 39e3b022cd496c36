import { expect, test } from 'vitest';
import { jsonFormatVersion, printJson } from './json.ts';

function printed(document: object): { readonly text: string; readonly parts: number } {
  const parts: string[] = [];
  printJson(document, (text) => parts.push(text));
  return { text: parts.join(''), parts: parts.length };
}

const long = Array.from({ length: 1234 }, (_, index) =>
  index % 3 === 0
    ? { id: `a "${index}"`, list: [], nested: { deep: [index, null] } }
    : index % 3 === 1
      ? `line\n${index}`
      : undefined,
);

/** As a workload that has most artifacts. */
const large = {
  before: [1],
  left: undefined,
  ids: Array.from({ length: 2345 }, (_, index) => `sequence/"${index}"`),
  exact: long.concat(long).slice(0, 2000),
  after: { a: [], b: null },
};

test.each([
  ['an empty document', {}],
  [
    'objects with very long lists',
    { a: [{ x: 1 }, large, large, { x: 2 }], b: [large], c: [[large.ids], 1], d: large },
  ],
  ['only undefined members', { a: undefined }],
  ['plain members', { a: 1, 'b"': { c: [1, { d: null }], e: [] }, f: undefined, g: 'x', h: [] }],
  ['a long list between others', { first: true, long, last: ['x'] }],
  ['a list of just one part', { long: long.slice(0, 100) }],
  ['a list of just two parts', { long: long.slice(0, 200), after: {} }],
  ['empty lists', { a: [], b: { c: [] } }],
])('writes its version, then the same bytes as JSON.stringify: %s', (_, document) => {
  expect(printed(document).text).toBe(
    `${JSON.stringify({ formatVersion: jsonFormatVersion, ...document }, null, 2)}\n`,
  );
});

test.each([[[]], [long.slice(0, 100)], [long]])('takes a generator for a list', (list) => {
  function* each(): Generator<unknown> {
    yield* list;
  }
  expect(printed({ a: each(), b: 1 }).text).toBe(
    `${JSON.stringify({ formatVersion: jsonFormatVersion, a: list, b: 1 }, null, 2)}\n`,
  );
});

test.each([0, 1, 100, 1234])('takes a map of %s entries for an object', (size) => {
  const object = Object.fromEntries(
    Array.from({ length: size }, (_, index) => [`key/${index}`, { index, list: ['a'] }]),
  );
  expect(printed({ a: new Map(Object.entries(object)), b: 1 }).text).toBe(
    `${JSON.stringify({ formatVersion: jsonFormatVersion, a: object, b: 1 }, null, 2)}\n`,
  );
});

test('writes a long list, a large map and an object with a very long list in parts', () => {
  expect(printed({ a: [large] }).parts).toBeGreaterThan(8);
  expect(printed({ long }).parts).toBeGreaterThan(3);
  expect(printed({ map: new Map(long.map((value, index) => [String(index), value])) }).parts).toBeGreaterThan(3);
});
