import { setTimeout as sleep } from 'node:timers/promises';
import { read } from '../harness/api.ts';
import { until } from '../harness/processes.ts';
import { watchEvent, type Stage } from './event.ts';
import { drain, servingElsewhere, setSchedulable, untilReady } from './nodes.ts';
import { podStates, serving, untilSettled } from './pods.ts';
import type { Figures, ProofResult } from './figures.ts';
import { withVersion } from './server.ts';

/** An event by its name; the proofs run those that are asked for. */
export interface Proof {
  readonly name: string;
  readonly run: (stage: Stage) => Promise<ProofResult>;
}

const limit = 600;

const settled = (stage: Stage, count: number): Promise<unknown> =>
  untilSettled(stage.target.api, stage.namespace, stage.chart.stateless, count, limit);

/** Kills the server in a pod, not the pod: what a crash or an out-of-memory kill does. */
export async function killServer(stage: Stage, pod: string): Promise<void> {
  const home = `/home/wso2carbon/wso2mi-${stage.intent.version}`;
  await stage.target.kubectl(
    'exec',
    '-n',
    stage.namespace,
    pod,
    '--',
    'sh',
    '-c',
    `kill -9 $(cat ${home}/wso2carbon.pid)`,
  );
}

async function firstPod(stage: Stage): Promise<string> {
  const [pod] = serving(await podStates(stage.target.api, stage.namespace, stage.chart.stateless));
  if (pod === undefined) throw new Error('No pod serves.');
  return pod.name;
}

/** One pod: what an event costs is the time from the loss to the first answer again. */
export const singleReplica: readonly Proof[] = [
  {
    name: 'pod deleted',
    run: (stage) =>
      watchEvent(stage, { pattern: 'single-replica', event: 'pod deleted', load: true }, async () => {
        await stage.target.kubectl('delete', 'pod', '-n', stage.namespace, await firstPod(stage), '--wait=false');
        await sleep(1000);
        await settled(stage, 1);
      }),
  },
  {
    name: 'server killed',
    run: (stage) =>
      watchEvent(stage, { pattern: 'single-replica', event: 'server killed', load: true }, async () => {
        const [before] = await podStates(stage.target.api, stage.namespace, stage.chart.stateless);
        await killServer(stage, await firstPod(stage));
        await until(
          limit,
          'the container to be restarted',
          async () =>
            ((await podStates(stage.target.api, stage.namespace, stage.chart.stateless))[0]?.restarts ?? 0) >
            (before?.restarts ?? 0),
        );
        await settled(stage, 1);
      }),
  },
];

const update = (name: string, change: (stage: Stage) => Stage['intent']): Proof => ({
  name,
  run: (stage) =>
    watchEvent(stage, { pattern: 'multiple-replicas', event: name, load: true }, async () => {
      const next = change(stage);
      await stage.chart.apply(stage.target, stage.namespace, next, limit);
      await settled(stage, next.replicas);
    }),
});

/**
 * Several pods: nothing that is planned may cost a request. The order matters: each begins where the one before ended.
 */
export const multipleReplicas: readonly Proof[] = [
  update('image changed', ({ intent }) => withVersion(intent, '2')),
  update('configuration changed', ({ intent }) => ({ ...intent, setting: 'changed' })),
  update('scaled up to 6', ({ intent }) => ({ ...intent, setting: 'changed', replicas: 6 })),
  update('scaled down to 2', ({ intent }) => ({ ...intent, setting: 'changed', replicas: 2 })),
  {
    name: 'node drained',
    run: async (stage) => {
      await spread(stage);
      return watchEvent(stage, { pattern: 'multiple-replicas', event: 'node drained', load: true }, async () => {
        const node = await otherNode(stage);
        try {
          await drain(stage.target, node);
          await settled(stage, stage.intent.replicas);
        } finally {
          await setSchedulable(stage.target, node, true);
        }
      });
    },
  },
  {
    name: 'pod deleted',
    run: (stage) =>
      watchEvent(stage, { pattern: 'multiple-replicas', event: 'pod deleted', load: true }, async () => {
        await stage.target.kubectl('delete', 'pod', '-n', stage.namespace, await firstPod(stage), '--wait=false');
        await sleep(1000);
        await settled(stage, stage.intent.replicas);
      }),
  },
  {
    name: 'node lost',
    run: async (stage) => {
      await spread(stage);
      return watchEvent(
        stage,
        { pattern: 'multiple-replicas', event: 'node lost', load: true, takesNode: true },
        async (): Promise<Partial<Figures>> => {
          const { machine } = stage.target;
          if (machine === undefined) throw new Error('A node can be lost only on a cluster of this harness.');
          const node = await otherNode(stage);
          const begin = Date.now();
          await machine.kill(node);
          try {
            await until(
              limit,
              'as many pods on the other nodes',
              async () => (await servingElsewhere(stage, stage.chart.stateless, node)).length >= stage.intent.replicas,
            );
            return { seconds: (Date.now() - begin) / 1000 };
          } finally {
            machine.start(node);
            await untilReady(stage.target, node);
          }
        },
      );
    },
  },
];

/**
 * The clients alone keep the processors of two pods busier than the target: the autoscaler adds a third. Begins when
 * the autoscaler has measured the pods at rest, so that a busy start (a JVM compiles) is not taken for the load.
 */
export const autoscaled: readonly Proof[] = [
  {
    name: 'scaled by the autoscaler',
    run: async (stage) => {
      await until(limit, 'the autoscaler to see the fewest pods at rest', () => atRest(stage));
      return watchEvent(
        stage,
        { pattern: 'multiple-replicas', event: 'scaled by the autoscaler', load: true },
        async () => {
          await until(
            300,
            'a third pod of the autoscaler',
            async () => serving(await podStates(stage.target.api, stage.namespace, stage.chart.stateless)).length > 2,
          );
        },
      );
    },
  },
];

interface Autoscaler {
  readonly spec: { readonly minReplicas?: number };
  readonly status?: {
    readonly currentReplicas?: number;
    readonly desiredReplicas?: number;
    readonly currentMetrics?:
      | readonly { readonly resource?: { readonly current: { readonly averageUtilization?: number } } }[]
      | null;
  };
}

/** Whether the autoscaler has a figure below its target and wants no more than the fewest pods. */
async function atRest(stage: Stage): Promise<boolean> {
  const list = await read<{ items: Autoscaler[] }>(
    stage.target.api,
    `/apis/autoscaling/v2/namespaces/${stage.namespace}/horizontalpodautoscalers`,
  );
  const [autoscaler] = list?.items ?? [];
  const fewest = autoscaler?.spec.minReplicas ?? 1;
  const use = autoscaler?.status?.currentMetrics?.find(({ resource }) => resource !== undefined)?.resource?.current
    .averageUtilization;
  return (
    use !== undefined &&
    use < (stage.intent.autoscaling?.cpu ?? 0) &&
    autoscaler?.status?.currentReplicas === fewest &&
    autoscaler.status.desiredReplicas === fewest
  );
}

/** A node with a pod on it that is not the one of the load client. */
async function otherNode(stage: Stage): Promise<string> {
  const pods = serving(await podStates(stage.target.api, stage.namespace, stage.chart.stateless));
  const node = pods.find((pod) => pod.node !== undefined && pod.node !== stage.safeNode)?.node;
  if (node === undefined) throw new Error(`All pods are on ${stage.safeNode}.`);
  return node;
}

/** After a drain, or a scaling down, all pods may be on one node; deleting one at a time brings them apart again. */
async function spread(stage: Stage): Promise<void> {
  const pods = serving(await podStates(stage.target.api, stage.namespace, stage.chart.stateless));
  if (pods.some((pod) => pod.node !== stage.safeNode)) return;
  await stage.target.kubectl('delete', 'pod', '-n', stage.namespace, await firstPod(stage));
  await settled(stage, stage.intent.replicas);
}
