import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderChart } from '@mi-patterns/helm';
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { resident } from '../chart/support.ts';
import { chart, miPatterns, temporaryFolder } from '../support/command.ts';

const integration = { type: 'stateless', replicas: 2 };
const task = { type: 'stateful', artifacts: { roles: ['Nightly'], stateful: ['task/nightly'] } };
const coordinated = (more: object): object => ({ pattern: 'coordinated', workloads: { integration, task, ...more } });

interface Case {
  readonly name: string;
  readonly values: object;
  /** What helm says where the schema catches it; absent where the chart itself does. */
  readonly schema?: readonly string[];
  /**
   * What the chart says, with the schema and, above all, without it: code, key and sentence. Absent for a fault of form
   * alone.
   */
  readonly chart?: readonly string[];
  /** What `mi-patterns validate` says, with the line: the same code and sentence where the chart refuses. */
  readonly validate: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: '1: single-replica with two workloads',
    values: { pattern: 'single-replica', workloads: { a: {}, b: {} } },
    chart: [
      'MI-VALUES-SINGLE-REPLICA workloads: Pattern single-replica runs one workload, but workloads has 2: a, b. Keep one of them, or set pattern: coordinated.',
    ],
    validate: [
      'MI-VALUES-SINGLE-REPLICA 3: Pattern single-replica runs one workload, but workloads has 2: a, b. Keep one of them, or set pattern: coordinated.',
    ],
  },
  {
    name: '1: single-replica with two pods',
    values: { pattern: 'single-replica', workloads: { a: { replicas: 2 } } },
    chart: [
      'MI-VALUES-SINGLE-REPLICA workloads.a.replicas: Pattern single-replica runs one pod, but replicas is 2. Set replicas: 1, or another pattern: multiple-replicas for equal pods, coordinated when some artifacts are stateful.',
    ],
    validate: [
      'MI-VALUES-SINGLE-REPLICA 4: Pattern single-replica runs one pod, but replicas is 2. Set replicas: 1, or another pattern: multiple-replicas for equal pods, coordinated when some artifacts are stateful.',
    ],
  },
  {
    name: '1: single-replica with two pods by the defaults of workloads',
    values: { pattern: 'single-replica', workloadDefaults: { replicas: 2 }, workloads: { a: { type: 'stateless' } } },
    chart: [
      'MI-VALUES-SINGLE-REPLICA workloads.a.replicas: Pattern single-replica runs one pod, but replicas is 2. Set replicas: 1, or another pattern: multiple-replicas for equal pods, coordinated when some artifacts are stateful.',
    ],
    validate: [
      'MI-VALUES-SINGLE-REPLICA 3: Pattern single-replica runs one pod, but replicas is 2. Set replicas: 1, or another pattern: multiple-replicas for equal pods, coordinated when some artifacts are stateful.',
    ],
  },
  {
    name: '1: single-replica with autoscaling',
    values: { pattern: 'single-replica', workloads: { a: { autoscaling: { enabled: true } } } },
    chart: [
      'MI-VALUES-SINGLE-REPLICA workloads.a.autoscaling.enabled: Pattern single-replica runs one pod, but autoscaling is enabled for workload "a". Set autoscaling.enabled: false, or another pattern.',
    ],
    validate: [
      'MI-VALUES-SINGLE-REPLICA 5: Pattern single-replica runs one pod, but autoscaling is enabled for workload "a". Set autoscaling.enabled: false, or another pattern.',
    ],
  },
  {
    name: '2: multiple-replicas with a stateful workload',
    values: { pattern: 'multiple-replicas', workloads: { task } },
    chart: [
      'MI-VALUES-MULTIPLE-REPLICAS workloads.task.type: Pattern multiple-replicas runs the same pod several times, but workload "task" is stateful (task/nightly). Set pattern: coordinated, or take the stateful artifacts out.',
    ],
    validate: [
      'MI-VALUES-MULTIPLE-REPLICAS 4: Pattern multiple-replicas runs the same pod several times, but workload "task" is stateful (task/nightly). Set pattern: coordinated, or take the stateful artifacts out.',
    ],
  },
  {
    name: '2: multiple-replicas with one pod',
    values: { pattern: 'multiple-replicas', workloads: { a: { type: 'stateless', replicas: 1 } } },
    chart: [
      'MI-VALUES-MULTIPLE-REPLICAS workloads.a.replicas: Pattern multiple-replicas needs at least 2 pods, but replicas is 1. Raise it, or set pattern: single-replica.',
    ],
    validate: [
      'MI-VALUES-MULTIPLE-REPLICAS 5: Pattern multiple-replicas needs at least 2 pods, but replicas is 1. Raise it, or set pattern: single-replica.',
    ],
  },
  {
    name: '2: multiple-replicas scaled down to one pod',
    values: {
      pattern: 'multiple-replicas',
      workloads: { a: { type: 'stateless', autoscaling: { enabled: true, minReplicas: 1, maxReplicas: 4 } } },
    },
    chart: [
      'MI-VALUES-MULTIPLE-REPLICAS workloads.a.autoscaling.minReplicas: Pattern multiple-replicas needs at least 2 pods, but minReplicas is 1. Raise it, or set pattern: single-replica.',
    ],
    validate: [
      'MI-VALUES-MULTIPLE-REPLICAS 7: Pattern multiple-replicas needs at least 2 pods, but minReplicas is 1. Raise it, or set pattern: single-replica.',
    ],
  },
  {
    name: '3: a stateful workload of two pods',
    values: coordinated({ task: { ...task, replicas: 2 } }),
    chart: [
      'MI-VALUES-COORDINATED workloads.task.replicas: Workload "task" is stateful and has one active pod, but its replicas is 2: its tasks would run 2 times. Set replicas: 1, type: stateless if nothing in it is stateful, or coordination.mode: database.',
    ],
    validate: [
      'MI-VALUES-COORDINATED 13: Workload "task" is stateful and has one active pod, but its replicas is 2: its tasks would run 2 times. Set replicas: 1, type: stateless if nothing in it is stateful, or coordination.mode: database.',
    ],
  },
  {
    name: '3: a stateful workload with autoscaling',
    values: coordinated({ task: { ...task, autoscaling: { enabled: true } } }),
    chart: [
      'MI-VALUES-COORDINATED workloads.task.autoscaling.enabled: Workload "task" is stateful and has one active pod, but autoscaling is enabled for it. Set autoscaling.enabled: false, or coordination.mode: database.',
    ],
    validate: [
      'MI-VALUES-COORDINATED 14: Workload "task" is stateful and has one active pod, but autoscaling is enabled for it. Set autoscaling.enabled: false, or coordination.mode: database.',
    ],
  },
  {
    name: '3: a stateful workload with a rolling strategy',
    values: coordinated({ task: { ...task, strategy: { maxSurge: 1 } } }),
    chart: [
      'MI-VALUES-COORDINATED workloads.task.strategy: strategy asks for pods that overlap during an update, but the workload is stateful: the old pod and the new one would both be active. Remove strategy; the old pod is stopped first.',
    ],
    validate: [
      'MI-VALUES-COORDINATED 14: strategy asks for pods that overlap during an update, but the workload is stateful: the old pod and the new one would both be active. Remove strategy; the old pod is stopped first.',
    ],
  },
  {
    name: '3: a public route to a stateful workload',
    values: {
      ...coordinated({}),
      ingress: { enabled: true, hosts: { 'a.example.com': { paths: { '/': { workload: 'task' } } } } },
    },
    chart: [
      'MI-VALUES-STATEFUL-EXPOSED ingress.hosts["a.example.com"].paths["/"].workload: This leads to port "http" of workload "task", which is stateful and does not open it. Route to a stateless workload; or, if artifacts of task answer there, open it with workloads.task.service.enabled: true.',
    ],
    validate: [
      'MI-VALUES-STATEFUL-EXPOSED 19: This leads to port "http" of workload "task", which is stateful and does not open it. Route to a stateless workload; or, if artifacts of task answer there, open it with workloads.task.service.enabled: true.',
    ],
  },
  {
    name: '3: a stateful workload that nothing tells from the others',
    values: {
      pattern: 'coordinated',
      workloads: { integration, task: { type: 'stateful', artifacts: { stateful: ['task/nightly'] } } },
    },
    chart: [
      "MI-VALUES-NOT-ISOLATED workloads.task.type: The workload task is stateful, but every pod of it and of integration would run the same artifacts: both have the same archives (two versions of one image count as the same) and no server role of their own. Give the stateful artifacts a role (serverRole in the archive's artifacts.xml, or in metadata.xml if it has one; mi-patterns package does it), and list it under workloads.task.artifacts.roles; or use other archives, from an image with another name or from a volume.",
    ],
    validate: [
      "MI-VALUES-NOT-ISOLATED 7: The workload task is stateful, but every pod of it and of integration would run the same artifacts: both have the same archives (two versions of one image count as the same) and no server role of their own. Give the stateful artifacts a role (serverRole in the archive's artifacts.xml, or in metadata.xml if it has one; mi-patterns package does it), and list it under workloads.task.artifacts.roles; or use other archives, from an image with another name or from a volume.",
    ],
  },
  {
    name: '4: one stateful artifact in two workloads',
    values: coordinated({ other: { ...task, artifacts: { ...task.artifacts, roles: ['Other'] } } }),
    chart: [
      'MI-VALUES-STATEFUL-TWICE workloads.task.artifacts.stateful: The stateful artifact task/nightly is listed in the workloads other and task, so it would be active in both. List it under artifacts.stateful of one of them.',
    ],
    validate: [
      'MI-VALUES-STATEFUL-TWICE 12: The stateful artifact task/nightly is listed in the workloads other and task, so it would be active in both. List it under artifacts.stateful of one of them.',
    ],
  },
  {
    name: '4: two workloads that coordinate through one database',
    values: {
      pattern: 'coordinated',
      coordination: { mode: 'database', database: { url: 'jdbc:mysql://db/mi', driver: 'com.mysql.cj.jdbc.Driver' } },
      workloads: { a: integration, b: integration },
    },
    chart: [
      "MI-VALUES-COORDINATION-DATABASE workloads.b.coordination.database.url: The workloads a and b coordinate through the same database (mi on db). Its task table has no column for a group, so each would delete or take the other's tasks. Keep one workload, give each its own database (workloads.b.coordination.database.url), or set coordination.mode: isolate.",
    ],
    validate: [
      "MI-VALUES-COORDINATION-DATABASE 5: The workloads a and b coordinate through the same database (mi on db). Its task table has no column for a group, so each would delete or take the other's tasks. Keep one workload, give each its own database (workloads.b.coordination.database.url), or set coordination.mode: isolate.",
    ],
  },
  {
    name: '5: a name over 63 characters',
    values: { workloads: { ['w'.repeat(60)]: {} } },
    schema: ['`workloads.wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww`: unknown key.'],
    chart: [
      'MI-VALUES-NAME-LENGTH workloads.wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww: The name "orders-wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww" of workload "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww" has 67 characters, and Kubernetes allows at most 63. Shorten the workload\'s key or the release name, or set fullnameOverride.',
    ],
    validate: [
      'MI-VALUES-FORMAT 2: The key `wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww` of `workloads` has 60 characters, more than 50.',
    ],
  },
  {
    name: '5: an unknown key of a workload',
    values: { workloads: { a: { replicaas: 2 } } },
    schema: ['`workloads.a.replicaas`: unknown key.'],
    validate: ['MI-VALUES-UNKNOWN-KEY 3: There is no key `replicaas` in `workloads.a`.'],
  },
  {
    name: '5: an unknown key of the release',
    values: { imagee: {} },
    schema: ['`imagee`: unknown key.'],
    validate: ['MI-VALUES-UNKNOWN-KEY 1: There is no key `imagee` at the top of the file.'],
  },
  {
    name: '5: a value of the wrong type',
    values: { pattern: 'multiple-replicas', workloads: { a: { replicas: 'abc' } } },
    schema: ['`workloads.a.replicas`: got string, want integer.'],
    chart: [
      'MI-VALUES-MULTIPLE-REPLICAS workloads.a.replicas: Pattern multiple-replicas needs at least 2 pods, but replicas is 0. Raise it, or set pattern: single-replica.',
    ],
    validate: ['MI-VALUES-TYPE 4: `workloads.a.replicas` is the text `abc`; expected: a whole number.'],
  },
];

async function refusal(
  values: object,
  skipSchemaValidation: boolean,
): Promise<readonly { readonly code: string; readonly message: string }[]> {
  const result = await renderChart({
    ...resident,
    chart,
    release: 'orders',
    values: [values as Readonly<Record<string, unknown>>],
    skipSchemaValidation,
  });
  return result.state === 'refused' ? result.diagnostics.map(({ code, message }) => ({ code, message })) : [];
}

describe('what the chart refuses', () => {
  it.each(cases)('$name', async ({ values, schema, chart: refused, validate }) => {
    const refusedBy = (code: string, messages: readonly string[] = []): object[] =>
      messages.map((message) => ({ code, message }));
    expect(await refusal(values, false)).toEqual(
      schema === undefined ? refusedBy('MI-CHART-REFUSED', refused) : refusedBy('MI-CHART-SCHEMA', schema),
    );
    // Form alone is the schema's: with it off, the chart has nothing to say.
    expect(await refusal(values, true)).toEqual(refusedBy('MI-CHART-REFUSED', refused));
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'values.yaml'), stringify(values));
    const answer = await miPatterns(['validate', 'values.yaml', '--json'], { cwd: folder });
    const { diagnostics } = JSON.parse(answer.stdout) as {
      readonly diagnostics: readonly {
        readonly code: string;
        readonly message: string;
        readonly hint: string;
        readonly source: { readonly line: number };
      }[];
    };
    // What to do, at the end of the chart's sentence, is the hint of the finding.
    const whole = (message: string, hint: string): string =>
      validate.some((said) => said.endsWith(`${message} ${hint}`)) ? `${message} ${hint}` : message;
    expect({
      exitCode: answer.exitCode,
      said: diagnostics.map(({ code, message, hint, source }) => `${code} ${source.line}: ${whole(message, hint)}`),
    }).toEqual({ exitCode: 1, said: validate });
  });

  it('and takes the same values once the fault is gone', async () => {
    expect(await refusal(coordinated({}), false)).toEqual([]);
    expect(await refusal({ pattern: 'multiple-replicas', workloads: { integration } }, false)).toEqual([]);
    expect(await refusal({ pattern: 'single-replica', workloads: { a: {} } }, false)).toEqual([]);
    // A single replica may run what is stateful: there is only one pod.
    expect(await refusal({ pattern: 'single-replica', workloads: { task } }, false)).toEqual([]);
  });
});
