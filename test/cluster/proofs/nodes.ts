import { call, read } from '../harness/api.ts';
import { until } from '../harness/processes.ts';
import { podStates, serving, untilSettled, type PodState } from './pods.ts';
import type { Stage } from './event.ts';
import type { Target } from './target.ts';

/** Names of the nodes that are Ready and take pods. */
export async function readyNodes(target: Target): Promise<string[]> {
  const list = await read<{
    items: {
      metadata: { name: string };
      spec: { unschedulable?: boolean; taints?: { effect: string }[] };
      status: { conditions?: { type: string; status: string }[] };
    }[];
  }>(target.api, '/api/v1/nodes');
  return (list?.items ?? [])
    .filter(
      (node) =>
        node.spec.unschedulable !== true &&
        !(node.spec.taints ?? []).some(({ effect }) => effect !== 'PreferNoSchedule') &&
        node.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true,
    )
    .map((node) => node.metadata.name)
    .toSorted();
}

export async function setSchedulable(target: Target, node: string, schedulable: boolean): Promise<void> {
  await call(
    target.api,
    'PATCH',
    `/api/v1/nodes/${node}`,
    { spec: { unschedulable: !schedulable } },
    'application/merge-patch+json',
  );
}

/** Evicts a node's pods by the rules of their budgets. */
export async function drain(target: Target, node: string): Promise<void> {
  await target.kubectl('drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=300s');
}

/** Waits until a node is Ready again and takes pods. */
export async function untilReady(target: Target, node: string): Promise<void> {
  await until(120, `${node} to be Ready`, async () => (await readyNodes(target)).includes(node));
}

/**
 * Sees to it that the isolated pod runs on a node that may be lost, and returns it. A pod that a StatefulSet or Deployment
 * put on the safe node is deleted while that node takes no pods.
 */
export async function moveIsolatedOffSafeNode(stage: Stage): Promise<PodState> {
  const { target, namespace, chart, safeNode } = stage;
  const [pod] = await untilSettled(target.api, namespace, chart.isolated, 1, 300);
  if (pod !== undefined && pod.node !== safeNode) return pod;
  await setSchedulable(target, safeNode, false);
  try {
    await target.kubectl('delete', 'pod', '-n', namespace, '-l', chart.isolated);
    const [moved] = await untilSettled(target.api, namespace, chart.isolated, 1, 300);
    if (moved === undefined) throw new Error('The isolated pod is gone.');
    return moved;
  } finally {
    await setSchedulable(target, safeNode, true);
  }
}

/** Pods of a selector that serve on other nodes than the one given. */
export async function servingElsewhere(stage: Stage, selector: string, node: string): Promise<PodState[]> {
  return serving(await podStates(stage.target.api, stage.namespace, selector)).filter((pod) => pod.node !== node);
}
