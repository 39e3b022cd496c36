import type { Diagnostic } from '@mi-patterns/inventory';
import { displayName, isToolFailure, type KubernetesObject } from '@mi-patterns/helm';
import type { ReleaseDiff } from './diff.ts';
import { drain, revive, type Trail } from './drain.ts';
import type { RolloutEffects, RolloutEvent, RolloutOutcome, RolloutStep } from './effects.ts';
import { keepReplicas, mend, restore, stuckSentence } from './mend.ts';
import { orphans, ownersDiffer, strategyPatches } from './moves.ts';
import { marksAreComplete, runningRecord, type RolloutRecord } from './record.ts';
import { goodRevision, readiness, type Revision } from './release.ts';
import { verifyRelease } from './verify.ts';
import { withLock } from './with-lock.ts';
import { StopRollout } from './stop.ts';
import {
  giveBack,
  moveRoutes,
  type OldRelease,
  servesBeside,
  stillRuns,
  takeOver,
  takeOverSentences,
  type TakeOverRequest,
} from './take-over.ts';

export interface RolloutRequest {
  readonly environment: string;
  /** What a record keeps beyond what the cluster says. */
  readonly facts: Pick<
    RolloutRecord,
    | 'pattern'
    | 'planDigest'
    | 'artifactsDigest'
    | 'valuesDigest'
    | 'chart'
    | 'chartDigest'
    | 'image'
    | 'only'
    | 'promotedFrom'
    | 'approvedBy'
  >;
  /** Seconds for the upgrade, and for pods to be ready or gone. */
  readonly timeout: number;
  readonly dryRun: boolean;
  /** Codes of findings that the user takes responsibility for. */
  readonly accept: readonly string[];
  /** Revision whose values the wanted ones were made from; the rollout is refused when another one counts by now. */
  readonly base?: number;
  /** Asked before anything is changed: `mend` brings a cut-off release back, `change` is the rollout itself. */
  readonly confirm: (
    what:
      | { readonly type: 'mend'; readonly sentence: string }
      | { readonly type: 'change'; readonly diff: ReleaseDiff },
  ) => Promise<boolean>;
}

export type Reporter = (event: RolloutEvent) => void;

/**
 * Brings a release to what is wanted, from wherever an earlier rollout left it: lock, mend, diff, confirm, prepare,
 * upgrade, verify, record. Everything is decided from what the cluster has, never from what an earlier call meant to do,
 * so a call that was cut off anywhere can be made again. Never throws for an answer of the release; throws a ToolFailure
 * when the cluster cannot be asked.
 */
export async function rollOut(
  request: RolloutRequest,
  effects: RolloutEffects,
  report: Reporter,
): Promise<RolloutOutcome> {
  if (request.dryRun) {
    const { diff, stuck } = await look(effects, report);
    if (stuck !== undefined) report({ type: 'step', step: 'mend', state: 'skipped', detail: stuck });
    return { state: 'dry-run', diff };
  }
  return withLock(effects, report, (assertLocked) =>
    explained(effects, (trail) =>
      rollOutLocked(request, effects, report, { report, trail, step: stepper(report, assertLocked) }),
    ),
  );
}

interface Run {
  readonly report: Reporter;
  readonly trail: Trail;
  readonly step: Step;
}

async function rollOutLocked(
  request: RolloutRequest,
  effects: RolloutEffects,
  report: Reporter,
  run: Run,
): Promise<RolloutOutcome> {
  const { step, trail } = run;
  await step('mend', () =>
    mend(
      { timeout: request.timeout, confirm: (sentence) => request.confirm({ type: 'mend', sentence }) },
      effects,
      trail,
      report,
    ),
  );
  const { diff, wanted, history, olds, ...looked } = await look(effects, report);
  let { before } = looked;
  let back = goodRevision(history);
  if (request.base !== undefined && request.base !== back)
    return { state: 'refused', diagnostics: [movedOn(request.base, back)] };
  const blocking = diff.diagnostics.filter(
    ({ severity, code }) => severity === 'error' && !request.accept.includes(code),
  );
  if (blocking.length > 0) return { state: 'refused', diagnostics: blocking };
  const records = await effects.records();
  const unchanged =
    olds.length === 0 && diff.changes.length === 0 && diff.drift.length === 0 && history.at(-1)?.state === 'deployed';
  if (!unchanged) {
    if (!(await request.confirm({ type: 'change', diff }))) return { state: 'refused', diagnostics: [notConfirmed] };
    report({ type: 'step', step: 'confirm', state: 'done', detail: '' });
  } else report({ type: 'step', step: 'confirm', state: 'skipped', detail: 'nothing to change' });

  if (olds.length > 0) {
    const taken = await step('take over', () => takeOver(effects, olds, takeOverRequest(request, run, wanted, report)));
    if (taken.state === 'failed') return failed(request, effects, run, { back, ...taken });
    back = goodRevision(await effects.history());
    before = back === undefined ? [] : await effects.released(back);
  }
  const took = olds.length > 0;
  const moves = ownersDiffer(back === undefined ? [] : await effects.released(back), wanted);
  if (unchanged)
    for (const name of ['prepare', 'upgrade'] as const)
      report({ type: 'step', step: name, state: 'skipped', detail: 'nothing to change' });
  else {
    const drained = await step('prepare', () =>
      prepare(request, effects, report, { before, wanted, trusted: marksAreComplete(records, history), trail }),
    );
    const upgraded = await step('upgrade', async () => {
      trail.changed = true;
      const outcome = await effects.upgrade({
        rollBack: !moves && !drained && !took,
        onProgress: (states) => report({ type: 'progress', step: 'upgrade', detail: progressText(states) }),
      });
      if (outcome.state === 'done') {
        await revive(effects, wanted, (detail) => report({ type: 'progress', step: 'upgrade', detail }));
        trail.emptied = [];
        if (took && !servesBeside(wanted))
          await moveRoutes(effects, olds, wanted, (detail) => report({ type: 'progress', step: 'upgrade', detail }));
      }
      return outcome;
    });
    if (upgraded.state === 'failed')
      return failed(request, effects, run, {
        back,
        message: upgraded.message,
        wentBack: upgraded.wentBack,
        took,
      });
  }
  const revision = (await effects.history()).at(-1)?.revision ?? 0;
  const verified = await step('verify', () =>
    verifyRelease(effects, wanted, request.timeout, (detail) => report({ type: 'progress', step: 'verify', detail })),
  );
  if (verified.state === 'failed') {
    if (unchanged)
      return {
        state: 'failed',
        diagnostics: [
          {
            code: 'MI-ROLLOUT-VERIFY',
            severity: 'error',
            message: `Nothing had to be changed, but the release is not sound: ${verified.message}`,
            hint: 'The evidence says why; mi-patterns status shows the pods.',
          },
        ],
        evidence: await effects.keepEvidence(verified.message),
      };
    return failed(request, effects, run, { back, message: verified.message, wentBack: false, took });
  }
  const last = runningRecord(records);
  if (unchanged && last?.revision === revision) {
    report({ type: 'step', step: 'record', state: 'skipped', detail: 'recorded already' });
    return { state: 'unchanged', record: last, checked: verified.artifacts };
  }
  const record = await step('record', async () => {
    const made: RolloutRecord = {
      revision,
      state: 'succeeded',
      environment: request.environment,
      ...request.facts,
      ...(verified.imageDigest === undefined ? {} : { imageDigest: verified.imageDigest }),
      by: await effects.user(),
      at: effects.now().toISOString(),
    };
    await effects.addRecord(made);
    const pruned = await effects.pruneArchives();
    if (pruned !== '') report({ type: 'progress', step: 'record', detail: pruned });
    return made;
  });
  return { state: unchanged ? 'unchanged' : 'succeeded', record, checked: verified.artifacts };
}

/**
 * Does the work of a rollout or rollback, and says of one that is cancelled or breaks off what it leaves: whether anything was
 * changed, and which workloads are at 0 pods.
 */
export async function explained(
  effects: Pick<RolloutEffects, 'cancelled'>,
  work: (trail: Trail) => Promise<RolloutOutcome>,
): Promise<RolloutOutcome> {
  const trail: Trail = { changed: false, emptied: [] };
  try {
    return await work(trail);
  } catch (error) {
    const left =
      trail.emptied.length === 0
        ? ''
        : ` ${trail.emptied.join(', ')} ${trail.emptied.length === 1 ? 'is' : 'are'} at 0 pods until then.`;
    if (effects.cancelled()) {
      const message = trail.changed
        ? `The work was cancelled on the way: the release may be half changed.${left}`
        : 'The work was cancelled before anything was changed.';
      throw new StopRollout(
        [
          {
            code: 'MI-ROLLOUT-CANCELLED',
            severity: 'error',
            message,
            hint: 'Run the command again: it goes on from where the release is, or brings it back first.',
          },
        ],
        trail.changed ? 'failed' : 'refused',
      );
    }
    if (left === '') throw error;
    if (error instanceof StopRollout)
      throw new StopRollout(
        error.diagnostics.map((one, index) =>
          index === 0 ? { ...one, message: `${one.message}${left.replace(' until then', '')}` } : one,
        ),
        'failed',
      );
    if (isToolFailure(error))
      throw new StopRollout(
        [
          {
            code: error.code,
            severity: 'error',
            message: `${error.message}${left.replace(' until then', '')}`,
            hint: `${error.hint} Then run the command again: it goes on from where the release is.`,
          },
        ],
        'failed',
      );
    throw error;
  }
}

function movedOn(base: number, now: number | undefined): Diagnostic {
  return {
    code: 'MI-ROLLOUT-MOVED-ON',
    severity: 'error',
    message: `The values were made from revision ${base}, but ${now === undefined ? 'there is no good revision any more' : `revision ${now} is the one that counts now`}: somebody else has rolled out meanwhile, or the release was brought back.`,
    hint: 'Run the command again.',
  };
}

export type Step = <Result>(name: RolloutStep, work: () => Promise<Result>) => Promise<Result>;

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

function takeOverRequest(
  { timeout }: RolloutRequest,
  { trail }: Run,
  wanted: readonly KubernetesObject[],
  report: Reporter,
): TakeOverRequest {
  return { timeout, wanted, trail, say: (detail) => report({ type: 'progress', step: 'take over', detail }) };
}

interface Look {
  readonly diff: ReleaseDiff;
  readonly before: readonly KubernetesObject[];
  readonly wanted: readonly KubernetesObject[];
  readonly history: readonly Revision[];
  readonly stuck: string | undefined;
  /** Old releases that still run and are to be taken over. */
  readonly olds: readonly OldRelease[];
}

async function look(effects: RolloutEffects, report: Reporter): Promise<Look> {
  report({ type: 'step', step: 'diff', state: 'started', detail: '' });
  const history = await effects.history();
  const ready = readiness(history);
  const newest = history.at(-1);
  const before = ready.state === 'new' || newest === undefined ? [] : await effects.released(newest.revision);
  const wanted = await effects.wanted();
  const listed = await effects.oldReleases();
  const olds = listed.filter(stillRuns);
  const compared = await effects.diff(before, wanted);
  const diff = { ...compared, preparations: [...takeOverSentences(listed, wanted), ...compared.preparations] };
  report({ type: 'diff', diff });
  report({
    type: 'step',
    step: 'diff',
    state: 'done',
    detail: diff.changes.length === 1 ? '1 object changes' : `${diff.changes.length} objects change`,
  });
  return {
    diff,
    before,
    wanted,
    history,
    olds,
    stuck: ready.state === 'stuck' ? stuckSentence(ready.pending, ready.lastGood) : undefined,
  };
}

/** What has to happen before helm may run. Answers whether a workload was emptied. */
async function prepare(
  request: RolloutRequest,
  effects: RolloutEffects,
  report: Reporter,
  facts: {
    readonly before: readonly KubernetesObject[];
    readonly wanted: readonly KubernetesObject[];
    readonly trusted: boolean;
    readonly trail: Trail;
  },
): Promise<boolean> {
  const { before, wanted, trusted, trail } = facts;
  const say = (detail: string): void => report({ type: 'progress', step: 'prepare', detail });
  const archives = await effects.bringArchives(wanted);
  if (archives.length > 0) say(`${archives.join(', ')} ${archives.length === 1 ? 'is' : 'are'} there for the new pods`);
  const live = await effects.live([...before, ...wanted]);
  await keepReplicas(effects, before, live.workloads, wanted, say);
  for (const orphan of orphans(live.workloads, [...before, ...wanted])) {
    say(`${displayName(orphan)} is removed: an upgrade that was cut off has left it`);
    trail.changed = true;
    await effects.remove(orphan);
  }
  const drained = await drain(effects, {
    timeout: request.timeout,
    among: [...before, ...wanted],
    wanted,
    trusted,
    trail,
    say,
  });
  for (const workload of strategyPatches(live.workloads, wanted)) await effects.patchStrategy(workload);
  return drained;
}

interface Failure {
  /** The revision to go back to. */
  readonly back: number | undefined;
  readonly message: string;
  /** Whether helm has gone back by itself. */
  readonly wentBack: boolean;
  /** Whether an old release was taken over, which is then given back. */
  readonly took?: boolean;
}

/**
 * After a failure: the evidence first, then back to the last good revision. What fails on the way is told beside what failed
 * first, and keeps nothing else from being tried. Always answers an outcome, unless the work is cancelled.
 */
async function failed(
  request: RolloutRequest,
  effects: RolloutEffects,
  { report, step, trail }: Run,
  { back, message, wentBack, took = false }: Failure,
): Promise<RolloutOutcome> {
  const troubles: string[] = [];
  const tried = async <Result>(what: string, work: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (effects.cancelled() || !(isToolFailure(error) || error instanceof StopRollout)) throw error;
      troubles.push(`${what}: ${error.message}`);
      return undefined;
    }
  };
  const evidence = await tried('The evidence could not be kept', () => effects.keepEvidence(message));
  const restored =
    wentBack ||
    (await tried('The way back failed', () =>
      step('mend', async () => {
        await restore(effects, { revision: back, timeout: request.timeout, trail, report: () => {} });
        return true;
      }),
    )) === true;
  const gaveBack =
    took &&
    (await tried('The old release was not given back', () =>
      step('mend', async () => {
        const newest = (await effects.history()).at(-1);
        const current = newest === undefined ? [] : await effects.released(newest.revision);
        const say = (detail: string): void => report({ type: 'progress', step: 'mend', detail });
        await giveBack(effects, current, { timeout: request.timeout, trail, say });
        return true;
      }),
    )) === true;
  const went = gaveBack
    ? 'The old release does the work again; of the new one only stateless pods are left beside it'
    : !restored
      ? `The release is left as it is${trail.emptied.length === 0 ? '' : `, ${trail.emptied.join(', ')} at 0 pods`}`
      : wentBack
        ? back === undefined
          ? 'helm removed what it had installed'
          : `helm went back to revision ${back}`
        : back === undefined
          ? 'The release had no good revision before and was removed'
          : `The release was brought back to revision ${back}`;
  if (restored)
    await tried('It could not be recorded', async () => {
      await effects.pruneArchives();
      const revision = (await effects.history()).at(-1)?.revision ?? 0;
      if (back !== undefined)
        await effects.addRecord({
          revision,
          state: 'rolled-back',
          environment: request.environment,
          ...request.facts,
          by: await effects.user(),
          at: effects.now().toISOString(),
          restores: back,
        });
    });
  const next = restored ? '' : 'Run the command again when the cluster answers: it brings the release back first. ';
  return {
    state: 'failed',
    ...(evidence === undefined ? {} : { evidence }),
    diagnostics: [
      {
        code: 'MI-ROLLOUT-FAILED',
        severity: 'error',
        message: [`The rollout failed: ${message}`, `${went}.`, ...troubles].join('\n'),
        hint: `${next}${evidence === undefined ? 'mi-patterns status shows the pods.' : `Events, states and last logs are in ${evidence}.`}`,
      },
    ],
  };
}

function progressText(
  states: readonly { readonly name: string; readonly ready: number; readonly wanted: number }[],
): string {
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
  }`;
}

const notConfirmed: Diagnostic = {
  code: 'MI-ROLLOUT-NOT-CONFIRMED',
  severity: 'error',
  message: 'Nothing was changed: the rollout was not confirmed.',
  hint: 'Run it again with --yes, or answer yes.',
};
