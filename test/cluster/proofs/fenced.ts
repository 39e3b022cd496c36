import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../harness/processes.ts';
import { watchEvent, type Stage, type TickWatch } from './event.ts';
import { patience, pattern, settled } from './isolated.ts';
import { moveIsolatedOffSafeNode, recoveryOf, untilReady, worksElsewhere } from './nodes.ts';
import type { Figures, ProofResult } from './figures.ts';
import type { Proof } from './stateless.ts';
import type { OwnMachine } from './target.ts';
import { readTicks, readTicksOfNode } from './tools.ts';

/** Seconds for which the API server gives no answer: longer than the chart's limit for renewals and its Lease. */
const away = 60;

interface Loss {
  readonly name: string;
  readonly begin: (machine: OwnMachine, node: string) => Promise<void>;
  /** What ends the loss while the next pod works: whatever the old pod does then is counted. */
  readonly wake?: (machine: OwnMachine, node: string) => Promise<void>;
  readonly end: (machine: OwnMachine, node: string) => Promise<void>;
}

/** Losses of a node that a liveness probe or a kubelet could not answer. */
const losses: readonly Loss[] = [
  {
    name: 'kubelet stopped, then node cut off',
    begin: async (machine, node) => {
      await machine.endKubelet(node);
      await sleep(3000);
      await machine.cut(node);
    },
    end: async (machine, node) => {
      await machine.join(node);
      await machine.kill(node); // nothing but a boot brings the kubelet back
      machine.start(node);
    },
  },
  {
    name: 'node frozen and woken',
    begin: (machine, node) => machine.freeze(node),
    wake: (machine, node) => machine.thaw(node),
    end: (machine, node) => machine.thaw(node),
  },
];

/** What must hold for recovery fenced beyond the events of any isolated task. */
export function fencedProofs(ticks: TickWatch): readonly Proof[] {
  return [
    ...losses.map((loss): Proof => ({ name: loss.name, run: (stage) => elsewhere(stage, ticks, loss) })),
    { name: 'API server away', run: (stage) => withoutApiServer(stage, ticks) },
  ];
}

/**
 * Takes the isolated pod's node away, waits for a pod elsewhere, and counts what the old pod did by its node's own log.
 */
async function elsewhere(stage: Stage, ticks: TickWatch, loss: Loss): Promise<ProofResult> {
  const machine = machineOf(stage);
  const pod = await moveIsolatedOffSafeNode(stage);
  const node = pod.node ?? '';
  const cutOff: TickWatch['cutOff'] = { address: pod.address, logged: [] };
  return watchEvent(
    stage,
    {
      pattern,
      event: `${loss.name}, ${recoveryOf(stage.intent)}`,
      load: false,
      ticks: { ...ticks, cutOff },
      takesNode: true,
    },
    async () => {
      const begin = Date.now();
      await loss.begin(machine, node);
      try {
        await until(patience, 'the isolated pod on another node', () => worksElsewhere(stage, node));
        const seconds = (Date.now() - begin) / 1000;
        await sleep(10_000);
        await loss.wake?.(machine, node);
        await sleep(3000); // the kubelet removes the pod, and its log, later than that
        return { seconds };
      } finally {
        cutOff.logged = readTicksOfNode(stage.target, node, pod);
        await loss.end(machine, node);
        await untilReady(stage.target, node);
        await settled(stage);
        cutOff.logged = readTicksOfNode(stage.target, node, pod, cutOff.logged);
      }
    },
  );
}

/**
 * Healthy nodes, and nobody to renew the Lease with: the server stops at the limit, and comes back with the API server.
 */
async function withoutApiServer(stage: Stage, ticks: TickWatch): Promise<ProofResult> {
  const machine = machineOf(stage);
  await settled(stage);
  return watchEvent(
    stage,
    {
      pattern,
      event: `API server away for ${away} s, ${recoveryOf(stage.intent)}`,
      load: false,
      ticks,
      takesNode: true,
    },
    async (): Promise<Partial<Figures>> => {
      const times = async (): Promise<number[]> =>
        (await readTicks(stage.target)).filter(({ task }) => task === ticks.task).map(({ at }) => at);
      const begin = Date.now();
      await machine.pauseApiServer(away);
      const back = Date.now();
      await until(patience, 'a firing after the API server is back', async () =>
        (await times()).some((at) => at > back),
      );
      await settled(stage);
      const seen = await times();
      const [last, first] = [Math.max(...seen.filter((at) => at < back)), Math.min(...seen.filter((at) => at >= back))];
      return {
        seconds: (first - begin) / 1000,
        message: `last firing ${((last - begin) / 1000).toFixed(1)} s after the API server went away, first one ${((first - back) / 1000).toFixed(1)} s after it was back`,
      };
    },
  );
}

function machineOf(stage: Stage): OwnMachine {
  const { machine } = stage.target;
  if (machine === undefined) throw new Error('A node can be lost only on a cluster of this harness.');
  return machine;
}
