import {
  displayName,
  effectiveReplicas,
  identity,
  isWorkload,
  type JsonObject,
  type KubernetesObject,
  listAt,
  releaseWorkloads,
  textAt,
} from '@mi-patterns/helm';
import { handRollbackFindings } from './changes/by-hand.ts';
import { driftOf, type ObjectChange } from './changes/diff.ts';
import { rivalFindings } from './changes/rivals.ts';
import { dryRunApply, liveObjects, withNamespace } from './changes/dry-run.ts';
import { listObjects } from './tools/kubectl.ts';
import { creationFailure, imageDigestsOf, type LivePod, livePods, othersAmong, workloadState } from './live/live.ts';
import { type LockHolder, readLiveHolder } from './release/lock.ts';
import { secondsFromBegun, secondsSinceRevision } from './release/age.ts';
import { otherHelm } from './steps/trail.ts';
import { startedNotReady } from './live/not-ready.ts';
import { remedyFor } from './tools/refused-words.ts';
import { type Begun, type Log, readLog, recordsOfNow, runningRecord, type RolloutRecord } from './release/record.ts';
import {
  readiness,
  releaseHistory,
  releaseManifest,
  releaseValues,
  type ReadinessNow,
  type Revision,
  type Target,
} from './release/release.ts';

/** What a release is like now. */
export interface ReleaseStatus {
  readonly revision: Revision | undefined;
  readonly readiness: ReadinessNow;
  readonly pattern: string | undefined;
  readonly workloads: number;
  readonly pods: { readonly ready: number; readonly wanted: number };
  readonly chart: string | undefined;
  /** Images of the pods' first containers, each once. */
  readonly images: readonly string[];
  /** Digests that the nodes tell, each once. */
  readonly imageDigests: readonly string[];
  /** The newest success. */
  readonly running: RolloutRecord | undefined;
  /** The newest record, a rollout that was rolled back perhaps. */
  readonly last: RolloutRecord | undefined;
  readonly drift: readonly ObjectChange[];
  /** Objects whose fields could not be compared, and why: a comparison asks the API server what a repeat would do. */
  readonly driftUnknown: readonly string[];
  /** A rollout that is under way. */
  readonly lockedBy: LockHolder | undefined;
  /** What pods in trouble say. */
  readonly troubles: readonly string[];
}

/**
 * Asks the cluster about a release. `timeout`: seconds after which another helm counts as killed. Throws a ToolFailure
 * when it cannot be asked.
 */
export async function releaseStatus(target: Target, timeout: number): Promise<ReleaseStatus> {
  const [history, log, lockedBy] = await Promise.all([
    releaseHistory(target),
    readLog(target, target.release),
    readLiveHolder(target, target.release),
  ]);
  const records = recordsOfNow(log.records, history);
  const newest = history.at(-1);
  // helm can keep the history of a release that it has removed.
  const revision = newest?.state === 'uninstalled' ? undefined : newest;
  const { objects, all, drift, driftUnknown, values } =
    revision === undefined ? nothingReleased : await releasedNow(target);
  const ids = new Set(objects.map(identity));
  const workloads = all.filter((object) => isWorkload(object) && ids.has(identity(object)));
  const states = workloads.map(workloadState);
  const pods = livePods(
    all.filter(({ kind }) => kind === 'Pod'),
    workloads,
  ).filter(({ workload }) => workload !== '');
  const own = new Set(pods.map(({ name }) => name));
  const notReady = await startedNotReady(
    target,
    all.filter(({ kind, metadata }) => kind === 'Pod' && own.has(metadata.name)),
  );
  const running = runningRecord(records);
  const byHand = await handRollbackFindings(history, { ...log, records }, async (number) =>
    ((await releaseManifest(target, number))?.objects ?? []).map(({ object }) => object),
  );
  return {
    revision,
    readiness: await readinessNow(target, { history, log, lockedBy, timeout }),
    pattern: textAt(values, 'pattern') ?? running?.pattern,
    workloads: objects.filter(isWorkload).length,
    pods: {
      ready: states.reduce((sum, { ready }) => sum + ready, 0),
      wanted: states.reduce((sum, { wanted }) => sum + wanted, 0),
    },
    chart: revision?.chart,
    images: [...new Set(workloads.flatMap(firstImage))].sort(),
    imageDigests: imageDigestsOf(pods),
    running,
    last: records.at(-1),
    drift,
    driftUnknown,
    lockedBy,
    troubles: [
      ...byHand.map(({ message }) => message),
      ...rivalFindings(workloads, othersAmong(all, [target.release])).map(({ message }) => message),
      ...idleWorkloads(workloads, objects, pods),
      ...workloads.flatMap(refusedPods),
      ...pods.filter(({ trouble }) => trouble !== '').map(({ name, trouble }) => `${name}: ${trouble}`),
      ...notReady,
    ],
  };
}

function refusedPods(workload: KubernetesObject): readonly string[] {
  const because = creationFailure(workload);
  if (because === undefined) return [];
  const remedy = remedyFor(because);
  return [`${displayName(workload)} cannot create its pods: ${because}${remedy === undefined ? '' : `. ${remedy}`}`];
}

/** What stands in the way of an upgrade: what a rollout or another helm has under way is not interrupted. */
async function readinessNow(
  target: Target,
  found: {
    readonly history: readonly Revision[];
    readonly log: Log;
    readonly lockedBy: LockHolder | undefined;
    readonly timeout: number;
  },
): Promise<ReadinessNow> {
  const { history, log, lockedBy, timeout } = found;
  const ready = readiness(history);
  if (ready.state !== 'stuck') return ready;
  const effects = {
    log: async () => log,
    secondsSince: (revision: Revision) => secondsSinceRevision(target, revision),
    secondsFromBegun: (begun: Begun, revision: Revision) => secondsFromBegun(target, begun, revision),
  };
  const isBusy = lockedBy !== undefined || (await otherHelm(effects, history, timeout)) !== undefined;
  return isBusy ? { state: 'busy', pending: ready.pending } : ready;
}

/**
 * Stateful workloads that have no pod, with what does not run for that: all pods of the release may be ready
 * nevertheless. Pure.
 */
export function idleWorkloads(
  workloads: readonly KubernetesObject[],
  released: readonly KubernetesObject[],
  pods: readonly LivePod[],
): readonly string[] {
  return releaseWorkloads(workloads)
    .filter(({ object, type }) => type === 'stateful' && workloadState(object).wanted === 0)
    .map(({ object, statefulArtifacts }) => {
      const idle = statefulArtifacts.filter((id) => !pods.some(({ artifacts }) => artifacts.includes(id)));
      const manifest = released.find((each) => identity(each) === identity(object));
      const isMeant = manifest !== undefined && effectiveReplicas(manifest, released) === 0;
      const what = idle.length === 0 ? '' : `: nothing runs ${idle.join(', ')}`;
      return `${displayName(object)} has 0 pods${isMeant ? ', as its values say' : ''}${what}`;
    });
}

/** What helm released, and what the cluster has of it. */
interface Released {
  readonly objects: readonly KubernetesObject[];
  /** Workloads and pods of the namespace. */
  readonly all: readonly KubernetesObject[];
  readonly drift: readonly ObjectChange[];
  readonly driftUnknown: readonly string[];
  readonly values: JsonObject | undefined;
}

const nothingReleased: Released = { objects: [], all: [], drift: [], driftUnknown: [], values: undefined };

async function releasedNow(target: Target): Promise<Released> {
  const manifest = await releaseManifest(target);
  const objects = withNamespace(
    (manifest?.objects ?? []).map(({ object }) => object),
    target.namespace,
  );
  const [all, live, again, values] = await Promise.all([
    listObjects(target, 'deployments.apps,statefulsets.apps,pods'),
    liveObjects(target, objects),
    dryRunApply(target, objects),
    releaseValues(target),
  ]);
  return {
    objects,
    all,
    drift: driftOf(objects, live, again.objects),
    driftUnknown: again.refusals.map(({ message }) => message),
    values,
  };
}

function firstImage(object: KubernetesObject): string | readonly string[] {
  return textAt(listAt(object, 'spec', 'template', 'spec', 'containers')[0], 'image') ?? [];
}
