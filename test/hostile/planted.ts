import { join } from 'node:path';
import { inFolder, run } from '../../fuzz/command.ts';
import { checkFindings, each, type FuzzClass } from '../../fuzz/harness.ts';

/** Classes with a fault each, to see that the fuzzer tells it. */
const ofReader =
  (read: () => unknown): (() => Promise<FuzzClass>) =>
  async () =>
  async (_next, count) => {
    const { faults } = await each(
      Array.from({ length: count }, (_, index) => index),
      (index) => (index === 1 ? read() : undefined),
    );
    return { faults, differences: [], oracle: 'no oracle' };
  };

/** A command of these lines. */
const ofCommand = (...lines: readonly string[]): (() => Promise<FuzzClass>) =>
  ofReader(() =>
    inFolder({}, async (folder) => {
      const command = join(import.meta.dirname, 'planted-command.cjs');
      await run(command, [lines.join('\n')], folder);
    }),
  );

const error = `process.stderr.write('error MI-FILE  a.xml:1:1\\n    No.\\n'); process.exitCode = 2;`;

export const classes: Readonly<Record<string, () => Promise<FuzzClass>>> = {
  none: ofReader(() => undefined),
  throws: ofReader(() => {
    throw new Error('planted');
  }),
  endless: ofReader(() => {
    for (;;);
  }),
  memory: ofReader(() => Buffer.alloc(600 * 1024 * 1024, 1)),
  exit: ofReader(() => process.exit(9)),
  place: ofReader(() => checkFindings([{ code: 'MI-FILE', severity: 'error', message: 'No.', hint: 'Do.' }], '')),
  noCode: ofReader(() => checkFindings([{ code: 'MI-INTERNAL', severity: 'error', message: 'No.', hint: 'Do.' }], '')),
  command: ofCommand(error),
  commandCode: ofCommand('process.exitCode = 9;'),
  commandSilent: ofCommand('process.exitCode = 1;'),
  commandPlace: ofCommand(`process.stderr.write('error MI-FILE\\n    No.\\n'); process.exitCode = 1;`),
  commandStack: ofCommand(error, 'console.error(new Error().stack);'),
  commandRaw: ofCommand(error, String.raw`process.stdout.write('\u001b[31m');`),
  commandOrder: ofCommand(error, `process.stdout.write('::error::x');`),
  commandMemory: ofCommand(error, 'Buffer.alloc(600 * 1024 * 1024, 1);'),
  commandHalf: ofCommand(`require('node:fs').writeFileSync('a.json', '{"a":');`),
  commandWrote: ofCommand(error, `require('node:fs').writeFileSync('a.json', '{}');`),
  commandLeft: ofCommand(`require('node:fs').writeFileSync('.a.1.tmp', 'x');`),
};
