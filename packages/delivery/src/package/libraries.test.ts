import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Artifact } from '@mi-patterns/inventory';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Library, libraryClashes } from './libraries.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'mi-libraries-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function file(path: string, content: string) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
  return { source: { path, line: 1, column: 1 }, path: join(folder, path) };
}

function library(of: ReturnType<typeof file>, copies: Library['copies'] = []): Library {
  return { artifact: { source: of.source } as Artifact, path: of.path, copies };
}

test('names the JARs of one name that differ from the one that the image gets', () => {
  const copies = [file('b/libs/x.jar', 'other'), file('c/libs/x.jar', 'one')];
  const found = libraryClashes([
    library(file('a/libs/x.jar', 'one'), copies),
    library(file('d/libs/x.jar', 'third')),
    library(file('a/libs/y.jar', 'other')),
  ]);
  expect(found.map(({ source, related }) => [source?.path, related?.map(({ path }) => path)])).toEqual([
    ['a/libs/x.jar', ['b/libs/x.jar', 'd/libs/x.jar']],
  ]);
  expect(found[0]?.message).toBe(
    'b/libs/x.jar, d/libs/x.jar have content that differs from a/libs/x.jar, and lib/ holds one file named x.jar: the image gets a/libs/x.jar.',
  );
});

test('says nothing of the same JAR in several places, and of one that is not on this machine', () => {
  const same = library(file('a/libs/x.jar', 'one'), [file('b/libs/x.jar', 'one')]);
  expect(libraryClashes([same, same, { artifact: {} as Artifact, path: undefined, copies: [] }])).toEqual([]);
});
