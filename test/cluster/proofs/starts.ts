import { setTimeout as sleep } from 'node:timers/promises';
import { call, read } from '../harness/api.ts';
import { until } from '../harness/processes.ts';
import type { Stage, TickWatch } from './event.ts';
import type { Figures, ProofResult } from './figures.ts';
import { settled as isolatedSettled } from './isolated.ts';
import { recoveryOf, workingPod } from './nodes.ts';
import { podStates, serving, untilSettled } from './pods.ts';
import type { Proof } from './stateless.ts';
import { analyseTicks } from './ticks.ts';
import { readTicks } from './tools.ts';

/** How often an event is measured, each time after a start of the server alone. */
const pairs = 3;
const limit = 600;
/** How long a node is given to clear up after a pod that is gone, in ms; it takes a processor for seconds. */
const clearingUp = 15_000;

/** One event: its seconds, and what else was seen. */
interface Seen extends Pick<Figures, 'ticksTwice'> {
  readonly seconds: number;
  /** Seconds until helm returned, where helm began it. */
  readonly helm?: number;
}

/** Starts of one replica, as its user waits for them. */
export const starts: readonly Proof[] = [
  inPairs('install to Ready', async (stage) => {
    const { target, namespace, chart, intent } = stage;
    await chart.remove(target, namespace);
    await until(limit, 'no pod', async () => (await podStates(target.api, namespace, chart.stateless)).length === 0);
    await sleep(clearingUp);
    const begin = Date.now();
    const applied = chart.apply(target, namespace, intent, limit).then(() => Date.now());
    const [ready, returned] = await Promise.all([newPodReady(stage, new Set()), applied]);
    return { seconds: (ready - begin) / 1000, helm: (returned - begin) / 1000 };
  }),
  inPairs('pod deleted to Ready', async (stage) => {
    const { target, namespace, chart } = stage;
    const old = await podStates(target.api, namespace, chart.stateless);
    const begin = Date.now();
    for (const { name } of old) await target.kubectl('delete', 'pod', '-n', namespace, name, '--wait=false');
    return { seconds: ((await newPodReady(stage, new Set(old.map(({ uid }) => uid)))) - begin) / 1000 };
  }),
];

/** The time without the task, when the pod that has it is deleted. */
export const takeovers = (ticks: TickWatch): readonly Proof[] => [
  inPairs('pod with the task deleted to the first firing', async (stage) => {
    const { target, namespace } = stage;
    const { name } = await workingPod(stage);
    const begin = Date.now();
    await target.kubectl('delete', 'pod', '-n', namespace, name, '--wait=false');
    await sleep(1000);
    await isolatedSettled(stage);
    const found = analyseTicks(await readTicks(target), ticks.task, ticks.interval, begin - 5000, Date.now());
    return { seconds: found.longestGap / 1000, ticksTwice: found.ticksTwice };
  }),
];

/** Measures an event some times, each time after a start of the same server alone. */
function inPairs(event: string, happen: (stage: Stage) => Promise<Seen>): Proof {
  return {
    name: event,
    run: async (stage): Promise<ProofResult> => {
      const called = stage.intent.isolatedTask === undefined ? event : `${event}, ${recoveryOf(stage.intent)}`;
      stage.report(`${stage.chart.id}: starts, ${called} …`);
      const own: number[] = [];
      const seen: Seen[] = [];
      for (let pair = 0; pair < pairs; pair += 1) {
        await untilSettled(stage.target.api, stage.namespace, stage.chart.stateless, stage.intent.replicas, limit);
        own.push(await ownStart(stage));
        seen.push(await happen(stage));
        stage.report(`${seen.at(-1)?.seconds.toFixed(1)} s, the server alone ${own.at(-1)?.toFixed(1)} s`);
      }
      const twice = seen.flatMap(({ ticksTwice }) => ticksTwice ?? []);
      const helm = seen.flatMap((one) => one.helm ?? []);
      return {
        pattern: 'starts',
        event: called,
        chart: stage.chart.id,
        figures: {
          starts: { own, event: seen.map(({ seconds }) => seconds), ...(helm.length === 0 ? {} : { helm }) },
          ...(twice.length === 0 ? {} : { ticksTwice: twice.reduce((sum, count) => sum + count, 0) }),
        },
      };
    },
  };
}

/** Waits for a ready pod that is none of the old ones, and returns the time of it. */
async function newPodReady({ target, namespace, chart }: Stage, old: ReadonlySet<string>): Promise<number> {
  await until(limit, 'a new pod to be Ready', async () =>
    serving(await podStates(target.api, namespace, chart.stateless)).some(({ uid }) => !old.has(uid)),
  );
  return Date.now();
}

interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly [field: string]: unknown;
}

interface PodObject {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly Container[]; readonly [field: string]: unknown };
  readonly status: { readonly phase: string };
}

/**
 * Runs the entry point of WSO2's images as the pod does, and tells by the clock of the system when it began and when
 * MI's health check first said 200. That check is asked only when the HTTPS listener is open, which MI opens last;
 * MI runs into an error when it is asked before.
 */
const timedStart = `
read -r begin rest < /proc/uptime
/home/wso2carbon/docker-entrypoint.sh "$@" &
until nc -z 127.0.0.1 8253 2> /dev/null; do sleep 0.1; done
get() { wget -q -O /dev/null "$1" 2> /dev/null || curl -sf -o /dev/null "$1"; }
until get http://127.0.0.1:9201/healthz; do sleep 0.1; done
read -r end rest < /proc/uptime
echo "own start: $begin $end"
`;

/**
 * Seconds from the start of the container's command to MI's first good health, in a pod of its own that is the
 * release's (image, environment, resources, volumes, node) without probes and hooks.
 */
async function ownStart({ target, namespace, chart }: Stage): Promise<number> {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const list = await read<{ items: PodObject[] }>(
    target.api,
    `${pods}?labelSelector=${encodeURIComponent(chart.stateless)}`,
  );
  const pod = list?.items.find(({ metadata }) => metadata.deletionTimestamp === undefined);
  const server = pod?.spec.containers.find(({ name }) => name === 'micro-integrator');
  if (pod === undefined || server === undefined) throw new Error('No pod has a server to start alone.');
  const { startupProbe: _s, readinessProbe: _r, livenessProbe: _l, lifecycle: _h, ...alone } = server;
  const name = 'own-start';
  const args = [timedStart, name, ...(server.args ?? [])];
  await call(target.api, 'POST', pods, {
    metadata: { name },
    spec: {
      ...pod.spec,
      restartPolicy: 'Never',
      containers: [{ ...alone, command: ['/bin/sh', '-c'], args }],
    },
  });
  const phase = async (): Promise<string | undefined> =>
    (await read<PodObject>(target.api, `${pods}/${name}`))?.status.phase;
  await until(limit, 'the server to start alone', async () => ['Succeeded', 'Failed'].includes((await phase()) ?? ''));
  const log = await target.kubectl('logs', '-n', namespace, name);
  await target.kubectl('delete', 'pod', '-n', namespace, name, '--grace-period=0', '--force');
  const [, begin, end] = /^own start: ([\d.]+) ([\d.]+)$/m.exec(log) ?? [];
  if (begin === undefined || end === undefined) throw new Error(`The server did not start alone:\n${log.slice(-2000)}`);
  return Math.round((Number(end) - Number(begin)) * 100) / 100;
}
