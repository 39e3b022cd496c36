import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { classes as all } from '../../fuzz/classes.ts';
import type { Told } from '../../fuzz/run.ts';
import { runClasses } from '../../fuzz/watched.ts';
import { hasOpenssl } from '../../packages/rollout/test/certificate.ts';
import { classes as planted } from './planted.ts';
import { canRenderMany } from '../../packages/helm/test/resident.ts';
import { repository } from '../support/command.ts';

const inProcess = [
  'zip',
  'xml',
  'toml',
  'text',
  'values',
  'configuration',
  'groups',
  'translate',
  'plans',
  'projects',
  'properties',
];

// One process for all classes: each start takes longer than its inputs.
it.each([
  ['150', inProcess],
  // Rendering needs Go, and a server with a certificate needs openssl.
  [
    '30',
    [
      'pulls',
      'clusters',
      'reporters',
      'pictures',
      'settings',
      'rewritten',
      'tools',
      ...(hasOpenssl ? ['management'] : []),
      ...(canRenderMany ? ['carry'] : []),
    ],
  ],
  ['2', ['long', 'commands', 'answers', 'names', 'registries', 'completion']],
])('%s inputs each of %j are answered as promised', (count, classes) => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(repository, 'scripts/fuzz.ts'), ...classes, '--count', count, '--seed', 'test'],
    { cwd: repository, encoding: 'utf8' },
  );
  expect(stdout.split('\n').filter((line) => !line.startsWith('  '))).toEqual([
    ...classes.map((name) =>
      expect.stringMatching(new RegExp(`^${name}: ${count} inputs, seed test, 0 faults, .* 0 unexplained$`)),
    ),
    '',
  ]);
  expect(status).toBe(0);
});

it('fuzz/README.md describes every class', () => {
  const text = readFileSync(join(repository, 'fuzz/README.md'), 'utf8');
  const [table = ''] = /^\| Class .*(?:\n\|.*)+/m.exec(text) ?? [];
  expect(
    [...table.matchAll(/^\|(.*?)\|/gm)].flatMap(([, cell = '']) => cell.match(/(?<=`)\w+(?=`)/g) ?? []).toSorted(),
  ).toEqual(Object.keys(all).toSorted());
});

describe('a fault', () => {
  it('of each kind is told, and the classes after it are run', async () => {
    const expected: Readonly<Record<string, RegExp | undefined>> = {
      none: undefined,
      throws: /^input 1: Error: planted/,
      place: /^input 1: .* names no place/,
      noCode: /^input 1: Error: MI-INTERNAL/,
      memory: /^input 1: [56]\d\d MB of memory$/,
      endless: /^input 1: no answer in time$/,
      exit: /^input 1: the process ended with 9$/,
      command: undefined,
      commandCode: /^input 1: Error: no documented exit code: .* ended with 9/,
      commandSilent: /^input 1: Error: no code/,
      commandPlace: /^input 1: Error: MI-FILE names no place/,
      commandStack: /^input 1: Error: it crashed/,
      commandRaw: /^input 1: Error: raw characters/,
      commandOrder: /^input 1: Error: raw characters/,
      commandMemory: /^input 1: Error: [56]\d\d MB of memory/,
      commandHalf: /^input 1: Error: half-written a.json/,
      commandWrote: /^input 1: Error: wrote a.json/,
      commandLeft: /^input 1: Error: left over: .a.1.tmp/,
    };
    const told = new Map<string, Told>();
    const run = (names: readonly string[], seconds: number): Promise<void> =>
      runClasses(
        join(import.meta.dirname, 'planted.ts'),
        { classes: names, seed: '1', count: 3, seconds },
        (one) => void told.set(one.name, one),
      );
    // Only the input that never returns gets little time; the class after it shows that the run goes on.
    await run(['endless', 'none'], 2);
    await run(
      Object.keys(expected).filter((name) => name !== 'endless'),
      60,
    );
    expect([...told.keys()].sort()).toEqual(Object.keys(planted).sort());
    for (const [name, pattern] of Object.entries(expected))
      expect([name, told.get(name)?.faults]).toEqual([
        name,
        pattern === undefined ? [] : [expect.stringMatching(pattern)],
      ]);
  });
});
