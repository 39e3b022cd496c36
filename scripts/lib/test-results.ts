import { readFileSync } from 'node:fs';

/** What the JSON reporter of vitest writes, as far as it is read here. */
interface Results {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly ancestorTitles: readonly string[];
      readonly title: string;
    }[];
  }[];
}

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Number of skipped tests by the title that gives the reason: that of the suite, else of the test. */
  readonly skippedBy: ReadonlyMap<string, number>;
}

/** Adds up result files of vitest. Throws an Error when one cannot be read. */
export function countTests(files: readonly string[]): TestCounts {
  const all = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Results);
  const sum = (count: (results: Results) => number): number =>
    all.reduce((total, results) => total + count(results), 0);
  const skippedBy = new Map<string, number>();
  for (const { assertionResults } of all.flatMap(({ testResults }) => testResults)) {
    for (const { status, ancestorTitles, title } of assertionResults) {
      if (status === 'passed' || status === 'failed') continue;
      const reason = ancestorTitles.find((suite) => suite !== '') ?? title;
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

/** Lines that say how many tests were skipped and why, most first; none when all ran. */
export function skippedLines({ skippedBy }: TestCounts): readonly string[] {
  const rows = [...skippedBy].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  return rows.length === 0 ? [] : ['Skipped:', ...rows.map(([reason, count]) => `  ${count} × ${reason}`)];
}
