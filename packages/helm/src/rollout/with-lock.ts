import type { RolloutEffects, RolloutEvent, RolloutOutcome } from './effects.ts';
import { StopRollout } from './stop.ts';

/** Seconds that a lock lives without a sign of life. A cut-off rollout can be run again after that time at the latest. */
export const lockSeconds = 30;

/**
 * Does the work while holding the release's lock, renewing it every third of its life. The work gets a function that
 * throws when the lock was lost, to be called before each change. Answers `refused` when somebody else has the lock.
 */
export async function withLock(effects: Pick<RolloutEffects, 'takeLock'>, report: (event: RolloutEvent) => void, work: (assertLocked: () => Promise<void>) => Promise<RolloutOutcome>): Promise<RolloutOutcome> {
  report({ type: 'step', step: 'lock', state: 'started', detail: '' });
  const lock = await effects.takeLock((by) => report({ type: 'progress', step: 'lock', detail: `${by.holder} has it since ${by.since}; waiting up to ${lockSeconds} s for a sign of life` }));
  if (lock.state === 'busy') {
    report({ type: 'step', step: 'lock', state: 'failed', detail: `${lock.by.holder} since ${lock.by.since}` });
    return {
      state: 'refused',
      diagnostics: [{ code: 'MI-ROLLOUT-BUSY', severity: 'error', message: `${lock.by.holder} has been working on this release since ${lock.by.since}, and is alive.`, hint: 'Wait until that rollout has ended, then run the command again. A rollout that was killed lets go by itself after 30 s.' }],
    };
  }
  report({ type: 'step', step: 'lock', state: 'done', detail: '' });
  let lost: unknown;
  let renewing = Promise.resolve();
  const renew = (): Promise<void> => {
    renewing = renewing.then(() => (lost === undefined ? lock.renew() : undefined)).catch((error: unknown) => {
      lost = error;
    });
    return renewing;
  };
  const timer = setInterval(() => void renew(), (lockSeconds * 1000) / 3);
  timer.unref();
  try {
    return await work(async () => {
      await renew();
      if (lost !== undefined) throw new StopRollout([{ code: 'MI-ROLLOUT-LOCK-LOST', severity: 'error', message: 'The lock of the release was lost: this rollout could not renew it in time, and another may have started.', hint: 'Check that the cluster answers, then run the rollout again; it goes on from where the release is.' }], 'failed');
    });
  } catch (error) {
    if (error instanceof StopRollout) return error.state === 'refused' ? { state: 'refused', diagnostics: error.diagnostics } : { state: 'failed', diagnostics: error.diagnostics };
    throw error;
  } finally {
    clearInterval(timer);
    await renewing;
    // When it cannot be given back, it ends by itself.
    if (lost === undefined) await lock.release().catch(() => {});
  }
}
