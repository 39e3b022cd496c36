import { read, type Api } from '../harness/api.ts';

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly name: string }[];
  };
}

/**
 * Plays the guards of pods that have no containers: one pod of each guarded workload holds a Lease, until it is told to
 * end.
 */
export function playGuards(api: Api): () => Promise<void> {
  const holders = new Map<string, string>();
  const stopped = new AbortController();
  const loop = (async () => {
    while (!stopped.signal.aborted) {
      const pods = (await read<{ items: Pod[] }>(api, '/api/v1/pods').catch(() => undefined))?.items ?? [];
      for (const pod of pods.filter(isGuarded)) {
        const key = `${pod.metadata.namespace}/${workloadOf(pod)}`;
        if (pods.some(({ metadata }) => metadata.uid === holders.get(key) && metadata.deletionTimestamp === undefined))
          continue;
        await writeLease(api, pod);
        holders.set(key, pod.metadata.uid);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  return async () => {
    stopped.abort();
    await loop;
  };
}

const isGuarded = ({ metadata }: Pod): boolean =>
  metadata.annotations?.['mi-patterns.io/coordination'] === 'lease' && metadata.deletionTimestamp === undefined;

/** The Deployment of a pod: the name of its ReplicaSet without the hash of the template. */
const workloadOf = ({ metadata }: Pod): string =>
  (metadata.ownerReferences?.[0]?.name ?? '').replace(`-${metadata.labels?.['pod-template-hash']}`, '');

/** As lease-guard writes it; the name is made of the workload's here. */
async function writeLease(api: Api, pod: Pod): Promise<void> {
  const { namespace, uid, name } = pod.metadata;
  const lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: `mi-played-${workloadOf(pod)}`,
      labels: { 'app.kubernetes.io/managed-by': 'mi-patterns-lease-guard' },
      annotations: {
        'mi-patterns.io/pod': name,
        'mi-patterns.io/workload': workloadOf(pod),
        'mi-patterns.io/server': 'up',
      },
    },
    spec: { holderIdentity: uid },
  };
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${lease.metadata.name}?fieldManager=guard&force=true`;
  // A namespace that ends takes no new objects, and the cluster may end first.
  await api.request('PATCH', path, lease, 'application/apply-patch+yaml').catch(() => undefined);
}
