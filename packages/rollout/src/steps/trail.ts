import { finding } from '../findings/catalogue.ts';
import { isBegun } from '../release/record.ts';
import { readiness, type Revision } from '../release/release.ts';
import type { RolloutEffects } from './effects.ts';
import { StopRollout } from './stop.ts';

/** What a rollout or rollback has done so far, for the words with which it may have to end. */
export interface Trail {
  /** Whether anything of the release was changed. */
  changed: boolean;
  /** Workloads that were scaled to 0 and that no upgrade or way back has started again. */
  emptied: string[];
  /** The newest revision before anything was changed, where there was one. */
  before?: number | undefined;
  /** Whether the upgrade has ended well. */
  upgraded?: boolean;
  /** Why the release goes back, while it does. */
  failure?: string;
  /** The file with the evidence of that. */
  evidence?: string | undefined;
  /** The revision that a rollback is to bring back. */
  restores?: number;
}

type BeginEffects = Pick<RolloutEffects, 'history' | 'begin' | 'now'>;

/** Writes down before the first change that something of the release changes, for whoever comes after a kill. */
export async function beginChange(effects: BeginEffects, trail: Trail): Promise<void> {
  if (trail.changed) return;
  await begin(effects, trail, false);
  trail.changed = true;
}

/** Writes down before a call of helm which revision it makes, or removes. */
export async function beginHelm(effects: BeginEffects, trail: Trail, removes = false): Promise<void> {
  await begin(effects, trail, true, removes);
  trail.changed = true;
}

async function begin(effects: BeginEffects, { restores }: Trail, helm: boolean, removes = false): Promise<void> {
  const newest = (await effects.history()).at(-1)?.revision ?? 0;
  const revision = removes ? newest : newest + 1;
  await effects.begin({ revision, helm, restores, at: effects.now().toISOString() });
}

/** Seconds for which a helm that nobody of ours has called is left alone: its own default timeout, or the user's. */
const shortestPatience = 300;

/**
 * Why the release must be left alone for now: a helm works on it that no rollout or rollback has called. One that has
 * worked for longer than the timeout counts as killed. Undefined where there is none.
 */
export async function otherHelm(
  effects: Pick<RolloutEffects, 'log' | 'secondsSince'>,
  history: readonly Revision[],
  timeout: number,
): Promise<StopRollout | undefined> {
  const ready = readiness(history);
  if (ready.state !== 'stuck' || ready.pending.state === 'failed') return undefined;
  const { revision, state } = ready.pending;
  if (isBegun(history, ready.pending, (await effects.log()).begun)) return undefined;
  const patience = Math.max(timeout, shortestPatience);
  const left = Math.ceil(patience - (await effects.secondsSince(ready.pending)));
  if (left <= 0) return undefined;
  return busy(
    `Another helm works on this release: revision ${revision} is in the state ${state}, and no mi-patterns rollout or rollback has begun it.`,
    `Wait until it has ended, then run the command again. If that helm was killed, run the command again in ${left} s: it then restores the release first.`,
  );
}

/** What helm says when somebody else's has begun in the meantime (helm/helm pkg/action and pkg/storage/driver). */
const begunByOthers = /another operation \S{1,60} is in progress|release: already exists|cannot re-use a name/;

/** The end of a rollout whose helm has not begun, because another one has; undefined for other words of helm. Pure. */
export function otherHelmBegan(words: string): StopRollout | undefined {
  if (!begunByOthers.test(words)) return undefined;
  return busy(
    `Another helm has begun to work on this release in the meantime, so nothing was upgraded: ${words}`,
    'Wait until it has ended, then run the command again.',
  );
}

function busy(message: string, hint: string): StopRollout {
  return new StopRollout([finding('MI-ROLLOUT-BUSY', message, hint)]);
}
