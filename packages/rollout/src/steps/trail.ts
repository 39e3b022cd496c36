import { finding } from '../findings/catalogue.ts';
import { type Begun, isBegun } from '../release/record.ts';
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
  await begin(effects, trail, { revision: newestOf(await effects.history()) + 1, helm: false });
}

/**
 * Calls helm, and writes down before that which revision it makes, or removes. Throws StopRollout where another helm is
 * at work, and takes back what was written down where that one was faster: its revision is not ours.
 */
export async function callHelm<Result>(
  effects: BeginEffects & Pick<RolloutEffects, 'log' | 'secondsSince'>,
  { trail, timeout, removes = false }: { readonly trail: Trail; readonly timeout: number; readonly removes?: boolean },
  call: () => Promise<Result>,
): Promise<Result> {
  const history = await effects.history();
  const other = await otherHelm(effects, history, timeout);
  if (other !== undefined) throw other;
  const revision = newestOf(history) + (removes ? 0 : 1);
  await begin(effects, trail, { revision, helm: true });
  try {
    return await call();
  } catch (error) {
    if (error instanceof StopRollout) await begin(effects, trail, { revision, helm: false });
    throw error;
  }
}

async function begin(effects: BeginEffects, trail: Trail, what: Pick<Begun, 'revision' | 'helm'>): Promise<void> {
  await effects.begin({ ...what, restores: trail.restores, at: effects.now().toISOString() });
  trail.changed = true;
}

const newestOf = (history: readonly Revision[]): number => history.at(-1)?.revision ?? 0;

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

/** The end of work whose helm has not begun, because another one has; undefined for other words of helm. Pure. */
export function otherHelmBegan(words: string): StopRollout | undefined {
  if (!begunByOthers.test(words)) return undefined;
  return busy(
    `Another helm has begun to work on this release in the meantime, so this one changed nothing: ${words}`,
    'Wait until it has ended, then run the command again.',
  );
}

function busy(message: string, hint: string): StopRollout {
  return new StopRollout([finding('MI-ROLLOUT-BUSY', message, hint)]);
}
