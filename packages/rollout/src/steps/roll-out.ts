import type { Diagnostic } from '@mi-patterns/inventory';
import { displayName, isToolFailure, type KubernetesObject } from '@mi-patterns/helm';
import { finding } from '../findings/catalogue.ts';
import type { ReleaseDiff } from '../changes/diff.ts';
import { drain, revive, startAnew } from './drain.ts';
import { beginChange, callHelm, forgetUnmade, overtaken, recordsNothing } from './trail.ts';
import { look, type Look } from './look.ts';
import type { RolloutEffects, RolloutOutcome, UpgradeOutcome } from './effects.ts';
import { keepReplicas, mend, restore } from './mend.ts';
import { orphans, ownersDiffer, stalled, strategyPatches } from '../changes/moves.ts';
import { rivalFindings } from '../changes/rivals.ts';
import { type Begun, identityOf, marksAreComplete, runningRecord, type RolloutRecord } from '../release/record.ts';
import { goodRevision, type Revision } from '../release/release.ts';
import { type Verification, verifyRelease } from './verify.ts';
import { withLock } from './with-lock.ts';
import {
  evidenceOf,
  inSentences,
  progressText,
  releasedNow,
  type Reporter,
  type Run as RunOf,
  stepper,
  telling,
} from './steps.ts';
import { atZero, type Failure, whatBecame } from './left.ts';
import { isNoAnswer } from '../tools/cluster-failure.ts';
import { StopRollout } from './stop.ts';
import {
  asTheyAre,
  beforeTakeOver,
  giveBack,
  leftToOthers,
  moveRoutes,
  servesBeside,
  startAgain,
  stillRuns,
  takenOverSince,
  takeOver,
} from './take-over.ts';
import type { OldRelease } from '../live/live.ts';

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
      | { readonly type: 'repair'; readonly sentence: string }
      | { readonly type: 'change'; readonly diff: ReleaseDiff },
  ) => Promise<boolean>;
}

/**
 * Brings a release to what is wanted, from wherever an earlier rollout left it: lock, mend, diff, confirm, prepare,
 * upgrade, verify, record. Everything is decided from what the cluster has, never from what an earlier call meant to
 * do, so a call that was cut off anywhere can be made again. Never throws for an answer of the release; throws a
 * ToolFailure when the cluster cannot be asked.
 */
export async function rollOut(
  request: RolloutRequest,
  effects: RolloutEffects,
  report: Reporter,
): Promise<RolloutOutcome> {
  if (request.dryRun) {
    const { diff, stuck } = await look(request, effects, report);
    if (stuck !== undefined) report({ type: 'step', step: 'repair', state: 'skipped', detail: stuck });
    return { state: 'dry-run', diff };
  }
  return withLock(effects, report, (assertLocked, trail) =>
    rollOutLocked({ request, effects, report, trail, step: stepper(report, assertLocked) }),
  );
}

type Run = RunOf<RolloutRequest>;

async function rollOutLocked(run: Run): Promise<RolloutOutcome> {
  const { request, effects, report, trail, step } = run;
  const confirm = (sentence: string): Promise<boolean> => request.confirm({ type: 'repair', sentence });
  await forgetUnmade(effects);
  await step('repair', () => mend({ timeout: request.timeout, confirm }, effects, trail, report));
  const looked = await look(request, effects, report);
  trail.before = looked.history.at(-1)?.revision;
  const refusal = refusalOf(request, looked);
  if (refusal !== undefined) return { state: 'refused', diagnostics: refusal };
  const { records, begun } = looked.log;
  const unchanged = changesNothing(looked);
  if (unchanged) {
    report({ type: 'step', step: 'confirm', state: 'skipped', detail: 'nothing to change' });
    await prepareNothing(run, looked.wanted);
    report({ type: 'step', step: 'upgrade', state: 'skipped', detail: 'nothing to change' });
  } else {
    if (!(await request.confirm({ type: 'change', diff: looked.diff })))
      return { state: 'refused', diagnostics: [notConfirmed] };
    report({ type: 'step', step: 'confirm', state: 'done', detail: '' });
    const moved = await overtaken(effects, looked.history);
    if (moved !== undefined) return { state: 'refused', diagnostics: [moved] };
  }
  const changed: Changes = unchanged ? { back: goodRevision(looked.history) } : await change(run, looked, records);
  if (changed.failure !== undefined) return failed(run, changed.failure);
  const failure = { ...changed, wentBack: false, took: looked.olds.length + looked.ended.length > 0 };
  return verifyAndRecord(run, { looked, records, begun, unchanged, failure });
}

/** Where nothing changes, pods may still wait for another try. */
async function prepareNothing(run: Run, wanted: readonly KubernetesObject[]): Promise<void> {
  const { request, effects, report, trail, step } = run;
  if (stalled(await effects.live(wanted), wanted).length === 0)
    return report({ type: 'step', step: 'prepare', state: 'skipped', detail: 'nothing to change' });
  const say = telling(report, 'prepare');
  await step('prepare', () => startAnew(effects, { timeout: request.timeout, wanted, trail, say }));
}

/** Why a rollout does not start, when it does not. */
function refusalOf({ base, accept }: RolloutRequest, { history, diff }: Look): readonly Diagnostic[] | undefined {
  const good = goodRevision(history);
  if (base !== undefined && base !== good) return [movedOn(base, good)];
  const blocking = diff.diagnostics
    .map((found): Diagnostic => (found.code === 'MI-ROLLOUT-GITOPS' ? { ...found, severity: 'error' } : found))
    .filter(({ severity, code }) => severity === 'error' && !accept.includes(code));
  return blocking.length > 0 ? blocking : undefined;
}

function changesNothing({ olds, diff, history }: Look): boolean {
  return (
    olds.length === 0 && diff.changes.length === 0 && diff.drift.length === 0 && history.at(-1)?.state === 'deployed'
  );
}

interface Changes {
  /** The revision to go back to when the release turns out not to be sound. */
  readonly back: number | undefined;
  /** The record of what ran beside the old releases before they were taken over; none at a first rollout. */
  readonly beside?: RolloutRecord | undefined;
  readonly failure?: Failure;
}

/** Takes over, prepares and upgrades. Answers what went wrong, if something did. */
async function change(
  run: Run,
  { olds, ended, ran, wanted, history, ...looked }: Look,
  records: readonly RolloutRecord[],
): Promise<Changes> {
  const { request, effects, trail, step } = run;
  const took = olds.length + ended.length > 0;
  let { before } = looked;
  let back = goodRevision(history);
  if (olds.length > 0) {
    const say = telling(run.report, 'take over');
    const { workloads } = await effects.live([...before, ...wanted]);
    await keepReplicas(effects, { before, live: workloads, wanted }, say);
    const takeOverRequest = { timeout: request.timeout, wanted, trail, say, ran: ran?.record };
    const taken = await step('take over', () => takeOver(effects, olds, takeOverRequest));
    if (taken.state === 'failed') return { back, failure: { back, ...taken } };
    back = goodRevision(await effects.history());
    before = back === undefined ? [] : await effects.released(back);
  }
  const moves = ownersDiffer(back === undefined ? [] : await effects.released(back), wanted);
  const drained = await step('prepare', () =>
    prepare(run, { before, wanted, trusted: marksAreComplete(records, history) }),
  );
  const upgraded = await step('upgrade', () => upgrade(run, { wanted, olds, rollBack: !moves && !drained && !took }));
  const first = ran?.revision;
  const own = took && first !== undefined ? await effects.released(first) : [];
  const both = [...rivalFindings(own, asTheyAre(olds)), ...rivalFindings(own, beforeTakeOver(ended))];
  const beside = own.length > 0 && both.length === 0 ? ran?.record : undefined;
  const way = { back: beside === undefined ? back : first, beside };
  if (upgraded.state === 'done') return way;
  return { ...way, failure: { ...upgraded, ...way, took } };
}

interface Upgrade {
  readonly wanted: readonly KubernetesObject[];
  readonly olds: readonly OldRelease[];
  /** Whether helm may go back by itself. */
  readonly rollBack: boolean;
}

async function upgrade(run: Run, { wanted, olds, rollBack }: Upgrade): Promise<UpgradeOutcome> {
  const { request, effects, trail } = run;
  const say = telling(run.report, 'upgrade');
  const outcome = await callHelm(effects, { trail, timeout: request.timeout }, () =>
    effects.upgrade({ rollBack, onProgress: (states, why) => say(progressText(states, why)) }),
  );
  if (outcome.state === 'done') {
    await revive(effects, wanted, say);
    trail.emptied = [];
    trail.ended = [];
    trail.upgraded = true;
    if (olds.length > 0 && !servesBeside(wanted)) await moveRoutes(effects, olds, wanted, say);
  }
  return outcome;
}

interface Changed {
  readonly looked: Look;
  readonly records: readonly RolloutRecord[];
  readonly begun: Begun | undefined;
  readonly unchanged: boolean;
  /** What is done when the release is not sound. */
  readonly failure: Omit<Failure, 'message'>;
}

async function verifyAndRecord(
  run: Run,
  { looked, records, begun, unchanged, failure }: Changed,
): Promise<RolloutOutcome> {
  const { request, effects, report, step } = run;
  const seen = unchanged ? looked.history : await effects.history();
  const newest = seen.at(-1);
  const verified = await step('verify', async () => {
    const found = await verifyRelease(effects, looked.wanted, request.timeout, telling(run.report, 'verify'));
    return found.state === 'failed' ? found : ((await workingAgain(effects, looked)) ?? found);
  });
  if (verified.state === 'failed') {
    const { message } = verified;
    return unchanged ? unsound(effects, message) : failed(run, { ...failure, message });
  }
  const moved = await overtaken(effects, seen, recordsNothing);
  if (moved !== undefined) return { state: 'failed', diagnostics: [moved] };
  const checks = { checked: verified.artifacts, notChecked: verified.notChecked };
  const last = runningRecord(records);
  if (unchanged && last !== undefined && last.revision === newest?.revision) {
    const record = await renewed(run, last);
    // What an earlier call had begun is done, or nothing is left of it.
    if (begun !== undefined || run.trail.changed) await effects.begin(undefined);
    if (record === last) report({ type: 'step', step: 'record', state: 'skipped', detail: 'recorded already' });
    return { state: 'unchanged', record, ...checks };
  }
  const record = await step('record', () => recordSuccess(run, newest, verified.imageDigest));
  return { state: unchanged ? 'unchanged' : 'succeeded', record, ...checks };
}

/** The failure that a release which was taken over is at work again: somebody, or a controller, started its pods. */
async function workingAgain(
  effects: RolloutEffects,
  { olds, ended }: Look,
): Promise<Extract<Verification, { readonly state: 'failed' }> | undefined> {
  const taken = [...olds, ...ended].map(({ name }) => name);
  const again = taken.length === 0 ? [] : (await effects.oldReleases()).filter(stillRuns).map(({ name }) => name);
  const names = again.filter((name) => taken.includes(name)).join(', ');
  if (names === '') return undefined;
  return { state: 'failed', message: `Pods of ${names} run again, beside those that do their work now.` };
}

/**
 * The record of what runs, with the digest of the artifacts as they are read now: another version of the command may
 * read the same ones differently, and a promotion compares them.
 */
async function renewed({ request, effects, step }: Run, last: RolloutRecord): Promise<RolloutRecord> {
  const { artifactsDigest } = request.facts;
  if (artifactsDigest === undefined || artifactsDigest === last.artifactsDigest || last.only !== undefined) return last;
  const record = { ...last, artifactsDigest };
  await step('record', () => effects.addRecord(record));
  return record;
}

async function unsound(effects: RolloutEffects, message: string): Promise<RolloutOutcome> {
  const { file, sentence } = await evidenceOf(effects, message);
  return {
    state: 'failed',
    diagnostics: [
      finding(
        'MI-ROLLOUT-VERIFY',
        `Nothing had to change, but the release is not healthy: ${message}`,
        `${sentence} mi-patterns status shows the pods.`,
      ),
    ],
    ...(file === undefined ? {} : { evidence: file }),
  };
}

async function recordSuccess(
  run: Run,
  newest: Revision | undefined,
  imageDigest: string | undefined,
): Promise<RolloutRecord> {
  const { request, effects } = run;
  const made: RolloutRecord = {
    ...identityOf(newest),
    state: 'succeeded',
    environment: request.environment,
    ...request.facts,
    ...(imageDigest === undefined ? {} : { imageDigest }),
    by: await effects.user(),
    at: effects.now().toISOString(),
  };
  await effects.addRecord(made);
  const pruned = await effects.pruneArchives();
  if (pruned !== '') telling(run.report, 'record')(pruned);
  return made;
}

function movedOn(base: number, now: number | undefined): Diagnostic {
  return finding(
    'MI-ROLLOUT-MOVED-ON',
    `The values were made from revision ${base}, but ${now === undefined ? 'there is no good revision any longer' : `revision ${now} is the last good one now`}: someone else rolled out or rolled back in the meantime.`,
    'Run the command again.',
  );
}

/** What has to happen before helm may run. Answers whether a workload was emptied. */
async function prepare(
  run: Run,
  facts: {
    readonly before: readonly KubernetesObject[];
    readonly wanted: readonly KubernetesObject[];
    readonly trusted: boolean;
  },
): Promise<boolean> {
  const { request, effects, trail } = run;
  const { before, wanted, trusted } = facts;
  const { timeout } = request;
  const say = telling(run.report, 'prepare');
  const archives = await effects.bringArchives(wanted);
  if (archives.length > 0) await beginChange(effects, { trail, timeout });
  if (archives.length > 0) say(`${archives.join(', ')} ${archives.length === 1 ? 'is' : 'are'} ready for the new pods`);
  const live = await effects.live([...before, ...wanted]);
  await keepReplicas(effects, { before, live: live.workloads, wanted }, say);
  for (const orphan of orphans(live.workloads, [...before, ...wanted])) {
    await beginChange(effects, { trail, timeout });
    say(`${displayName(orphan)} is removed: an interrupted upgrade left it behind`);
    await effects.remove(orphan);
  }
  const drained = await drain(effects, { timeout, among: [...before, ...wanted], wanted, trusted, trail, say });
  for (const workload of strategyPatches(live.workloads, wanted)) {
    await beginChange(effects, { trail, timeout });
    await effects.patchStrategy(workload);
  }
  return drained.length > 0;
}

/** Does a part of the way back. Answers undefined when it fails, and keeps why. */
type Try = <Result>(what: string, work: () => Promise<Result>) => Promise<Result | undefined>;

/**
 * After a failure: the evidence first, then back to the last good revision. What fails on the way is told beside what
 * failed first, and keeps nothing else from being tried. Always answers an outcome, unless the work is cancelled.
 */
async function failed(run: Run, failure: Failure): Promise<RolloutOutcome> {
  const { effects, trail } = run;
  trail.failure = failure.message;
  const troubles: string[] = [];
  let hint = '';
  const tried: Try = async (what, work) => {
    try {
      return await work();
    } catch (error) {
      if (effects.cancelled() || !(isToolFailure(error) || error instanceof StopRollout)) throw error;
      troubles.push(`${what}: ${error.message}`);
      if (isToolFailure(error) && isNoAnswer(error)) hint = error.hint;
      return undefined;
    }
  };
  const evidence = await tried('The evidence could not be saved', () => effects.keepEvidence(failure.message));
  trail.evidence = evidence;
  const left = await tried('The revisions could not be read', () => leftAt(effects, failure));
  const restored = failure.wentBack || (left !== undefined && (await goBack(run, failure, left.workloads, tried)));
  const gives = failure.took === true && (failure.beside === undefined || (restored && left?.isAllThere === false));
  const gaveBack = gives && (await giveWorkBack(run, failure.beside, tried));
  if (restored) await tried('The rollback could not be recorded', () => recordWayBack(run, failure.back));
  // What keeps the release from going back comes first.
  const first = (restored ? '' : hint) || failure.next;
  const remedy = first ? `${first} ` : '';
  const again = remedy === '' ? 'Run' : 'Then run';
  const next = restored ? '' : `${again} the command again: it brings the release back first. `;
  const went = whatBecame(trail, failure, { restored, gaveBack, gives });
  return {
    state: 'failed',
    ...(evidence === undefined ? {} : { evidence }),
    diagnostics: [
      finding(
        'MI-ROLLOUT-FAILED',
        inSentences([
          `The rollout failed: ${failure.message}`,
          went,
          ...troubles,
          ...(restored && gives && !gaveBack ? atZero(trail) : []),
        ]),
        `${remedy}${next}${evidence === undefined ? 'mi-patterns status shows the pods.' : `Events, states and last logs are in ${evidence}.`}`,
      ),
    ],
  };
}

/** What the way back must end first, because an old release that was taken over does it again. */
async function leftAt(
  effects: RolloutEffects,
  { back, beside, took }: Failure,
): Promise<ReturnType<typeof leftToOthers>> {
  const now = took === true ? await releasedNow(effects) : [];
  // helm removes a release without waiting for its pods.
  if (back === undefined) return leftToOthers(now, []);
  return beside === undefined ? { workloads: [], isAllThere: false } : leftToOthers(now, await effects.released(back));
}

async function goBack(
  { request, effects, report, trail, step }: Run,
  { back }: Failure,
  ends: readonly KubernetesObject[],
  tried: Try,
): Promise<boolean> {
  const way = { revision: back, timeout: request.timeout, trail, report, ends };
  const done = await tried('The rollback failed', () =>
    step('repair', async () => {
      await restore(effects, way);
      return true;
    }),
  );
  return done === true;
}

async function giveWorkBack(run: Run, beside: RolloutRecord | undefined, tried: Try): Promise<boolean> {
  const { request, effects, trail, step } = run;
  const done = await tried('The old release was not restored', () =>
    step('repair', async () => {
      const way = { timeout: request.timeout, trail, say: telling(run.report, 'repair') };
      const { records } = await effects.log();
      await (beside === undefined
        ? giveBack(effects, way)
        : startAgain(effects, (old) => takenOverSince(old, records, beside), way));
      return true;
    }),
  );
  return done === true;
}

async function recordWayBack({ request, effects }: Run, back: number | undefined): Promise<void> {
  await effects.pruneArchives();
  const newest = (await effects.history()).at(-1);
  if (back === undefined) return effects.begin(undefined);
  await effects.addRecord({
    ...identityOf(newest),
    state: 'rolled-back',
    environment: request.environment,
    ...request.facts,
    by: await effects.user(),
    at: effects.now().toISOString(),
    restores: back,
  });
}

const notConfirmed = finding(
  'MI-ROLLOUT-NOT-CONFIRMED',
  'Nothing was rolled out: the change was not confirmed.',
  'Run it again with --yes, or answer yes.',
);
