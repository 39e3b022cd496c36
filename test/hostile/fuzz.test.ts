import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repository } from '../support/command.ts';

const inProcess = ['zip', 'xml', 'toml', 'text', 'values', 'configuration', 'groups', 'plans'];

// One process for all classes: each start takes longer than its inputs.
it.each([
  ['150', inProcess],
  ['2', ['commands', 'names', 'registries']],
])('%s inputs each of %j are answered as promised', (count, classes) => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(repository, 'scripts/fuzz.ts'), ...classes, '--count', count, '--seed', 'test'],
    { cwd: repository, encoding: 'utf8' },
  );
  expect(stdout.split('\n').filter((line) => !line.startsWith('  '))).toEqual([
    ...classes.map((name) =>
      expect.stringMatching(new RegExp(`^${name}: ${count} inputs, seed test, 0 crashes, 0 slow, .* 0 unexplained$`)),
    ),
    '',
  ]);
  expect(status).toBe(0);
});
