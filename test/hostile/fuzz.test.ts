import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repository } from '../support/command.ts';

it.each([
  ['zip', 150],
  ['xml', 150],
  ['toml', 150],
  ['text', 150],
  ['values', 150],
  ['configuration', 150],
  ['groups', 150],
  ['plans', 150],
  ['commands', 4],
  ['names', 2],
  ['registries', 3],
])('inputs of the class %s are answered as promised', (name, count) => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(repository, 'scripts/fuzz.ts'), name, '--count', String(count), '--seed', 'test'],
    { cwd: repository, encoding: 'utf8' },
  );
  expect([status, stdout]).toEqual([
    0,
    expect.stringContaining(`${name}: ${count} inputs, seed test, 0 crashes, 0 slow`),
  ]);
});
