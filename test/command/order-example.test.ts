import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  compareRenders,
  kubernetesVersions,
  renderChart,
  type KubernetesObject,
  type RenderedObject,
} from '@mi-patterns/helm';
import { describe, expect, it } from 'vitest';
import { checkKubernetesSchemas, renderObjects } from '../../packages/helm/test/rendered.ts';
import { resident } from '../chart/support.ts';
import { chart, copyOfOrders, miPatterns, miPatternsJson, orders, temporaryFolder } from '../support/command.ts';

interface PlanDocument {
  readonly pattern: string;
  readonly workloads: readonly {
    readonly name: string;
    readonly type: string;
    readonly replicas: number;
    readonly entryPoints: readonly string[];
    readonly stateful: readonly string[];
  }[];
  readonly diagnostics: readonly {
    readonly code: string;
    readonly severity: string;
    readonly message: string;
    readonly hint: string;
  }[];
}

const api = 'api/OrderAPI';
const recurring = 'task/recurringOrder_Task';
const scheduled = 'task/schedulOrder_Task';

/** `name × replicas: entry points` of each workload. */
async function planned(
  ...flags: readonly string[]
): Promise<{ readonly exitCode: number; readonly pattern: string; readonly workloads: readonly string[] }> {
  const { exitCode, document } = await miPatternsJson<PlanDocument>(['plan', orders, ...flags]);
  return {
    exitCode,
    pattern: document.pattern,
    workloads: document.workloads.map(
      ({ name, type, replicas, entryPoints }) => `${name} ${type} × ${replicas}: ${entryPoints.join(' ')}`,
    ),
  };
}

describe('the plan of the order example', () => {
  it('is coordinated: the API in N pods, each task in one of its own', async () => {
    expect(await planned('--replicas', '4')).toEqual({
      exitCode: 0,
      pattern: 'coordinated',
      workloads: [
        `integration stateless × 4: ${api}`,
        `recurring-order-task stateful × 1: ${recurring}`,
        `schedul-order-task stateful × 1: ${scheduled}`,
      ],
    });
  });

  it('has two workloads when all stateful artifacts share one', async () => {
    expect(await planned('--isolate', 'one')).toEqual({
      exitCode: 0,
      pattern: 'coordinated',
      workloads: [`integration stateless × 3: ${api}`, `stateful stateful × 1: ${recurring} ${scheduled}`],
    });
  });

  it('follows a file of groups, and isolates what no group names', async () => {
    expect((await planned('--isolate', join(orders, 'groups.yaml'))).workloads).toEqual([
      `integration stateless × 3: ${api}`,
      `order-tasks stateful × 1: ${recurring} ${scheduled}`,
    ]);
    const groups = join(temporaryFolder(), 'groups.yaml');
    writeFileSync(groups, 'mornings:\n  - task/schedul*\n');
    expect((await planned('--isolate', groups)).workloads).toEqual([
      `integration stateless × 3: ${api}`,
      `mornings stateful × 1: ${scheduled}`,
      `recurring-order-task stateful × 1: ${recurring}`,
    ]);
  });

  it('runs everything in one pod as a single replica', async () => {
    expect(await planned('--pattern', 'single-replica')).toEqual({
      exitCode: 0,
      pattern: 'single-replica',
      workloads: [`integration stateful × 1: ${api} ${recurring} ${scheduled}`],
    });
  });

  it('runs everything in each pod when a database coordinates the tasks', async () => {
    expect((await planned('--coordination', 'database')).workloads).toEqual([
      `integration stateless × 3: ${api} ${recurring} ${scheduled}`,
    ]);
  });

  it('is refused for multiple-replicas, with both tasks and both ways out', async () => {
    const { exitCode, document } = await miPatternsJson<PlanDocument>([
      'plan',
      orders,
      '--pattern',
      'multiple-replicas',
    ]);
    const errors = document.diagnostics.filter(({ severity }) => severity === 'error');
    expect({ exitCode, errors: errors.map(({ code, message }) => `${code} ${message.split(' ')[0]}`) }).toEqual({
      exitCode: 1,
      errors: [`MI-PLAN-STATEFUL ${recurring}`, `MI-PLAN-STATEFUL ${scheduled}`],
    });
    for (const { hint } of errors)
      expect(hint).toMatch(/--pattern coordinated.*; or, .*"verdicts:" in mi-patterns\.yaml/);
  });

  it('shows the same to a reader', async () => {
    const refused = await miPatterns(['plan', orders, '--pattern', 'multiple-replicas']);
    expect(refused).toMatchObject({ exitCode: 1, stderr: '' });
    expect(refused.stdout).toContain('recurringOrder_Task.xml:3:3');
    expect(refused.stdout).toContain('schedulOrder_Task.xml:3:3');
  });
});

/** Generates values for a project and renders the chart with them: `kind/name` → object. */
async function generated(
  project: string,
  ...flags: readonly string[]
): Promise<Readonly<Record<string, readonly RenderedObject[]>>> {
  const out = temporaryFolder();
  const answer = await miPatterns(['generate', '--config', join(project, 'mi-patterns.yaml'), '--out', out, ...flags], {
    cwd: project,
  });
  expect(answer, answer.stderr).toMatchObject({ exitCode: 0 });
  const files = readdirSync(out)
    .filter((file) => file.startsWith('values-'))
    .sort();
  const { stdout } = await miPatterns(['validate', ...files], { cwd: out });
  // The example has no keystores of its own, and is not in reach from here.
  expect(stdout.match(/^values-.*$/gm)).toEqual(
    files.map((file) => expect.stringMatching(`^${file}: valid, 1 warning; not compared with its artifacts`)),
  );
  expect(stdout.match(/^warning \S+/gm)).toEqual(files.map(() => 'warning MI-VALUES-DEMONSTRATION'));
  const renders = await Promise.all(
    files.map(async (file) => {
      const result = await renderChart({
        ...resident,
        chart,
        values: [join(out, file)],
        release: 'orders',
        namespace: 'orders',
      });
      return [
        file.replace(/^values-(.+)\.yaml$/, '$1'),
        result.state === 'rendered' ? result.objects : result.diagnostics.map(({ message }) => message),
      ] as const;
    }),
  );
  return Object.fromEntries(renders) as Readonly<Record<string, readonly RenderedObject[]>>;
}

const named = (objects: readonly RenderedObject[] | undefined): string[] =>
  (objects ?? []).map(({ object }) => `${object.kind}/${object.metadata.name}`).sort();
const objectsOf = (objects: readonly RenderedObject[] | undefined): KubernetesObject[] =>
  (objects ?? []).map(({ object }) => object);

/** The Pod is a hook of `helm test`; the warnings are about MI's demonstration keystores, which the sample uses. */
const singleReplica = [
  'ConfigMap/orders-integration-config',
  'ConfigMap/orders-warnings',
  'Deployment/orders-integration',
  'Pod/orders-integration-test',
  'Service/orders-integration',
  'ServiceAccount/orders',
];
const scaled = [...singleReplica, 'PodDisruptionBudget/orders-integration'].sort();
/** What a stateful workload with recovery fenced and a standby consists of. */
const isolatedNamed = (name: string): string[] => [
  `ConfigMap/orders-${name}-config`,
  `Deployment/orders-${name}`,
  `PodDisruptionBudget/orders-${name}`,
];
const isolated = ['recurring-order-task', 'schedul-order-task'].flatMap(isolatedNamed);
/** The guards of a release may write Leases. */
const leases = ['Role/orders-leases', 'RoleBinding/orders-leases'];
/** What the next upgrade and a starting image read; no pod restarts when it changes. */
const record = 'ConfigMap/orders-stateful';

describe('the objects of the order example', () => {
  it('are these, and no others, for each pattern', async () => {
    const { dev, staging, prod } = await generated(orders);
    expect(named(dev)).toEqual([...singleReplica, record].sort());
    expect(named(staging)).toEqual([...scaled, ...isolated, ...leases, record].sort());
    expect(named(prod)).toEqual([...scaled, ...isolated, ...leases, record, 'Ingress/orders'].sort());
    const withoutTasks = await generated(ordersWithoutTasks());
    expect(named(withoutTasks.staging)).toEqual(scaled);
  });

  it('run as many pods as planned, and a standby for each isolated one', async () => {
    const { prod } = await generated(orders);
    const deployments = objectsOf(prod).filter(({ kind }) => kind === 'Deployment');
    expect(
      deployments.map(({ metadata, spec }) => [
        metadata.name,
        (spec as Deployment).replicas,
        (spec as Deployment).strategy.type,
      ]),
    ).toEqual([
      ['orders-integration', 3, 'RollingUpdate'],
      ['orders-recurring-order-task', 2, 'RollingUpdate'],
      ['orders-schedul-order-task', 2, 'RollingUpdate'],
    ]);
  });

  it('fit Kubernetes 1.30 to 1.37 in every pattern', async () => {
    expect([kubernetesVersions[0], kubernetesVersions.at(-1), kubernetesVersions.length]).toEqual(['1.30', '1.37', 8]);
    const out = temporaryFolder();
    expect(
      (await miPatterns(['generate', '--config', join(orders, 'mi-patterns.yaml'), '--out', out], { cwd: orders }))
        .exitCode,
    ).toBe(0);
    const stateless = {
      pattern: 'multiple-replicas',
      workloads: { integration: { type: 'stateless', autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 5 } } },
    };
    const findings: string[] = [];
    for (const kubernetesVersion of kubernetesVersions) {
      const renders = await Promise.all(
        [...['dev', 'staging', 'prod'].map((environment) => join(out, `values-${environment}.yaml`)), stateless].map(
          (values) => renderChart({ ...resident, chart, values: [values], release: 'orders', kubernetesVersion }),
        ),
      );
      const objects = renders.flatMap((render) => (render.state === 'rendered' ? render.objects : []));
      const check = await checkKubernetesSchemas(objects, kubernetesVersion);
      expect(renders.map(({ state }) => state)).toEqual(Array.from({ length: 4 }, () => 'rendered'));
      findings.push(...check.diagnostics.map(({ message }) => `${kubernetesVersion}: ${message}`), ...check.notChecked);
      expect(check.checked).toBe(objects.length);
    }
    expect(findings).toEqual([]);
  });
});

interface Deployment {
  readonly replicas: number;
  readonly strategy: { readonly type: string };
}

function ordersWithoutTasks(): string {
  const project = copyOfOrders();
  rmSync(join(project, 'src/main/wso2mi/artifacts/tasks'), { recursive: true });
  return project;
}

describe('a change to the project', () => {
  it('adds objects for a new task and leaves every other object as it is', async () => {
    const project = copyOfOrders();
    const before = await generated(project);
    writeFileSync(
      join(project, 'src/main/wso2mi/artifacts/tasks/aNightlyReport_Task.xml'),
      '<task name="aNightlyReport_Task" class="org.apache.synapse.startup.tasks.MessageInjector" group="synapse.simple.quartz" xmlns="http://ws.apache.org/ns/synapse">\n  <trigger cron="0 0 2 * * ?"/>\n  <property xmlns:task="http://www.wso2.org/products/wso2commons/tasks" name="injectTo" value="sequence"/>\n  <property xmlns:task="http://www.wso2.org/products/wso2commons/tasks" name="sequenceName" value="ScheduledOrderSeq"/>\n  <property name="message"><m xmlns=""/></property>\n</task>\n',
    );
    const after = await generated(project);
    for (const environment of ['staging', 'prod']) {
      const added = named(after[environment]).filter((name) => !named(before[environment]).includes(name));
      expect(added).toEqual(isolatedNamed('a-nightly-report-task'));
      const others = (text: Parameters<typeof objectsOf>[0]): readonly KubernetesObject[] =>
        objectsOf(text).filter(({ kind, metadata }) => ![...added, record].includes(`${kind}/${metadata.name}`));
      expect(others(after[environment])).toEqual(others(before[environment]));
    }
  });

  it('touches only the workloads that a change of the isolation is about', async () => {
    const each = await generated(orders, '--env', 'staging');
    const one = await generated(orders, '--env', 'staging', '--isolate', 'one');
    const shared = (objects: readonly RenderedObject[] | undefined): KubernetesObject[] =>
      objectsOf(objects).filter(({ metadata }) => !/-task|stateful|-leases/.test(metadata.name));
    expect(shared(one.staging)).toEqual(shared(each.staging));
    expect(shared(each.staging)).toHaveLength(scaled.length);
  });

  it('is an upgrade that Kubernetes takes: no name or selector of a kept object changes', async () => {
    const workloads = {
      integration: { type: 'stateless', replicas: 2 },
      nightly: { type: 'stateful', artifacts: { roles: ['Nightly'], stateful: ['task/nightly'] } },
    };
    const render = async (values: object): Promise<readonly KubernetesObject[]> =>
      renderObjects({ ...resident, chart, release: 'orders', values: [values as Readonly<Record<string, unknown>>] });
    const before = await render({ pattern: 'coordinated', workloads });
    const more = await render({
      pattern: 'coordinated',
      workloads: {
        'a-first': { type: 'stateful', artifacts: { roles: ['A'], stateful: ['task/a'] } },
        ...workloads,
        'z-last': { type: 'stateful', artifacts: { roles: ['Z'], stateful: ['task/z'] } },
      },
    });
    expect(compareRenders(before, more).filter(({ severity }) => severity === 'error')).toEqual([]);
    const kept = before.filter(({ kind, metadata }) => `${kind}/${metadata.name}` !== record);
    const names = new Set(kept.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
    expect(more.filter(({ kind, metadata }) => names.has(`${kind}/${metadata.name}`))).toEqual(kept);
    // From the first workload on its key is in every name: growing from a single replica keeps the Deployment and its
    // selector.
    const single = await render({ workloads: { integration: { type: 'stateless' } } });
    const selectors = (objects: readonly KubernetesObject[]): unknown[] =>
      objects
        .filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'orders-integration')
        .map(({ spec }) => (spec as { readonly selector: unknown }).selector);
    expect(selectors(single)).toEqual(selectors(before));
    expect(selectors(single)).toHaveLength(1);
  });
});

describe('colours of a process without a terminal', () => {
  it.each([
    [{ FORCE_COLOR: '1', NO_COLOR: undefined }, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [{ FORCE_COLOR: '0', NO_COLOR: undefined }, false],
    [{ FORCE_COLOR: undefined, NO_COLOR: undefined }, false],
  ] as const)('%o: %s', async (environment, isColoured) => {
    const { stdout } = await miPatterns(['scan', orders], { environment });
    expect(stdout.includes('\u001b[')).toBe(isColoured);
  });
});

describe('the number of pods', () => {
  it('is the same in the plan, the picture, the report, the values and what the chart renders', async () => {
    const folder = copyOfOrders();
    const { document } = await miPatternsJson<{ readonly cost: { readonly pods: number; readonly standbys: number } }>(
      ['plan', '.'],
      { cwd: folder },
    );
    const words = `${document.cost.pods} pods (${document.cost.standbys} on standby)`;
    expect(words).toBe('7 pods (2 on standby)');
    expect((await miPatterns(['plan', '.'], { cwd: folder })).stdout).toContain(`3 workloads, ${words}`);
    await miPatterns(['plan', '.', '--diagram', 'plan.svg'], { cwd: folder });
    const svg = readFileSync(join(folder, 'plan.svg'), 'utf8');
    expect(svg).toContain(words);
    expect(svg.match(/>POD \d+( waits)?</g)).toHaveLength(document.cost.pods);
    expect(svg.match(/>POD 2 waits</g)).toHaveLength(document.cost.standbys);
    await miPatterns(['plan', '.', '--report', 'plan.html'], { cwd: folder });
    expect(readFileSync(join(folder, 'plan.html'), 'utf8')).toContain(words);
    const values = await miPatterns(['generate', '.', '--out', 'out'], { cwd: folder });
    expect(values.stdout).toContain(words);
    const rendered = await renderObjects({ ...resident, chart, values: [join(folder, 'out/values-prod.yaml')] });
    const replicas = rendered.map(
      (object) => (object as { readonly spec?: { readonly replicas?: number } }).spec?.replicas,
    );
    expect(replicas.reduce<number>((sum, number = 0) => sum + number, 0)).toBe(document.cost.pods);
  });
});
