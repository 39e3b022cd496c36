import { call, read } from '../harness/api.ts';
import { until } from '../harness/processes.ts';
import { podStates, serving, untilSettled, type PodState } from './pods.ts';
import type { Intent } from './charts.ts';
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

/** Pods of the isolated workload: two where one stands by. */
export const isolatedCount = ({ isolatedTask }: Intent): number => (isolatedTask?.standby === undefined ? 1 : 2);

/** How the isolated workload comes back, in the words of the report. */
export function recoveryOf({ isolatedTask }: Intent): string {
  return `recovery ${isolatedTask?.recovery}${isolatedTask?.standby === undefined ? '' : `, standby ${isolatedTask.standby}`}`;
}

/** The pod that holds the task's Lease, or the one pod of a workload without a standby. */
export async function workingPod(stage: Stage): Promise<PodState> {
  const { target, namespace, chart, intent } = stage;
  const pods = await podStates(target.api, namespace, chart.isolated);
  const holder = intent.isolatedTask?.standby === undefined ? pods[0]?.name : await holderOf(stage);
  const pod = pods.find(({ name }) => name === holder);
  if (pod === undefined) throw new Error('No pod has the task.');
  return pod;
}

async function holderOf({ target, namespace, intent }: Stage): Promise<string | undefined> {
  const list = await read<{ items: { metadata: { annotations?: Readonly<Record<string, string>> } }[] }>(
    target.api,
    `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`,
  );
  const name = (intent.isolatedTask ?? intent.ownTask)?.name;
  return list?.items
    .map(({ metadata }) => metadata.annotations ?? {})
    .find((annotations) => annotations['mi-patterns.io/artifact'] === `task/${name}`)?.['mi-patterns.io/pod'];
}

/** Whether a pod on another node than the given one does the work. */
export async function worksElsewhere(stage: Stage, node: string): Promise<boolean> {
  const elsewhere = await servingElsewhere(stage, stage.chart.isolated, node);
  if (stage.intent.isolatedTask?.standby === undefined) return elsewhere.length > 0;
  const holder = await holderOf(stage);
  return elsewhere.some(({ name }) => name === holder);
}

/**
 * Sees to it that the isolated pod that works runs on a node that may be lost, with its standby on another, and returns
 * it. One on the safe node is deleted while that node takes no pods.
 */
export async function moveIsolatedOffSafeNode(stage: Stage): Promise<PodState> {
  const { target, namespace, chart, safeNode, intent } = stage;
  await untilSettled(target.api, namespace, chart.isolated, isolatedCount(intent), 300);
  await spread(stage);
  const pod = await workingPod(stage);
  if (pod.node !== safeNode) return pod;
  await setSchedulable(target, safeNode, false);
  try {
    await target.kubectl('delete', 'pod', '-n', namespace, pod.name);
    await until(300, 'the isolated pod on another node', () => worksElsewhere(stage, safeNode));
  } finally {
    await setSchedulable(target, safeNode, true);
  }
  await untilSettled(target.api, namespace, chart.isolated, isolatedCount(intent), 300);
  await spread(stage);
  return workingPod(stage);
}

/**
 * A standby that came to the node of the working pod, while no other node took pods, is deleted, so that it comes to
 * another.
 */
async function spread(stage: Stage): Promise<void> {
  const { target, namespace, chart, intent } = stage;
  if (intent.isolatedTask?.standby === undefined) return;
  const working = await workingPod(stage);
  const beside = (await podStates(target.api, namespace, chart.isolated)).filter(
    ({ name, node }) => name !== working.name && node === working.node,
  );
  for (const { name } of beside) await target.kubectl('delete', 'pod', '-n', namespace, name);
  await untilSettled(target.api, namespace, chart.isolated, isolatedCount(intent), 300);
}

/** Pods of a selector that serve on other nodes than the one given. */
export async function servingElsewhere(stage: Stage, selector: string, node: string): Promise<PodState[]> {
  return serving(await podStates(stage.target.api, stage.namespace, selector)).filter((pod) => pod.node !== node);
}
