import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommandLine } from '../command-line.ts';
import type { Context } from '../context/context.ts';
import { glossary } from '../codes/glossary.ts';

const orders = join(import.meta.dirname, '../../../../examples/orders');

async function explained(...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const told = { out: '', err: '' };
  const context: Context = {
    cwd: orders,
    environment: {},
    stdout: (text) => void (told.out += text),
    stderr: (text) => void (told.err += text),
    columns: 80,
    colour: false,
    interactive: false,
  };
  return { code: await runCommandLine(['explain', ...words], context), ...told };
}

test('a word of the glossary is explained without any project', async () => {
  const { code, out } = await explained('broker-safe');
  expect(code).toBe(0);
  expect(out).toMatch(/^broker-safe\n.*\n\n[^]*the order is lost[^]*\n\n→ /);
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('a word is found as people write it, and a word that is none leads to those that are', async () => {
  expect((await explained('Entry point')).out).toMatch(/^entry-point\nWhat starts work\n/);
  const { code, err } = await explained('queue depth');
  expect([code, err]).toEqual([2, expect.stringMatching(/these words: verdict, stateless, [^]*entry-point/)]);
  expect((await explained('statefull')).err).toContain('Did you mean stateful');
  expect((await explained('stand-by')).err).toContain('Did you mean standby?');
});

test.each(Object.keys(glossary))('%s has a meaning and a way to decide', async (word) => {
  expect(await explained(word, '--json').then(({ out }) => JSON.parse(out))).toMatchObject({
    name: word,
    type: 'word',
    meaning: expect.stringMatching(/\.$/),
    whatToDo: expect.stringMatching(/\.$/),
  });
});

test('a code is explained in any capitals, with its findings where a path is given', async () => {
  expect((await explained('mi-iso-state-pvc')).out).toMatch(/^MI-ISO-STATE-PVC {2}usually a warning\n/);
  expect((await explained('MI-PLAN-STATEFUL', '.')).out).toContain('The given paths have no such finding.');
});

test('a code that does not exist is answered with those that do', async () => {
  const { code, err } = await explained('MI-ISO-STATE-PVX');
  expect([code, err]).toEqual([2, expect.stringContaining('Did you mean MI-ISO-STATE-PVC')]);
});

test('the current folder is read where no path is given', async () => {
  expect((await explained('task/recurringOrder_Task')).out).toContain('isolate: Task recurringOrder_Task fires');
});
