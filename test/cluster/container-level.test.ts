import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from './harness/api.ts';
import { clusterDown, clusterUp } from './harness/cluster.ts';
import { until } from './harness/processes.ts';
import { whyNoRealNodes } from './harness/requirements.ts';
import { defaultSettings } from './harness/settings.ts';
import { toolsImage } from './images/servers.ts';
import { ownChart, type Intent } from './proofs/charts.ts';
import type { Stage } from './proofs/event.ts';
import { coordinatedProofs } from './proofs/isolated.ts';
import { readyNodes } from './proofs/nodes.ts';
import { refusals } from './proofs/refusals.ts';
import type { ClientLoad, Figures } from './proofs/figures.ts';
import { builtServer, task, type ServerUnderTest } from './proofs/server.ts';
import { multipleReplicas, type Proof } from './proofs/stateless.ts';
import { ownTarget, type Target } from './proofs/target.ts';
import { readTicks, startTools } from './proofs/tools.ts';

/**
 * The promises of the patterns on two real nodes with real containers and the stand-in server: some events of `npm run
 * test:cluster`, with what must hold whatever the times are. It runs alone, after all other tests, in CI and with
 * MI_PATTERNS_LARGE=1, and starts with what is there: the programs in the tool cache, root, and the Debian packages.
 */
const root = join(import.meta.dirname, '..', '..');
const cluster = `containers-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;

/** Milliseconds after which the pods that an update replaced have ended. */
const drained = 30_000;

const reason = await whyNoRealNodes(cluster);

describe.skipIf(reason !== undefined)(
  `container level (${reason === undefined ? 'two real nodes, the stand-in server' : `skipped: ${reason}`})`,
  () => {
    let target: Target;
    let server: ServerUnderTest;
    let multiple: Stage;
    let coordinated: Stage;
    const work = mkdtempSync(join(tmpdir(), 'mi-containers-'));
    const say = (text: string): void => void process.stderr.write(`${text}\n`);

    beforeAll(async () => {
      await clusterDown(cluster); // what a cancelled run left
      await clusterUp({ ...defaultSettings, name: cluster }, say);
      target = await ownTarget(cluster);
      server = await builtServer('stand-in', work);
      const tools = await toolsImage();
      for (const image of [tools, ...server.images]) await target.loadImage(image);
      const [safeNode = ''] = await readyNodes(target);
      await startTools(target, tools, safeNode);
      const common = { target, chart: ownChart(work), tools, safeNode, rate: 60, warmUp: 0, report: say };
      const two: Intent = { ...server.base, replicas: 2 };
      const isolatedTask = { name: task.name, role: task.role, recovery: 'respawn' } as const;
      [multiple, coordinated] = await Promise.all([
        installed({ ...common, namespace: 'multiple', intent: two }),
        installed({ ...common, namespace: 'coordinated', intent: { ...two, isolatedTask } }),
      ]);
    });
    afterAll(async () => {
      target?.close();
      await clusterDown(cluster);
      rmSync(work, { recursive: true, force: true });
    });

    /**
     * What an event did. It happens again, to the release as it was before, where it cost a request: in 3 of some 40
     * runs one new connection was refused, when kube-proxy had just heard of the update and no pod had come or gone.
     * That is kube-proxy in its mode `nftables` (see README.md), not the chart: what the chart loses, it loses again.
     * The first event is printed.
     */
    const figuresOf = async (proof: Proof, on: Stage): Promise<Figures> => {
      const { figures, timeline } = await proof.run(on);
      if (counted(figures).every(({ failed }) => failed === 0)) return figures;
      say(`It cost a request, and happens again:\n${JSON.stringify({ figures, timeline }, null, 1)}`);
      await on.chart.apply(on.target, on.namespace, on.intent, 300);
      await sleep(drained);
      return (await proof.run(on)).figures;
    };

    /** Lets events happen to a release, one after the other. */
    const eventsOf = async (on: Stage, proofs: readonly Proof[], ...names: readonly string[]): Promise<Figures[]> => {
      const seen: Figures[] = [];
      for (const name of names) {
        const proof = proofs.find((candidate) => candidate.name === name);
        if (proof === undefined) throw new Error(`There is no proof "${name}".`);
        seen.push(await figuresOf(proof, on));
      }
      return seen;
    };

    it('multiple replicas: a rolling update under load loses no request', async () => {
      const [updated] = await eventsOf(multiple, multipleReplicas, 'image changed');
      expect(counted(updated).map(({ requests }) => requests > 100)).toEqual([true, true]);
      expect(lost(updated)).toEqual(nothing);
    });

    // These two mostly wait, each for a release of its own.
    it.concurrent('coordinated: the isolated pod stays while the rest scales, and is never there twice while its image changes', async () => {
      const [scaled, updated] = await eventsOf(
        coordinated,
        coordinatedProofs({ task: task.name, interval: task.interval }),
        'stateless workload scaled',
        'image changed',
      );
      expect(scaled).toMatchObject({ isolatedRestarts: 0, ticksTwice: 0, ticksLost: 0 });
      expect(updated).toMatchObject({ ticksTwice: 0 });
      const since = Date.now();
      await until(300, 'the task to fire in the new pod', async () =>
        (await readTicks(target)).some((tick) => tick.task === task.name && tick.at > since),
      );
    });

    it.concurrent('an image that does not exist stops the rollout while the old pods serve', async () => {
      const [refused] = await eventsOf(multiple, refusals, 'image that does not exist');
      expect(refused).toMatchObject({ oldPodsServing: 2, message: expect.stringMatching(/ErrImage|ImagePull/) });
      expect(lost(refused)).toEqual(nothing);
    });
  },
);

/** The clients that must lose nothing: MI can close a connection that is kept for ever in the moment of a request. */
const counted = (figures: Figures | undefined): readonly ClientLoad[] =>
  (figures?.loads ?? []).filter(({ client }) => client !== 'kept');

/** What each of these clients lost. */
const lost = (figures: Figures | undefined): object[] =>
  counted(figures).map(({ client, failed, failuresByKind }) => ({ client, failed, failuresByKind }));

const nothing = [
  { client: 'aged', failed: 0, failuresByKind: {} },
  { client: 'single', failed: 0, failuresByKind: {} },
];

/** A release in a namespace of its own. It goes with the cluster: removing it takes longer than the events. */
async function installed(stage: Stage): Promise<Stage> {
  const { target, namespace, intent } = stage;
  await call(target.api, 'POST', '/api/v1/namespaces', {
    metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  });
  await stage.chart.apply(target, namespace, intent, 300);
  return stage;
}
