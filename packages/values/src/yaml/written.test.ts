import * as fc from 'fast-check';
import { isScalar, visit } from 'yaml';
import { describe, expect, it } from 'vitest';
import { text, tree } from '../../test/yaml-data.ts';
import { commentKey, emitYaml } from './emit.ts';
import { locate } from './locate.ts';
import { pathAt } from './path-at.ts';
import { placeAt, readYaml, type YamlFile } from './read.ts';
import { readWritten } from './written.ts';

type Data = Readonly<Record<string, unknown>>;

/** Every path of a tree. */
function pathsOf(value: unknown): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner).map((path) => [key, ...path]))];
}

/** All that is asked of a file: places by path, paths by place, and the scalars that begin somewhere. */
function answersOf(file: YamlFile, value: Data): unknown {
  const scalars: unknown[] = [];
  visit(file.document ?? null, {
    Scalar: (_, { range, value: scalar }) => {
      const place = placeAt(file.path, file.lines, range?.[0] ?? -1);
      scalars.push([place, scalar, pathAt(file, place)]);
    },
  });
  const places = pathsOf(value).flatMap((path) => [
    ...(['key', 'value'] as const).map((part) => locate(file, path, part)),
    locate(file, [...path, 'nowhere'], 'value'),
  ]);
  return { scalars, places, kind: isScalar(file.document?.contents), value: file.value };
}

function written(value: Data, comment: string): string {
  const comments = new Map(pathsOf(value).map((path) => [commentKey(path), comment]));
  return `# Made.\n#\n# By: nobody\n\n${emitYaml(value, comments)}\n# Fill in:\n#   a: 1\n`;
}

describe('readWritten', () => {
  it('has every place where a YAML parser has it', () => {
    fc.assert(
      fc.property(fc.dictionary(text, tree, { maxKeys: 4 }), fc.string({ unit: 'grapheme' }), (data, comment) => {
        const value = JSON.parse(JSON.stringify(data)) as Data;
        const yaml = written(value, comment);
        const parsed = readYaml(yaml, 'v.yaml', 'MI-VALUES', 'helm');
        const read = readWritten(yaml, value);
        expect(read, yaml).toBeDefined();
        expect(answersOf({ ...parsed, ...read }, value), yaml).toEqual(answersOf(parsed, value));
      }),
      { numRuns: 600 },
    );
  });

  it('is left to the parser where the text is of other values', () => {
    const value = { a: 1, b: { c: ['x', { d: 'y' }], e: 'one\ntwo\n' } };
    const yaml = written(value, 'why');
    const isRead = (one: Data): boolean => readWritten(yaml, one) !== undefined;
    expect(isRead(value)).toBe(true);
    for (const other of [{ ...value, f: 1 }, { a: 1 }, { ...value, a: '1' }, { ...value, a: 12 }, { b: value.b, a: 1 }])
      expect(isRead(other), JSON.stringify(other)).toBe(false);
  });
});
