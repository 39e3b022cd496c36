import { compareText } from '@mi-patterns/inventory';
import {
  at,
  autoscalersOf,
  type ArtifactOwner,
  displayName,
  effectiveReplicas,
  growsInPlace,
  identity,
  isWorkload,
  type KubernetesObject,
  numberAt,
  releaseWorkloads,
  type ReleaseWorkload,
  textAt,
  waitForEachOther,
} from '@mi-patterns/helm';
import type { LivePod, LiveState } from '../live/live.ts';

/** A workload that has to be empty before others may start, because it runs, or may run, what they will run. */
export interface Drain {
  readonly workload: KubernetesObject;
  /** Artifacts that leave it; empty when what it runs is not known. */
  readonly artifacts: readonly string[];
  readonly because: string;
}

/**
 * Workloads to empty before the objects of `wanted` are brought to the cluster, so that no isolated artifact runs in
 * two pods at any time: every live workload that runs an artifact which another workload of `wanted` runs, or the same
 * one in another way of coordination; and every one that grows while it lets an artifact go. An update of the workload
 * itself needs none otherwise: its strategy (Recreate, or a StatefulSet) ends the old pod first.
 *
 * `live` are the workloads in the cluster. `trusted` says that their marks are complete; without it (a release that
 * nobody planned) every workload may run anything, so all that are not the new owner are emptied. Pure.
 */
export function drainsBefore(
  live: readonly KubernetesObject[],
  pods: readonly LivePod[],
  wanted: readonly KubernetesObject[],
  trusted: boolean,
): Drain[] {
  const owners = ownersOf(wanted);
  const marked = trusted || releaseWorkloads(live).some(({ statefulArtifacts }) => statefulArtifacts.length > 0);
  const silent = releaseWorkloads(wanted).some(
    ({ type, statefulArtifacts }) => type !== 'stateless' && statefulArtifacts.length === 0,
  );
  const after: After = { wanted, owners, marked, silent };
  return releaseWorkloads(live)
    .flatMap((workload): Drain[] => {
      const own = pods.filter((pod) => pod.workload === identity(workload.object));
      if (own.length === 0 && (numberAt(workload.object, 'spec', 'replicas') ?? 1) === 0) return [];
      const reason = drainOf(workload, own, after);
      return reason === undefined ? [] : [{ workload: workload.object, ...reason }];
    })
    .sort((a, b) => compareText(displayName(a.workload), displayName(b.workload)));
}

/**
 * Workloads of which every pod waits for the kubelet to try again. Nothing of them works, so to end these pods costs
 * nothing, and new ones try at once: what kept them from starting may be gone by now. Pure.
 */
export function stalled({ workloads, pods }: LiveState, wanted: readonly KubernetesObject[]): Drain[] {
  const ids = new Set(wanted.map(identity));
  return workloads.flatMap((workload) => {
    const own = pods.filter((pod) => pod.workload === identity(workload));
    const waits =
      ids.has(identity(workload)) && own.length > 0 && own.every(({ backsOff, ending }) => backsOff && !ending);
    const because = 'its pods wait for up to five minutes before they try again, and new ones try at once';
    return waits ? [{ workload, artifacts: [], because }] : [];
  });
}

/** What a release is to be, as far as it decides which workloads have to be emptied before. */
interface After {
  readonly wanted: readonly KubernetesObject[];
  readonly owners: ReadonlyMap<string, Owner>;
  /** Whether the marks of live workloads say what each runs. */
  readonly marked: boolean;
  /** Whether a workload that is wanted does not say what it runs. */
  readonly silent: boolean;
}

/** Who runs an artifact: a workload by its {@link identity}, and in which way. */
interface Owner extends ArtifactOwner {
  readonly id: string;
}

/** Why a workload has to be emptied, and of what; undefined when it does not. */
function drainOf(
  { object, coordination, leases, statefulArtifacts, type }: ReleaseWorkload,
  pods: readonly LivePod[],
  { wanted, owners, marked, silent }: After,
): Omit<Drain, 'workload'> | undefined {
  const id = identity(object);
  const self: Owner = { id, coordination, leases };
  const running = [
    ...statefulArtifacts.map((artifact) => [artifact, self] as const),
    ...pods.flatMap((pod) => pod.artifacts.map((artifact) => [artifact, { ...pod, id }] as const)),
  ];
  const those = (is: (artifact: string, owner: Owner) => boolean): readonly string[] =>
    [...new Set(running.filter(([artifact, owner]) => is(artifact, owner)).map(([artifact]) => artifact))].sort(
      compareText,
    );
  const leaving = those((artifact, owner) => !isSameOwner(owners.get(artifact) ?? owner, owner));
  if (leaving.length > 0) {
    const verb = leaving.length === 1 ? 'goes' : 'go';
    const guarded =
      coordination === 'lease' && leaving.every((artifact) => owners.get(artifact)?.coordination === 'lease');
    const how = guarded ? ', and its guard does not wait for that of the old pod' : '';
    return { artifacts: leaving, because: `${leaving.join(', ')} ${verb} to ${newOwners(leaving, wanted)}${how}` };
  }
  const ending = those((artifact, owner) => !owners.has(artifact) && owner.coordination === 'isolate');
  if (ending.length > 0 && growsInPlace(object, wanted)) {
    const verb = ending.length === 1 ? 'ends' : 'end';
    return {
      artifacts: ending,
      because: `${ending.join(', ')} ${verb}, and a Deployment that is scaled up while its pods change first adds pods of the old version`,
    };
  }
  const ends = !wanted.some((other) => identity(other) === id);
  if (ends && running.length > 0 && silent)
    return {
      artifacts: those(() => true),
      because: 'it ends, and it is unknown what the remaining workloads run',
    };
  const unknown = running.length === 0 && (!marked || (mayRunAnything(self, type) && !goesOn(self, wanted, owners)));
  const elsewhere = [...owners.values()].some((owner) => !isSameOwner(owner, self));
  if (!unknown || !elsewhere) return undefined;
  return {
    artifacts: [],
    because: 'it is unknown which artifacts it runs, so it may run what another workload is about to run',
  };
}

/** Whether a workload that names nothing may run stateful artifacts. Those with a database do, whatever their type. */
function mayRunAnything({ coordination }: Owner, type: ReleaseWorkload['type']): boolean {
  return coordination === 'database' || type === 'stateful';
}

/** Whether what a workload runs unnamed is kept from running twice by the way in which it goes on. */
function goesOn(self: Owner, wanted: readonly KubernetesObject[], owners: ReadonlyMap<string, Owner>): boolean {
  if (self.coordination === 'lease') return releaseWorkloads(wanted).some((next) => waitForEachOther(next, self));
  return (
    self.coordination === 'database' && [...owners.values()].every(({ coordination }) => coordination === 'database')
  );
}

/**
 * Pods that may still run what `wanted` is about to start: told to end, or left by a workload that is no more. Their
 * own workload would start the next pod beside them where its template stays the same, or where it is made again. Pods
 * that agree through a database, or wait for a Lease, with those to come are none of them. Pure.
 */
export function endingOwners(live: LiveState, wanted: readonly KubernetesObject[]): LivePod[] {
  const owners = ownersOf(wanted);
  const workloads = new Set(live.workloads.map(identity));
  return live.pods.filter(
    (pod) =>
      (pod.ending || !workloads.has(pod.workload)) &&
      pod.artifacts.some(
        (artifact) =>
          owners.has(artifact) &&
          (pod.coordination === 'isolate' || !isSameOwner(owners.get(artifact), { ...pod, id: pod.workload })),
      ),
  );
}

/**
 * Workloads that helm made for the release and neither of the given sets of objects has: left by an upgrade that was
 * cut off. Pure.
 */
export function orphans(live: readonly KubernetesObject[], known: readonly KubernetesObject[]): KubernetesObject[] {
  const ids = new Set(known.map(identity));
  return live.filter(
    (object) =>
      isWorkload(object) &&
      !ids.has(identity(object)) &&
      object.metadata.annotations?.['helm.sh/resource-policy'] !== 'keep',
  );
}

/**
 * A workload at 0 pods whose number is an autoscaler's, which leaves a workload at 0 alone; `replicas` is where it
 * begins. Pure.
 */
export function revivals(live: readonly KubernetesObject[], wanted: readonly KubernetesObject[]): HandOver[] {
  const now = new Map(live.map((object) => [identity(object), object]));
  return wanted.flatMap((object) => {
    const current = now.get(identity(object));
    // The manifest was made before the workload was emptied and may say how many pods ran then; 0 means paused.
    const isPaused = at(object, 'spec', 'replicas') === 0;
    if (current === undefined || isPaused || autoscalersOf(object, wanted).length === 0) return [];
    const replicas = effectiveReplicas(object, wanted);
    return replicas > 0 && at(current, 'spec', 'replicas') === 0 ? [{ workload: current, replicas }] : [];
  });
}

/** Whether a way back from `after` to `before` would move an artifact: then helm alone must not go it. Pure. */
export function ownersDiffer(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): boolean {
  const [old, wanted] = [ownersOf(before), ownersOf(after)];
  const moved = [...wanted].some(([artifact, owner]) => old.has(artifact) && !isSameOwner(old.get(artifact), owner));
  const unknown = wanted.size > 0 && old.size === 0 && releaseWorkloads(before).length > 0;
  return moved || unknown;
}

/** Which workload runs each stateful artifact, and in which way. */
function ownersOf(objects: readonly KubernetesObject[]): Map<string, Owner> {
  return new Map(
    releaseWorkloads(objects).flatMap(({ object, coordination, leases, statefulArtifacts }) =>
      statefulArtifacts.map((artifact) => [artifact, { id: identity(object), coordination, leases }] as const),
    ),
  );
}

/** Pods with a guard that wait for each other are one owner, whatever workload they belong to. */
function isSameOwner(a: Owner | undefined, b: Owner): boolean {
  if (a === undefined || a.coordination !== b.coordination) return false;
  return a.coordination === 'lease' ? waitForEachOther(a, b) : a.id === b.id;
}

function newOwners(artifacts: readonly string[], wanted: readonly KubernetesObject[]): string {
  const names = releaseWorkloads(wanted)
    .filter(({ statefulArtifacts }) => statefulArtifacts.some((artifact) => artifacts.includes(artifact)))
    .map(({ object }) => displayName(object));
  return names.sort(compareText).join(' and ');
}

/** A workload whose replicas pass from the manifest to an autoscaler. */
export interface HandOver {
  readonly workload: KubernetesObject;
  readonly replicas: number;
}

/**
 * Workloads that had `spec.replicas` and now leave it to an autoscaler. When helm lets go of a field that nobody else
 * owns, Kubernetes falls back to 1; a second owner of the same value keeps it. `live` has the number of the moment.
 * Pure.
 */
export function handOvers(
  before: readonly KubernetesObject[],
  live: readonly KubernetesObject[],
  wanted: readonly KubernetesObject[],
): HandOver[] {
  const old = new Map(before.map((object) => [identity(object), object]));
  const now = new Map(live.map((object) => [identity(object), object]));
  return releaseWorkloads(wanted).flatMap(({ object }) => {
    const id = identity(object);
    const current = now.get(id);
    if (
      autoscalersOf(object, wanted).length === 0 ||
      at(object, 'spec', 'replicas') !== undefined ||
      current === undefined
    )
      return [];
    if (at(old.get(id), 'spec', 'replicas') === undefined) return [];
    const replicas = numberAt(current, 'spec', 'replicas') ?? 1;
    return replicas > 1 ? [{ workload: current, replicas }] : [];
  });
}

/**
 * Deployments that become Recreate while the `rollingUpdate` that Kubernetes filled in would stay and make the API
 * server refuse the upgrade (seen with helm 4.3.1 on Kubernetes 1.37). Pure.
 */
export function strategyPatches(
  live: readonly KubernetesObject[],
  wanted: readonly KubernetesObject[],
): KubernetesObject[] {
  const now = new Map(live.map((object) => [identity(object), object]));
  return wanted.flatMap((object) => {
    const current = now.get(identity(object));
    return object.kind === 'Deployment' &&
      textAt(object, 'spec', 'strategy', 'type') === 'Recreate' &&
      current !== undefined &&
      at(current, 'spec', 'strategy', 'rollingUpdate') !== undefined
      ? [current]
      : [];
  });
}
