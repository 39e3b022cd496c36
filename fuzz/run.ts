import { writeSync } from 'node:fs';
import { type FuzzClass, type Outcome, watchWith } from './harness.ts';
import { random } from './mutate.ts';

/**
 * Runs classes in a process of its own, which fuzz/watched.ts starts: an input that never returns or takes all memory
 * ends this process, not the run. Arguments: the module with the classes, what to run as JSON.
 */
export interface Job {
  readonly classes: readonly string[];
  readonly seed: string;
  readonly count: number;
  readonly only?: number | undefined;
  /** Time for one input; ten seconds when missing. */
  readonly seconds?: number;
}

/** What is told of a class that was run to its end. */
export interface Told extends Outcome {
  readonly name: string;
}

const [module = '', job = ''] = process.argv.slice(2);
const { classes, seed, count, only, seconds = 10 } = JSON.parse(job) as Job;
const all = ((await import(module)) as { readonly classes: Readonly<Record<string, () => Promise<FuzzClass>>> })
  .classes;

/** What is being read, in a file that the watching process reads, because a loop without an end tells nothing. */
const progress = 3;
const parent = process.ppid;
for (const name of classes) {
  watchWith({
    only,
    reading: (input, commands) => {
      // Nobody looks on any more.
      if (process.ppid !== parent) process.exit(1);
      const limit = input === undefined ? 0 : commands * seconds * 1000;
      writeSync(progress, `${name} ${input ?? '-'} ${limit}`.padEnd(80), 0);
    },
  });
  const run = await all[name]?.();
  if (run === undefined) throw new Error(`There is no class ${name}.`);
  const outcome = await run(random(`${name}/${seed}`), count).catch((error: unknown): Outcome => ({
    faults: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
    differences: [],
    oracle: 'ended early',
  }));
  await new Promise<void>((done) => void process.send?.({ name, ...outcome } satisfies Told, () => done()));
}
process.disconnect?.();
