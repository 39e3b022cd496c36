import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runUnitTests } from './unit-tests.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'passed-'));
  cpSync(join(import.meta.dirname, '../../test/fixtures/tiny'), chart(), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const chart = (): string => join(folder, 'chart');

/** A helm-unittest that answers with an exit code and counts how often it was asked to test. */
function helmUnittest(exitCode: number): NodeJS.ProcessEnv {
  const file = join(folder, 'helm-unittest');
  const answer =
    exitCode === 0
      ? 'Test Suites: 1 passed, 1 total\nTests:       2 passed, 2 total'
      : ' FAIL  s\ttests/s_test.yaml\n\t- one\n\nTest Suites: 1 failed, 1 total\nTests:       1 failed, 2 total';
  writeFileSync(
    file,
    `#!/bin/sh\ncase "$*" in --help) echo --skip-schema-validation; exit;; esac\necho >> "$0.runs"\ncat <<'E'\n${answer}\nE\nexit ${exitCode}\n`,
    { mode: 0o755 },
  );
  return { MI_PATTERNS_CACHE: join(folder, 'cache'), MI_PATTERNS_HELM_UNITTEST: file };
}
const runs = (): number => readFileSync(join(folder, 'helm-unittest.runs'), 'utf8').length;

it('tests the same chart once, and again when a file of it or the tool differs', async () => {
  const environment = helmUnittest(0);
  const test = () => runUnitTests(chart(), { environment, once: true });
  const first = await test();
  expect([first, runs()]).toEqual([{ state: 'ok', detail: '2 tests in 1 suite' }, 1]);
  const again = { state: 'ok', detail: '2 tests in 1 suite, passed before' };
  expect([await test(), runs()]).toEqual([again, 1]);
  writeFileSync(join(chart(), 'templates', 'more.txt'), '');
  expect([await test(), runs()]).toEqual([first, 2]);
  writeFileSync(join(folder, 'helm-unittest'), `${readFileSync(join(folder, 'helm-unittest'), 'utf8')}\n`);
  expect([await test(), runs()]).toEqual([first, 3]);
  await runUnitTests(chart(), { environment });
  expect(runs()).toBe(4);
});

it('tests a chart that has failed each time', async () => {
  const environment = helmUnittest(1);
  for (const run of [1, 2]) {
    expect(await runUnitTests(chart(), { environment, once: true })).toMatchObject({ state: 'failed' });
    expect(runs()).toBe(run);
  }
});

it('keeps nothing of a chart that was changed while it was tested', async () => {
  const environment = helmUnittest(0);
  const file = environment.MI_PATTERNS_HELM_UNITTEST ?? '';
  writeFileSync(file, readFileSync(file, 'utf8').replace('cat <<', `echo > '${join(chart(), 'new')}'\ncat <<`));
  for (const run of [1, 2]) {
    rmSync(join(chart(), 'new'), { force: true });
    await runUnitTests(chart(), { environment, once: true });
    expect(runs()).toBe(run);
  }
});
