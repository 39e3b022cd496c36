import type { Diagnostic } from '@mi-patterns/inventory';
import { displayName, identity, isWorkload, type KubernetesObject } from '../kubernetes-object.ts';
import type { ReleaseDiff } from './diff.ts';
import type { LiveState, RolloutEffects, RolloutEvent, RolloutOutcome, RolloutStep } from './effects.ts';
import { drainsBefore, handOvers, ownersDiffer, strategyPatches } from './moves.ts';
import { runningRecord, type RolloutRecord } from './record.ts';
import { readiness, type Revision } from './release.ts';
import { verifyRelease } from './verify.ts';
import { withLock } from './with-lock.ts';
import { StopRollout } from './stop.ts';

export interface RolloutRequest {
  readonly environment: string;
  /** What a record keeps beyond what the cluster says. */
  readonly facts: Pick<RolloutRecord, 'pattern' | 'planDigest' | 'artifactsDigest' | 'valuesDigest' | 'chart' | 'chartDigest' | 'image' | 'only' | 'promotedFrom' | 'approvedBy'>;
  /** Seconds for the upgrade, and for pods to be ready or gone. */
  readonly timeout: number;
  readonly dryRun: boolean;
  /** Codes of findings that the user takes responsibility for. */
  readonly accept: readonly string[];
  /** Asked before anything is changed: `mend` brings a cut-off release back, `change` is the rollout itself. */
  readonly confirm: (what: { readonly type: 'mend'; readonly sentence: string } | { readonly type: 'change'; readonly diff: ReleaseDiff }) => Promise<boolean>;
}

export type Reporter = (event: RolloutEvent) => void;

/**
 * Brings a release to what is wanted, from wherever an earlier rollout left it: lock, mend, diff, confirm, prepare,
 * upgrade, verify, record. Everything is decided from what the cluster has, never from what an earlier call meant to do,
 * so a call that was cut off anywhere can be made again. Never throws for an answer of the release; throws a ToolFailure
 * when the cluster cannot be asked.
 */
export async function rollOut(request: RolloutRequest, effects: RolloutEffects, report: Reporter): Promise<RolloutOutcome> {
  if (request.dryRun) {
    const { diff, stuck } = await look(effects, report);
    if (stuck !== undefined) report({ type: 'step', step: 'mend', state: 'skipped', detail: stuck });
    return { state: 'dry-run', diff };
  }
  return withLock(effects, report, async (assertLocked) => {
    const step = stepper(report, assertLocked);
    await step('mend', () => mend(request, effects, report));
    const { diff, before, wanted, history } = await look(effects, report);
    const blocking = diff.diagnostics.filter(({ severity, code }) => severity === 'error' && !request.accept.includes(code));
    if (blocking.length > 0) return { state: 'refused', diagnostics: blocking };
    const current = history.at(-1);
    const records = await effects.records();
    const unchanged = diff.changes.length === 0 && diff.drift.length === 0 && current?.state === 'deployed';
    if (!unchanged) {
      if (!(await request.confirm({ type: 'change', diff }))) return { state: 'refused', diagnostics: [notConfirmed] };
      report({ type: 'step', step: 'confirm', state: 'done', detail: '' });
    } else report({ type: 'step', step: 'confirm', state: 'skipped', detail: 'nothing to change' });

    const back = goBack(history);
    const good = back === undefined ? [] : await effects.released(back);
    const moves = ownersDiffer(good, wanted);
    if (unchanged) for (const name of ['prepare', 'upgrade'] as const) report({ type: 'step', step: name, state: 'skipped', detail: 'nothing to change' });
    else {
      const drained = await step('prepare', () => prepare(request, effects, report, before, wanted, records));
      const upgraded = await step('upgrade', async () => {
        const outcome = await effects.upgrade({ rollBack: !moves && !drained, onProgress: (states) => report({ type: 'progress', step: 'upgrade', detail: progressText(states) }) });
        return outcome;
      });
      if (upgraded.state === 'failed') return failed(request, effects, step, back, upgraded.message, upgraded.wentBack);
    }
    const revision = (await effects.history()).at(-1)?.revision ?? 0;
    const verified = await step('verify', () => verifyRelease(effects, wanted, request.timeout, (detail) => report({ type: 'progress', step: 'verify', detail })));
    if (verified.state === 'failed') {
      if (unchanged) return { state: 'failed', diagnostics: [{ code: 'MI-ROLLOUT-VERIFY', severity: 'error', message: `Nothing had to be changed, but the release is not sound: ${verified.message}`, hint: 'The evidence says why; mi-patterns status shows the pods.' }], evidence: await effects.keepEvidence(verified.message) };
      return failed(request, effects, step, back, verified.message, false);
    }
    const last = runningRecord(records);
    if (unchanged && last?.revision === revision) {
      report({ type: 'step', step: 'record', state: 'skipped', detail: 'recorded already' });
      return { state: 'unchanged', record: last, checked: verified.artifacts };
    }
    const record = await step('record', async () => {
      const made: RolloutRecord = { revision, state: 'succeeded', environment: request.environment, ...request.facts, ...(verified.imageDigest === undefined ? {} : { imageDigest: verified.imageDigest }), by: await effects.user(), at: effects.now().toISOString() };
      await effects.addRecord(made);
      const pruned = await effects.pruneArchives();
      if (pruned !== '') report({ type: 'progress', step: 'record', detail: pruned });
      return made;
    });
    return { state: unchanged ? 'unchanged' : 'succeeded', record, checked: verified.artifacts };
  });
}

export type Step = <Result>(name: RolloutStep, work: () => Promise<Result>) => Promise<Result>;

/** Reports a step around its work, and makes sure beforehand that the lock is still ours. */
export function stepper(report: Reporter, assertLocked: () => Promise<void>): Step {
  return async (step, work) => {
    await assertLocked();
    report({ type: 'step', step, state: 'started', detail: '' });
    try {
      const result = await work();
      report({ type: 'step', step, state: (result as { state?: string } | undefined)?.state === 'failed' ? 'failed' : 'done', detail: '' });
      return result;
    } catch (error) {
      report({ type: 'step', step, state: 'failed', detail: error instanceof Error ? (error.message.split('\n')[0] ?? '') : '' });
      throw error;
    }
  };
}

interface Look {
  readonly diff: ReleaseDiff;
  readonly before: readonly KubernetesObject[];
  readonly wanted: readonly KubernetesObject[];
  readonly history: readonly Revision[];
  readonly stuck: string | undefined;
}

async function look(effects: RolloutEffects, report: Reporter): Promise<Look> {
  report({ type: 'step', step: 'diff', state: 'started', detail: '' });
  const history = await effects.history();
  const ready = readiness(history);
  const newest = history.at(-1);
  const before = ready.state === 'new' || newest === undefined ? [] : await effects.released(newest.revision);
  const wanted = await effects.wanted();
  const diff = await effects.diff(before, wanted);
  report({ type: 'diff', diff });
  report({ type: 'step', step: 'diff', state: 'done', detail: diff.changes.length === 1 ? '1 object changes' : `${diff.changes.length} objects change` });
  return { diff, before, wanted, history, stuck: ready.state === 'stuck' ? stuckSentence(ready.pending, ready.lastGood) : undefined };
}

function stuckSentence(pending: Revision, lastGood: number | undefined): string {
  return `Revision ${pending.revision} is in the state ${pending.state} since ${pending.updated}: the rollout that made it was cut off, and helm refuses another. ${lastGood === undefined ? 'It was the first of its release: what it left is removed.' : `The release goes back to revision ${lastGood} first.`}`;
}

/** A release that was cut off is brought back to its last good revision; one that never was whole is removed. */
async function mend(request: RolloutRequest, effects: RolloutEffects, report: Reporter): Promise<void> {
  const ready = readiness(await effects.history());
  if (ready.state !== 'stuck') return;
  const sentence = stuckSentence(ready.pending, ready.lastGood);
  report({ type: 'progress', step: 'mend', detail: sentence });
  if (!(await request.confirm({ type: 'mend', sentence }))) throw new StopRollout([{ code: 'MI-ROLLOUT-STUCK', severity: 'error', message: sentence, hint: 'Run the command again with --yes, or answer yes, to let it be brought back.' }]);
  await restore(request, effects, ready.lastGood, report);
}

/** Goes back to a revision, or removes the release, without ever running an artifact twice. */
export async function restore(request: Pick<RolloutRequest, 'timeout'>, effects: RolloutEffects, revision: number | undefined, report: Reporter): Promise<void> {
  if (revision === undefined) {
    await effects.uninstall();
    await effects.pruneArchives();
    return;
  }
  const target = await effects.released(revision);
  const newest = (await effects.history()).at(-1);
  const now = newest === undefined ? [] : await effects.released(newest.revision);
  await drain(effects, request.timeout, [...now, ...target], target, true, (detail) => report({ type: 'progress', step: 'mend', detail }));
  await effects.rollback(revision);
}

/** What has to happen before helm may run. Answers whether a workload was emptied. */
async function prepare(request: RolloutRequest, effects: RolloutEffects, report: Reporter, before: readonly KubernetesObject[], wanted: readonly KubernetesObject[], records: readonly RolloutRecord[]): Promise<boolean> {
  const say = (detail: string): void => report({ type: 'progress', step: 'prepare', detail });
  const archives = await effects.bringArchives(wanted);
  if (archives.length > 0) say(`${archives.join(', ')} ${archives.length === 1 ? 'is' : 'are'} there for the new pods`);
  const live = await effects.live([...before, ...wanted]);
  for (const { workload, replicas } of handOvers(before, live.workloads, wanted)) {
    const kept = await effects.keepReplicas(workload, replicas);
    say(kept ? `${displayName(workload)} keeps ${replicas} replicas until the autoscaler takes over` : `${displayName(workload)} falls to 1 replica until the autoscaler takes over: this helm cannot keep them`);
  }
  const drained = await drain(effects, request.timeout, [...before, ...wanted], wanted, runningRecord(records) !== undefined, say);
  for (const workload of strategyPatches(live.workloads, wanted)) await effects.patchStrategy(workload);
  return drained;
}

/** Scales the old owners of moving artifacts to 0 and waits until their pods are gone, ending ones included. */
export async function drain(effects: RolloutEffects, timeout: number, among: readonly KubernetesObject[], wanted: readonly KubernetesObject[], trusted: boolean, say: (detail: string) => void): Promise<boolean> {
  const unique = [...new Map(among.filter(isWorkload).map((object) => [identity(object), object])).values()];
  const live = await effects.live(unique);
  const drains = drainsBefore(live.workloads, live.pods, wanted, trusted);
  for (const { workload, because } of drains) {
    say(`${displayName(workload)} is scaled to 0: ${because}`);
    await effects.scaleToZero(workload);
  }
  const ids = new Set(drains.map(({ workload }) => identity(workload)));
  const end = effects.now().getTime() + timeout * 1000;
  for (;;) {
    const left: LiveState['pods'] = ids.size === 0 ? [] : (await effects.live(unique)).pods.filter((pod) => ids.has(pod.workload));
    if (left.length === 0) return drains.length > 0;
    if (effects.now().getTime() > end) {
      throw new StopRollout([{ code: 'MI-ROLLOUT-DRAIN', severity: 'error', message: `${left.map(({ name, node }) => `${name} on ${node || 'no node'}`).join(', ')} did not end within ${timeout} s. It may still work, so nothing that would do the same work was started; its workload stays at 0 pods.`, hint: 'Make sure that the node is off or the server has ended (kubectl delete pod --force only when it has), then run the rollout again.' }], 'failed');
    }
    say(`waiting for ${left.length} ${left.length === 1 ? 'pod' : 'pods'} to end: ${left.map(({ name }) => name).join(', ')}`);
    await effects.sleep(1000);
  }
}

/** The revision to go back to when the next one fails. */
function goBack(history: readonly Revision[]): number | undefined {
  return history.filter(({ state }) => state === 'deployed' || state === 'superseded').at(-1)?.revision;
}

/** After a failure: the evidence first, then back to the last good revision. Always answers an outcome. */
async function failed(request: RolloutRequest, effects: RolloutEffects, step: Step, back: number | undefined, message: string, wentBack: boolean): Promise<RolloutOutcome> {
  const evidence = await effects.keepEvidence(message);
  const went = wentBack ? (back === undefined ? 'helm removed what it had installed' : `helm went back to revision ${back}`) : back === undefined ? 'The release had no good revision before and was removed' : `The release was brought back to revision ${back}`;
  if (!wentBack) await step('mend', () => restore(request, effects, back, () => {}));
  await effects.pruneArchives();
  const user = await effects.user();
  const revision = (await effects.history()).at(-1)?.revision ?? 0;
  if (back !== undefined) await effects.addRecord({ revision, state: 'rolled-back', environment: request.environment, ...request.facts, by: user, at: effects.now().toISOString(), restores: back });
  return { state: 'failed', evidence, diagnostics: [{ code: 'MI-ROLLOUT-FAILED', severity: 'error', message: `The rollout failed: ${message}\n${went}.`, hint: `Events, states and last logs are in ${evidence}.` }] };
}

function progressText(states: readonly { readonly name: string; readonly ready: number; readonly wanted: number }[]): string {
  const waiting = states.filter(({ ready, wanted }) => ready < wanted);
  const ready = states.reduce((sum, state) => sum + Math.min(state.ready, state.wanted), 0);
  const wanted = states.reduce((sum, state) => sum + state.wanted, 0);
  return `${ready} of ${wanted} pods ready${waiting.length === 0 ? '' : `; waiting for ${waiting.slice(0, 3).map(({ name }) => name).join(', ')}${waiting.length > 3 ? ` and ${waiting.length - 3} more` : ''}`}`;
}

const notConfirmed: Diagnostic = { code: 'MI-ROLLOUT-NOT-CONFIRMED', severity: 'error', message: 'Nothing was changed: the rollout was not confirmed.', hint: 'Run it again with --yes, or answer yes.' };
