import { isToolFailure, type KubernetesObject } from '@mi-patterns/helm';
import type { Trail } from './trail.ts';
import type { OnProgress, RolloutEffects, RolloutEvent, RolloutStep } from './effects.ts';
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

/** What to do without its end that the command is to be run again, where more is said of that. Pure. */
export function withoutAgain(hint: string): string {
  return hint.replace(/,? (?:and|then) run the command again\.$/, '.');
}
