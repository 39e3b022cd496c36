import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '../harness/api.ts';
import { until } from '../harness/processes.ts';
import { databaseImage } from '../images/postgres.ts';
import { startDatabase } from './database-server.ts';
import { watchEvent, type Stage, type TickWatch } from './event.ts';
import { servingElsewhere, untilReady } from './nodes.ts';
import { podStates, serving, untilSettled, type PodState } from './pods.ts';
import type { Figures, ProofResult } from './figures.ts';
import { coordinatedImages, withVersion } from './server.ts';
import { killServer, type Proof } from './stateless.ts';
import { readTicks, readTicksOfNode } from './tools.ts';

const limit = 600;
const pattern = 'coordinated';

/** Brings the images and starts the database on the safe node, empty but for its tables. */
export async function prepareDatabase(stage: Stage): Promise<void> {
  const image = databaseImage();
  for (const each of [image, ...(await coordinatedImages())]) await stage.target.loadImage(each);
  await startDatabase(stage.target, image, stage.safeNode);
}

/** The pod whose ticks are the latest. Throws when none has fired for a while. */
async function owner(stage: Stage, watch: TickWatch): Promise<PodState> {
  let found: PodState | undefined;
  await until(120, 'a pod to fire the task', async () => {
    const last = (await readTicks(stage.target))
      .filter(({ task }) => task === watch.task)
      .toSorted((a, b) => a.at - b.at)
      .at(-1);
    const pods = serving(await podStates(stage.target.api, stage.namespace, stage.chart.stateless));
    found =
      last === undefined || last.at < Date.now() - 5 * watch.interval
        ? undefined
        : pods.find(({ address }) => address === last.source);
    return found !== undefined;
  });
  return found as PodState;
}

/** Whether a pod's log says that it was elected to lead after anyone else was. */
async function leads(stage: Stage, pod: PodState): Promise<boolean> {
  const log = String(await call(stage.target.api, 'GET', `/api/v1/namespaces/${stage.namespace}/pods/${pod.name}/log`));
  return (log.match(/Current node state changed from: \w+ to: (\w+)/g) ?? []).at(-1)?.endsWith('COORDINATOR') === true;
}
const said = async (stage: Stage, pod: PodState): Promise<string> =>
  (await leads(stage, pod)) ? 'the pod was the coordinator' : 'the pod was not the coordinator';

/** Sees to it that the pod that fires is on a node that may be lost, and returns it. */
async function ownerOffSafeNode(stage: Stage, watch: TickWatch): Promise<PodState> {
  for (let attempt = 0; attempt < 4; attempt += 1) {
    await untilSettled(stage.target.api, stage.namespace, stage.chart.stateless, stage.intent.replicas, limit);
    const pod = await owner(stage, watch);
    if (pod.node !== stage.safeNode) return pod;
    await stage.target.kubectl('delete', 'pod', '-n', stage.namespace, pod.name);
    await sleep(20_000); // until the next has the task
  }
  throw new Error(`The task stays on ${stage.safeNode}.`);
}

/** Waits until another pod than the one given fires, all are there, and some ticks more. */
async function takenOver(stage: Stage, watch: TickWatch, before: PodState): Promise<number> {
  const begin = Date.now();
  await until(180, 'another pod to fire the task', async () =>
    (await readTicks(stage.target)).some(
      ({ task, source, at }) => task === watch.task && source !== before.address && at > begin,
    ),
  );
  return (Date.now() - begin) / 1000;
}

/** Proofs of equal servers that agree through a database; the pod that has the task is the one that is lost. */
export function databaseProofs(ticks: TickWatch): readonly Proof[] {
  const proof = (name: string, happen: (stage: Stage, pod: PodState) => Promise<Partial<Figures>>): Proof => ({
    name,
    run: async (stage) => {
      await untilSettled(stage.target.api, stage.namespace, stage.chart.stateless, stage.intent.replicas, limit);
      const pod = await owner(stage, ticks);
      return watchEvent(stage, { pattern, event: `database: ${name}`, load: false, ticks }, () => happen(stage, pod));
    },
  });
  const settled = async (stage: Stage): Promise<void> => {
    await untilSettled(stage.target.api, stage.namespace, stage.chart.stateless, stage.intent.replicas, limit);
    await sleep(3000);
  };
  return [
    proof('pod with the task deleted', async (stage, pod) => {
      const message = await said(stage, pod);
      await stage.target.kubectl('delete', 'pod', '-n', stage.namespace, pod.name, '--wait=false');
      const seconds = await takenOver(stage, ticks, pod);
      await settled(stage);
      return { seconds, message };
    }),
    proof('server with the task killed', async (stage, pod) => {
      const message = await said(stage, pod);
      await killServer(stage, pod.name);
      const begin = Date.now();
      // Its own container may be back first: what counts is that somebody fires.
      await until(180, 'the task to fire again', async () =>
        (await readTicks(stage.target)).some(({ task, at }) => task === ticks.task && at > begin + 2 * ticks.interval),
      );
      const seconds = (Date.now() - begin) / 1000;
      await settled(stage);
      return { seconds, message };
    }),
    proof('image changed', async (stage) => {
      await stage.chart.apply(stage.target, stage.namespace, withVersion(stage.intent, '2'), limit);
      await settled(stage);
      await owner(stage, ticks);
      return {};
    }),
    { name: 'node lost', run: (stage) => lost(stage, ticks, 'lost') },
    { name: 'node cut off', run: (stage) => lost(stage, ticks, 'cut off') },
  ];
}

/** Takes the node away on which the task runs. Database and counter are on the other one. */
async function lost(stage: Stage, ticks: TickWatch, how: 'lost' | 'cut off'): Promise<ProofResult> {
  const { machine } = stage.target;
  if (machine === undefined) throw new Error('A node can be lost only on a cluster of this harness.');
  const pod = await ownerOffSafeNode(stage, ticks);
  const node = pod.node ?? '';
  if ((await servingElsewhere(stage, stage.chart.stateless, node)).length === 0)
    throw new Error(`All pods are on ${node}: nobody could take over.`);
  const message = await said(stage, pod);
  const cutOff: TickWatch['cutOff'] = { address: pod.address, logged: [] };
  const watch: TickWatch = how === 'lost' ? ticks : { ...ticks, cutOff };
  return watchEvent(
    stage,
    { pattern, event: `database: node with the task ${how}`, load: false, ticks: watch, takesNode: true },
    async () => {
      await (how === 'lost' ? machine.kill(node) : machine.cut(node));
      try {
        const seconds = await takenOver(stage, ticks, pod);
        await sleep(30_000); // how long the two run beside each other
        return { seconds, message };
      } finally {
        if (how === 'cut off') cutOff.logged = readTicksOfNode(stage.target, node, pod);
        if (how === 'lost') machine.start(node);
        else await machine.join(node);
        await untilReady(stage.target, node);
        await untilSettled(stage.target.api, stage.namespace, stage.chart.stateless, stage.intent.replicas, limit);
        await sleep(3000);
      }
    },
  );
}
