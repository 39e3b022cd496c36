import { createHash } from 'node:crypto';
import { availableParallelism, tmpdir } from 'node:os';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@mi-patterns/helm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { $ } from 'zx';
import { toolFolder } from '../../scripts/lib/tools.ts';
import { kubeconfigOf } from './harness/access.ts';
import { call, read } from './harness/api.ts';
import { clusterDown, clusterUp } from './harness/cluster.ts';
import { applyAll, parseObjects, podsOf } from './harness/objects.ts';
import { until } from './harness/processes.ts';
import { clusterFolder, defaultSettings } from './harness/settings.ts';
import { startGuard } from './proofs/guard-process.ts';
import { podStates, serving, untilSettled } from './proofs/pods.ts';
import { ownTarget, type Target } from './proofs/target.ts';
import { objects as objectsOf } from '../chart/support.ts';
import { generateWay, ways } from '../delivery/ways.ts';
import { miPatterns } from '../support/command.ts';

/**
 * Releases on a real API server with a real scheduler and real controllers; only the nodes are simulated, so no
 * container runs. It starts with what is in the tool cache; to have the programs built first: npm run cluster build
 */
const programs = process.env.MI_PATTERNS_CLUSTER_BIN ?? toolFolder();
const missing = ['kube', 'kwok'].filter((program) => !existsSync(join(programs, program)));
const root = join(import.meta.dirname, '..', '..');
const chart = join(root, 'charts', 'micro-integrator');
// One cluster a checkout, so that the tests of two checkouts do not meet.
const cluster = `api-level-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;
const restricted = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/enforce-version': 'latest',
};

const corpus = join(process.env.MI_PATTERNS_SHARED ?? join(root, '..', 'shared'), 'corpus');

/** Works on all items, as many at a time as there are processors; the results are in the order of the items. */
async function eachOf<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as Item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

/** API groups that a plain Kubernetes does not serve: their objects cannot be tried here. */
const foreignGroups =
  /^(gateway\.networking\.k8s\.io|route\.openshift\.io|monitoring\.coreos\.com|keda\.sh|external-secrets\.io|secrets-store\.csi\.x-k8s\.io|networking\.istio\.io|security\.istio\.io|cert-manager\.io)\//;

/** The test cluster has addresses of one IP family, so a Service that insists on two is refused for that alone. */
const needsBothFamilies =
  /^PATCH [^ ]+: 422 Service "[^"]+" is invalid: \[?spec\.ipFamilyPolicy: Invalid value: "RequireDualStack"/;

interface Lease {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly holderIdentity?: string; readonly renewTime?: string };
}

// Simulated pods are ready at once; waiting longer proves nothing here.
const workloadDefaults = { minReadySeconds: 0 };
const image = { registry: 'registry.example', repository: 'acme/orders', tag: '1.0.0' };
const single = { pattern: 'single-replica', image, workloadDefaults };
const multiple = {
  pattern: 'multiple-replicas',
  image,
  workloadDefaults,
  workloads: { integration: { type: 'stateless', replicas: 3 } },
};
const coordinated = {
  pattern: 'coordinated',
  image,
  workloadDefaults,
  workloads: {
    integration: { type: 'stateless', replicas: 3 },
    'recurring-order-task': {
      type: 'stateful',
      artifacts: { roles: ['MiIsolatedRecurringOrderTask'], stateful: ['task/recurringOrder_Task'] },
    },
    'schedul-order-task': {
      type: 'stateful',
      recovery: 'at-most-one',
      artifacts: { roles: ['MiIsolatedSchedulOrderTask'], stateful: ['task/schedulOrder_Task'] },
    },
  },
};

describe.skipIf(missing.length > 0)(
  `API level (${missing.length > 0 ? `skipped: ${missing.join(' and ')} not built yet; run: npm run cluster build` : 'real API server, simulated nodes'})`,
  () => {
    let target: Target;
    let work: string;

    beforeAll(async () => {
      work = mkdtempSync(join(tmpdir(), 'api-level-'));
      await clusterDown(cluster);
      await clusterUp({ ...defaultSettings, name: cluster, nodes: 0, fakeNodes: 8 }, () => undefined);
      target = await ownTarget(cluster);
    });

    afterAll(async () => {
      target?.close();
      await clusterDown(cluster);
      rmSync(work, { recursive: true, force: true });
    });

    const namespace = async (name: string): Promise<string> => {
      await call(target.api, 'POST', '/api/v1/namespaces', { metadata: { name, labels: restricted } });
      return name;
    };
    const valuesFile = (name: string, values: object): string => {
      const path = join(work, `${name}.yaml`);
      writeFileSync(path, stringify(values));
      return path;
    };
    const upgrade = (release: string, where: string, values: object): Promise<string> =>
      // Without the limits raised, Helm's own client spends minutes waiting for itself in a release of hundreds of
      // workloads.
      target.helm(
        'upgrade',
        '--install',
        release,
        chart,
        '--namespace',
        where,
        '--values',
        valuesFile(`${where}-${Date.now()}`, values),
        '--wait',
        '--timeout',
        '300s',
        '--qps',
        '300',
        '--burst-limit',
        '600',
      );
    const workloads = async (where: string): Promise<string[]> => {
      const lists = await Promise.all(
        ['deployments', 'statefulsets'].map((kind) =>
          read<{ items: { metadata: { name: string }; spec: { replicas: number } }[] }>(
            target.api,
            `/apis/apps/v1/namespaces/${where}/${kind}`,
          ),
        ),
      );
      return lists
        .flatMap((list, index) =>
          (list?.items ?? []).map(
            (item) => `${index === 0 ? 'Deployment' : 'StatefulSet'} ${item.metadata.name} ${item.spec.replicas}`,
          ),
        )
        .toSorted();
    };

    /**
     * What the API server says of everything that a values file renders to, pods under the restricted Pod Security
     * level included.
     */
    const faults = async (
      where: string,
      file: string,
    ): Promise<{ file: string; hasPods: boolean; refused: unknown[] }> => {
      const objects = await objectsOf(parse(readFileSync(file, 'utf8')) as JsonObject, {
        release: 'example',
        namespace: where,
      });
      const pods = podsOf(objects);
      // A pod is refused without its service account, which a dry run does not make.
      await applyAll(
        target.api,
        where,
        objects.filter(({ kind }) => kind === 'ServiceAccount'),
        { dryRun: false },
      );
      const applied = await applyAll(target.api, where, [...objects, ...pods], { dryRun: true });
      const refused = applied.filter(
        ({ outcome, message }) =>
          (outcome === 'refused' && !needsBothFamilies.test(message)) ||
          (outcome === 'kind not served' && !foreignGroups.test(message)),
      );
      return { file, hasPods: pods.length > 0, refused };
    };
    const expectAccepted = async (where: string, files: readonly string[]): Promise<void> => {
      const found = await eachOf(files, (file) => faults(where, file));
      expect(found.filter(({ hasPods, refused }) => !hasPods || refused.length > 0)).toEqual([]);
    };
    const valuesIn = (folder: string): string[] =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => /(^|\/)values[^/]*\.ya?ml$/.test(name))
        .map((name) => join(folder, name))
        .toSorted();

    it('accepts each documented way of delivery by server-side apply', async () => {
      const where = await namespace('ways');
      const files = await eachOf(ways, async (way) => {
        const { exitCode, document, file } = await generateWay(way);
        expect(exitCode, JSON.stringify(document)).toBe(0);
        return file;
      });
      expect(files.length).toBe(60);
      await expectAccepted(where, files);
    });

    it('accepts every example of the chart and every environment of the order example by server-side apply', async () => {
      const where = await namespace('examples');
      // Pods that name a priority class are refused without it.
      for (const name of ['business-critical', 'high'])
        await call(target.api, 'POST', '/apis/scheduling.k8s.io/v1/priorityclasses', {
          metadata: { name },
          value: 1000,
        });
      const generated = join(work, 'orders');
      const orders = await miPatterns([
        'generate',
        '--config',
        join(root, 'examples', 'orders', 'mi-patterns.yaml'),
        '--out',
        generated,
        '--no-package',
        '--quiet',
      ]);
      expect(orders.exitCode, orders.stderr).toBe(0);
      const examples = valuesIn(join(chart, 'examples'));
      const environments = valuesIn(generated);
      expect({ examples: examples.length >= 3, environments: environments.length }).toEqual({
        examples: true,
        environments: 3,
      });
      await expectAccepted(where, [
        ...examples,
        ...environments,
        // What production looks like, and what chart-testing installs.
        ...[join(root, 'test', 'chart', 'scenarios'), join(chart, 'ci')].flatMap((folder) =>
          readdirSync(folder).map((name) => join(folder, name)),
        ),
        ...[single, multiple, coordinated].map((values, index) => valuesFile(`pattern-${index}`, values)),
      ]);
    });

    it.skipIf(!existsSync(corpus))(
      'accepts what is generated for every real project and archive (skipped without a corpus beside the repository)',
      async () => {
        const where = await namespace('corpus');
        const inputs = ['projects', 'legacy', 'archives']
          .flatMap((folder) =>
            existsSync(join(corpus, folder))
              ? readdirSync(join(corpus, folder))
                  .filter((name) => !name.startsWith('.'))
                  .map((name) => join(corpus, folder, name))
              : [],
          )
          .toSorted();
        const answers = await eachOf(inputs, async (input) => {
          const folder = join(work, 'corpus', input.slice(corpus.length + 1));
          return {
            input,
            folder,
            answer: await miPatterns(['generate', input, '--out', folder, '--no-package', '--quiet']),
          };
        });
        // A project with a fault is refused with a word on it; then there is nothing to apply.
        const generated = answers.filter(({ folder }) => existsSync(folder) && valuesIn(folder).length > 0);
        expect(
          answers.filter((one) => !generated.includes(one) && one.answer.exitCode === 0).map(({ input }) => input),
        ).toEqual([]);
        expect(generated.length).toBeGreaterThan(inputs.length / 2);
        await expectAccepted(
          where,
          generated.flatMap(({ folder }) => valuesIn(folder)),
        );
        process.stderr.write(
          `API level: ${generated.length} of ${inputs.length} projects and archives generated and accepted\n`,
        );
      },
    );

    it('is refused by the server when an object is wrong, so that the test above can fail', async () => {
      const where = await namespace('wrong');
      const [object] = parseObjects(
        await target.helm(
          'template',
          'example',
          chart,
          '--values',
          valuesFile('wrong', single),
          '--show-only',
          'templates/deployment.yaml',
        ),
      );
      const broken = JSON.parse(
        JSON.stringify(object)
          .replace('"runAsNonRoot":true', '"runAsNonRoot":false')
          .replaceAll('"replicas":1', '"replicaas":1'),
      ) as NonNullable<typeof object>;
      const [deployment, pod] = await applyAll(target.api, where, [broken, ...podsOf([broken])], { dryRun: true });
      expect(deployment).toMatchObject({ outcome: 'refused', message: expect.stringContaining('replicaas') as string });
      expect(pod).toMatchObject({
        outcome: 'refused',
        message: expect.stringContaining('violates PodSecurity') as string,
      });
    });

    it('goes from one pattern to the next and back by upgrade and rollback, leaving nothing behind', async () => {
      const where = await namespace('patterns');
      await upgrade('orders', where, single);
      expect(await workloads(where)).toEqual(['Deployment orders-integration 1']);
      await upgrade('orders', where, multiple);
      expect(await workloads(where)).toEqual(['Deployment orders-integration 3']);
      await upgrade('orders', where, coordinated);
      const split = [
        'Deployment orders-integration 3',
        'Deployment orders-recurring-order-task 1',
        'StatefulSet orders-schedul-order-task 1',
      ];
      expect(await workloads(where)).toEqual(split);
      expect(serving(await untilSettled(target.api, where, 'app.kubernetes.io/instance=orders', 5, 300))).toHaveLength(
        5,
      );
      await target.helm('rollback', 'orders', '1', '--namespace', where, '--wait', '--timeout', '300s');
      expect(await workloads(where)).toEqual(['Deployment orders-integration 1']);
      await target.helm('rollback', 'orders', '3', '--namespace', where, '--wait', '--timeout', '300s');
      expect(await workloads(where)).toEqual(split);
      await target.helm('uninstall', 'orders', '--namespace', where, '--wait', '--timeout', '300s');
      expect(await workloads(where)).toEqual([]);
    });

    it('refuses an upgrade while a pod runs what another workload is to run, to an account that may only edit, and not once that pod has ended', async () => {
      const where = await namespace('moves');
      await call(target.api, 'POST', `/apis/rbac.authorization.k8s.io/v1/namespaces/${where}/rolebindings`, {
        metadata: { name: 'edit' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
        subjects: [{ kind: 'User', name: 'editor', apiGroup: 'rbac.authorization.k8s.io' }],
      });
      const asEditor = (values: object): Promise<string> =>
        target.helm(
          'upgrade',
          '--install',
          'orders',
          chart,
          '--kube-as-user',
          'editor',
          '--namespace',
          where,
          '--values',
          valuesFile(`${where}-${Date.now()}`, values),
          '--wait',
          '--timeout',
          '300s',
        );
      const tasks = Object.values(coordinated.workloads).flatMap((workload) =>
        'artifacts' in workload ? workload.artifacts.stateful : [],
      );
      await asEditor({
        ...single,
        serviceAccount: { create: true },
        workloads: { integration: { artifacts: { stateful: tasks } } },
      });
      const refusal = await asEditor(coordinated).then(
        () => 'not refused',
        (error: unknown) => String(error),
      );
      expect(refusal).toContain(
        'task/recurringOrder_Task runs in deployment/orders-integration, and Deployment orders-recurring-order-task is to run it',
      );
      expect(refusal).toContain(
        'task/schedulOrder_Task runs in deployment/orders-integration, and StatefulSet orders-schedul-order-task is to run it',
      );
      const command =
        /kubectl (delete deployment\/orders-integration --namespace moves --cascade=foreground)/.exec(refusal)?.[1] ??
        '';
      await target.kubectl(...command.split(' '), '--as', 'editor');
      expect(await podStates(target.api, where, 'app.kubernetes.io/instance=orders')).toEqual([]);
      await asEditor(coordinated);
      expect(await workloads(where)).toEqual([
        'Deployment orders-integration 3',
        'Deployment orders-recurring-order-task 1',
        'StatefulSet orders-schedul-order-task 1',
      ]);
      // An update of the same is none of that.
      await asEditor({ ...coordinated, properties: { changed: 'yes' } });
    });

    it('spreads equal pods over nodes, on a cluster without zones too, and over zones where there are some', async () => {
      const where = await namespace('spread');
      const nodes =
        (
          await read<{ items: { metadata: { name: string; labels: Record<string, string> } }[] }>(
            target.api,
            '/api/v1/nodes',
          )
        )?.items ?? [];
      const names = nodes.map(({ metadata }) => metadata.name).toSorted();
      const label = (node: string, zone: string | null | undefined): Promise<unknown> =>
        call(
          target.api,
          'PATCH',
          `/api/v1/nodes/${node}`,
          { metadata: { labels: { 'topology.kubernetes.io/zone': zone } } },
          'application/merge-patch+json',
        );
      // One node is far emptier than all others: with nothing that holds against it the scheduler would put every pod
      // there.
      await call(target.api, 'POST', '/api/v1/namespaces', { metadata: { name: 'spread-others' } });
      for (const nodeName of names.slice(1)) {
        const cpu = Math.floor(
          0.7 *
            Number(
              (await read<{ status: { allocatable: { cpu: string } } }>(target.api, `/api/v1/nodes/${nodeName}`))
                ?.status.allocatable.cpu,
            ),
        );
        await call(target.api, 'POST', '/api/v1/namespaces/spread-others/pods', {
          metadata: { name: nodeName },
          spec: {
            nodeName,
            containers: [{ name: 'busy', image: 'busy', resources: { requests: { cpu: String(cpu) } } }],
          },
        });
      }
      const nodesOf = async (): Promise<string[]> => {
        await upgrade('orders', where, { ...multiple, workloads: { integration: { type: 'stateless', replicas: 2 } } });
        const pods = serving(await untilSettled(target.api, where, 'app.kubernetes.io/instance=orders', 2, 300));
        await target.helm('uninstall', 'orders', '--namespace', where, '--wait', '--timeout', '300s');
        return pods.map(({ node }) => node ?? '');
      };
      await Promise.all(names.map((name) => label(name, null)));
      expect(new Set(await nodesOf()).size).toBe(2);
      await Promise.all(names.map((name, index) => label(name, index < 4 ? 'a' : 'b')));
      expect((await nodesOf()).map((name) => names.indexOf(name) < 4).toSorted()).toEqual([false, true]);
      await Promise.all(
        nodes.map(({ metadata }) => label(metadata.name, metadata.labels['topology.kubernetes.io/zone'])),
      );
      await target.api.request('DELETE', '/api/v1/namespaces/spread-others');
    });

    it('keeps the pods that run when an autoscaler is switched on, and in the upgrades after that', async () => {
      const where = await namespace('autoscaler-comes');
      const integration = { type: 'stateless', replicas: 4 };
      await upgrade('orders', where, { ...multiple, workloads: { integration } });
      const scaled = {
        ...multiple,
        workloads: {
          integration: { type: 'stateless', autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 8 } },
        },
      };
      await upgrade('orders', where, scaled);
      expect(await workloads(where)).toEqual(['Deployment orders-integration 4']);
      await upgrade('orders', where, { ...scaled, properties: { changed: 'yes' } });
      expect(await workloads(where)).toEqual(['Deployment orders-integration 4']);
      await call(
        target.api,
        'PATCH',
        `/apis/apps/v1/namespaces/${where}/deployments/orders-integration/scale`,
        { spec: { replicas: 5 } },
        'application/merge-patch+json',
      );
      await upgrade('orders', where, { ...scaled, properties: { changed: 'again' } });
      expect(await workloads(where)).toEqual(['Deployment orders-integration 5']);
      const messages = async (): Promise<string[]> => {
        const events = await read<{ items: { message: string }[] }>(target.api, `/api/v1/namespaces/${where}/events`);
        return (events?.items ?? []).map(({ message }) => message);
      };
      // An event is told after it has happened.
      await until(120, 'an event', async () => (await messages()).some((message) => message.startsWith('Scaled up')));
      expect((await messages()).filter((message) => / from 4 to 1$/.test(message))).toEqual([]);
    });

    it('leaves the replicas alone that an autoscaler has set', async () => {
      const where = await namespace('autoscaled');
      const values = {
        ...multiple,
        workloads: {
          integration: { type: 'stateless', autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 6 } },
        },
      };
      await upgrade('orders', where, values);
      await call(
        target.api,
        'PATCH',
        `/apis/apps/v1/namespaces/${where}/deployments/orders-integration/scale`,
        { spec: { replicas: 5 } },
        'application/merge-patch+json',
      );
      await upgrade('orders', where, { ...values, properties: { changed: 'yes' } });
      expect(await workloads(where)).toEqual(['Deployment orders-integration 5']);
    });

    it('a guard works with the account of the chart, and neither Helm 4 nor Helm 3 takes its Lease by an upgrade or rollback', async () => {
      const where = await namespace('fenced');
      const values = {
        ...coordinated,
        fencing: { image: 'registry.example/lease-guard:1' },
        workloads: {
          nightly: {
            type: 'stateful',
            recovery: 'fenced',
            artifacts: { roles: ['Nightly'], stateful: ['task/nightly'] },
          },
        },
      };
      await upgrade('orders', where, values);
      const lease = async (): Promise<Lease | undefined> =>
        (
          await read<{ items: Lease[] }>(target.api, `/apis/coordination.k8s.io/v1/namespaces/${where}/leases`)
        )?.items.find(({ metadata }) => metadata.annotations?.['mi-patterns.io/artifact'] === 'task/nightly');
      // The guard makes its Lease; it is not an object of the release.
      expect(await lease()).toBeUndefined();
      const guard = await startGuard(target, {
        folder: join(work, 'guard'),
        cluster: clusterFolder(cluster),
        namespace: where,
        account: 'orders',
        artifact: 'task/nightly',
      });
      try {
        await until(240, 'the guard to start its command', () => guard.log().includes('starting'));
        const made = await lease();
        const holder = made?.spec?.holderIdentity;
        expect(holder).toMatch(/^pod-of-the-test\//);
        await upgrade('orders', where, { ...values, commonLabels: { upgraded: 'by-helm-4' } });
        const kept = { metadata: { uid: made?.metadata.uid }, spec: { holderIdentity: holder } };
        expect(await lease()).toMatchObject(kept);
        await target.helm('rollback', 'orders', '1', '--namespace', where, '--wait', '--timeout', '300s');
        expect(await lease()).toMatchObject(kept);
        const helm3 = join(programs, 'helm3');
        if (existsSync(helm3)) {
          await $({
            quiet: true,
            env: { ...process.env, KUBECONFIG: kubeconfigOf(clusterFolder(cluster), 'admin') },
          })`${helm3} upgrade orders ${chart} --namespace ${where} --values ${valuesFile('fenced-3', { ...values, commonLabels: { upgraded: 'by-helm-3' } })} --wait --timeout 300s`;
          expect(await lease()).toMatchObject(kept);
        }
        const before = (await lease())?.spec?.renewTime;
        await until(120, 'a renewal after the upgrades', async () => (await lease())?.spec?.renewTime !== before);
        expect((await lease())?.spec?.holderIdentity).toBe(holder);
        expect(guard.log()).not.toContain('was killed');
        const may = (verb: string, name: string): Promise<string> =>
          target
            .kubectl('auth', 'can-i', verb, name, '--namespace', where, '--as', `system:serviceaccount:${where}:orders`)
            .then(
              (said) => said.trim(),
              () => 'no',
            );
        expect(
          await Promise.all([
            may('create', 'leases'),
            may('update', `leases/${made?.metadata.name}`),
            may('get', `leases/${made?.metadata.name}`),
            may('delete', `leases/${made?.metadata.name}`),
            may('patch', `leases/${made?.metadata.name}`),
            may('list', 'leases'),
            may('get', 'secrets'),
          ]),
        ).toEqual(['yes', 'yes', 'yes', 'no', 'no', 'no', 'no']);
      } finally {
        await guard.stop();
      }
      expect(guard.log()).toContain('the Lease is given back');
      expect((await lease())?.spec?.holderIdentity ?? '').toBe('');
    });

    it.skipIf(!process.env.MI_PATTERNS_LARGE)(
      'installs and updates a release of 500 workloads (skipped without MI_PATTERNS_LARGE=1)',
      async () => {
        const where = await namespace('many');
        const stateful = Array.from({ length: 499 }, (_, index) => [
          `task-${index + 1}`,
          {
            type: 'stateful',
            resources: { requests: { cpu: '50m' } },
            artifacts: { roles: [`MiIsolatedTask${index + 1}`], stateful: [`task/task${index + 1}`] },
          },
        ]);
        const values = {
          ...coordinated,
          workloads: { integration: { type: 'stateless', replicas: 2 }, ...Object.fromEntries(stateful) },
        };
        const seconds = async (work_: () => Promise<unknown>): Promise<number> => {
          const begin = performance.now();
          await work_();
          return Math.round((performance.now() - begin) / 100) / 10;
        };
        const install = await seconds(() => upgrade('many', where, values));
        expect(await workloads(where)).toHaveLength(500);
        const update = await seconds(() => upgrade('many', where, { ...values, properties: { changed: 'yes' } }));
        const pods = await untilSettled(target.api, where, 'app.kubernetes.io/instance=many', 501, 300);
        expect(new Set(pods.map((pod) => pod.node)).size).toBeGreaterThan(4);
        process.stderr.write(`500 workloads: installed and ready in ${install} s, all updated in ${update} s\n`);
      },
    );
  },
);
