import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../scripts/lib/arguments.ts';
import { best, measure, printTable } from './lib/measure.ts';

readArguments({
  run: 'npx tsx bench/start.ts',
  summary: 'Measures what starting the command costs over an empty Node.',
});
const command = join(dirname(fileURLToPath(import.meta.url)), '../packages/cli/bin/mi-patterns.js');
const times = 15;
const empty = await best(times, () => measure(process.execPath, ['-e', '0']));
const rows = [
  ['start', 'time', 'over node', 'ratio'],
  ['node -e 0', `${Math.round(empty.milliseconds)} ms`, '', '1.00'],
];
for (const args of [['--version'], ['--help'], ['scan', '--help']]) {
  const run = await best(times, () => measure(process.execPath, [command, ...args]));
  rows.push([
    `mi-patterns ${args.join(' ')}`,
    `${Math.round(run.milliseconds)} ms`,
    `+${Math.round(run.milliseconds - empty.milliseconds)} ms`,
    (run.milliseconds / empty.milliseconds).toFixed(2),
  ]);
}
printTable(rows);
