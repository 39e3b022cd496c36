import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { provideTool } from '../../../scripts/lib/tools.ts';
import { kubeconfigOf } from '../harness/access.ts';
import { call, read } from '../harness/api.ts';
import { provideProgram } from '../harness/binaries.ts';
import { clusterDown, clusterUp } from '../harness/cluster.ts';
import { whyNoRealNodes } from '../harness/requirements.ts';
import { clusterFolder, defaultSettings } from '../harness/settings.ts';
import { toolsImage, type BuiltImage } from '../images/servers.ts';
import { readyNodes } from '../proofs/nodes.ts';
import { ownTarget, type Target } from '../proofs/target.ts';
import { analyseTicks } from '../proofs/ticks.ts';
import { readTicks, startLoad, startTools, type LoadReport } from '../proofs/tools.ts';
import { serveChart } from './chart-sources.ts';
import { makeProject, removeProjects, type Finished, type Project } from './project.ts';
import { bringImage, letTasksTick, repository } from './real-project.ts';

/**
 * Rollouts on two real nodes: real containers of the stand-in server, whose tasks fire every second and are counted,
 * and clients that send requests. MI_PATTERNS_TEST_CLUSTER names a cluster of the harness that is up already; else one
 * is started.
 */
const given = process.env.MI_PATTERNS_TEST_CLUSTER;
const name =
  given ??
  `rollouts-${createHash('sha256')
    .update(import.meta.dirname)
    .digest('hex')
    .slice(0, 8)}`;
/** Every namespace of the tests below. */
const used = ['r-pattern', 'r-dev', 'r-staging', 'r-prod', 'r-broken', 'r-two', 'r-next', 'r-killed'];
const tasks = ['recurringOrder_Task', 'schedulOrder_Task'];

const reason = await whyNoRealNodes(given === undefined ? name : undefined);

describe.skipIf(reason !== undefined)(
  `rollouts on real nodes (${reason === undefined ? 'the stand-in server' : `skipped: ${reason}`})`,
  () => {
    let target: Target;
    let tools: BuiltImage;
    let node: string;
    let helm: string;
    let kubectl: readonly [string, string];
    let digests: { readonly one: string; readonly two: string };
    const work = mkdtempSync(join(tmpdir(), 'rollouts-'));
    const say = (text: string): void =>
      void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);

    const project = (): Project => {
      const made = makeProject(kubeconfigOf(clusterFolder(name), 'admin'), helm, kubectl);
      letTasksTick(made.folder);
      return made;
    };
    const image = (tag: string): object => ({
      image: { registry: 'localhost', repository: repository.replace('localhost/', ''), tag },
    });
    /** Small pods, so that two nodes on one machine hold several releases. */
    const values = {
      workloadDefaults: { minReadySeconds: 0, resources: { requests: { cpu: '20m', memory: '32Mi' } } },
    };
    const configure = (where: Project, tag: string, environments: object, more: object = {}): void =>
      where.configure({ ...image(tag), values, environments, timeout: '4m', ...more });

    beforeAll(async () => {
      if (given === undefined) {
        await clusterDown(name);
        await clusterUp({ ...defaultSettings, name }, say);
      }
      target = await ownTarget(name);
      helm = process.env.MI_PATTERNS_TEST_HELM4 ?? (await provideTool('helm', () => undefined));
      kubectl = [await provideProgram('kube', () => undefined), 'kubectl'];
      tools = await toolsImage();
      await target.loadImage(tools);
      const nodes = await readyNodes(target);
      [node = ''] = nodes;
      // A run of the proofs beside this one has its counter there already.
      if (given === undefined || process.env.MI_PATTERNS_TEST_KEEP_TOOLS === undefined)
        await startTools(target, tools, node);
      const built = project();
      configure(built, '1', { dev: {} });
      const one = await bringImage(target, nodes.length, built, '1');
      const api = join(built.folder, 'src/main/wso2mi/artifacts/apis/OrderAPI.xml');
      writeFileSync(api, readFileSync(api, 'utf8').replace('/{id}', '/{number}'));
      digests = { one, two: await bringImage(target, nodes.length, built, '2') };
    });
    afterAll(async () => {
      target?.close();
      removeProjects();
      if (given === undefined) await clusterDown(name);
      rmSync(work, { recursive: true, force: true });
    });

    afterEach(() => remove(...used));

    const roll = async (
      where: Project,
      words: readonly string[],
      environment: NodeJS.ProcessEnv = {},
    ): Promise<Finished> => {
      const begin = Date.now();
      const done = await where.run(['rollout', '--yes', ...words], { environment });
      say(`rollout ${words.join(' ')}: exit ${done.exitCode} after ${((Date.now() - begin) / 1000).toFixed(0)} s`);
      return done;
    };
    const sound = async (
      where: Project,
      words: readonly string[],
      environment: NodeJS.ProcessEnv = {},
    ): Promise<Finished> => {
      const done = await roll(where, words, environment);
      if (done.exitCode !== 0)
        throw new Error(`rollout ${words.join(' ')} ended with ${done.exitCode}:\n${done.stdout}\n${done.stderr}`);
      return done;
    };
    const status = async (where: Project, environment: string): Promise<Record<string, unknown>> =>
      JSON.parse((await where.run(['status', '--env', environment, '--json'])).stdout).environments[0];
    /** Images of the pods that stay: one that left its Service still drains. */
    const images = async (namespace: string): Promise<string[]> => {
      const pods = await read<{
        items: { metadata: { deletionTimestamp?: string }; spec: { containers: { image: string }[] } }[];
      }>(target.api, `/api/v1/namespaces/${namespace}/pods`);
      return [
        ...new Set(
          (pods?.items ?? [])
            .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
            .map(({ spec }) => spec.containers[0]?.image ?? ''),
        ),
      ];
    };
    /** Removes what a test has made and waits for it: the next one counts the same tasks. */
    const remove = async (...namespaces: readonly string[]): Promise<void> => {
      for (const namespace of namespaces) await target.api.request('DELETE', `/api/v1/namespaces/${namespace}`);
      for (const namespace of namespaces)
        await expect.poll(() => read(target.api, `/api/v1/namespaces/${namespace}`)).toBeUndefined();
    };

    /** Requests all the while to the API of a release, by clients that MI never cuts off. */
    const load = async (namespace: string): Promise<() => Promise<LoadReport[]>> => {
      const service = await read<{ spec: { clusterIP: string } }>(
        target.api,
        `/api/v1/namespaces/${namespace}/services/orders-integration`,
      );
      const clients = await Promise.all(
        (['aged', 'single'] as const).map((client) =>
          startLoad(target, tools, node, {
            url: `http://${service?.spec.clusterIP}:8290/orders/1`,
            rate: 20,
            client,
            most: 840,
          }),
        ),
      );
      return () => Promise.all(clients.map((client) => client.stop()));
    };
    /** What the counter has seen of the tasks since a moment. One release at a time has tasks. */
    const ticksSince = async (
      begin: number,
    ): Promise<
      { readonly ticks: number; readonly ticksTwice: number; readonly longestGap: number; readonly sources: number }[]
    > => {
      const all = await readTicks(target);
      const found = tasks.map((task) => analyseTicks(all, task, 1000, begin, Date.now()));
      for (const [index, { ticks, ticksTwice, longestGap, sources }] of found.entries())
        say(
          `${tasks[index]}: ${ticks} ticks by ${sources.length} servers, ${ticksTwice} twice, longest gap ${(longestGap / 1000).toFixed(1)} s`,
        );
      return found.map(({ ticks, ticksTwice, longestGap, sources }) => ({
        ticks,
        ticksTwice,
        longestGap,
        sources: sources.length,
      }));
    };
    const never = tasks.map(() => expect.objectContaining({ ticksTwice: 0 }));

    it('change the pattern of a live release there and back, and no tick is counted twice', async () => {
      const own = project();
      const as = (pattern: string): void =>
        configure(own, '1', {
          live: { namespace: 'r-pattern', pattern, replicas: pattern === 'single-replica' ? 1 : 2 },
        });
      as('single-replica');
      await sound(own, ['--env', 'live']);
      const begin = Date.now();
      const stop = await load('r-pattern');
      as('coordinated');
      const diff = JSON.parse((await own.run(['diff', '--env', 'live', '--json'])).stdout) as {
        impact: { sentence: string; workloads: { name: string; downSeconds: number }[] };
      };
      say(diff.impact.sentence);
      await sound(own, ['--env', 'live']);
      const there = await ticksSince(begin);
      expect(there).toEqual(never);
      expect(there.map(({ sources }) => sources)).toEqual([2, 2]);
      as('single-replica');
      await sound(own, ['--env', 'live']);
      const [aged, single] = await stop();
      for (const report of [aged, single])
        say(
          `${report?.failed} of ${report?.requests} requests failed, longest gap ${((report?.longestGap ?? 0) / 1000).toFixed(1)} s`,
        );
      expect(await ticksSince(begin)).toEqual(never);
      expect(await status(own, 'live')).toMatchObject({
        pattern: 'single-replica',
        pods: { ready: 1, wanted: 1 },
        drift: [],
      });
    });

    it('bring the sample from dev over staging to prod, promoted by digest', async () => {
      const own = project();
      const environments = {
        dev: { namespace: 'r-dev', pattern: 'single-replica' },
        staging: { namespace: 'r-staging', replicas: 2 },
        prod: { namespace: 'r-prod', replicas: 2, approval: 'required' },
      };
      configure(own, '1', environments);
      await sound(own, ['--env', 'dev']);
      await sound(own, ['--env', 'staging', '--promote', 'dev']);
      // The tag moves on in the meantime: what is promoted must not.
      configure(own, '2', environments);
      await sound(own, ['--env', 'prod', '--promote', 'staging', '--approve', 'change 4711']);
      expect(await images('r-prod')).toEqual([`${repository}@${digests.one}`]);
      expect(await status(own, 'prod')).toMatchObject({
        pattern: 'coordinated',
        pods: { ready: 4, wanted: 4 },
        drift: [],
        running: { imageDigest: digests.one, promotedFrom: 'staging', approvedBy: 'change 4711' },
      });
      say((await own.run(['status'])).stdout);
      await remove('r-dev', 'r-staging');
      // What others change is shown, and set back.
      await call(
        target.api,
        'PATCH',
        '/apis/apps/v1/namespaces/r-prod/deployments/orders-integration',
        { spec: { replicas: 1 } },
        'application/merge-patch+json',
      );
      expect(await status(own, 'prod')).toMatchObject({
        drift: [
          {
            object: 'Deployment/orders-integration',
            action: 'update',
            fields: [{ path: 'spec.replicas', before: 2, after: 1 }],
          },
        ],
      });
      await sound(own, ['--env', 'prod', '--approve', 'ann']);
      expect(await images('r-prod')).toEqual([`${repository}:2`]);
      expect(await status(own, 'prod')).toMatchObject({
        pods: { ready: 4, wanted: 4 },
        drift: [],
        running: { imageDigest: digests.two },
      });
      expect((await own.run(['rollback', '--env', 'prod', '--yes'])).exitCode).toBe(0);
      expect(await images('r-prod')).toEqual([`${repository}@${digests.one}`]);
    });

    it('bring a broken image back by themselves, the old pods serving all the while', async () => {
      const own = project();
      const environments = { live: { namespace: 'r-broken', replicas: 2 } };
      configure(own, '1', environments);
      await sound(own, ['--env', 'live']);
      const begin = Date.now();
      const stop = await load('r-broken');
      configure(own, 'broken', environments, { timeout: '40s' });
      const failed = await roll(own, ['--env', 'live']);
      expect(failed).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('helm rolled back to revision 1') });
      const reports = await stop();
      for (const { requests, failed: lost } of reports) say(`${lost} of ${requests} requests failed`);
      expect(reports.map(({ requests, failed: lost }) => [requests > 500, lost])).toEqual([
        [true, 0],
        [true, 0],
      ]);
      expect(await ticksSince(begin)).toEqual(never);
      const evidence = join(own.folder, 'mi-patterns-evidence');
      expect(readFileSync(join(evidence, readdirSync(evidence)[0] ?? ''), 'utf8')).toMatch(
        /ErrImagePull|ImagePullBackOff/,
      );
      // An image with a role that no workload has: all pods are ready, and the task would run nowhere.
      const more = join(own.folder, 'src/main/wso2mi/artifacts/tasks/recurringOrder_Task.xml');
      writeFileSync(
        more.replace('recurringOrder', 'nightly'),
        readFileSync(more, 'utf8').replaceAll('recurringOrder_Task', 'nightly_Task'),
      );
      await bringImage(target, (await readyNodes(target)).length, own, 'more');
      rmSync(more.replace('recurringOrder', 'nightly'));
      configure(own, 'more', environments);
      const lost = await roll(own, ['--env', 'live']);
      expect(lost).toMatchObject({
        exitCode: 3,
        stderr: expect.stringMatching(
          /task\/nightly_Task with the server role MiIsolatedNightlyTask, which no workload has[\s\S]*rolled back to revision/,
        ),
      });
      expect(await images('r-broken')).toEqual([`${repository}:1`]);
    });

    it('refuse a second one at the same time, and take the chart from a repository and a registry', async () => {
      const own = project();
      const chart = await serveChart(helm, join(import.meta.dirname, '..', '..', '..', 'charts', 'micro-integrator'));
      try {
        const environments = { dev: { namespace: 'r-two', replicas: 2 }, next: { namespace: 'r-next', replicas: 2 } };
        configure(own, '1', environments, { chart: chart.repository });
        const first = roll(own, ['--env', 'dev'], chart.environment);
        await expect
          .poll(() => read(target.api, '/apis/coordination.k8s.io/v1/namespaces/r-two/leases/orders-rollout'))
          .toBeDefined();
        const second = await roll(own, ['--env', 'dev'], chart.environment);
        expect(await first).toMatchObject({ exitCode: 0 });
        expect(second).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('MI-ROLLOUT-BUSY') });
        // The same chart from the registry has the same digest, so it can be promoted.
        configure(own, '1', environments, { chart: chart.oci });
        await sound(own, ['--env', 'next', '--promote', 'dev'], chart.environment);
        const [dev, next] = [await status(own, 'dev'), await status(own, 'next')] as {
          running: { chartDigest: string };
        }[];
        expect(next?.running.chartDigest).toBe(dev?.running.chartDigest);
      } finally {
        await chart.close();
      }
    });

    it('can be killed at any step and run again', async () => {
      const own = project();
      const begin = Date.now();
      const steps = ['validate', 'lock', 'repair', 'diff', 'confirm', 'prepare', 'upgrade', 'verify'];
      for (const [round, step] of steps.entries()) {
        const single = round % 2 === 0;
        own.configure({
          ...image('1'),
          timeout: '4m',
          environments: {
            live: {
              namespace: 'r-killed',
              pattern: single ? 'single-replica' : 'coordinated',
              replicas: single ? 1 : 2,
            },
          },
          values: { ...values, env: { ROUND: String(round) } },
        });
        await own.run(['rollout', '--yes', '--env', 'live'], {
          onStderr: (text, child) =>
            void (text.includes(`✓ ${step}`) && !child.killed && setTimeout(() => child.kill('SIGKILL'), round * 100)),
        });
        say(`killed after ${step}`);
        await sound(own, ['--env', 'live']);
        expect(await status(own, 'live')).toMatchObject({
          pods: { ready: single ? 1 : 4 },
          readiness: { state: 'ready' },
          drift: [],
          running: { pattern: single ? 'single-replica' : 'coordinated' },
        });
      }
      expect(await ticksSince(begin)).toEqual(never);
    }, 1_800_000);
  },
);
