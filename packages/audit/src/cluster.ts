import { isToolFailure, type KubernetesObject, listAt, ToolFailure } from '@mi-patterns/helm';
import { getObjects, namespaceExists, type Tools } from '@mi-patterns/rollout';
import { findServers, ownerOf } from './find-servers.ts';
import type { ClusterSnapshot } from './model.ts';
import { configMapsOf } from './pod-settings.ts';

/** Where to look: one namespace, or all. */
export interface AuditPlace {
  readonly context: string;
  readonly namespace: string | undefined;
  readonly tools: Tools;
}

/** Kinds that are listed, each with what is unknown without it. Only `get` and `list` are needed, and no Secrets. */
const kinds = {
  workloads: ['deployments.apps', 'statefulsets.apps', 'daemonsets.apps'],
  pods: ['pods'],
  autoscalers: ['horizontalpodautoscalers.autoscaling', 'scaledobjects.keda.sh'],
  budgets: ['poddisruptionbudgets.policy'],
} as const;

/**
 * Reads what an audit needs: one list for each kind, then the ConfigMaps that servers mount, by name. What the account
 * may not read is in `notRead`. Throws a ToolFailure when the cluster cannot be reached, when not even workloads may be
 * listed, or when there is no such namespace.
 */
export async function readCluster(place: AuditPlace): Promise<ClusterSnapshot> {
  const notRead: string[] = [];
  const list = async (kind: string): Promise<readonly KubernetesObject[]> => {
    try {
      return await getObjects(place, [kind]);
    } catch (error) {
      if (!isToolFailure(error)) throw error;
      // KEDA is not everywhere.
      if (/doesn't have a resource type|could not find the requested resource/.test(error.stderr)) return [];
      if (!/[Ff]orbidden/.test(error.stderr) || kind.startsWith('deployments')) throw error;
      notRead.push(`${kind.split('.')[0]} (this account may not list them)`);
      return [];
    }
  };
  const [workloads, pods, autoscalers, budgets] = await Promise.all(
    [kinds.workloads, kinds.pods, kinds.autoscalers, kinds.budgets].map(async (group) =>
      (await Promise.all(group.map(list))).flat(),
    ),
  );
  if ([workloads, pods].every((found) => found?.length === 0)) await mustExist(place);
  const owned = withLoosePods(workloads ?? [], pods ?? []);
  const partial = {
    workloads: owned,
    pods: pods ?? [],
    autoscalers: autoscalers ?? [],
    budgets: budgets ?? [],
    configMaps: new Map<string, KubernetesObject>(),
    notRead,
  };
  return { ...partial, configMaps: await readConfigMaps(place, partial, notRead) };
}

/** A namespace that does not exist answers every list, with nothing in it. */
async function mustExist({ namespace, ...place }: AuditPlace): Promise<void> {
  if (namespace === undefined || (await namespaceExists({ ...place, namespace }))) return;
  throw new ToolFailure({
    reason: 'unexpected-output',
    message: `The cluster of the context ${place.context} has no namespace \`${namespace}\`.`,
    hint: `Correct --namespace, or the namespace of the context: kubectl --context ${place.context} get namespaces lists them.`,
  });
}

/** Pods that nothing listed owns count as workloads of their own. */
function withLoosePods(
  workloads: readonly KubernetesObject[],
  pods: readonly KubernetesObject[],
): readonly KubernetesObject[] {
  const loose = pods.filter((pod) => ownerOf(pod) === undefined && listAt(pod, 'spec', 'containers').length > 0);
  return [...workloads, ...loose.map((pod) => ({ ...pod, kind: 'Pod' }))];
}

/** ConfigMaps by name, one call for each namespace: least rights, and nobody else's are read. */
async function readConfigMaps(
  place: AuditPlace,
  snapshot: ClusterSnapshot,
  notRead: string[],
): Promise<Map<string, KubernetesObject>> {
  const wanted = new Map<string, Set<string>>();
  for (const server of findServers(snapshot))
    for (const name of configMapsOf(server))
      wanted.set(server.namespace, (wanted.get(server.namespace) ?? new Set()).add(name));
  const found = new Map<string, KubernetesObject>();
  for (const [namespace, names] of [...wanted].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const words = ['configmaps', ...[...names].toSorted(), '--ignore-not-found'];
    try {
      for (const object of await getObjects({ ...place, namespace }, words))
        found.set(`${namespace}/${object.metadata.name}`, object);
    } catch (error) {
      if (!isToolFailure(error) || !/[Ff]orbidden/.test(error.stderr)) throw error;
      notRead.push(`ConfigMaps in ${namespace} (this account may not get them)`);
    }
  }
  return found;
}
