import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** What the JSON reporter of vitest writes, as far as it is read here. */
interface Results {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** In milliseconds since 1970, as all times here. */
  readonly startTime: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
    /** Why the file itself failed, where it could not be loaded or a hook of it failed. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Number of skipped tests by the title that gives the reason, of a suite or of the test; else that of the suite. */
  readonly skippedBy: ReadonlyMap<string, number>;
}

const read = (file: string): Results => JSON.parse(readFileSync(file, 'utf8')) as Results;

/** Adds up result files of vitest. Throws an Error when one cannot be read. */
export function countTests(files: readonly string[]): TestCounts {
  const all = files.map(read);
  const sum = (count: (results: Results) => number): number =>
    all.reduce((total, results) => total + count(results), 0);
  const skippedBy = new Map<string, number>();
  for (const { assertionResults } of all.flatMap(({ testResults }) => testResults)) {
    for (const { status, ancestorTitles, title } of assertionResults) {
      if (status === 'passed' || status === 'failed') continue;
      const titles = [...ancestorTitles, title].filter((text) => text !== '');
      const reason = titles.find((text) => text.includes('skipped')) ?? titles[0] ?? '';
      skippedBy.set(reason, (skippedBy.get(reason) ?? 0) + 1);
    }
  }
  return {
    passed: sum(({ numPassedTests }) => numPassedTests),
    // A file that cannot be loaded has no failed test of its own, and is a failure all the same.
    failed: sum(({ numFailedTests, success }) => numFailedTests || (success ? 0 : 1)),
    skipped: sum(({ numPendingTests, numTodoTests }) => numPendingTests + numTodoTests),
    skippedBy,
  };
}

/** Lines that name each failed test with its file, below a folder, and how it failed; none when all passed. */
export function failedLines(files: readonly string[], folder: string): readonly string[] {
  const rows = files.map(read).flatMap(({ testResults }) =>
    testResults.flatMap(({ name, message, assertionResults }) => {
      const tests = assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ ancestorTitles, title, failureMessages }) => ({
          test: [...ancestorTitles, title].filter((text) => text !== '').join(' > '),
          why: failureMessages[0] ?? '',
        }));
      const all = message === '' ? tests : [{ test: 'the file itself', why: message }, ...tests];
      return all.flatMap(({ test, why }) => [
        `  ${relative(folder, name)}: ${test}`,
        ...firstLines(stripVTControlCharacters(why)).map((line) => `      ${line}`),
      ]);
    }),
  );
  return rows.length === 0 ? [] : ['Failed:', ...rows];
}

/** What was expected and seen, without the stack that follows it. */
function firstLines(message: string): readonly string[] {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  const stack = lines.findIndex((line) => /^\s+at /.test(line));
  return lines.slice(0, Math.min(20, stack === -1 ? lines.length : stack + 1));
}

/** Lines that say how many tests were skipped and why, most first; none when all ran. */
export function skippedLines({ skippedBy }: TestCounts): readonly string[] {
  const rows = [...skippedBy].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  return rows.length === 0 ? [] : ['Skipped:', ...rows.map(([reason, count]) => `  ${count} × ${reason}`)];
}

/**
 * Lines that name the five files of tests that took longest, below a folder; none when everything came from the cache,
 * which are the results from before a time.
 */
export function longestLines(files: readonly string[], since: number, folder: string): readonly string[] {
  const rows = files
    .map(read)
    .filter(({ startTime }) => startTime >= since)
    .flatMap(({ testResults }) => testResults)
    .map(({ name, startTime, endTime }) => ({ name: relative(folder, name), seconds: (endTime - startTime) / 1000 }))
    .toSorted((one, other) => other.seconds - one.seconds);
  if (rows.length === 0) return [];
  const sum = rows.reduce((total, { seconds }) => total + seconds, 0);
  return [
    `Longest of ${rows.length} files, which took ${Math.round(sum)} s in all, several at a time:`,
    ...rows.slice(0, 5).map(({ name, seconds }) => `  ${Math.round(seconds)} s  ${name}`),
  ];
}
