import { expect, it } from 'vitest';
import type { CommandFailure } from '../context/failure.ts';
import { asked, assertAcceptable } from './rollout.ts';

/** Somebody who is asked and does not answer before the signal ends. */
const silent = (_question: string, signal?: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) resolve('');
    signal?.addEventListener('abort', () => resolve(''));
  });

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

it('takes only codes that a rollout may stop for', () => {
  const message = (code: string): string => {
    try {
      assertAcceptable(['MI-UPGRADE-IMMUTABLE', code]);
      return '';
    } catch (error) {
      const [first] = (error as CommandFailure).diagnostics;
      return `${first?.message} ${first?.hint}`;
    }
  };
  expect(['MI-ROLLOUT-GITOPS', 'MI-ROLLOUT-RUNS-ELSEWHERE', 'MI-UPGRADE-STATEFUL-MOVED'].map(message)).toEqual([
    '',
    '',
    '',
  ]);
  expect(message('MI-ROLLOUT-GITOP')).toMatch(
    /^--accept does not take MI-ROLLOUT-GITOP\. Did you mean `MI-ROLLOUT-GITOPS`\?/,
  );
  expect(message('mi-rollout-gitops')).toContain('Did you mean `MI-ROLLOUT-GITOPS`?');
  expect(message('MI-ROLLOUT-BUSY')).toMatch(/^--accept does not take MI-ROLLOUT-BUSY\. It takes /);
  expect(message('--yes')).toMatch(/^--accept does not take --yes\. It takes /);
});
