import { isToolFailure, type KubernetesObject, listAt } from '@mi-patterns/helm';
import { getObjects, type Tools } from '@mi-patterns/rollout';
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
 * may not read is in `notRead`. Throws a ToolFailure when the cluster cannot be reached, or when not even workloads may
 * be listed.
 */
export async function readCluster(place: AuditPlace): Promise<ClusterSnapshot> {
  const notRead: string[] = [];
  const list = async (kind: string): Promise<readonly KubernetesObject[]> => {
    try {
      return await getObjects(place, [kind]);
    } catch (error) {
      if (!isToolFailure(error)) throw error;
      // KEDA is not everywhere.
      if (kind.includes('keda') && !/[Ff]orbidden/.test(error.stderr)) return [];
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
