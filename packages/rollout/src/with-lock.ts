import type { RolloutEffects, RolloutEvent, RolloutOutcome } from './effects.ts';
import { StopRollout } from './stop.ts';

/**
 * Does the work while holding the release's lock, renewing it every fourth of its life. The work gets a function that
 * throws when the lock was lost or the user wants an end, to be called before each change. What runs is interrupted when somebody else
 * has the lock, or when four fifths of its life are over since the last renewal that arrived was sent: whoever waits for it counts
 * from when that was written. Answers `refused` when another rollout has it.
 */
export async function withLock(
  effects: Pick<RolloutEffects, 'takeLock' | 'interrupt' | 'cancelled' | 'lockSeconds'>,
  report: (event: RolloutEvent) => void,
  work: (assertLocked: () => Promise<void>) => Promise<RolloutOutcome>,
): Promise<RolloutOutcome> {
  const seconds = effects.lockSeconds;
  report({ type: 'step', step: 'lock', state: 'started', detail: '' });
  const lock = await effects
    .takeLock((by) =>
      report({
        type: 'progress',
        step: 'lock',
        detail: `${by.holder} has it since ${by.since}; waiting for a sign of life, ${seconds} s at the longest`,
      }),
    )
    .catch((error: unknown) => {
      if (effects.cancelled()) return undefined;
      throw error;
    });
  if (lock === undefined)
    return {
      state: 'refused',
      diagnostics: [
        {
          code: 'MI-ROLLOUT-CANCELLED',
          severity: 'error',
          message: 'The work was cancelled while it waited for the lock: nothing was changed.',
          hint: 'Run the command again.',
        },
      ],
    };
  if (lock.state === 'busy') {
    report({ type: 'step', step: 'lock', state: 'failed', detail: `${lock.by.holder} since ${lock.by.since}` });
    return {
      state: 'refused',
      diagnostics: [
        {
          code: 'MI-ROLLOUT-BUSY',
          severity: 'error',
          message: `${lock.by.holder} has been working on this release since ${lock.by.since}, and is alive.`,
          hint: `Wait until that rollout has ended, then run the command again. A rollout that was killed lets go by itself after ${seconds} s.`,
        },
      ],
    };
  }
  report({ type: 'step', step: 'lock', state: 'done', detail: '' });
  let lost = false;
  let renewing = Promise.resolve();
  const lose = (): void => {
    lost = true;
    effects.interrupt();
  };
  const until = (from: number): NodeJS.Timeout =>
    setTimeout(lose, Math.max(0, from + seconds * 800 - performance.now())).unref();
  let deadline = until(performance.now());
  const renew = (): Promise<void> => {
    renewing = renewing.then(async () => {
      if (lost) return;
      const asked = performance.now();
      try {
        if (!(await lock.renew())) return lose();
        clearTimeout(deadline);
        if (!lost) deadline = until(asked);
      } catch {
        // The cluster did not answer: the deadline stands.
      }
    });
    return renewing;
  };
  const timer = setInterval(() => void renew(), (seconds * 1000) / 4);
  timer.unref();
  try {
    return await work(async () => {
      await renew();
      if (lost) throw lockLost();
      if (effects.cancelled()) throw new Error('cancelled');
    });
  } catch (error) {
    const reason = lost ? lockLost() : error;
    if (reason instanceof StopRollout)
      return reason.state === 'refused'
        ? { state: 'refused', diagnostics: reason.diagnostics }
        : { state: 'failed', diagnostics: reason.diagnostics };
    throw reason;
  } finally {
    clearInterval(timer);
    await renewing;
    clearTimeout(deadline);
    // When it cannot be given back, it ends by itself.
    if (!lost) await lock.release().catch(() => {});
  }
}

function lockLost(): StopRollout {
  return new StopRollout(
    [
      {
        code: 'MI-ROLLOUT-LOCK-LOST',
        severity: 'error',
        message:
          'The lock of the release was lost: this rollout could not renew it in time, and another may have started.',
        hint: 'Check that the cluster answers, then run the rollout again; it goes on from where the release is.',
      },
    ],
    'failed',
  );
}
