import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditCluster, readCluster, readHelmMiRelease } from '../packages/audit/src/index.ts';
import { runCommandLine } from '../packages/cli/src/command-line.ts';
import { auditText } from '../packages/cli/src/output/audit.ts';
import { auditToHtml } from '../packages/cli/src/report/audit.ts';
import {
  isToolFailure,
  type KubernetesObject,
  type RunOptions,
  type RunResult,
  ToolFailure,
} from '../packages/helm/src/index.ts';
import { isInputError, redact } from '../packages/inventory/src/index.ts';
import { clusterEffects, StopRollout, type Tools } from '../packages/rollout/src/index.ts';
import { each, type FuzzClass, raw } from './harness.ts';
import { type Json, mutate, mutateJson, type Random } from './mutate.ts';

const labels = { 'app.kubernetes.io/instance': 'orders', 'app.kubernetes.io/component': 'task', app: 'a' };
const container = {
  name: 'micro-integrator',
  image: 'registry.example.com/acme/orders:1',
  env: [{ name: 'JAVA_OPTS', value: '-DserverRoles=A -Xmx512m' }],
  ports: [{ name: 'management', containerPort: 9164 }, { containerPort: 8290 }],
  volumeMounts: [
    { name: 'conf', mountPath: '/home/wso2carbon/wso2mi-4.4.0/conf/deployment.toml', subPath: 'deployment.toml' },
  ],
  resources: { limits: { memory: '1Gi' } },
};
const template = {
  metadata: { labels, annotations: { 'mi-patterns.io/stateful-artifacts': 'task/A, task/B' } },
  spec: {
    containers: [container],
    volumes: [
      {
        name: 'conf',
        configMap: { name: 'orders-config', items: [{ key: 'deployment.toml', path: 'deployment.toml' }] },
      },
    ],
    terminationGracePeriodSeconds: 30,
  },
};
const workload = (kind: string, name: string): Json => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: {
    name,
    namespace: 'orders',
    generation: 1,
    labels: { ...labels, 'mi-patterns.io/workload-type': 'stateful' },
    annotations: { 'meta.helm.sh/release-name': 'orders', 'mi-patterns.io/stateful-artifacts': 'task/A, task/B' },
  },
  spec: { replicas: 1, selector: { matchLabels: { app: 'a' } }, strategy: { type: 'Recreate' }, template },
  status: { replicas: 1, readyReplicas: 1, updatedReplicas: 1, availableReplicas: 1, observedGeneration: 1 },
});
const pod: Json = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'orders-task-1-x',
    namespace: 'orders',
    labels: { ...labels, 'pod-template-hash': '1' },
    ownerReferences: [{ kind: 'ReplicaSet', name: 'orders-task-1', controller: true }],
  },
  spec: { nodeName: 'n1', containers: [container] },
  status: {
    phase: 'Running',
    conditions: [
      { type: 'Ready', status: 'False' },
      { type: 'PodScheduled', status: 'False', message: 'no node' },
    ],
    containerStatuses: [
      {
        name: 'micro-integrator',
        ready: false,
        started: true,
        restartCount: 2,
        imageID: `registry.example.com/acme/orders@sha256:${'a'.repeat(64)}`,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
      },
    ],
  },
};
const listOf = (...items: readonly Json[]): Json => ({ apiVersion: 'v1', kind: 'List', items });
const record = {
  revision: 2, state: 'succeeded', pattern: 'coordinated', planDigest: 'sha256:1', valuesDigest: 'sha256:2', chart: 'micro-integrator-0.1.0',
  chartDigest: 'sha256:3', image: 'acme/orders:1', by: 'joe', at: '2026-01-01T00:00:00Z',
}; // prettier-ignore
const mapOf = (name: string, data: Json): Json => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'orders' },
  data,
});
const objects = [workload('Deployment', 'orders-task'), workload('StatefulSet', 'orders-store')];

/** What the two programs answer, by the words that ask. The first that fits counts. */
const answers: readonly (readonly [name: string, words: string, answer: Json | string])[] = [
  ['kubectl', 'version', { clientVersion: { gitVersion: 'v1.37.0' } }],
  ['kubectl', 'config get-contexts', 'c\n'],
  ['kubectl', 'config current-context', 'c\n'],
  ['kubectl', 'config view --minify --output=json', { contexts: [{ context: { user: 'joe' } }] }],
  ['kubectl', 'config view', 'orders'],
  ['kubectl', 'get namespace', 'namespace/orders\n'],
  ['kubectl', 'get deployments.apps,statefulsets.apps,pods', listOf(...objects, pod)],
  ['kubectl', 'get configmaps orders-rollouts', mapOf('orders-rollouts', { records: JSON.stringify([record]) })],
  ['kubectl', 'get configmaps', listOf(mapOf('orders-config', { 'deployment.toml': '[server]\nhot_deployment = false\n' }))],
  ['kubectl', 'get leases.coordination.k8s.io orders-rollout', {
    apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'orders-rollout' },
    spec: { holderIdentity: 'joe', acquireTime: '2026-01-01T00:00:00Z', renewTime: '2999-01-01T00:00:00Z', leaseDurationSeconds: 60 },
  }],
  ['kubectl', 'get deployments.apps', listOf(workload('Deployment', 'orders-task'))],
  ['kubectl', 'get statefulsets.apps', listOf(workload('StatefulSet', 'orders-store'))],
  ['kubectl', 'get daemonsets.apps', listOf()],
  ['kubectl', 'get pods', listOf(pod)],
  ['kubectl', 'get horizontalpodautoscalers', listOf({
    apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'a', namespace: 'orders' },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'orders-task' }, maxReplicas: 3 },
  })],
  ['kubectl', 'get scaledobjects', listOf()],
  ['kubectl', 'get poddisruptionbudgets', listOf({
    apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'a', namespace: 'orders' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'a' } } },
  })],
  ['kubectl', 'get --filename=-', listOf(...objects)],
  ['kubectl', 'apply', listOf(...objects)],
  ['kubectl', 'logs', 'Error occurred while deploying the Carbon application : a.car\nfrom the file : /x/A.xml\nCaused by: x.Y: broken\n'],
  ['kubectl', 'get leases', listOf()],
  ['kubectl', 'get deployment ', workload('Deployment', 'orders-task')],
  ['kubectl', 'exec', { roles: ['A', 'B+'], artifacts: { A: ['task/A'] } }],
  ['kubectl', 'auth whoami', { kind: 'SelfSubjectReview', metadata: {}, status: { userInfo: { username: 'joe' } } }],
  ['helm', 'version', 'v4.3.1\n'],
  ['helm', 'history', [{ revision: 2, status: 'deployed', chart: 'micro-integrator-0.1.0', updated: '2026-01-01T00:00:00Z', description: 'x' }]],
  ['helm', 'get manifest', objects.map((object) => `---\n${JSON.stringify(object)}\n`).join('')],
  ['helm', 'get values', { pattern: 'coordinated' }],
]; // prettier-ignore

const oddTexts = [
  '',
  'null',
  '[]',
  '{',
  '\u001b[31m\n::error::x',
  '{"items":[null]}',
  '{"kind":"x"}',
  'x'.repeat(10_000),
];
const oddErrors = [
  'Error from server (Forbidden): pods is forbidden', 'Error: release: not found', 'Unable to connect to the server: \u001b[31mx',
  'error: the server doesn\'t have a resource type "scaledobjects"', '\n::error::x\npassword=hunter2', '',
] as const; // prettier-ignore

interface Input {
  /** Answers in place of the right ones, by number. */
  readonly changed: ReadonlyMap<number, string>;
  /** What fails, and what it says. */
  readonly failing: ReadonlyMap<number, string>;
  readonly use: (typeof uses)[number];
}

const uses = ['status', 'audit', 'audit', 'effects', 'effects'] as const;

const textOf = (answer: Json | string): string => (typeof answer === 'string' ? answer : JSON.stringify(answer));

function changedAnswer(answer: Json | string, next: Random): string {
  if (next.below(10) === 0) return next.pick(oddTexts);
  if (typeof answer === 'string' || next.below(10) === 0)
    return mutate(Buffer.from(textOf(answer)), next).toString('utf8');
  return JSON.stringify(mutateJson(answer, next));
}

/** The records are JSON in JSON, and the manifest is several documents. */
function changedAt(index: number, next: Random): string {
  const [, words = '', answer = ''] = answers[index] ?? [];
  if (words === 'get configmaps orders-rollouts' && next.below(2) === 0)
    return textOf(mapOf('orders-rollouts', { records: JSON.stringify(mutateJson([record], next)) }));
  if (words === 'get manifest')
    return objects.map((object) => `---\n${JSON.stringify(mutateJson(object, next))}\n`).join('');
  return changedAnswer(answer, next);
}

function inputOf(next: Random): Input {
  const asked = Array.from({ length: 1 + next.below(2) }, () => 1 + next.below(answers.length - 2));
  const failing = next.below(8) === 0 ? [[1 + next.below(answers.length - 2), next.pick(oddErrors)] as const] : [];
  return {
    changed: new Map(asked.map((index) => [index, changedAt(index, next)])),
    failing: new Map(failing),
    use: next.pick(uses),
  };
}

/** The two programs, without a process. */
function toolsFor({ changed, failing }: Input): Tools {
  const ask = async (name: string, words: readonly string[], options?: RunOptions): Promise<RunResult> => {
    const said = words.join(' ');
    const index = answers.findIndex(([of, asked]) => of === name && said.includes(asked));
    if (index < 0) throw new Error(`nothing answers ${name} ${said}`);
    const stderr = failing.get(index);
    const answer = { exitCode: 0, stdout: changed.get(index) ?? textOf(answers[index]?.[2] ?? ''), stderr: '' };
    if (stderr === undefined) return answer;
    if (options?.expectedExitCodes?.includes(1) === true) return { exitCode: 1, stdout: '', stderr };
    throw new ToolFailure({
      reason: 'exit',
      message: `${name} failed`,
      hint: 'x',
      exitCode: 1,
      stderr: redact(stderr),
    });
  };
  return {
    helm: (words, options) => ask('helm', words, options),
    kubectl: (words, options) => ask('kubectl', words, options),
    helmMajor: async () => 4,
  };
}

/** The same as programs that answer from files. */
function standIn(folder: string, name: string): string {
  const path = join(folder, name);
  const cases = answers.flatMap(([of, words], index) => (of === name ? [`*"${words}"*) a=${index} ;;`] : []));
  const script = [
    '#!/bin/sh',
    `case "$*" in ${cases.join(' ')} *) echo "$*" >&2; exit 9 ;; esac`,
    `if [ -f ${folder}/$a.error ]; then cat ${folder}/$a.error >&2; exit 1; fi`,
    `cat ${folder}/$a`,
  ];
  writeFileSync(path, `${script.join('\n')}\n`, { mode: 0o755 });
  return path;
}

function writeAnswers(folder: string, { changed, failing }: Input): void {
  for (const [index, [, , answer]] of answers.entries()) {
    writeFileSync(join(folder, String(index)), changed.get(index) ?? textOf(answer));
    rmSync(join(folder, `${index}.error`), { force: true });
  }
  for (const [index, said] of failing) writeFileSync(join(folder, `${index}.error`), said);
}

const options = { json: false, quiet: false, verbose: true };
const quiet = { columns: undefined, colour: false, interactive: false } as const;

/** What `status` prints, as text and as JSON. */
async function status(folder: string, cwd: string): Promise<string> {
  const environment = {
    ...process.env,
    MI_PATTERNS_KUBECTL: join(folder, 'kubectl'),
    MI_PATTERNS_HELM: join(folder, 'helm'),
  };
  const parts: string[] = [];
  for (const args of [
    ['status', '--verbose'],
    ['status', '--json'],
  ]) {
    const said = { stdout: '', stderr: '' };
    const code = await runCommandLine(args, {
      cwd,
      environment,
      stdout: (text) => void (said.stdout += text),
      stderr: (text) => void (said.stderr += text),
      ...quiet,
    });
    if (args.includes('--json')) JSON.parse(said.stdout);
    parts.push(said.stderr, said.stdout);
    if (![0, 1, 3].includes(code) || parts.join('').includes('MI-INTERNAL'))
      throw new Error(`ended with ${code}: ${parts.join('')}`);
  }
  return parts.join('\n');
}

async function audit(tools: Tools, cwd: string): Promise<string> {
  const place = { context: 'c', namespace: undefined, tools };
  const found = await auditCluster(await readCluster(place), async () => ({ problem: 'it is not read' }));
  const context = { cwd, environment: {}, stdout: () => {}, stderr: () => {}, ...quiet };
  return [auditText(found, place, options, context), auditToHtml(found, place)].join('\n');
}

/** What a rollout and a preview ask before they change anything. */
async function effects(tools: Tools, cwd: string): Promise<string> {
  const target = { context: 'c', namespace: 'orders', release: 'orders', tools };
  const asked = clusterEffects({
    target,
    chart: cwd,
    values: [],
    takeOver: ['old'],
    timeout: 1,
    evidenceFolder: cwd,
    startSeconds: () => 1,
    expected: [],
  });
  const [history, log, before] = [await asked.history(), await asked.log(), await asked.released(2)];
  const live = await asked.live(before);
  const parts = [
    history,
    log,
    live,
    await asked.holders(),
    await asked.uncarriedRoles(live),
    await asked.oldReleases(),
    await asked.user(),
    await asked.diff(before, objects as unknown as readonly KubernetesObject[]),
    await readHelmMiRelease(target),
  ];
  return JSON.stringify(parts);
}

/** Clusters that answer what no cluster should: a failure that says so, or an answer without raw characters. */
export const clusters: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => inputOf(next));
  const above = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const [folder, cwd] = [join(above, 'answers'), join(above, 'work')];
  for (const one of [folder, cwd]) mkdirSync(one);
  for (const name of ['kubectl', 'helm']) standIn(folder, name);
  writeFileSync(
    join(cwd, 'mi-patterns.yaml'),
    'artifacts: [p]\nrelease: orders\nenvironments:\n  prod: {context: c, namespace: orders}\n',
  );
  let refused = 0;
  const { faults } = await each(inputs, async (input) => {
    const tools = toolsFor(input);
    try {
      if (input.use === 'status') writeAnswers(folder, input);
      const said = await (input.use === 'status' ? status(folder, cwd) : { audit, effects }[input.use](tools, cwd));
      // What a reader of JSON gets is escaped where it is printed.
      const at = input.use === 'effects' ? undefined : raw.exec(said)?.index;
      if (at !== undefined)
        throw new Error(`raw characters: ${JSON.stringify(said.slice(Math.max(0, at - 80), at + 80))}`);
    } catch (error) {
      if (!isToolFailure(error) && !isInputError(error) && !(error instanceof StopRollout)) throw error;
      refused += 1;
    }
  });
  rmSync(above, { recursive: true });
  return { faults, differences: [], oracle: `${count - faults.length - refused} answered, ${refused} refused` };
};
