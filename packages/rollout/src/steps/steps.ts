import { isToolFailure, type KubernetesObject } from '@mi-patterns/helm';
import type { Trail } from './drain.ts';
import type { OnProgress, RolloutEffects, RolloutEvent, RolloutOutcome, RolloutStep } from './effects.ts';
import { StopRollout } from './stop.ts';

export type Reporter = (event: RolloutEvent) => void;

/** What every part of a rollout or a rollback goes by. */
export interface Run<Request> {
  readonly request: Request;
  readonly effects: RolloutEffects;
  readonly report: Reporter;
  readonly trail: Trail;
  readonly step: Step;
}

export type Step = <Result>(name: RolloutStep, work: () => Promise<Result>) => Promise<Result>;

/** Reports what goes on inside a step. */
export function telling(report: Reporter, step: RolloutStep): (detail: string) => void {
  return (detail) => report({ type: 'progress', step, detail });
}

/** How far pods are while helm waits for them. Pure. */
export function progressText(states: Parameters<OnProgress>[0], why: string): string {
  const waiting = states.filter(({ ready, wanted }) => ready < wanted);
  const ready = states.reduce((sum, state) => sum + Math.min(state.ready, state.wanted), 0);
  const wanted = states.reduce((sum, state) => sum + state.wanted, 0);
  return `${ready} of ${wanted} pods ready${
    waiting.length === 0
      ? ''
      : `; waiting for ${waiting
          .slice(0, 3)
          .map(({ name }) => name)
          .join(', ')}${waiting.length > 3 ? ` and ${waiting.length - 3} more` : ''}`
  }${why === '' ? '' : `. ${why}`}`;
}

/** The objects of the newest revision, whatever became of it; empty when there is none. */
export async function releasedNow(
  effects: Pick<RolloutEffects, 'history' | 'released'>,
): Promise<readonly KubernetesObject[]> {
  const newest = (await effects.history()).at(-1);
  return newest === undefined ? [] : effects.released(newest.revision);
}

/** Reports a step around its work, and makes sure beforehand that the lock is still ours. */
export function stepper(report: Reporter, assertLocked: () => Promise<void>): Step {
  return async (step, work) => {
    await assertLocked();
    report({ type: 'step', step, state: 'started', detail: '' });
    try {
      const result = await work();
      report({
        type: 'step',
        step,
        state: (result as { state?: string } | undefined)?.state === 'failed' ? 'failed' : 'done',
        detail: '',
      });
      return result;
    } catch (error) {
      report({
        type: 'step',
        step,
        state: 'failed',
        detail: error instanceof Error ? (error.message.split('\n')[0] ?? '') : '',
      });
      throw error;
    }
  };
}

/**
 * Does the work of a rollout or rollback, and says of one that is cancelled or breaks off what it leaves: whether
 * anything was changed, and which workloads are at 0 pods.
 */
export async function explained(
  effects: Pick<RolloutEffects, 'cancelled'>,
  work: (trail: Trail) => Promise<RolloutOutcome>,
): Promise<RolloutOutcome> {
  const trail: Trail = { changed: false, emptied: [] };
  try {
    return await work(trail);
  } catch (error) {
    throw effects.cancelled() ? cancelledOn(trail) : withWhatIsLeft(error, trail);
  }
}

/**
 * Keeps the evidence of a failure, and says where it is, or why it could not be kept: whatever keeps it from being
 * written, the failure itself is told.
 */
export async function evidenceOf(
  effects: Pick<RolloutEffects, 'cancelled' | 'keepEvidence'>,
  why: string,
): Promise<{ readonly file?: string; readonly sentence: string }> {
  try {
    const file = await effects.keepEvidence(why);
    return { file, sentence: `Events, states and last logs are in ${file}.` };
  } catch (error) {
    if (effects.cancelled() || !(isToolFailure(error) || error instanceof StopRollout)) throw error;
    return { sentence: inSentences([`The evidence could not be saved: ${error.message}`]) };
  }
}

function atZero({ emptied }: Trail): string {
  return emptied.length === 0 ? '' : ` ${emptied.join(', ')} ${emptied.length === 1 ? 'is' : 'are'} at 0 pods`;
}

/** One line of sentences, whatever lines tools have written. */
export function inSentences(texts: readonly string[]): string {
  return texts
    .map((text) =>
      text
        .replace(/\s+/g, ' ')
        .trim()
        .replace(/[^.!?]$/, '$&.'),
    )
    .join(' ');
}

function cancelledOn(trail: Trail): StopRollout {
  const left = atZero(trail);
  const message = trail.changed
    ? `The command was cancelled midway: the release may be partly changed.${left === '' ? '' : `${left} until then.`}`
    : 'The command was cancelled before anything was changed.';
  const hint = 'Run the command again: it continues from the current state of the release, or first restores it.';
  return new StopRollout(
    [{ code: 'MI-ROLLOUT-CANCELLED', severity: 'error', message, hint }],
    trail.changed ? 'failed' : 'refused',
  );
}

function withWhatIsLeft(error: unknown, trail: Trail): unknown {
  const left = atZero(trail);
  if (left === '') return error;
  if (error instanceof StopRollout) {
    const [first, ...others] = error.diagnostics;
    const told = first === undefined ? [] : [{ ...first, message: inSentences([first.message, left]) }];
    return new StopRollout([...told, ...others], 'failed');
  }
  if (!isToolFailure(error)) return error;
  const { code, message, hint } = error;
  return new StopRollout(
    [
      {
        code,
        severity: 'error',
        message: inSentences([message, left]),
        hint: `${hint} Then run the command again: it continues from the current state of the release.`,
      },
    ],
    'failed',
  );
}
