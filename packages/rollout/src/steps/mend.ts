import { progressText, releasedNow, telling } from './steps.ts';
import { displayName, type KubernetesObject } from '@mi-patterns/helm';
import { finding } from '../findings/catalogue.ts';
import { drain, revive } from './drain.ts';
import { beginChange, callHelm, otherHelm, overtaken, type Trail } from './trail.ts';
import type { RolloutEffects, RolloutEvent } from './effects.ts';
import { handOvers } from '../changes/moves.ts';
import { readiness, type Revision } from '../release/release.ts';
import { StopRollout } from './stop.ts';
import { endOnce } from './take-over.ts';

/** What is wrong with a release that was left half changed, and what becomes of it. */
export function stuckSentence(pending: Revision, lastGood: number | undefined): string {
  const found =
    pending.state === 'failed'
      ? `Revision ${pending.revision} of ${pending.updated} failed and was not rolled back: objects that only this revision has would remain.`
      : `Revision ${pending.revision} is in the state ${pending.state} since ${pending.updated}: its rollout was interrupted, and helm refuses another one.`;
  return `${found} ${lastGood === undefined ? 'It was the first revision of the release, so what it left behind is removed.' : `The release goes back to revision ${lastGood} first.`}`;
}

/** A release that was cut off is brought back to its last good revision; one that never was whole is removed. */
export async function mend(
  request: { readonly timeout: number; readonly confirm: (sentence: string) => Promise<boolean> },
  effects: RolloutEffects,
  trail: Trail,
  report: (event: RolloutEvent) => void,
): Promise<void> {
  const history = await effects.history();
  const ready = readiness(history);
  if (ready.state !== 'stuck') return;
  const other = await otherHelm(effects, history, request.timeout);
  if (other !== undefined) throw other;
  const sentence = stuckSentence(ready.pending, ready.lastGood);
  report({ type: 'progress', step: 'repair', detail: sentence });
  if (!(await request.confirm(sentence)))
    throw new StopRollout([
      finding('MI-ROLLOUT-STUCK', sentence, 'Run the command again with --yes, or answer yes, to roll it back.'),
    ]);
  const moved = await overtaken(effects, history);
  if (moved !== undefined) throw new StopRollout([moved]);
  await restore(effects, { revision: ready.lastGood, timeout: request.timeout, trail, report });
}

/**
 * Goes back to a revision, or removes the release when there is none, without ever running an artifact twice. The
 * workloads of `ends` have no pods left when that begins.
 */
export async function restore(
  effects: RolloutEffects,
  {
    revision,
    timeout,
    trail,
    report,
    ends = [],
  }: {
    readonly revision: number | undefined;
    readonly timeout: number;
    readonly trail: Trail;
    readonly report: (event: RolloutEvent) => void;
    readonly ends?: readonly KubernetesObject[];
  },
): Promise<void> {
  const say = telling(report, 'repair');
  if (revision === undefined) {
    if (ends.length > 0) await endOnce(effects, ends, { timeout, trail, say });
    await callHelm(effects, { trail, timeout, removes: true }, effects.uninstall);
    await effects.pruneArchives();
    trail.emptied = [];
    return;
  }
  const other = await otherHelm(effects, await effects.history(), timeout);
  if (other !== undefined) throw other;
  const target = await effects.released(revision);
  const now = await releasedNow(effects);
  const live = await effects.live([...now, ...target]);
  await beginChange(effects, { trail, timeout });
  await keepReplicas(effects, { before: now, live: live.workloads, wanted: target }, say);
  if (ends.length > 0) await endOnce(effects, ends, { timeout, trail, say });
  await drain(effects, { timeout, among: [...now, ...target], wanted: target, trusted: true, trail, say });
  await callHelm(effects, { trail, timeout }, () =>
    effects.rollback(revision, (states, why) => say(progressText(states, why))),
  );
  await revive(effects, target, say);
  trail.emptied = [];
}

/** Keeps the number of pods where it passes from the manifest to an autoscaler. */
export async function keepReplicas(
  effects: RolloutEffects,
  workloads: {
    readonly before: readonly KubernetesObject[];
    readonly live: readonly KubernetesObject[];
    readonly wanted: readonly KubernetesObject[];
  },
  say: (detail: string) => void,
): Promise<void> {
  const { before, live, wanted } = workloads;
  for (const { workload, replicas } of handOvers(before, live, wanted)) {
    const kept = await effects.keepReplicas(workload, replicas);
    say(
      kept
        ? `${displayName(workload)} keeps ${replicas} replicas until the autoscaler takes over`
        : `${displayName(workload)} drops to 1 replica until the autoscaler takes over: this version of helm cannot keep them`,
    );
  }
}
