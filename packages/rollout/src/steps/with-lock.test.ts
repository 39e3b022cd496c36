import { expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { ToolFailure } from '@mi-patterns/helm';
import { effectsOn, newWorld } from '../../test/fake-world.ts';
import { withLock } from './with-lock.ts';

it('says why a lock could not be renewed, and what to do about that', async () => {
  const gone = new ToolFailure({ reason: 'exit', message: 'The login has ended.', hint: 'Log in again.' });
  const effects = {
    ...effectsOn(newWorld(), [], 'ann'),
    lockSeconds: 0.02,
    takeLock: async () =>
      ({ state: 'held', renew: () => Promise.reject(gone), release: () => Promise.resolve() }) as const,
  };
  const outcome = await withLock(
    effects,
    () => {},
    async (assertLocked) => {
      await sleep(100);
      await assertLocked();
      throw new Error('went on without its lock');
    },
  );
  expect(outcome).toMatchObject({
    state: 'failed',
    diagnostics: [
      {
        code: 'MI-ROLLOUT-LOCK-LOST',
        message: expect.stringMatching(/may have started\. The last try failed: The login has ended\.$/),
        hint: 'Log in again. Then run the command again: it continues from the current state of the release.',
      },
    ],
  });
});
