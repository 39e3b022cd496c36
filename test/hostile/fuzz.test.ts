import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repository } from '../support/command.ts';

it.each(['zip', 'xml', 'toml', 'text'])('no mutated input of the class %s ends in an exception', (name) => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(repository, 'scripts/fuzz.ts'), name, '--count', '150', '--seed', 'test'],
    { cwd: repository, encoding: 'utf8' },
  );
  expect([status, stdout]).toEqual([0, expect.stringContaining(`${name}: 150 inputs, seed test, 0 crashes, 0 slow`)]);
});
