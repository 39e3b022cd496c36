import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../harness/processes.ts';
import { watchEvent, type Stage, type TickWatch } from './event.ts';
import {
  drain,
  isolatedCount,
  moveIsolatedOffSafeNode,
  recoveryOf,
  servingElsewhere,
  setSchedulable,
  untilReady,
  workingPod,
  worksElsewhere,
} from './nodes.ts';
import { podStates, untilSettled } from './pods.ts';
import type { Figures, ProofResult } from './figures.ts';
import { withVersion } from './server.ts';
import type { Proof } from './stateless.ts';
import { readTicksOfNode } from './tools.ts';

const limit = 600;
export const pattern = 'coordinated';

/**
 * Waits until the isolated pods are there alone, one of them at work, and some ticks more, so that the gap is seen to
 * its end.
 */
export async function settled(stage: Stage): Promise<void> {
  await untilSettled(stage.target.api, stage.namespace, stage.chart.isolated, isolatedCount(stage.intent), limit);
  await sleep(3000);
}

/** Name of an event in the report: that of the default recovery has no addition. */
function called(event: string, { intent }: Stage): string {
  const recovery = intent.isolatedTask?.recovery;
  if (recovery === undefined || recovery === 'respawn') return event;
  return `${event}, ${recoveryOf(intent)}`;
}

async function isolatedPods(stage: Stage): Promise<Map<string, number>> {
  return new Map(
    (await podStates(stage.target.api, stage.namespace, stage.chart.isolated)).map((pod) => [pod.uid, pod.restarts]),
  );
}

/** Proofs of a release with an isolated task beside a scaled workload; `ticks` names the task. */
export function coordinatedProofs(ticks: TickWatch): readonly Proof[] {
  const plain = (name: string, happen: (stage: Stage) => Promise<void | Partial<Figures>>): Proof => ({
    name,
    run: (stage) => watchEvent(stage, { pattern, event: called(name, stage), load: false, ticks }, () => happen(stage)),
  });
  /** Begins with the intended release, whatever an event before has left. */
  const from = (name: string, happen: (stage: Stage) => Promise<void | Partial<Figures>>): Proof => ({
    name,
    run: async (stage) => {
      await stage.chart.apply(stage.target, stage.namespace, stage.intent, limit);
      await settled(stage);
      return plain(name, happen).run(stage);
    },
  });
  return [
    plain('image changed', async (stage) => {
      await stage.chart.apply(stage.target, stage.namespace, withVersion(stage.intent, '2'), limit);
      await settled(stage);
    }),
    plain('image changed back', async (stage) => {
      await stage.chart.apply(stage.target, stage.namespace, stage.intent, limit);
      await settled(stage);
    }),
    from('configuration changed', async (stage) => {
      await stage.chart.apply(stage.target, stage.namespace, { ...stage.intent, setting: 'changed' }, limit);
      await settled(stage);
    }),
    plain('server killed', async (stage) => {
      const { name } = await workingPod(stage);
      // Every process of the container but its first, as a crash of MI ends them.
      await stage.target
        .kubectl('exec', '-n', stage.namespace, name, '--', 'sh', '-c', 'kill -9 -1')
        .catch(() => undefined);
      await sleep(1000);
      await settled(stage);
    }),
    plain('isolated pod deleted', async (stage) => {
      const { name } = await workingPod(stage);
      await stage.target.kubectl('delete', 'pod', '-n', stage.namespace, name, '--wait=false');
      await sleep(1000);
      await settled(stage);
    }),
    from('stateless workload scaled', async (stage) => {
      const before = await isolatedPods(stage);
      await stage.chart.apply(
        stage.target,
        stage.namespace,
        { ...stage.intent, replicas: stage.intent.replicas + 1 },
        limit,
      );
      await stage.chart.apply(stage.target, stage.namespace, stage.intent, limit);
      const after = await isolatedPods(stage);
      return { isolatedRestarts: [...after].filter(([uid, restarts]) => before.get(uid) !== restarts).length };
    }),
    {
      name: 'node drained',
      run: async (stage) => {
        const { node } = await moveIsolatedOffSafeNode(stage);
        if (node === undefined) throw new Error('The isolated pod has no node.');
        return plain('node drained', async () => {
          try {
            await drain(stage.target, node);
            await until(limit, 'the isolated pod on another node', () => worksElsewhere(stage, node));
            await settled(stage);
          } finally {
            await setSchedulable(stage.target, node, true);
          }
        }).run(stage);
      },
    },
    { name: 'node lost', run: (stage) => lost(stage, ticks, 'lost') },
    { name: 'node cut off', run: (stage) => lost(stage, ticks, 'cut off') },
  ];
}

/** Seconds to wait for a pod elsewhere: an untuned Deployment takes the grace of the node and 300 s. */
export const patience = 420;

/**
 * Takes the node of the isolated pod away. A lost node is dead with all in it; one that is cut off goes on, and its
 * ticks are read from its own log. With `at-most-one` no pod starts elsewhere until the node is back: the gap says so.
 */
async function lost(stage: Stage, ticks: TickWatch, how: 'lost' | 'cut off'): Promise<ProofResult> {
  const { machine } = stage.target;
  if (machine === undefined) throw new Error('A node can be lost only on a cluster of this harness.');
  const pod = await moveIsolatedOffSafeNode(stage);
  const node = pod.node ?? '';
  const stays = stage.chart.id === 'mi-patterns' && stage.intent.isolatedTask?.recovery === 'at-most-one';
  const event = `node ${how}${stage.chart.id === 'mi-patterns' ? `, ${recoveryOf(stage.intent)}` : ''}`;
  const cutOff: TickWatch['cutOff'] = { address: pod.address, logged: [] };
  const watch: TickWatch = how === 'lost' ? ticks : { ...ticks, cutOff };
  return watchEvent(stage, { pattern, event, load: false, ticks: watch, takesNode: true }, async () => {
    const begin = Date.now();
    await (how === 'lost' ? machine.kill(node) : machine.cut(node));
    try {
      if (stays) {
        await sleep(90_000); // longer than any recovery elsewhere would take
        const elsewhere = await servingElsewhere(stage, stage.chart.isolated, node);
        return {
          message:
            elsewhere.length === 0 ? 'no pod elsewhere for 90 s, as intended' : `${elsewhere.length} pods elsewhere`,
          seconds: (Date.now() - begin) / 1000,
        };
      }
      await until(patience, 'the isolated pod on another node', () => worksElsewhere(stage, node));
      const seconds = (Date.now() - begin) / 1000;
      await sleep(10_000); // how long the two run beside each other
      return { seconds };
    } finally {
      if (how === 'cut off') cutOff.logged = readTicksOfNode(stage.target, node, pod);
      if (how === 'lost') machine.start(node);
      else await machine.join(node);
      await untilReady(stage.target, node);
      await settled(stage);
      if (how === 'cut off') cutOff.logged = readTicksOfNode(stage.target, node, pod, cutOff.logged);
    }
  });
}
