import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '@mi-patterns/values';
import { chartDigest } from '../tools/chart-digest.ts';
import { cacheFolder, type Tool } from '../tools/tools.ts';

/** What is known of a chart that passed its unit tests. */
interface Passed {
  /** What the tests said then: `604 tests in 123 suites`; undefined when this chart has not passed with this tool. */
  readonly detail: string | undefined;
  /** Keeps that it has passed, for later runs. */
  readonly keep: (detail: string) => void;
}

/**
 * Whether a chart has passed its unit tests before, as the cache says. They read nothing but files of the chart, so the
 * same bytes and the same helm-unittest pass again: what differs in either counts as another chart. For a chart whose
 * suites name files outside of it this would not be true.
 */
export function passedBefore(chart: string, tool: Tool, environment?: NodeJS.ProcessEnv): Passed {
  const cache = cacheFolder(environment);
  if (cache === undefined) return { detail: undefined, keep: () => {} };
  const digest = chartDigest(chart, tool, { unitTests: true });
  const file = join(cache, 'passed-unit-tests', digest);
  return {
    detail: readDetail(file),
    keep: (detail) => {
      try {
        // Somebody may have written into the chart meanwhile.
        if (chartDigest(chart, tool, { unitTests: true }) === digest) writeAtomically(file, `${detail}\n`);
      } catch {
        // A cache that cannot be written is no fault: the next run tests again.
      }
    },
  };
}

function readDetail(file: string): string | undefined {
  try {
    return /^(\d+ tests? in \d+ suites?)\n$/.exec(readFileSync(file, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
