import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Context } from '../context/context.ts';
import { CommandFailure } from '../context/failure.ts';
import { type NamedOutput, writeNamed } from './named-outputs.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'mi-outputs-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const output = (option: string, file: string): NamedOutput => ({ option, file, text: () => `text of ${option}` });

/** What goes to stdout, and the failure that was thrown. */
async function written(outputs: readonly NamedOutput[], options: { readonly json: boolean } = { json: false }) {
  const printed: string[] = [];
  const context = { cwd: folder, stdout: (text: string) => printed.push(text), stderr: () => undefined };
  const failure = await writeNamed(
    outputs,
    { quiet: false, verbose: false, ...options },
    context as unknown as Context,
  ).then(
    () => undefined,
    (error: unknown) => (error instanceof CommandFailure ? error.diagnostics[0]?.message : error),
  );
  return { printed: printed.join(''), failure };
}

test('writes a file and prints the other output', async () => {
  const done = await written([output('--diagram', '-'), output('--report', 'plan.html')]);
  expect(done).toEqual({ printed: 'text of --diagram', failure: undefined });
  expect(readFileSync(join(folder, 'plan.html'), 'utf8')).toBe('text of --report');
});

test.each(['first', 'second'])('writes nothing when the %s file cannot be written', async (which) => {
  writeFileSync(join(folder, 'file'), 'kept');
  writeFileSync(join(folder, 'plan.svg'), 'old');
  const outputs = [output('--diagram', 'plan.svg'), output('--report', 'file/plan.html')];
  const { failure } = await written(which === 'first' ? outputs.toReversed() : outputs);
  expect(failure).toMatch(/^file\/plan\.html cannot be written/);
  expect(readFileSync(join(folder, 'plan.svg'), 'utf8')).toBe('old');
  expect(readdirSync(folder).toSorted()).toEqual(['file', 'plan.svg']);
});

test('writes nothing when the second text cannot be made', async () => {
  const broken: NamedOutput = {
    ...output('--report', 'b'),
    text: () => {
      throw new CommandFailure([], 1);
    },
  };
  await written([output('--diagram', 'a'), broken]);
  expect(existsSync(join(folder, 'a'))).toBe(false);
});

test.each([
  [['-', '-'], { json: false }, '--diagram and --report both want stdout.'],
  [['-', 'a'], { json: true }, '--json and --diagram both want stdout.'],
  [['a', '-'], { json: true }, '--json and --report both want stdout.'],
  [['a', './a'], { json: false }, '--diagram and --report both name ./a.'],
] as const)('refuses %j with %j', async ([diagram, report], options, message) => {
  expect(await written([output('--diagram', diagram), output('--report', report)], options)).toEqual({
    printed: '',
    failure: message,
  });
  expect(readdirSync(folder)).toEqual([]);
});
