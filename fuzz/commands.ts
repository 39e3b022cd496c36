import { createProgram } from '../packages/cli/src/program.ts';
import { inFolder, program, run } from './command.ts';
import { each, type FuzzClass } from './harness.ts';
import type { Random } from './mutate.ts';
import { project } from './project.ts';

/** What no list of options has, and what an option may get as its value. */
const words = [
  'scan',
  'plan',
  'generate',
  'package',
  'explain',
  'validate',
  'init',
  'test',
  'diff',
  'status',
  'docs',
  'p',
  'v.yaml',
  '.',
  '..',
  '',
  '-',
  '--',
  '--json',
  '--verbose',
  '--quiet',
  '--help',
  '--version',
  '--out',
  'o',
  '--config',
  'c.yaml',
  '--pattern',
  'coordinated',
  '--isolate',
  'one',
  'each',
  '--replicas',
  '0',
  '9999999999',
  '--coordination',
  'database',
  '--delivery',
  'archives',
  '--format',
  'volume',
  '--report',
  'r.html',
  '--diagram',
  'd.svg',
  '-',
  '--env',
  'prod',
  '--runtime',
  '4.4.0',
  '--force',
  '--dry-run',
  'task/A',
  'MI-PKG-NO-IMAGE',
  '__proto__',
  'constructor',
  '\u001b[31m',
  'a\n::error::x',
  '\u202e',
  'x'.repeat(3000),
  '--out=',
  '--x',
  '-abc',
  '%s',
] as const;

const outside = { cwd: '/', environment: {}, stdout: () => {}, stderr: () => {}, columns: undefined };
const parsed = createProgram({ ...outside, colour: false, interactive: false }, () => {});

/** Each command with its options; those that change a cluster or push to a registry are left out. */
const known = parsed.commands
  .filter((command) => !['rollout', 'rollback'].includes(command.name()))
  .map((command) => ({
    name: command.name(),
    options: [...command.options, ...parsed.options].filter(({ long }) => long !== '--push'),
  }));

/** A command with options of its own, most of them with a value that they take; now and then a stray word. */
function commandLine(next: Random): readonly string[] {
  const { name, options } = next.pick(known);
  const parts = Array.from({ length: next.below(5) }, () => {
    if (next.below(3) === 0) return [next.pick(words)];
    const { long, flags, argChoices } = next.pick(options);
    const takesValue = flags.includes('<') && next.below(8) > 0;
    return [long ?? flags, ...(takesValue ? [next.pick([...(argChoices ?? []), ...words])] : [])];
  });
  return [name, ...(next.below(3) === 0 ? [] : ['p']), ...parts.flat()];
}

/** Command lines that mostly get as far as a command, and words in any order. */
export const commands: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () =>
    next.below(4) === 0 ? Array.from({ length: 1 + next.below(6) }, () => next.pick(words)) : commandLine(next),
  );
  // `test` runs all suites of the chart.
  const patience = 4;
  const { faults } = await each(
    inputs,
    (args) =>
      inFolder({ ...project, 'v.yaml': 'pattern: coordinated\n', 'c.yaml': 'artifacts: [p]\n' }, (folder) =>
        run(program, args, folder, patience),
      ),
    patience,
  );
  return { faults, differences: [], oracle: 'no oracle' };
};
