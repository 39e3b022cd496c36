import { isWorkload, type KubernetesObject } from '@mi-patterns/helm';
import type { ReleaseDiff } from '../changes/diff.ts';
import { handRollbackFindings } from '../changes/by-hand.ts';
import { oldGitOpsFindings } from '../changes/gitops.ts';
import { kedaFindings } from '../changes/keda.ts';
import { rivalFindings, strangerFindings } from '../changes/rivals.ts';
import { sameImageFindings } from '../changes/same-image.ts';
import { finding } from '../findings/catalogue.ts';
import type { OldRelease } from '../live/live.ts';
import { type Log, recordOf, recordsOfNow, runningRecord, type RolloutRecord } from '../release/record.ts';
import { goodRevision, readiness, type Revision } from '../release/release.ts';
import type { RolloutEffects } from './effects.ts';
import { stuckSentence } from './mend.ts';
import type { Reporter } from './steps.ts';
import { missingReleases, takeOverSentences } from './take-over-told.ts';
import { stillRuns, takenOverSince, wasTakenOver } from './take-over.ts';
import { otherHelm } from './trail.ts';

/** What a rollout finds before it changes anything. */
export interface Look {
  readonly diff: ReleaseDiff;
  readonly before: readonly KubernetesObject[];
  readonly wanted: readonly KubernetesObject[];
  readonly history: readonly Revision[];
  readonly log: Log;
  readonly stuck: string | undefined;
  /** Old releases that still run and are to be taken over. */
  readonly olds: readonly OldRelease[];
  /** Those that a rollout or rollback which was cut off has left without pods. */
  readonly ended: readonly OldRelease[];
  /** What ran before, by its record and a revision that has it; none at a first rollout. */
  readonly ran: { readonly record: RolloutRecord; readonly revision: number } | undefined;
}

/** What the last good revision has or, where that is of a rollout that was cut off, what ran before that. */
function ranBefore({ records }: Log, history: readonly Revision[]): Look['ran'] {
  const good = goodRevision(history);
  const record = good === undefined ? undefined : recordOf(good, records, history);
  if (good !== undefined && record !== undefined) return { record, revision: good };
  const last = runningRecord(records);
  return good === undefined || last === undefined ? undefined : { record: last, revision: last.revision };
}

/** Looks at the release and compares it with what is wanted. */
export async function look(
  request: { readonly facts: Pick<RolloutRecord, 'image' | 'artifactsDigest'>; readonly timeout: number },
  effects: RolloutEffects,
  report: Reporter,
): Promise<Look> {
  const { facts, timeout } = request;
  report({ type: 'step', step: 'diff', state: 'started', detail: '' });
  const history = await effects.history();
  const ready = readiness(history);
  const newest = history.at(-1);
  const before = ready.state === 'new' || newest === undefined ? [] : await effects.released(newest.revision);
  const wanted = await effects.wanted();
  const listed = await effects.oldReleases();
  const olds = listed.filter(stillRuns);
  const { records, begun } = await effects.log();
  const log = { records: recordsOfNow(records, history), begun };
  const ran = ranBefore(log, history);
  const isEnded = (old: OldRelease): boolean =>
    ran === undefined
      ? runningRecord(log.records) === undefined && wasTakenOver(old)
      : takenOverSince(old, log.records, ran.record);
  const ended = listed.filter((old) => !stillRuns(old) && isEnded(old));
  const isFirst = goodRevision(history) === undefined;
  const missing = isFirst ? missingReleases(listed) : [];
  const others = await effects.others();
  const theirs = listed.flatMap(({ objects }) => objects.filter(isWorkload));
  // A StatefulSet has none.
  const isDeployed = wanted.some(({ kind }) => kind === 'Deployment');
  const compared = await effects.diff(before, wanted);
  const diff = {
    ...compared,
    diagnostics: [
      ...missing,
      ...oldGitOpsFindings(olds),
      ...(theirs.length === 0 ? [] : kedaFindings(theirs, await effects.scaledObjects())),
      ...rivalFindings(wanted, others),
      ...(isFirst ? strangerFindings(wanted, others, effects.runsServer) : []),
      ...(isDeployed && !(await effects.seesReplicaSets()) ? [unseenReplicaSets] : []),
      ...(await handRollbackFindings(history, log, effects.released)),
      ...sameImageFindings(facts, runningRecord(log.records), wanted),
      ...compared.diagnostics,
    ],
    preparations: [...takeOverSentences(missing.length > 0 ? olds : listed, wanted), ...compared.preparations],
  };
  report({ type: 'diff', diff });
  report({
    type: 'step',
    step: 'diff',
    state: 'done',
    detail: diff.changes.length === 1 ? '1 object changes' : `${diff.changes.length} objects change`,
  });
  const other = await otherHelm(effects, history, timeout);
  const stuck = other?.message ?? (ready.state === 'stuck' ? stuckSentence(ready.pending, ready.lastGood) : undefined);
  return { diff, before, wanted, history, log, olds, ended, ran, stuck };
}

const unseenReplicaSets = finding(
  'MI-ROLLOUT-REPLICA-SETS',
  'This account may not list ReplicaSets in the namespace, so helm would not see that pods are ready: it would wait until the timeout, and then roll back.',
  'Ask for the role `edit` in the namespace, or for get and list of replicasets in the group apps.',
);
