import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../../support/describe-with.ts';
import { provideTool, toolFolder } from '../../../scripts/lib/tools.ts';
import { call, read } from '../harness/api.ts';
import { startRolloutCluster, type RolloutCluster } from './cluster.ts';
import { playGuards } from './guards.ts';
import { makeProject, removeProjects, watchPods, type Project } from './project.ts';

/** vitest says nothing of a file before its end, which is a quarter of an hour away. */
const tell = (line: string): void => void process.stderr.write(`  ${line}\n`);

/**
 * The command against a real API server, scheduler and controllers; only the nodes are simulated. It starts with what
 * is in the tool cache; to have the programs built first: npm run cluster build
 */
const programs = process.env.MI_PATTERNS_CLUSTER_BIN ?? toolFolder();
const missing = ['kube', 'kwok'].filter((program) => !existsSync(join(programs, program)));
const root = join(import.meta.dirname, '..', '..', '..');
const digest = (number: number): string => `sha256:${String(number).repeat(64)}`;
/** Without guards a rollout has to keep two pods from running one task; without them each task has one pod. */
const unguarded = { workloadDefaults: { minReadySeconds: 0, recovery: 'respawn' } };
const tasks = ['task/recurringOrder_Task', 'task/schedulOrder_Task'];

// Ten minutes on two cores: too long for every run.
const skipped =
  missing.length > 0
    ? `${missing.join(' and ')} not built yet; run: npm run cluster build`
    : process.env.MI_PATTERNS_LARGE
      ? undefined
      : 'they take ten minutes; run with MI_PATTERNS_LARGE=1';

describeWith(skipped, 'rollouts (real API server, simulated nodes)', () => {
  let cluster: RolloutCluster;
  let helm4: string;
  let project: Project;
  let endGuards: (() => Promise<void>) | undefined;
  const helm3 = process.env.MI_PATTERNS_TEST_HELM3 ?? join(toolFolder(), 'helm3');

  beforeAll(async () => {
    // One cluster a checkout, so that the tests of two checkouts do not meet.
    cluster = await startRolloutCluster(`rollout-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`);
    endGuards = playGuards(cluster.api);
    helm4 = process.env.MI_PATTERNS_TEST_HELM4 ?? (await provideTool('helm', () => undefined));
    project = projectWith(helm4);
  });
  beforeEach(({ task }) => tell(`${new Date().toTimeString().slice(0, 8)} ${task.name}`));
  afterAll(async () => {
    removeProjects();
    await endGuards?.();
    await cluster?.down();
  });

  const projectWith = (helm: string): Project =>
    makeProject(cluster.kubeconfig, helm, cluster.kubectl, (line) => tell(`  ${line}`));
  const pods = async (namespace: string): Promise<{ name: string; image: string }[]> =>
    (
      (
        await read<{ items: { metadata: { name: string }; spec: { containers: { image: string }[] } }[] }>(
          cluster.api,
          `/api/v1/namespaces/${namespace}/pods`,
        )
      )?.items ?? []
    ).map(({ metadata, spec }) => ({ name: metadata.name, image: spec.containers[0]?.image ?? '' }));
  const status = async (where: Project, environment: string): Promise<Record<string, never>> =>
    JSON.parse((await where.run(['status', '--env', environment, '--json'])).stdout).environments[0];
  const roll = async (where: Project, words: readonly string[]): Promise<void> => {
    const done = await where.run(['rollout', '--yes', ...words]);
    if (done.exitCode !== 0) throw new Error(`rollout ${words.join(' ')} ended with ${done.exitCode}:\n${done.stderr}`);
  };

  it('brings the sample from dev over staging to prod, promoted by digest', async () => {
    const environments = {
      dev: { namespace: 'p-dev', pattern: 'single-replica' },
      staging: { namespace: 'p-staging', replicas: 2 },
      prod: { namespace: 'p-prod', replicas: 3, approval: 'required' },
    };
    project.configure({ environments });
    await roll(project, ['--env', 'dev']);
    expect(
      await project.run(['rollout', '--yes', '--env', 'prod', '--promote', 'staging', '--approve', 'ann']),
    ).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('MI-PROMOTE-NOTHING') });
    await roll(project, ['--env', 'staging', '--promote', 'dev']);
    // The tag moves on in the meantime: what is promoted must not.
    project.configure({
      environments,
      image: { registry: 'registry.example', repository: 'acme/orders', tag: '2.0.0' },
    });
    expect(await project.run(['rollout', '--yes', '--env', 'prod', '--promote', 'staging'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('MI-ROLLOUT-APPROVAL'),
    });
    await roll(project, ['--env', 'prod', '--promote', 'staging', '--approve', 'change 4711']);
    const images = new Set((await pods('p-prod')).map(({ image }) => image));
    expect([...images]).toEqual([`registry.example/acme/orders@${digest(1)}`]);
    expect(await status(project, 'prod')).toMatchObject({
      pattern: 'coordinated',
      workloads: 3,
      // Three of the API, and for each of two tasks one that works and one that stands by.
      pods: { ready: 7, wanted: 7 },
      drift: [],
      running: { imageDigest: digest(1), promotedFrom: 'staging', approvedBy: 'change 4711', by: 'admin' },
    });
    // Nothing changes when it is run again, and nothing is recorded twice.
    expect(
      await project.run(['rollout', '--yes', '--env', 'prod', '--promote', 'staging', '--approve', 'ann', '--json']),
    ).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('"state": "unchanged"') });
    expect(
      (await project.run(['status'])).stdout
        .replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'TIME')
        .replace(/0\.\d+\.\d+/g, 'CHART')
        .replace(/ +/g, ' '),
    ).toBe(
      [
        'ENVIRONMENT PATTERN WORKLOADS PODS CHART IMAGE LAST ROLLOUT DRIFT',
        'dev single-replica 1 1/1 CHART orders:1.0.0 TIME admin none',
        `staging coordinated 3 6/6 CHART orders@${digest(1).slice(0, 19)} TIME admin none`,
        `prod coordinated 3 7/7 CHART orders@${digest(1).slice(0, 19)} TIME admin none`,
        '',
      ].join('\n'),
    );
  });

  const versions = [
    ['4', () => helm4],
    ['3', () => helm3],
  ] as const;
  for (const [version, helm] of versions) {
    it.skipIf(version === '3' && !existsSync(helm3))(
      `changes the pattern of a live release with helm ${version}, and no task ever runs twice (skipped without it)`,
      async () => {
        const own = projectWith(helm());
        const configure = (pattern: string, more: object = {}): void =>
          own.configure({
            environments: {
              live: { namespace: `pattern-${version}`, pattern, replicas: pattern === 'single-replica' ? 1 : 3 },
            },
            values: unguarded,
            ...more,
          });
        configure('single-replica');
        await roll(own, ['--env', 'live']);
        const stop = watchPods(cluster.api, `pattern-${version}`);
        configure('coordinated');
        const diff = await own.run(['diff', '--env', 'live']);
        expect(diff.stdout).toMatch(/Before the upgrade\n {2}Deployment\/orders-integration is scaled to 0/);
        expect(diff.stdout).toMatch(
          /1 pod restarts, orders-integration is down for about \d+ s, orders-recurring-order-task starts with 1 pod/,
        );
        expect(diff.exitCode).toBe(0);
        await roll(own, ['--env', 'live']);
        expect(await pods(`pattern-${version}`)).toHaveLength(5);
        // A broken image while the pattern goes back: the way there and the way back again move the tasks.
        configure('single-replica', {
          image: { registry: 'registry.example', repository: 'acme/orders', tag: 'broken' },
          timeout: '20s',
        });
        const failed = await own.run(['rollout', '--yes', '--env', 'live']);
        expect(failed).toMatchObject({
          exitCode: 3,
          stderr: expect.stringMatching(/MI-ROLLOUT-FAILED[\s\S]*rolled back to revision/),
        });
        expect(await status(own, 'live')).toMatchObject({
          pattern: 'coordinated',
          pods: { ready: 5, wanted: 5 },
          drift: [],
          last: { state: 'rolled-back' },
        });
        configure('single-replica');
        await roll(own, ['--env', 'live']);
        expect(await own.run(['rollback', '--yes', '--env', 'live'])).toMatchObject({ exitCode: 0 });
        expect(await status(own, 'live')).toMatchObject({ pattern: 'coordinated', pods: { ready: 5, wanted: 5 } });
        const watched = await stop();
        expect(watched.looks).toBeGreaterThan(100);
        expect(Object.fromEntries(watched.most)).toEqual(Object.fromEntries(tasks.map((task) => [task, 1])));
      },
    );
  }

  it('rolls a broken image back by itself, the old pods serving all the while', async () => {
    const configure = (tag: string): void =>
      project.configure({
        environments: { live: { namespace: 'broken', replicas: 3 } },
        values: unguarded,
        image: { registry: 'registry.example', repository: 'acme/orders', tag },
        timeout: tag === 'broken' ? '20s' : '3m',
      });
    configure('1.0.0');
    await roll(project, ['--env', 'live']);
    const stop = watchPods(cluster.api, 'broken');
    configure('broken');
    const failed = await project.run(['rollout', '--yes', '--env', 'live', '--verbose']);
    expect(failed).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(
        /\$ helm upgrade orders .*--kube-context test.*--rollback-on-failure --wait=watcher/,
      ),
    });
    expect(failed.stderr).toContain('helm rolled back to revision 1');
    const watched = await stop();
    expect(watched.fewestReady.get('integration')).toBe(3);
    expect([...watched.most.values()]).toEqual([1, 1]);
    const evidence = join(project.folder, 'mi-patterns-evidence');
    const text = readFileSync(join(evidence, readdirSync(evidence).at(-1) ?? ''), 'utf8');
    expect(text).toContain('ImagePullBackOff');
    expect(text).not.toContain('hunter22');
    expect(await status(project, 'live')).toMatchObject({
      pods: { ready: 5, wanted: 5 },
      last: { state: 'rolled-back', restores: 1 },
      running: { revision: 1 },
    });
  });

  it('can be killed at any step and run again', async () => {
    const own = projectWith(helm4);
    const configure = (number: number): void =>
      own.configure({
        environments: {
          live: {
            namespace: 'killed',
            pattern: number % 2 === 0 ? 'single-replica' : 'coordinated',
            replicas: number % 2 === 0 ? 1 : 2,
          },
        },
        values: { ...unguarded, env: { ROUND: String(number) } },
      });
    const steps = ['validate', 'lock', 'repair', 'diff', 'confirm', 'prepare', 'upgrade', 'verify'];
    const stop = watchPods(cluster.api, 'killed');
    for (const [round, step] of steps.entries()) {
      configure(round);
      // Killed when the step before is done, so in the middle of this one; a little later each round.
      const killed = await own.run(['rollout', '--yes', '--env', 'live'], {
        onStderr: (text, child) =>
          void (text.includes(`✓ ${step}`) && !child.killed && setTimeout(() => child.kill('SIGKILL'), round * 60)),
      });
      expect([null, 0]).toContain(killed.exitCode);
      expect(await own.run(['rollout', '--yes', '--env', 'live'])).toMatchObject({ exitCode: 0 });
      expect(await status(own, 'live')).toMatchObject({
        pods: { ready: round % 2 === 0 ? 1 : 4 },
        readiness: { state: 'ready' },
        drift: [],
        running: { pattern: round % 2 === 0 ? 'single-replica' : 'coordinated' },
      });
    }
    expect(Object.fromEntries((await stop()).most)).toEqual(Object.fromEntries(tasks.map((task) => [task, 1])));
  });

  it('can be interrupted, and the change taken back at once', async () => {
    const own = projectWith(helm4);
    const configure = (pattern: string): void =>
      own.configure({
        environments: { live: { namespace: 'interrupted', pattern, replicas: pattern === 'single-replica' ? 1 : 2 } },
        values: unguarded,
      });
    configure('single-replica');
    await roll(own, ['--env', 'live']);
    const stop = watchPods(cluster.api, 'interrupted');
    for (const [step, wait] of [
      ['diff', 400],
      ['confirm', 400],
      ['confirm', 4000],
      ['prepare', 1500],
    ] as const) {
      configure('coordinated');
      let interrupted = false;
      const cancelled = await own.run(['rollout', '--yes', '--env', 'live'], {
        onStderr: (text, child) => {
          if (!text.includes(`✓ ${step}`) || interrupted) return;
          interrupted = true;
          setTimeout(() => child.kill('SIGTERM'), wait);
        },
      });
      // What was changed by then is a matter of milliseconds; what is said of it is not.
      expect(cancelled.stderr).toMatch(
        /MI-ROLLOUT-CANCELLED[^]*(before anything of the release was changed|midway\. Revision \d+ is )/,
      );
      expect(cancelled.exitCode).toBe(cancelled.stderr.includes('midway') ? 3 : 1);
      configure('single-replica');
      await roll(own, ['--env', 'live']);
      expect(await status(own, 'live')).toMatchObject({
        pattern: 'single-replica',
        workloads: 1,
        pods: { ready: 1, wanted: 1 },
        drift: [],
      });
      expect(
        (await read<{ items: unknown[] }>(cluster.api, '/apis/apps/v1/namespaces/interrupted/deployments'))?.items,
      ).toHaveLength(1);
    }
    expect(Object.fromEntries((await stop()).most)).toEqual(Object.fromEntries(tasks.map((task) => [task, 1])));
  });

  it('goes back to what ran before when a rollout was killed, and starts pods anew that wait for another try', async () => {
    const own = projectWith(helm4);
    const configure = (pattern: string, tag = '1.0.0'): void =>
      own.configure({
        environments: { live: { namespace: 'back', pattern, replicas: pattern === 'single-replica' ? 1 : 2 } },
        values: unguarded,
        image: { registry: 'registry.example', repository: 'acme/orders', tag },
        timeout: '30s',
      });
    configure('single-replica');
    await roll(own, ['--env', 'live']);
    configure('coordinated');
    await roll(own, ['--env', 'live']);
    const stop = watchPods(cluster.api, 'back');
    configure('single-replica', 'broken');
    for (const [signal, on, told] of [
      ['SIGKILL', 'pods ready', ''],
      ['SIGINT', '✗ upgrade', 'going back, because the rollout had failed'],
    ] as const) {
      const cut = await own.run(['rollout', '--yes', '--env', 'live'], {
        onStderr: (text, child) => void (text.includes(on) && !child.killed && child.kill(signal)),
      });
      expect(cut).toMatchObject({ exitCode: told === '' ? null : 3, stderr: expect.stringContaining(told) });
      expect(await own.run(['rollback', '--yes', '--env', 'live'])).toMatchObject({ exitCode: 0 });
      expect(await status(own, 'live')).toMatchObject({ pattern: 'coordinated', pods: { ready: 4, wanted: 4 } });
    }
    const before = await pods('back');
    for (const { name } of before) await backOff(cluster.api, 'back', name);
    configure('coordinated');
    await roll(own, ['--env', 'live']);
    const names = new Set(before.map(({ name }) => name));
    const after = await pods('back');
    expect([after.length, after.filter(({ name }) => names.has(name))]).toEqual([4, []]);
    expect(Object.fromEntries((await stop()).most)).toEqual(Object.fromEntries(tasks.map((task) => [task, 1])));
  });

  it('starts what an autoscaler is to scale, and adds no pod with a task that has ended', async () => {
    const own = projectWith(helm4);
    const configure = (pattern: string, replicas: number, workloads: object): void =>
      own.configure({
        environments: { live: { namespace: 'grown', pattern, replicas, values: { ...unguarded, workloads } } },
      });
    configure('single-replica', 1, {});
    await roll(own, ['--env', 'live']);
    const stop = watchPods(cluster.api, 'grown');
    configure('coordinated', 2, { integration: { autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 4 } } });
    await roll(own, ['--env', 'live']);
    expect(await status(own, 'live')).toMatchObject({ pods: { ready: 4, wanted: 4 } });
    configure('single-replica', 1, {});
    await roll(own, ['--env', 'live']);
    rmSync(join(own.folder, 'src/main/wso2mi/artifacts/tasks'), { recursive: true });
    configure('multiple-replicas', 3, {});
    await roll(own, ['--env', 'live']);
    expect(await status(own, 'live')).toMatchObject({ pattern: 'multiple-replicas', pods: { ready: 3, wanted: 3 } });
    expect(Object.fromEntries((await stop()).most)).toEqual(Object.fromEntries(tasks.map((task) => [task, 1])));
  });

  it('refuses a second rollout at the same time, and says whose the first is', async () => {
    project.configure({
      environments: { live: { namespace: 'twice', replicas: 2 } },
      image: { registry: 'registry.example', repository: 'acme/orders', tag: 'broken' },
      timeout: '25s',
    });
    const first = project.run(['rollout', '--yes', '--env', 'live']);
    await new Promise((resolve) => setTimeout(resolve, 8000));
    expect(await project.run(['rollout', '--yes', '--env', 'live'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /MI-ROLLOUT-BUSY\n {4}admin \(process \d+, [0-9a-f]{8}\) has been working on this release since 20/,
      ),
    });
    // A first installation that fails leaves nothing behind.
    expect(await first).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('helm removed what it had installed'),
    });
    await expect.poll(() => pods('twice')).toEqual([]);
  });

  it('shows drift, and sets it back', async () => {
    project.configure({ environments: { live: { namespace: 'drift', replicas: 2 } } });
    await roll(project, ['--env', 'live']);
    await call(
      cluster.api,
      'PATCH',
      '/apis/apps/v1/namespaces/drift/deployments/orders-integration',
      {
        spec: {
          replicas: 1,
          template: {
            spec: {
              containers: [
                {
                  name: 'micro-integrator',
                  env: [
                    { name: 'TZ', value: 'Mars' },
                    { name: 'DB_PASSWORD', value: 'hunter22' },
                  ],
                },
              ],
            },
          },
        },
      },
      'application/strategic-merge-patch+json',
    );
    await call(cluster.api, 'DELETE', '/apis/policy/v1/namespaces/drift/poddisruptionbudgets/orders-integration');
    const seen = await status(project, 'live');
    expect(JSON.stringify(seen)).not.toContain('hunter22');
    expect(seen).toMatchObject({
      drift: [
        {
          object: 'Deployment/orders-integration',
          action: 'update',
          fields: expect.arrayContaining([
            { path: 'spec.replicas', before: 2, after: 1 },
            { path: 'spec.template.spec.containers[micro-integrator].env[TZ].value', before: 'UTC', after: 'Mars' },
          ]),
        },
        { object: 'PodDisruptionBudget/orders-integration', action: 'delete' },
      ],
    });
    const diff = await project.run(['diff', '--env', 'live', '--json']);
    expect(JSON.parse(diff.stdout)).toMatchObject({
      changes: expect.arrayContaining([
        { object: 'PodDisruptionBudget/orders-integration', action: 'create', fields: [] },
      ]),
    });
    await roll(project, ['--env', 'live']);
    expect(await status(project, 'live')).toMatchObject({ pods: { ready: 6, wanted: 6 }, drift: [] });
  });

  for (const [version, helm] of versions)
    it.skipIf(version === '3' && !existsSync(helm3))(
      `hands replicas over to an autoscaler with helm ${version} without falling to one pod (skipped without it)`,
      async () => {
        const own = projectWith(helm());
        const namespace = `scaled-${version}`;
        const configure = (workload: object): void =>
          own.configure({
            environments: { live: { namespace, replicas: 4, values: { workloads: { integration: workload } } } },
          });
        configure({});
        await roll(own, ['--env', 'live']);
        const stop = watchPods(cluster.api, namespace);
        configure({ autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 6 } });
        expect((await own.run(['diff', '--env', 'live'])).stdout).not.toContain('MI-UPGRADE-REPLICAS');
        await roll(own, ['--env', 'live']);
        expect((await stop()).fewestReady.get('integration')).toBe(4);
        const path = `/apis/apps/v1/namespaces/${namespace}/deployments/orders-integration`;
        expect(await read<object>(cluster.api, path)).toMatchObject({ spec: { replicas: 4 } });
      },
    );

  it('changes one workload only, and does not promote what comes from two plans', async () => {
    const image = (tag: string): object => ({ registry: 'registry.example', repository: 'acme/orders', tag });
    const environments = { live: { namespace: 'only', replicas: 2 }, next: { namespace: 'only-next', replicas: 2 } };
    project.configure({ environments, image: image('1.0.0') });
    await roll(project, ['--env', 'live']);
    project.configure({
      environments,
      image: image('2.0.0'),
      values: {
        workloadDefaults: { minReadySeconds: 0 },
        workloads: { integration: { podAnnotations: { changed: 'yes' } } },
      },
    });
    const diff = JSON.parse(
      (await project.run(['diff', '--env', 'live', '--only', 'integration', '--json'])).stdout,
    ) as { changes: unknown };
    expect(diff.changes).toEqual([
      {
        object: 'Deployment/orders-integration',
        action: 'update',
        fields: [{ path: 'spec.template.metadata.annotations.changed', after: 'yes' }],
      },
    ]);
    await roll(project, ['--env', 'live', '--only', 'integration']);
    expect(new Set((await pods('only')).map((pod) => pod.image))).toEqual(
      new Set(['registry.example/acme/orders:1.0.0']),
    );
    expect(await project.run(['rollout', '--yes', '--env', 'next', '--promote', 'live'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('MI-PROMOTE-PARTIAL'),
    });
    expect(await project.run(['rollout', '--yes', '--env', 'live', '--only', 'integratoin'])).toMatchObject({
      exitCode: 2,
    });
  });
});

/** What the kubelet says of a pod whose server ended again and again. */
async function backOff(api: RolloutCluster['api'], namespace: string, name: string): Promise<void> {
  const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' };
  const container = { name: 'micro-integrator', image: 'x', imageID: '', ready: false, restartCount: 9 };
  const conditions = ['Ready', 'ContainersReady'].map((type) => ({ type, status: 'False' }));
  const status = { conditions, containerStatuses: [{ ...container, state: { waiting } }] };
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
  await api.request('PATCH', path, { status }, 'application/strategic-merge-patch+json');
}
