import { readRegularFile } from '@mi-patterns/inventory';
import { expect, test } from 'vitest';
import type { Context } from '../context/context.ts';
import { exitCodes } from '../context/exit-codes.ts';
import { CommandFailure } from '../context/failure.ts';
import { reportFailure } from './report-failure.ts';

function told(count: number, verbose: boolean): string {
  const findings = Array.from({ length: count }, (_, index) => ({
    code: 'MI-CONFIG-TYPE' as const,
    severity: 'error' as const,
    message: `Wrong ${index}.`,
    hint: 'Mend it.',
  }));
  return toldOf(new CommandFailure(findings, exitCodes.usage), verbose);
}

function toldOf(error: unknown, verbose = false): string {
  let text = '';
  const context = { cwd: '/', colour: false, interactive: false, stderr: (more: string) => void (text += more) };
  reportFailure(error, context as unknown as Context, { json: false, verbose });
  return text;
}

test('tells all findings of a failure, unless they are too many to read', () => {
  expect(told(25, false)).toContain('Wrong 24.');
  expect(told(26, false)).toContain('Wrong 4.\n    and 21 more (--verbose shows them)');
  expect(told(26, false)).not.toContain('Wrong 5.');
  expect(told(26, true)).toContain('Wrong 25.');
});

test.each([
  ['/dev/null', 'is not a regular file'],
  [import.meta.dirname, 'is a folder, not a file'],
])('tells of a file of a project that is none, %s, with its place', (path, reason) => {
  let thrown: unknown;
  try {
    readRegularFile(path);
  } catch (error) {
    thrown = error;
  }
  expect(toldOf(thrown)).toMatch(/^error MI-FILE {2}/);
  expect(toldOf(thrown)).toContain(`${path} ${reason}.`);
});
