import { readArguments, wholeNumber, wrongUse } from '../scripts/lib/arguments.ts';
import { commands, names, registries } from './commands.ts';
import { chart, configuration, groups, values } from './documents.ts';
import type { FuzzClass } from './harness.ts';
import { random } from './mutate.ts';
import { plans } from './plans.ts';
import { text, xml, zip } from './readers.ts';
import { encoder, toml } from './toml.ts';

const classes: Readonly<Record<string, FuzzClass>> = {
  zip,
  xml,
  toml,
  encoder,
  text,
  values,
  configuration,
  groups,
  plans,
  commands,
  names,
  registries,
  chart,
};
const script = {
  run: 'npm run fuzz --',
  summary: `Feeds mutated inputs to the readers, the planner and the whole command. Each must answer within ten seconds and 500 MB,
with a documented exit code, a code and a place, and leave nothing half-written. Where something else reads the same (Java's
ZipFile, the parsers of MI where MI_PARSERS has their JARs, helm), every difference needs a known reason.`,
  operands: '[CLASS...]',
  options: {
    seed: { type: 'string', value: 'N', default: '1', description: 'which inputs: the same seed makes the same ones' },
    count: { type: 'string', value: 'N', default: '1000', description: 'how many inputs of each class' },
  },
  more: `Classes: ${Object.keys(classes).join(', ')} (default all).`,
} as const;
const { values: options, operands } = readArguments(script);
const { seed } = options;
const count = wholeNumber(script, '--count', options.count);
const unknown = operands.find((name) => !Object.hasOwn(classes, name));
if (unknown !== undefined) wrongUse(script, `There is no class '${unknown}'.`);
const wanted = operands.length === 0 ? Object.keys(classes) : operands;
let failed = false;
for (const name of wanted) {
  const run = Object.hasOwn(classes, name) ? classes[name] : undefined;
  if (run === undefined) continue;
  const { crashes, differences, slow, oracle } = await run(random(`${name}/${seed}`), count);
  const unexplained = differences.filter(({ reason }) => reason === undefined);
  failed ||= crashes.length > 0 || slow > 0 || unexplained.length > 0;
  process.stdout.write(
    `${name}: ${count} inputs, seed ${seed}, ${crashes.length} crashes, ${slow} slow, ${oracle}: ${differences.length} differences, ${unexplained.length} unexplained\n`,
  );
  for (const known of new Set(differences.flatMap(({ reason }) => reason ?? [])))
    process.stdout.write(`  ${differences.filter(({ reason }) => reason === known).length}: ${known}\n`);
  const most = process.env['FUZZ_SHOW'] === 'all' ? Infinity : 10;
  for (const line of [...crashes, ...unexplained.map(({ shown }) => shown)].slice(0, most))
    process.stdout.write(`  ${line}\n`);
}
process.exitCode = failed ? 1 : 0;
