import {
  effectiveReplicas,
  identity,
  isToolFailure,
  type KubernetesObject,
  releaseWorkloads,
  textAt,
} from '@mi-patterns/helm';
import { listObjects, type Place } from '../tools/kubectl.ts';
import type { LiveState } from '../live/live.ts';

/** A pod that holds the Leases of its artifacts, as its guard says (packages/lease-guard, record.go). */
export interface Holder {
  /** Name of the Deployment or StatefulSet. */
  readonly workload: string;
  readonly pod: string;
  /** Its server is not up yet. */
  readonly starting: boolean;
}

const guardLabel = 'app.kubernetes.io/managed-by=mi-patterns-lease-guard';

/**
 * The pods that work under guards in a namespace; undefined where the account may not list Leases. Throws a
 * ToolFailure.
 */
export async function askHolders(place: Place): Promise<readonly Holder[] | undefined> {
  try {
    return holdersOf(await listObjects(place, 'leases.coordination.k8s.io', guardLabel));
  } catch (error) {
    if (isToolFailure(error) && /Forbidden/.test(error.stderr)) return undefined;
    throw error;
  }
}

/**
 * The holders of the Leases that are renewed; those that name another, which is renewed in their place, are left out.
 * Pure.
 */
export function holdersOf(leases: readonly KubernetesObject[]): Holder[] {
  return leases.flatMap((lease) => {
    const annotation = (name: string): string => lease.metadata.annotations?.[`mi-patterns.io/${name}`] ?? '';
    const held = (textAt(lease, 'spec', 'holderIdentity') ?? '') !== '' && annotation('lead') === '';
    return held
      ? [{ workload: annotation('workload'), pod: annotation('pod'), starting: annotation('server') === 'starting' }]
      : [];
  });
}

/**
 * Guarded workloads whose work has not passed to a pod of theirs with a running server, a sentence each. A pod that
 * stands by is ready, so readiness does not show this. Pure.
 */
export function notAtWork(
  wanted: readonly KubernetesObject[],
  { pods }: Pick<LiveState, 'pods'>,
  holders: readonly Holder[],
): string[] {
  return guardedWorkloads(wanted).flatMap((object) => {
    const staying = new Set(
      pods.filter((pod) => pod.workload === identity(object) && !pod.ending).map(({ name }) => name),
    );
    const holder = holders.find(({ workload, pod }) => workload === object.metadata.name && staying.has(pod));
    if (holder === undefined)
      return [`No pod of ${object.metadata.name} is active yet: each of them waits for the Leases of its artifacts.`];
    return holder.starting
      ? [`${holder.pod} works for ${object.metadata.name}, and its server has not started yet.`]
      : [];
  });
}

/** Workloads whose pods wait for Leases, without those that are to have no pods. Pure. */
export function guardedWorkloads(wanted: readonly KubernetesObject[]): KubernetesObject[] {
  return releaseWorkloads(wanted)
    .filter(({ coordination, object }) => coordination === 'lease' && effectiveReplicas(object, wanted) > 0)
    .map(({ object }) => object);
}
