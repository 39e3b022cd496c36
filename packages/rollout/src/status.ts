import {
  displayName,
  identity,
  isWorkload,
  type JsonObject,
  type KubernetesObject,
  listAt,
  textAt,
  ToolFailure,
} from '@mi-patterns/helm';
import { driftOf, type ObjectChange } from './diff.ts';
import { dryRunApply, liveObjects, withNamespace } from './dry-run.ts';
import { listObjects, readObject } from './kubectl.ts';
import { creationFailure, imageDigestsOf, livePods, workloadState } from './live.ts';
import { liveHolderOf, lockName, type LockHolder } from './lock.ts';
import { startedNotReady } from './not-ready.ts';
import { remedyFor } from './refused-words.ts';
import { readRecords, runningRecord, type RolloutRecord } from './record.ts';
import {
  readiness,
  releaseHistory,
  releaseManifest,
  releaseValues,
  type Readiness,
  type Revision,
  type Target,
} from './release.ts';
import { machineTools, type Tools } from './tools.ts';

/** What a release is like now. */
export interface ReleaseStatus {
  readonly revision: Revision | undefined;
  readonly readiness: Readiness;
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

/** Asks the cluster about a release. Throws a ToolFailure when it cannot be asked. */
export async function releaseStatus(target: Target): Promise<ReleaseStatus> {
  const [history, records, lease] = await Promise.all([
    releaseHistory(target),
    readRecords(target, target.release),
    readObject(target, 'leases.coordination.k8s.io', lockName(target.release)),
  ]);
  const revision = history.at(-1);
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
  return {
    revision,
    readiness: readiness(history),
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
    lockedBy: lease === undefined ? undefined : liveHolderOf(lease, new Date()),
    troubles: [
      ...workloads.flatMap((object) => {
        const because = creationFailure(object);
        if (because === undefined) return [];
        const remedy = remedyFor(because);
        return [
          `${displayName(object)} cannot create its pods: ${because}${remedy === undefined ? '' : `. ${remedy}`}`,
        ];
      }),
      ...pods.filter(({ trouble }) => trouble !== '').map(({ name, trouble }) => `${name}: ${trouble}`),
      ...notReady,
    ],
  };
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

/**
 * The context where none is named, and the namespace it names. Throws a ToolFailure when the kubeconfig has no such
 * context.
 */
export async function contextDefaults(
  context: string | undefined,
  tools: Tools = machineTools,
): Promise<{ readonly context: string; readonly namespace: string }> {
  const known = (await tools.kubectl(['config', 'get-contexts', '--output=name'])).stdout.split('\n').filter(Boolean);
  const name =
    context ?? (await tools.kubectl(['config', 'current-context'], { expectedExitCodes: [0, 1] })).stdout.trim();
  if (!known.includes(name)) throw noContext(name, known);
  const namespace = (
    await tools.kubectl([
      'config',
      'view',
      '--minify',
      `--context=${name}`,
      '--output=jsonpath={.contexts[0].context.namespace}',
    ])
  ).stdout.trim();
  return { context: name, namespace: namespace === '' ? 'default' : namespace };
}

function noContext(name: string, known: readonly string[]): ToolFailure {
  return new ToolFailure({
    reason: 'unexpected-output',
    message:
      name === ''
        ? 'The kubeconfig has no current context, and the configuration names none.'
        : `The kubeconfig has no context \`${name}\`.`,
    hint:
      known.length === 0
        ? 'The kubeconfig has no contexts at all: check KUBECONFIG.'
        : `Contexts are ${known.join(', ')}. Correct \`context\` in mi-patterns.yaml, or KUBECONFIG.`,
  });
}
