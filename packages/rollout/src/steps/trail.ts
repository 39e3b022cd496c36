import type { Diagnostic } from '@mi-patterns/inventory';
import { finding } from '../findings/catalogue.ts';
import { type Begun, isBegun } from '../release/record.ts';
import { readiness, type Revision } from '../release/release.ts';
import type { RolloutEffects, UpgradeOutcome } from './effects.ts';
import { StopRollout } from './stop.ts';

/** What a rollout or rollback has done so far, for the words with which it may have to end. */
export interface Trail {
  /** Whether anything of the release was changed. */
  changed: boolean;
  /** Workloads that were scaled to 0 and that no upgrade or way back has started again. */
  emptied: string[];
  /** Workloads of old releases that are at 0, although nothing of this release does their work yet, or any longer. */
  ended: string[];
  /** The newest revision before anything was changed, where there was one. */
  before?: number | undefined;
  /** Whether the upgrade has ended well. */
  upgraded?: boolean;
  /** Why the release goes back, while it does. */
  failure?: string;
  /** The file with the evidence of that. */
  evidence?: string | undefined;
  /** What a rollback is to bring back, see {@link Begun}. */
  restores?: number;
}

/** What a change of the release needs to be written down. */
export type BeginEffects = Pick<RolloutEffects, 'history' | 'begin' | 'now' | 'lackingRights'> & OtherHelmEffects;

/** What tells another helm from one of ours. */
type OtherHelmEffects = Pick<RolloutEffects, 'log' | 'secondsSince' | 'secondsFromBegun'>;

interface Changing {
  readonly trail: Trail;
  /** Seconds after which another helm counts as killed. */
  readonly timeout: number;
}

/**
 * Writes down before the first change that something of the release changes, for whoever comes after a kill. Throws
 * StopRollout where another helm is at work.
 */
export async function beginChange(effects: BeginEffects, changing: Changing): Promise<void> {
  if (!changing.trail.changed) await begin(effects, changing, { helm: false });
}

/**
 * Calls helm, and writes down before that which revision it makes, or removes. Throws StopRollout where another helm is
 * at work, and takes back what was written down where that one was faster: its revision is not ours. Throws one too
 * where another helm made a revision in the meantime, which a rollback of helm does not notice (helm/helm
 * pkg/action/rollback.go, prepareRollback).
 */
export async function callHelm<Result extends UpgradeOutcome | void>(
  effects: BeginEffects,
  { removes = false, ...changing }: Changing & { readonly removes?: boolean },
  call: () => Promise<Result>,
): Promise<Result> {
  const begun = await begin(effects, changing, { helm: true, removes });
  let result: Result;
  try {
    result = await call();
  } catch (error) {
    if (error instanceof StopRollout) await effects.begin({ ...begun, helm: false });
    throw error;
  }
  const newest = (await effects.history()).at(-1);
  // helm goes back itself from an upgrade that fails, well or not.
  const most = begun.revision + (result?.state === 'failed' ? 1 : 0);
  if (newest !== undefined && (removes || newest.revision > most))
    throw notAlone(newest, removes ? 'remove the release' : `make revision ${begun.revision}`);
  return result;
}

function notAlone({ revision, state }: Revision, was: string): StopRollout {
  return new StopRollout(
    [
      finding(
        'MI-ROLLOUT-MOVED-ON',
        `This command was to ${was}, and now the newest one is revision ${revision} (${state}): another helm has changed the release at the same time. What runs may be partly of either.`,
        'Wait until that helm has ended, then run the command again: it continues from the current state of the release.',
      ),
    ],
    'failed',
  );
}

async function begin(
  effects: BeginEffects,
  { trail, timeout }: Changing,
  { helm, removes = false }: { readonly helm: boolean; readonly removes?: boolean },
): Promise<Begun> {
  const history = await effects.history();
  const other = await otherHelm(effects, history, timeout);
  if (other !== undefined) throw other;
  const lacking = trail.changed ? [] : await effects.lackingRights();
  if (lacking.length > 0) throw withoutRights(lacking);
  const newest = history.at(-1);
  const revision = (newest?.revision ?? 0) + (removes ? 0 : 1);
  const at = effects.now().toISOString();
  const begun = { revision, helm, after: newest?.updated, restores: trail.restores, at };
  await effects.begin(begun);
  trail.changed = true;
  return begun;
}

function withoutRights(lacking: readonly string[]): StopRollout {
  return new StopRollout([
    finding(
      'MI-ROLLOUT-RIGHTS',
      `This account may not ${lacking.join(' or ')} in the namespace. helm would fail after pods have ended and could not go back, so nothing was changed.`,
      'Ask for the role `edit` in the namespace, then run the command again.',
    ),
  ]);
}

/**
 * Writes down, by whoever has the lock, that a call of helm which was cut off has made no revision: it never will, so
 * the next one is of another helm.
 */
export async function forgetUnmade(effects: Pick<RolloutEffects, 'history' | 'log' | 'begin'>): Promise<void> {
  const { begun } = await effects.log();
  if (begun?.helm !== true) return;
  const newest = (await effects.history()).at(-1)?.revision ?? 0;
  if (begun.revision > newest) await effects.begin({ ...begun, helm: false });
}

/** Seconds for which a helm that nobody of ours has called is left alone: its own default timeout, or the user's. */
const shortestPatience = 300;

/**
 * Why the release must be left alone for now: a helm works on it that no rollout or rollback has called. One that has
 * worked for longer than the timeout counts as killed. Undefined where there is none.
 */
export async function otherHelm(
  effects: OtherHelmEffects,
  history: readonly Revision[],
  timeout: number,
): Promise<StopRollout | undefined> {
  const ready = readiness(history);
  if (ready.state !== 'stuck' || ready.pending.state === 'failed') return undefined;
  const { revision, state } = ready.pending;
  const { begun } = await effects.log();
  const first = history.find((one) => one.revision === begun?.revision);
  const seconds = begun === undefined || first === undefined ? 0 : await effects.secondsFromBegun(begun, first);
  if (isBegun(ready.pending, begun, seconds)) return undefined;
  const patience = Math.max(timeout, shortestPatience);
  const left = Math.ceil(patience - (await effects.secondsSince(ready.pending)));
  if (left <= 0) return undefined;
  return busy(
    `Another helm works on this release: revision ${revision} is in the state ${state}, and no mi-patterns rollout or rollback has begun it.`,
    `Wait until it has ended, then run the command again. If that helm was killed, run the command again in ${left} s: it then restores the release first.`,
  );
}

/**
 * What another helm that has changed the release since it was looked at means for this command: a change that was
 * agreed to is not what would change, and what was verified is not what runs. Undefined where none has; one that is
 * still at work is told when a change begins.
 */
export async function overtaken(
  effects: Pick<RolloutEffects, 'history'>,
  seen: readonly Revision[],
  consequence = 'the change that was agreed to was not made',
): Promise<Diagnostic | undefined> {
  const newest = (await effects.history()).at(-1);
  if (newest?.state.startsWith('pending-') === true || newest?.state === 'uninstalling') return undefined;
  const [was, now] = [seen.at(-1), newest].map((one) =>
    one === undefined ? 'no release' : `revision ${one.revision} (${one.state})`,
  );
  if (was === now) return undefined;
  return finding(
    'MI-ROLLOUT-MOVED-ON',
    `There was ${was} when this command looked, and there is ${now} now: another helm has changed the release in the meantime, so ${consequence}.`,
    'Run the command again, and look at what it would change now.',
  );
}

/** What {@link overtaken} means where a release has been verified. */
export const recordsNothing = 'it is not known which of them was verified, and nothing was recorded';

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
