import { isToolFailure } from '@mi-patterns/helm';
import { finding } from '../findings/catalogue.ts';
import type { Trail } from './trail.ts';
import type { RolloutEffects, RolloutEvent, RolloutOutcome } from './effects.ts';
import { cancelledOn, withWhatIsLeft } from './left.ts';
import type { LockAttempt } from '../release/lock.ts';
import type { Revision } from '../release/release.ts';
import { inSentences, withoutAgain } from './steps.ts';
import { refused, StopRollout } from './stop.ts';

/**
 * Does the work while holding the release's lock, renewing it every fourth of its life. The work gets a function that
 * throws when the lock was lost or the user wants an end, to be called before each change, and a trail to leave. What
 * runs is interrupted when somebody else has the lock, or when four fifths of its life are over since the last renewal
 * that arrived was sent: whoever waits for it counts from when that was written. Answers `refused` when another rollout
 * has it. Work that is cancelled, breaks off or loses its lock ends with words that say what it leaves.
 */
export async function withLock(
  effects: LockEffects,
  report: (event: RolloutEvent) => void,
  work: (assertLocked: () => Promise<void>, trail: Trail) => Promise<RolloutOutcome>,
): Promise<RolloutOutcome> {
  report({ type: 'step', step: 'lock', state: 'started', detail: '' });
  const lock = await attempt(effects, report);
  if (lock === undefined)
    return refused(
      'MI-ROLLOUT-CANCELLED',
      'The command was cancelled while it took the lock, before anything of the release was changed.',
      'Run the command again.',
    );
  if (lock.state === 'busy') {
    report({ type: 'step', step: 'lock', state: 'failed', detail: `${lock.by.holder} since ${lock.by.since}` });
    return refused(
      'MI-ROLLOUT-BUSY',
      `${lock.by.holder} has been working on this release since ${lock.by.since}, and is alive.`,
      `Wait until that rollout has ended, then run the command again. The lock of a killed rollout expires after ${effects.lockSeconds} s.`,
    );
  }
  report({ type: 'step', step: 'lock', state: 'done', detail: lock.made ?? '' });
  const held = holdLock(lock, effects);
  const trail: Trail = { changed: false, emptied: [], ended: [] };
  const assertLocked = async (): Promise<void> => {
    await held.renew();
    if (held.isLost()) throw lockLost(held.because());
    if (effects.cancelled()) throw new Error('cancelled');
  };
  try {
    return await work(assertLocked, trail);
  } catch (error) {
    const isCancelled = effects.cancelled() && !held.isLost();
    const reason = isCancelled
      ? cancelledOn(trail, trail.changed ? await askedHistory(effects) : undefined)
      : withWhatIsLeft(held.isLost() ? lockLost(held.because()) : error, trail);
    if (!(reason instanceof StopRollout)) throw reason;
    return { state: reason.state, diagnostics: reason.diagnostics };
  } finally {
    await held.letGo();
  }
}

type LockEffects = Pick<RolloutEffects, 'takeLock' | 'interrupt' | 'cancelled' | 'lockSeconds' | 'history'>;

/** The revisions as they are now; undefined where the cluster does not say. */
async function askedHistory({ history }: LockEffects): Promise<readonly Revision[] | undefined> {
  try {
    return await history();
  } catch (error) {
    if (isToolFailure(error)) return undefined;
    throw error;
  }
}

/** The lock, or who has it; undefined when the user did not want to wait any longer. */
async function attempt(effects: LockEffects, report: (event: RolloutEvent) => void): Promise<LockAttempt | undefined> {
  try {
    return await effects.takeLock((by) =>
      report({
        type: 'progress',
        step: 'lock',
        detail: `${by.holder} has held it since ${by.since}; waiting for a sign of life for at most ${effects.lockSeconds} s`,
      }),
    );
  } catch (error) {
    if (effects.cancelled()) return undefined;
    throw error;
  }
}

interface HeldLock {
  readonly renew: () => Promise<void>;
  readonly isLost: () => boolean;
  /** Why it could not be renewed the last time, where that is why it is lost. */
  readonly because: () => unknown;
  readonly letGo: () => Promise<void>;
}

/** Keeps a lock alive until it is let go of, and interrupts what runs when it is lost. */
function holdLock(
  lock: Extract<LockAttempt, { readonly state: 'held' }>,
  { interrupt, lockSeconds: seconds }: LockEffects,
): HeldLock {
  let lost = false;
  let failure: unknown;
  let renewing = Promise.resolve();
  const lose = (): void => {
    lost = true;
    interrupt();
  };
  const until = (from: number): NodeJS.Timeout =>
    setTimeout(lose, Math.max(0, from + seconds * 800 - performance.now())).unref();
  let deadline = until(performance.now());
  const renewOnce = async (): Promise<void> => {
    if (lost) return;
    const asked = performance.now();
    try {
      if (!(await lock.renew())) return lose();
      failure = undefined;
      clearTimeout(deadline);
      if (!lost) deadline = until(asked);
    } catch (error) {
      // The cluster did not answer: the deadline stands.
      failure = error;
    }
  };
  const renew = (): Promise<void> => (renewing = renewing.then(renewOnce));
  const timer = setInterval(() => void renew(), (seconds * 1000) / 4);
  timer.unref();
  return {
    renew,
    isLost: () => lost,
    because: () => failure,
    letGo: async () => {
      clearInterval(timer);
      await renewing;
      clearTimeout(deadline);
      // When it cannot be given back, it ends by itself.
      if (!lost) await lock.release().catch(() => {});
    },
  };
}

/** The end of work whose lock is lost; `because` is the failure that kept it from being renewed, where there is one. */
function lockLost(because: unknown): StopRollout {
  const why = isToolFailure(because) ? [`The last try failed: ${because.message}`] : [];
  return new StopRollout(
    [
      finding(
        'MI-ROLLOUT-LOCK-LOST',
        inSentences([
          'The lock of the release was lost: this rollout could not renew it in time, and another may have started',
          ...why,
        ]),
        `${isToolFailure(because) ? withoutAgain(because.hint) : 'Check that the cluster answers.'} Then run the command again: it continues from the current state of the release.`,
      ),
    ],
    'failed',
  );
}
