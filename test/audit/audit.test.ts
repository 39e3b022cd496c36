import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { carFiles, pack, task } from '../../packages/inventory/test/support/files.ts';
import { carbonapps, entriesOf, home, imageOf, tar } from '../../packages/inventory/test/support/images.ts';
import { documentFaults } from '../support/json-documents.ts';
import { miPatterns, temporaryFolder } from '../support/command.ts';

type Json = Readonly<Record<string, unknown>>;

interface Document {
  readonly workloads: readonly {
    readonly id: string;
    readonly madeBy: string;
    readonly risks: Readonly<Record<string, string>>;
    readonly artifacts: readonly {
      readonly id: string;
      readonly source: { readonly path: string; readonly line: number };
    }[];
    readonly unknown: readonly string[];
  }[];
  readonly others: number;
  readonly images: number;
  readonly diagnostics: readonly {
    readonly code: string;
    readonly severity: string;
    readonly workload: string;
    readonly field?: string;
    readonly message: string;
    readonly artifacts: readonly string[];
  }[];
}

/** An image with a task, and with another one that has a server role of its own. */
async function image(toml = '[server]\nhot_deployment = false\n'): Promise<string> {
  const car = await pack(
    carFiles('billing', [
      { name: 'Pay', type: 'synapse/task', file: 'Pay-1.0.0.xml', content: task('Pay') },
      { name: 'Own', type: 'synapse/task', role: 'MiOwn', file: 'Own-1.0.0.xml', content: task('Own') },
    ]),
  );
  return imageOf([tar(entriesOf({ [`${carbonapps}/billing.car`]: car, [`${home}/conf/deployment.toml`]: toml }))]);
}

/** A Deployment as people write it who know nothing of us. */
function deployment(
  name: string,
  changes: { readonly spec?: Json; readonly pod?: Json; readonly container?: Json } = {},
): Json {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'prod' },
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: 'main',
              image: 'acme/billing:1',
              ports: [{ containerPort: 8290 }, { containerPort: 9164 }],
              lifecycle: { preStop: { exec: { command: ['/stop.sh'] } } },
              startupProbe: {},
              readinessProbe: {},
              livenessProbe: {},
              ...changes.container,
            },
          ],
          ...changes.pod,
        },
      },
      ...changes.spec,
    },
  };
}

function podsOf(name: string, count: number): Json[] {
  return Array.from({ length: count }, (_, number) => ({
    kind: 'Pod',
    metadata: {
      name: `${name}-abc12-${number}`,
      namespace: 'prod',
      labels: { 'pod-template-hash': 'abc12' },
      ownerReferences: [{ controller: true, kind: 'ReplicaSet', name: `${name}-abc12` }],
    },
    spec: { nodeName: `node-${number}` },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  }));
}

interface Cluster {
  readonly [kind: string]: readonly Json[] | 'forbidden' | 'timeout' | 'unknown';
}

/** What the account may not read, in the words of kubectl. */
const refusals: Readonly<Record<string, (kind: string) => string>> = {
  forbidden: (kind) => `Error from server (Forbidden): ${kind} is forbidden: User "x" cannot list resource`,
  timeout: () => 'Error from server (Timeout): the server was unable to return a response in the time allotted',
  unknown: (kind) => `error: the server doesn't have a resource type "${kind}"`,
};

/**
 * A kubectl that answers from files, writes down what it was asked, and refuses what the account may not see. A shell
 * script, because it is started hundreds of times and Node would take longer to start than the command to judge.
 */
function kubectlFor(cluster: Cluster): { readonly program: string; readonly calls: () => string[] } {
  const folder = temporaryFolder();
  const answers: Readonly<Record<string, string>> = {
    version: JSON.stringify({ clientVersion: { gitVersion: 'v1.37.0' } }),
    'get-contexts': 'test',
    'current-context': 'test',
    view: 'prod',
    'get-nothing': JSON.stringify({ kind: 'List', items: [] }),
    ...Object.fromEntries(
      Object.entries(cluster).map(([kind, found]) =>
        typeof found === 'string'
          ? [`refuse-${kind}`, refusals[found]?.(kind) ?? '']
          : [
              `get-${kind}`,
              JSON.stringify({ kind: 'List', items: found.map((item) => ({ apiVersion: 'v1', ...item })) }),
            ],
      ),
    ),
  };
  for (const [name, answer] of Object.entries(answers)) writeFileSync(join(folder, name), `${answer}\n`);
  // As kubectl --ignore-not-found --output=name does.
  writeFileSync(join(folder, 'get-namespace'), '');
  const program = join(folder, 'kubectl');
  writeFileSync(
    program,
    `#!/bin/sh
cd "\${0%/*}"
printf '%s\\n' "$*" >> calls
until [ $# = 0 ]; do
  case $1 in
    version | get-contexts | current-context | view) exec cat "$1" ;;
    get) kind=\${2%%.*} ;;
  esac
  shift
done
if [ -e "refuse-$kind" ]; then
  cat "refuse-$kind" >&2
  exit 1
fi
[ -e "get-$kind" ] || kind=nothing
exec cat "get-$kind"
`,
    { mode: 0o755 },
  );
  return { program, calls: () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') };
}

async function audit(cluster: Cluster, args: readonly string[] = []) {
  const { program, calls } = kubectlFor(cluster);
  const answer = await miPatterns(
    ['audit', '--json', '--image', `acme/billing:1=oci-layout:${await image()}`, ...args],
    { environment: { MI_PATTERNS_KUBECTL: program } },
  );
  const document = JSON.parse(answer.stdout) as Document;
  expect(documentFaults('audit', document)).toEqual([]);
  return { ...answer, calls, document };
}

const codesOf = ({ diagnostics }: Document): string[] => diagnostics.map(({ code }) => code).toSorted();

describe('audit', () => {
  test('says what runs twice now, where that follows from, and ends with 1', async () => {
    const { exitCode, document, calls } = await audit({
      deployments: [
        deployment('billing', { spec: { replicas: 2 } }),
        deployment('web', { container: { image: 'nginx:1', ports: [] } }),
      ],
      pods: podsOf('billing', 2),
    });
    expect(exitCode).toBe(1);
    expect(document.workloads).toMatchObject([
      {
        id: 'prod/Deployment/billing',
        madeBy: 'other',
        risks: { now: 'twice' },
        artifacts: [
          {
            id: 'task/Pay',
            source: { path: expect.stringMatching(/!\/.*billing\.car!\/Pay_1\.0\.0\/Pay-1\.0\.0\.xml$/), line: 1 },
          },
        ],
      },
    ]);
    expect(document.others).toBe(1);
    expect(document.diagnostics[0]).toMatchObject({
      code: 'MI-AUDIT-TWICE',
      field: 'spec.replicas',
      artifacts: ['task/Pay'],
      message: expect.stringContaining('2 pods run it'),
    });
    // Read-only and least rights: lists and gets of what is needed, never a Secret.
    expect(
      calls().filter(
        (line) =>
          !/^(version|config) | get (deployments|statefulsets|daemonsets|pods|horizontalpodautoscalers|scaledobjects|poddisruptionbudgets|configmaps)/.test(
            line,
          ),
      ),
    ).toEqual([]);
  });

  test('tells one pod apart by how it is updated, scaled and replaced', async () => {
    const rolling = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } } };
    const { exitCode, document } = await audit({
      deployments: [deployment('a'), deployment('b', { spec: rolling, pod: {} })].map((one, index) =>
        index === 0 ? one : { ...one, metadata: { name: 'b', namespace: 'other' } },
      ),
      statefulsets: [{ ...deployment('c'), kind: 'StatefulSet', metadata: { name: 'c', namespace: 'third' } }],
      horizontalpodautoscalers: [
        {
          kind: 'HorizontalPodAutoscaler',
          metadata: { name: 'b', namespace: 'other' },
          spec: { maxReplicas: 4, scaleTargetRef: { kind: 'Deployment', name: 'b' } },
        },
      ],
    });
    expect(exitCode).toBe(0);
    expect(Object.fromEntries(document.workloads.map(({ id, risks }) => [id, risks]))).toEqual({
      'prod/Deployment/a': { now: 'none', update: 'none', cutOff: 'twice', scaling: 'none' },
      'other/Deployment/b': { now: 'none', update: 'twice', cutOff: 'twice', scaling: 'twice' },
      'third/StatefulSet/c': { now: 'none', update: 'none', cutOff: 'none', scaling: 'none' },
    });
    expect(codesOf(document)).toEqual(['MI-AUDIT-CUT-OFF', 'MI-AUDIT-CUT-OFF', 'MI-AUDIT-SCALING', 'MI-AUDIT-UPDATE']);
  });

  test('finds the same artifact in two workloads of a namespace, and none in one that is scaled down', async () => {
    const both = await audit({ deployments: [deployment('a'), deployment('b')] });
    expect(both.exitCode).toBe(1);
    expect(
      both.document.diagnostics
        .filter(({ code }) => code === 'MI-AUDIT-TWICE')
        .map(({ workload, message }) => [workload, /prod\/Deployment\/[ab] of the same/.exec(message)?.[0]]),
    ).toEqual([
      ['prod/Deployment/a', 'prod/Deployment/b of the same'],
      ['prod/Deployment/b', 'prod/Deployment/a of the same'],
    ]);
    // What two workloads run now they also run while one of them is updated, and scaling to one pod would not help.
    const risks = { now: 'twice', update: 'twice', cutOff: 'twice', scaling: 'twice' };
    expect(both.document.workloads.map((workload) => workload.risks)).toEqual([risks, risks]);
    expect(both.stdout).toContain('Let only one of these workloads deploy it');
    expect(both.stdout).not.toContain('Until then scale to one pod');
    const rolling = { replicas: 0, strategy: { type: 'RollingUpdate' } };
    const one = await audit({ deployments: [deployment('a'), deployment('b', { spec: rolling })] });
    expect(one.document.workloads[1]?.risks).toMatchObject({ now: 'none', update: 'none', cutOff: 'none' });
    expect(one.exitCode).toBe(0);
  });

  test('takes workloads whose guards wait for one Lease for one, and a copy without its guard for another', async () => {
    const guarded = (name: string, ...options: readonly string[]): Json =>
      deployment(name, {
        container: { command: ['/lease-guard/lease-guard', 'run', ...options, '--', '/bin/sh', '--artifact=task/Pay'] },
      });
    const risks = async (...deployments: readonly Json[]): Promise<string[]> =>
      (await audit({ deployments })).document.workloads.map(({ risks: { now = '' } }) => now);
    expect(await risks(guarded('a', '--artifact=task/Pay'), guarded('b', '--artifact=task/Pay'))).toEqual([
      'none',
      'none',
    ]);
    const scoped = guarded('b', '--artifact=task/Pay', '--scope=x');
    expect(await risks(guarded('a', '--artifact=task/Pay'), scoped)).toEqual(['twice', 'twice']);
    expect(await risks(guarded('a', '--artifact=task/Pay'), guarded('b', '--artifact=task/Own'))).toEqual([
      'twice',
      'twice',
    ]);
    expect(await risks(guarded('a', '--artifact=task/Pay'), deployment('b'))).toEqual(['twice', 'twice']);
  });

  test('asks of a guarded workload neither a startup probe nor a hook, which its guard stands for', async () => {
    const probes = { startupProbe: undefined, lifecycle: undefined };
    const guard = { command: ['/lease-guard/lease-guard', 'run', '--artifact=task/Pay', '--', '/bin/sh'] };
    const told = async (container: Json): Promise<readonly string[]> =>
      codesOf((await audit({ deployments: [deployment('a', { container })] })).document);
    expect(await told({ ...probes, ...guard })).toEqual([]);
    expect(await told(probes)).toEqual(expect.arrayContaining(['MI-AUDIT-PROBES', 'MI-AUDIT-STOP']));
  });

  test('goes by the server roles, and by a coordination database', async () => {
    const roles = (list: string): Json => ({ args: [`-DserverRoles=${list}`] });
    const { document } = await audit({
      deployments: [
        deployment('own', { spec: { replicas: 2 }, container: roles('EnterpriseServiceBus,MiO.*') }),
        {
          ...deployment('none', { spec: { replicas: 2 }, container: roles('Nothing') }),
          metadata: { name: 'none', namespace: 'other' },
        },
      ],
    });
    expect(document.workloads.map(({ id, artifacts }) => [id, artifacts.map((one) => one.id)])).toEqual([
      ['other/Deployment/none', []],
      ['prod/Deployment/own', ['task/Own', 'task/Pay']],
    ]);
    const database = await audit({
      deployments: [
        deployment('a', {
          spec: { replicas: 2 },
          container: {
            volumeMounts: [
              {
                name: 'toml',
                mountPath: '/home/wso2carbon/wso2-config-volume/conf/deployment.toml',
                subPath: 'deployment.toml',
              },
            ],
          },
          pod: { volumes: [{ name: 'toml', configMap: { name: 'toml' } }] },
        }),
      ],
      configmaps: [
        {
          kind: 'ConfigMap',
          metadata: { name: 'toml', namespace: 'prod' },
          data: { 'deployment.toml': '[[datasource]]\nid = "WSO2_COORDINATION_DB"\n' },
        },
      ],
    });
    expect(database.exitCode).toBe(0);
    expect(database.document.workloads[0]?.risks).toMatchObject({ now: 'coordinated', update: 'coordinated' });
    // The mounted file takes the place of the one in the image, and does not switch hot deployment off.
    expect(codesOf(database.document)).toEqual(['MI-AUDIT-HOT']);
  });

  test('tells stops, probes, budgets, heap and what is not known', async () => {
    const { document } = await audit({
      deployments: [
        deployment('a', {
          container: {
            lifecycle: undefined,
            livenessProbe: undefined,
            resources: { limits: { memory: '1Gi' } },
            env: [
              { name: 'JAVA_MEM_OPTS', value: '-Xmx256m' },
              { name: 'DB_PASSWORD', value: 'hush-9d1' },
            ],
          },
        }),
        deployment('b', {
          container: {
            volumeMounts: [
              { name: 'capps', mountPath: '/home/wso2carbon/wso2mi-4.3.0/repository/deployment/server/carbonapps' },
            ],
          },
          pod: { volumes: [{ name: 'capps', persistentVolumeClaim: { claimName: 'capps' } }] },
        }),
      ],
      poddisruptionbudgets: [
        {
          kind: 'PodDisruptionBudget',
          metadata: { name: 'all', namespace: 'prod' },
          spec: { minAvailable: 1, selector: { matchLabels: { app: 'a' } } },
        },
      ],
    });
    expect(codesOf(document)).toEqual([
      'MI-AUDIT-BUDGET',
      'MI-AUDIT-CUT-OFF',
      'MI-AUDIT-HEAP',
      'MI-AUDIT-PROBES',
      'MI-AUDIT-STOP',
      'MI-AUDIT-UNKNOWN',
    ]);
    expect(document.diagnostics.find(({ code }) => code === 'MI-AUDIT-HEAP')?.message).toContain(
      'does not read JAVA_MEM_OPTS',
    );
    expect(document.workloads[1]).toMatchObject({
      risks: { now: 'unknown' },
      unknown: [expect.stringContaining('persistentVolumeClaim capps')],
    });
    expect(JSON.stringify(document)).not.toContain('hush-9d1');
  });

  test('works with what an account may read, and says what it may not', async () => {
    const limited = await audit(
      {
        deployments: [deployment('a', { spec: { replicas: 2 } })],
        pods: 'forbidden',
        poddisruptionbudgets: 'forbidden',
      },
      ['--namespace', 'prod'],
    );
    expect(limited.exitCode).toBe(1);
    expect(codesOf(limited.document)).toEqual(['MI-AUDIT-NOT-READ', 'MI-AUDIT-NOT-READ', 'MI-AUDIT-TWICE']);
    const { program } = kubectlFor({ deployments: 'forbidden' });
    const none = await miPatterns(['audit', '--all-namespaces'], { environment: { MI_PATTERNS_KUBECTL: program } });
    expect(none).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('is not allowed to do this') });
  });

  test('does not pass where it knows of no running workload what it deploys', async () => {
    const unread = (name: string, replicas: number): Json =>
      deployment(name, { spec: { replicas }, container: { image: 'localhost:1/acme/unread:1' } });
    const nothing = await audit({ deployments: [unread('a', 1), unread('b', 2)] });
    expect(codesOf(nothing.document)).toEqual(['MI-AUDIT-NOTHING', 'MI-AUDIT-UNKNOWN', 'MI-AUDIT-UNKNOWN']);
    expect(nothing.exitCode).toBe(1);
    const some = await audit({ deployments: [unread('a', 2), deployment('b')] });
    expect(codesOf(some.document)).not.toContain('MI-AUDIT-NOTHING');
    expect(some.exitCode).toBe(0);
    expect((await audit({ deployments: [unread('a', 0)] })).exitCode).toBe(0);
  });

  test('does not take what it cannot read for what is not there', async () => {
    const deployments = [deployment('a')];
    const { program } = kubectlFor({ deployments, scaledobjects: 'timeout' });
    const environment = { MI_PATTERNS_KUBECTL: program };
    expect(await miPatterns(['audit', '--namespace', 'prod'], { environment })).toMatchObject({ exitCode: 3 });
    expect((await audit({ deployments, scaledobjects: 'unknown' })).exitCode).toBe(0);
    const nowhere = kubectlFor({}).program;
    const answer = await miPatterns(['audit', '--namespace', 'porduction'], {
      environment: { MI_PATTERNS_KUBECTL: nowhere },
    });
    expect([answer.exitCode, answer.stderr]).toEqual([3, expect.stringContaining('has no namespace `porduction`')]);
  });

  test('reads an image once, whatever the number of workloads, and writes a page without markup of others', async () => {
    const many = Array.from({ length: 50 }, (_, number) => ({
      ...deployment(`d${number}`, { pod: { note: '<img src=x>' } }),
      metadata: { name: `d${number}`, namespace: `n${number}` },
    }));
    const folder = temporaryFolder();
    const report = join(folder, 'audit.html');
    const { document } = await audit({ deployments: many }, ['--all-namespaces', '--report', report]);
    expect([document.workloads.length, document.images]).toEqual([50, 1]);
    const page = readFileSync(report, 'utf8');
    expect(page).toContain('n49/Deployment/d49');
    expect(page).not.toContain('<img');
  });

  test('is a wrong use with a namespace and all of them, or with an image that names no file', async () => {
    expect((await miPatterns(['audit', '--namespace', 'a', '--all-namespaces'])).exitCode).toBe(2);
    expect((await miPatterns(['audit', '--image', 'a=b'])).exitCode).toBe(2);
  });
});
