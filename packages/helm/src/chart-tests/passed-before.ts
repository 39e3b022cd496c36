import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { compareText } from '@mi-patterns/inventory';
import { writeAtomically } from '@mi-patterns/values';
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
  const digest = digestOf(chart, tool);
  const file = join(cache, 'passed-unit-tests', digest);
  return {
    detail: readDetail(file),
    keep: (detail) => {
      try {
        // Somebody may have written into the chart meanwhile.
        if (digestOf(chart, tool) === digest) writeAtomically(file, `${detail}\n`);
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

/** Digest of the files of a folder by path and bytes, and of the program that tests them. */
function digestOf(chart: string, tool: Tool): string {
  const hash = createHash('sha256');
  const [program = '', ...words] = tool.command;
  const { size, mtimeMs } = statSync(program);
  hash.update(JSON.stringify([realpathSync(program), size, mtimeMs, words, tool.version?.version]));
  const files = readdirSync(chart, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(chart, join(entry.parentPath, entry.name)))
    .sort(compareText);
  for (const file of files)
    hash.update(
      `${file}\0${createHash('sha256')
        .update(readFileSync(join(chart, file)))
        .digest('hex')}\n`,
    );
  return hash.digest('hex');
}
