import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { $ } from 'zx/core';
import { countTests, failedLines, longestLines, skippedLines } from '../../scripts/lib/test-results.ts';
import { repository, temporaryFolder } from '../support/command.ts';
import { sourceFiles } from '../support/git.ts';

const folder = temporaryFolder();
const testFiles = sourceFiles().filter(
  (file) => file.endsWith('.test.ts') && readFileSync(join(repository, file), 'utf8').includes('.skipIf('),
);

/** A result file of vitest with files of tests and the seconds that they took. */
function results(name: string, startTime: number, files: Readonly<Record<string, number>>): string {
  const path = join(folder, name);
  const testResults = Object.entries(files).map(([file, seconds]) => ({
    name: join(folder, file),
    startTime,
    endTime: startTime + seconds * 1000,
    message: '',
    assertionResults: [
      { status: 'passed', ancestorTitles: [], title: 'works' },
      { status: 'pending', ancestorTitles: ['needs a cluster'], title: 'works there' },
      { status: 'pending', ancestorTitles: ['a release'], title: 'is large (skipped without time)' },
    ],
  }));
  const counts = { numPassedTests: testResults.length, numFailedTests: 0, numPendingTests: 2 * testResults.length };
  writeFileSync(path, JSON.stringify({ success: true, startTime, ...counts, numTodoTests: 0, testResults }));
  return path;
}

describe('results of tests', () => {
  const cached = results('cached.json', 1_000, { 'old.test.ts': 100 });
  const fresh = results('fresh.json', 2_000, { a: 1, b: 6, c: 3, d: 2, e: 5, f: 4 });

  it('are added up, with the reasons of those that were skipped', () => {
    const counts = countTests([cached, fresh]);
    expect(counts).toMatchObject({ passed: 7, failed: 0, skipped: 14 });
    expect(skippedLines(counts)).toEqual([
      'Skipped:',
      '  7 × is large (skipped without time)',
      '  7 × needs a cluster',
    ]);
  });

  it.each(testFiles)('%s: a title says why its tests are skipped', (file) => {
    const text = readFileSync(join(repository, file), 'utf8');
    const titles = text.matchAll(/\.skipIf\([^\n]*\)\(\s*([^\n]*)/g);
    expect([...titles].map(([, title = '']) => title).filter((title) => !title.includes('skipped'))).toEqual([]);
  });

  it('name each failed test, what it expected and what it saw', async () => {
    const files = join(folder, 'failing');
    const out = join(folder, 'failed.json');
    mkdirSync(files);
    const vitest = "import { describe, expect, it } from 'vitest';\n";
    writeFileSync(
      join(files, 'one.test.ts'),
      `${vitest}describe('a plan', () => { it('is right', () => expect([1, 'two']).toEqual([1, 'three'])); it('works', () => {}); });`,
    );
    writeFileSync(join(files, 'two.test.ts'), "import './missing.ts';\n");
    const program = join(repository, 'node_modules/.bin/vitest');
    await $({
      cwd: repository,
      nothrow: true,
      quiet: true,
    })`${program} run --config vitest.config.ts --dir ${files} --root ${repository} --reporter=json --outputFile=${out}`;
    const text = failedLines([out], files).join('\n');
    expect(text).toMatch(/^Failed:\n/);
    expect(text).toContain(
      "  one.test.ts: a plan > is right\n      AssertionError: expected [ 1, 'two' ] to deeply equal [ 1, 'three' ]",
    );
    expect(text).toMatch(/\n {2}two\.test\.ts: the file itself\n {6}.*missing\.ts/);
    expect(text).not.toContain(' > works');
    expect(failedLines([cached, fresh], folder)).toEqual([]);
  });

  it('name the five files that took longest, without those from the cache', () => {
    expect(longestLines([cached, fresh], 2_000, folder)).toEqual([
      'Longest of 6 files, which took 21 s in all, several at a time:',
      '  6 s  b',
      '  5 s  e',
      '  4 s  f',
      '  3 s  c',
      '  2 s  d',
    ]);
    expect(longestLines([cached], 2_000, folder)).toEqual([]);
  });
});
