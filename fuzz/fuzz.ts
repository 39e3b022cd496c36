import { join } from 'node:path';
import { readArguments, wholeNumber, wrongUse } from '../scripts/lib/arguments.ts';
import { classes } from './classes.ts';
import type { Told } from './run.ts';
import { runClasses } from './watched.ts';

const known = Object.keys(classes);
const script = {
  run: 'npm run fuzz --',
  summary: `Feeds mutated inputs to the readers, the planner and the whole command. Each must answer within ten seconds and 500 MB,
with a documented exit code, a code and a place, and leave nothing half-written. Where something else reads the same (Java's
ZipFile, the parsers of MI where MI_PARSERS has their JARs, helm), every difference needs a known reason.`,
  operands: '[CLASS...]',
  options: {
    seed: { type: 'string', value: 'N', default: '1', description: 'which inputs: the same seed makes the same ones' },
    count: { type: 'string', value: 'N', default: '1000', description: 'how many inputs of each class' },
    input: { type: 'string', value: 'N', description: 'feed and show only this one, counted from 0' },
    all: { type: 'boolean', description: 'show every fault and difference, not the first ten of a class' },
  },
  more: `Classes: ${known.join(', ')} (default all).`,
} as const;
const { values: options, operands } = readArguments(script);
const { seed } = options;
const count = wholeNumber(script, '--count', options.count);
const only = options.input === undefined ? undefined : Number(options.input);
if (only !== undefined && !(Number.isSafeInteger(only) && only >= 0))
  wrongUse(script, `--input needs a whole number, not '${options.input}'.`);
const unknown = operands.find((name) => !known.includes(name));
if (unknown !== undefined) wrongUse(script, `There is no class '${unknown}'.`);

let failed = false;
await runClasses(
  join(import.meta.dirname, 'classes.ts'),
  { classes: operands.length === 0 ? known : operands, seed, count, only },
  (told) => {
    const unexplained = told.differences.filter(({ reason }) => reason === undefined);
    failed ||= told.faults.length > 0 || unexplained.length > 0;
    process.stdout.write(summary(told, unexplained.length));
    const lines = [...told.faults, ...unexplained.map(({ shown }) => shown)];
    for (const line of options.all ? lines : lines.slice(0, 10)) process.stdout.write(`  ${line}\n`);
  },
);
process.exitCode = failed ? 1 : 0;

/** One line for a class, and one for each reason of differences. */
function summary({ name, faults, differences, oracle }: Told, unexplained: number): string {
  const reasons = differences.flatMap(({ reason }) => reason ?? []);
  return [
    `${name}: ${count} inputs, seed ${seed}, ${faults.length} faults, ${oracle}: ${differences.length} differences, ${unexplained} unexplained`,
    ...[...new Set(reasons)].map((reason) => `  ${reasons.filter((one) => one === reason).length}: ${reason}`),
    '',
  ].join('\n');
}
