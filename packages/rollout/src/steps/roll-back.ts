import { displayName } from '@mi-patterns/helm';
import { finding } from '../findings/catalogue.ts';
import type { RolloutEffects, RolloutOutcome } from './effects.ts';
import { rivalFindings } from '../changes/rivals.ts';
import { identityOf, lastGood, type Log, oldReleases, recordsOfNow, type RolloutRecord } from '../release/record.ts';
import type { Revision } from '../release/release.ts';
import { restore } from './mend.ts';
import { refused } from './stop.ts';
import {
  asTheyAre,
  beforeTakeOver,
  giveBack,
  leftToOthers,
  startAgain,
  takenOverSince,
  wasTakenOver,
} from './take-over.ts';
import type { OldRelease } from '../live/live.ts';
import { evidenceOf, releasedNow, type Reporter, type Run as RunOf, stepper, telling } from './steps.ts';
import { verifyRelease } from './verify.ts';
import { callHelm, forgetUnmade, otherHelm, overtaken, recordsNothing } from './trail.ts';
import { withLock } from './with-lock.ts';

export interface RollbackRequest {
  /** Seconds. */
  readonly timeout: number;
  /** `to` is undefined where an old release gets its work back. */
  readonly confirm: (to: RolloutRecord | undefined, sentence: string) => Promise<boolean>;
}

type Run = RunOf<RollbackRequest>;

/**
 * Brings a release back to the last good record before what runs, with the same care as a rollout: no artifact runs
 * twice, the result is verified, and it is recorded. What the servers have deployed is not compared: the plan at hand
 * is not the one of that time.
 */
export async function rollBack(
  request: RollbackRequest,
  effects: RolloutEffects,
  report: Reporter,
): Promise<RolloutOutcome> {
  // The lock would make the namespace of a release that was never rolled out.
  if ((await target(effects)) === undefined && (await takenOver(effects)).length === 0) return nothingEarlier;
  return withLock(effects, report, async (assertLocked, trail) => {
    const run: Run = { request, effects, report, trail, step: stepper(report, assertLocked) };
    await forgetUnmade(effects);
    const other = await otherHelm(effects, await effects.history(), request.timeout);
    if (other !== undefined) throw other;
    const to = await target(effects);
    return to === undefined ? backToOldReleases(run) : backToRecord(run, to);
  });
}

/** What was recorded of the release as it is now, and what was cut off since. */
async function logOf(effects: RolloutEffects, history: readonly Revision[]): Promise<Log> {
  const { records, begun } = await effects.log();
  return { records: recordsOfNow(records, history), begun };
}

/** The record of the rollout to go back to. */
async function target(effects: RolloutEffects): Promise<RolloutRecord | undefined> {
  const history = await effects.history();
  return lastGood(await logOf(effects, history), history);
}

/** Names of the releases whose work this one has taken over from its beginning on. */
async function takenOver(effects: RolloutEffects): Promise<readonly string[]> {
  const { records, begun } = await logOf(effects, await effects.history());
  // One that was cut off may have given the work back already.
  const isTaken = (old: OldRelease): boolean =>
    begun?.restores === oldReleases ? old.objects.length > 0 : wasTakenOver(old);
  return (await effects.oldReleases())
    .filter((old) => isTaken(old) && !records.some((record) => takenOverSince(old, records, record)))
    .map(({ name }) => name);
}

const nothingEarlier = refused(
  'MI-ROLLBACK-NOTHING',
  'There is no earlier successful rollout.',
  'mi-patterns status shows what is recorded; roll out an older commit instead.',
);

/** Gives the releases that were taken over their work back, where nothing else was ever good. */
async function backToOldReleases({ request, effects, report, trail, step }: Run): Promise<RolloutOutcome> {
  const history = await effects.history();
  const releases = await takenOver(effects);
  if (releases.length === 0) return nothingEarlier;
  const sentence = `Back to ${releases.join(', ')}: first what must run once ends here, then the old pods start and receive the requests; then this release is removed.`;
  if (!(await request.confirm(undefined, sentence))) return { state: 'refused', diagnostics: [notConfirmed] };
  const moved = await overtaken(effects, history);
  if (moved !== undefined) return { state: 'refused', diagnostics: [moved] };
  const { timeout } = request;
  trail.restores = oldReleases;
  const say = telling(report, 'take over');
  await step('take over', () => giveBack(effects, { timeout, trail, say }));
  // One that was cut off may have removed the release already.
  if ((await effects.history()).length > 0)
    await step('upgrade', () => callHelm(effects, { trail, timeout, removes: true }, effects.uninstall));
  await effects.begin(undefined);
  return { state: 'given-back', releases };
}

async function backToRecord(run: Run, to: RolloutRecord): Promise<RolloutOutcome> {
  const { request, effects, report, trail, step } = run;
  const history = await effects.history();
  if (!history.some(({ revision }) => revision === to.revision))
    return refused(
      'MI-ROLLBACK-GONE',
      `The last good rollout was revision ${to.revision} of ${to.at}, which helm no longer keeps.`,
      'Roll out the commit of that revision instead.',
    );
  const wanted = await effects.released(to.revision);
  const now = await releasedNow(effects);
  const { records } = await logOf(effects, history);
  const isSince = (old: OldRelease): boolean => takenOverSince(old, records, to);
  const listed = await effects.oldReleases();
  const taken = listed.filter(isSince);
  // A rollback that was cut off has made a revision with what it goes back to.
  const newest = history.findLast(({ description }) => description !== `Rollback to ${to.revision}`);
  const left = leftToOthers(newest === undefined ? [] : await effects.released(newest.revision), wanted);
  const olds = left.isAllThere ? [] : taken;
  const hint = 'End it first, or roll out the commit of that revision instead.';
  const oldHint =
    'It has 0 pods, and this rollback would start them again. Roll out the commit of that revision instead: it leaves them ended, with whatever else they ran.';
  const rivals = [
    ...rivalFindings(wanted, await effects.others(), now).map((rival) => ({ ...rival, hint })),
    ...rivalFindings(wanted, asTheyAre(listed)).map((rival) => ({ ...rival, hint })),
    ...rivalFindings(wanted, beforeTakeOver(olds)).map((rival) => ({ ...rival, hint: oldHint })),
  ];
  if (rivals.length > 0) return { state: 'refused', diagnostics: rivals };
  const image = `${to.image}${to.imageDigest === undefined ? '' : ` (${to.imageDigest})`}`;
  const sentence = `Back to revision ${to.revision} of ${to.at} by ${to.by}: chart ${to.chart}, image ${image}, pattern ${to.pattern}.${oldSentence(taken, olds)}`;
  if (!(await request.confirm(to, sentence))) return { state: 'refused', diagnostics: [notConfirmed] };
  const moved = await overtaken(effects, history);
  if (moved !== undefined) return { state: 'refused', diagnostics: [moved] };
  trail.before = history.at(-1)?.revision;
  trail.restores = to.revision;
  const { timeout } = request;
  const ends = olds.length > 0 ? left.workloads : [];
  trail.ended = asTheyAre(olds).workloads.map(displayName);
  await step('upgrade', () => restore(effects, { revision: to.revision, timeout, trail, report, ends }));
  const say = telling(report, 'take over');
  if (olds.length > 0) await step('take over', () => startAgain(effects, isSince, { timeout, trail, say }));
  const seen = await effects.history();
  const verified = await step('verify', () => verifyWithoutPlan(run, to));
  if (verified.state === 'failed') return unsound(effects, to, verified.message);
  const changed = await overtaken(effects, seen, recordsNothing);
  if (changed !== undefined) return { state: 'failed', diagnostics: [changed] };
  const record = await step('record', () => recordReturn(effects, to, seen.at(-1)));
  return { state: 'succeeded', record, checked: verified.artifacts, notChecked: verified.notChecked };
}

/** Which of the releases that were taken over since do their work again. Pure. */
function oldSentence(taken: readonly OldRelease[], olds: readonly OldRelease[]): string {
  const names = taken.map(({ name }) => name).join(', ');
  if (taken.length === 0) return '';
  return olds.length === 0
    ? ` ${names} stays at 0 pods: that revision does itself all that must run once.`
    : ` Then the pods of ${names}, which was taken over since, start again and receive their requests.`;
}

async function verifyWithoutPlan(
  { request, effects, report }: Run,
  { revision }: RolloutRecord,
): ReturnType<typeof verifyRelease> {
  const unchecked: RolloutEffects = {
    ...effects,
    checkArtifacts: async () => ({ state: 'not-checked', because: 'a rollback restores an earlier plan' }),
  };
  return verifyRelease(unchecked, await effects.released(revision), request.timeout, telling(report, 'verify'));
}

async function recordReturn(
  effects: RolloutEffects,
  to: RolloutRecord,
  newest: Revision | undefined,
): Promise<RolloutRecord> {
  const made: RolloutRecord = {
    ...to,
    ...identityOf(newest),
    restores: to.revision,
    by: await effects.user(),
    at: effects.now().toISOString(),
  };
  await effects.addRecord(made);
  return made;
}

async function unsound(effects: RolloutEffects, to: RolloutRecord, why: string): Promise<RolloutOutcome> {
  const { file, sentence } = await evidenceOf(effects, why);
  const diagnostic = finding(
    'MI-ROLLBACK-FAILED',
    `The release was rolled back to revision ${to.revision}, but it is not healthy: ${why}`,
    sentence,
  );
  return { state: 'failed', diagnostics: [diagnostic], ...(file === undefined ? {} : { evidence: file }) };
}

const notConfirmed = finding(
  'MI-ROLLOUT-NOT-CONFIRMED',
  'Nothing was rolled back: the rollback was not confirmed.',
  'Run it again with --yes, or answer yes.',
);
