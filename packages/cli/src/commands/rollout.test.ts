import { expect, it } from 'vitest';
import { asked } from './rollout.ts';

/** Somebody who is asked and does not answer before the signal ends. */
const silent = (_question: string, signal?: AbortSignal): Promise<string> =>
  new Promise((resolve) => signal?.addEventListener('abort', () => resolve('')));

it('takes the end of the signal for no answer at all', async () => {
  const asking = { context: { ask: silent }, signal: AbortSignal.timeout(10) };
  await expect(asked('Roll out?', {}, asking)).rejects.toThrow('aborted');
});

it.each([
  ['y', true],
  [' YES ', true],
  ['', false],
  ['yesterday', false],
])('takes %j for %j', async (line, expected) => {
  const asking = { context: { ask: () => Promise.resolve(line) }, signal: undefined };
  expect(await asked('Roll out?', {}, asking)).toBe(expected);
});
