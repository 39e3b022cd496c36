import { inFolder, program, run } from './command.ts';
import { each, type FuzzClass } from './harness.ts';
import { project } from './project.ts';

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

/** Words of a command line in any order. Commands that would speak to a cluster are left out. */
export const commands: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => Array.from({ length: 1 + next.below(6) }, () => next.pick(words)));
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
