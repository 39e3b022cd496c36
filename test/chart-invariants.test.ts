import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderChart } from '@mi-patterns/helm';
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { chart, miPatterns, temporaryFolder } from './support/command.ts';

const integration = { type: 'stateless', replicas: 2 };
const task = { type: 'stateful', artifacts: { roles: ['Nightly'], stateful: ['task/nightly'] } };
const coordinated = (more: object): object => ({ pattern: 'coordinated', workloads: { integration, task, ...more } });

interface Case {
  readonly name: string;
  readonly values: object;
  /** What helm says where the schema catches it; absent where only a template can. */
  readonly schema?: readonly string[];
  /** What a template says, with the schema and, above all, without it. Absent for a fault of form alone. */
  readonly fail?: string;
  /** What `mi-patterns validate` says, with the line. */
  readonly validate: string;
}

const cases: readonly Case[] = [
  {
    name: '1: single-replica with two workloads',
    values: { pattern: 'single-replica', workloads: { a: {}, b: {} } },
    schema: ['`workloads`: maxProperties: got 2, want 1.'],
    fail: 'pattern single-replica runs one workload, but workloads has 2: a, b. Keep one of them, or set pattern: coordinated.',
    validate:
      'MI-VALUES-SINGLE-REPLICA 3: `single-replica` runs everything in one workload, but there are 2: `a` and `b`.',
  },
  {
    name: '1: single-replica with two pods',
    values: { pattern: 'single-replica', workloads: { a: { replicas: 2 } } },
    schema: ['`workloads.a.replicas`: value must be 1.'],
    fail: 'pattern single-replica runs one pod, but workloads.a.replicas is 2. Set replicas: 1, or another pattern: multiple-replicas for equal pods, coordinated when some artifacts are stateful.',
    validate: 'MI-VALUES-SINGLE-REPLICA 4: The workload `a` has 2 replicas, but `single-replica` runs one pod.',
  },
  {
    name: '1: single-replica with two pods by the defaults of workloads',
    values: { pattern: 'single-replica', workloadDefaults: { replicas: 2 }, workloads: { a: { type: 'stateless' } } },
    schema: ['`workloadDefaults.replicas`: value must be 1.'],
    fail: 'pattern single-replica runs one pod, but workloads.a.replicas is 2. Set replicas: 1, or another pattern: multiple-replicas for equal pods, coordinated when some artifacts are stateful.',
    validate: 'MI-VALUES-SINGLE-REPLICA 3: The workload `a` has 2 replicas, but `single-replica` runs one pod.',
  },
  {
    name: '1: single-replica with autoscaling',
    values: { pattern: 'single-replica', workloads: { a: { autoscaling: { enabled: true } } } },
    schema: ['`workloads.a.autoscaling.enabled`: value must be false.'],
    fail: 'pattern single-replica runs one pod, but autoscaling is enabled for workload "a". Set autoscaling.enabled: false, or another pattern.',
    validate:
      'MI-VALUES-SINGLE-REPLICA 5: The workload `a` is scaled automatically, but `single-replica` runs one pod.',
  },
  {
    name: '2: multiple-replicas with a stateful workload',
    values: { pattern: 'multiple-replicas', workloads: { task } },
    schema: [
      '`workloads.task.artifacts.stateful`: maxItems: got 1, want 0.',
      "`workloads.task.type`: value must be 'stateless'.",
    ],
    fail: 'pattern multiple-replicas runs the same pod several times, but workload "task" is stateful (task/nightly). Set pattern: coordinated, or take the stateful artifacts out.',
    validate:
      'MI-VALUES-MULTIPLE-REPLICAS 4: The workload `task` is stateful: `task/nightly`, but `multiple-replicas` runs every artifact in each pod.',
  },
  {
    name: '2: multiple-replicas with one pod',
    values: { pattern: 'multiple-replicas', workloads: { a: { type: 'stateless', replicas: 1 } } },
    schema: ['`workloads.a.replicas`: minimum: got 1, want 2.'],
    fail: 'pattern multiple-replicas needs at least 2 pods, but workloads.a.replicas is 1. Raise it, or set pattern: single-replica.',
    validate:
      'MI-VALUES-MULTIPLE-REPLICAS 5: The workload `a` has 1 replica, but `multiple-replicas` needs at least 2.',
  },
  {
    name: '2: multiple-replicas scaled down to one pod',
    values: {
      pattern: 'multiple-replicas',
      workloads: { a: { type: 'stateless', autoscaling: { enabled: true, minReplicas: 1, maxReplicas: 4 } } },
    },
    schema: ['`workloads.a.autoscaling.minReplicas`: minimum: got 1, want 2.'],
    fail: 'pattern multiple-replicas needs at least 2 pods, but workloads.a.autoscaling.minReplicas is 1. Raise it, or set pattern: single-replica.',
    validate:
      'MI-VALUES-MULTIPLE-REPLICAS 7: The workload `a` has a minimum of 1 replica, but `multiple-replicas` needs at least 2.',
  },
  {
    name: '3: a stateful workload of two pods',
    values: coordinated({ task: { ...task, replicas: 2 } }),
    schema: ['`workloads.task.replicas`: value must be 1.'],
    fail: 'workload "task" is stateful and has one active pod, but its replicas is 2: its tasks would run 2 times. Set replicas: 1, type: stateless if nothing in it is stateful, or coordination.mode: database.',
    validate:
      'MI-VALUES-COORDINATED 13: The workload `task` has 2 replicas, but a stateful workload has exactly one active pod.',
  },
  {
    name: '3: a stateful workload with autoscaling',
    values: coordinated({ task: { ...task, autoscaling: { enabled: true } } }),
    schema: ['`workloads.task.autoscaling.enabled`: value must be false.'],
    fail: 'workload "task" is stateful and has one active pod, but autoscaling is enabled for it. Set autoscaling.enabled: false, or coordination.mode: database.',
    validate:
      'MI-VALUES-COORDINATED 14: The workload `task` is scaled automatically, but a stateful workload has exactly one active pod.',
  },
  {
    name: '3: a stateful workload with a rolling strategy',
    values: coordinated({ task: { ...task, strategy: { maxSurge: 1 } } }),
    schema: ['`workloads.task.strategy`: maxProperties: got 1, want 0.'],
    fail: 'workloads.task.strategy asks for pods that overlap during an update, but the workload is stateful: the old pod and the new one would both be active. Remove strategy; the old pod is stopped first.',
    validate:
      'MI-VALUES-COORDINATED 14: The stateful workload `task` has a rolling strategy, which would run two pods during an update.',
  },
  {
    name: '3: a public route to a stateful workload',
    values: {
      ...coordinated({}),
      ingress: { enabled: true, hosts: { 'a.example.com': { paths: { '/': { workload: 'task' } } } } },
    },
    fail: 'ingress.hosts["a.example.com"].paths["/"] leads to workload "task", which is stateful: its one pod is away whenever it moves, so it gets no public route. Lead it to a stateless workload.',
    validate: 'MI-VALUES-STATEFUL-EXPOSED 19: The Ingress path `a.example.com/` leads to the stateful workload `task`.',
  },
  {
    name: '3: a stateful workload that nothing tells from the others',
    values: {
      pattern: 'coordinated',
      workloads: { integration, task: { type: 'stateful', artifacts: { stateful: ['task/nightly'] } } },
    },
    fail: "The workload task is stateful, but nothing tells its artifacts from those of integration: both have the same archives and no server role of their own, so each of their pods would run all of it. Give the artifacts a role (serverRole in the archive's artifact.xml; mi-patterns package does it), and list it under workloads.task.artifacts.roles.",
    validate:
      'MI-VALUES-NOT-ISOLATED 7: Nothing tells the artifacts of the stateful workload `task` from those of `integration`, so each of their pods would run all of it.',
  },
  {
    name: '4: one stateful artifact in two workloads',
    values: coordinated({ other: { ...task, artifacts: { ...task.artifacts, roles: ['Other'] } } }),
    fail: 'The stateful artifact task/nightly is listed in the workloads other and task, so it would be active in both. List it under artifacts.stateful of one of them.',
    validate:
      'MI-VALUES-STATEFUL-TWICE 12: `task/nightly` is listed in the workloads `task` and `other`; it would be active in both.',
  },
  {
    name: '4: two workloads that coordinate through one database',
    values: {
      pattern: 'coordinated',
      coordination: { mode: 'database', database: { url: 'jdbc:mysql://db/mi', driver: 'com.mysql.cj.jdbc.Driver' } },
      workloads: { a: integration, b: integration },
    },
    fail: 'The workloads a and b coordinate through the same database ("jdbc:mysql://db/mi"). Its task table has no column for a group, so each would delete or take the other\'s tasks. Keep one workload, give each its own database (workloads.b.coordination.database.url), or set coordination.mode: isolate.',
    validate:
      "MI-VALUES-COORDINATION-DATABASE 3: The workloads `a` and `b` share one coordination database, so they would take each other's tasks.",
  },
  {
    name: '5: a name over 63 characters',
    values: { workloads: { ['w'.repeat(60)]: {} } },
    schema: [`\`workloads.${'w'.repeat(60)}\`: unknown key.`],
    fail: `The name "orders-${'w'.repeat(60)}" of workload "${'w'.repeat(60)}" has 67 characters, and Kubernetes takes 63. Shorten the workload's key or the release name, or set fullnameOverride.`,
    validate: `MI-VALUES-FORMAT 2: The key \`${'w'.repeat(60)}\` of \`workloads\` has 60 characters, more than 50.`,
  },
  {
    name: '5: an unknown key of a workload',
    values: { workloads: { a: { replicaas: 2 } } },
    schema: ["`workloads.a`: additional properties 'replicaas' not allowed; or got object, want null."],
    validate: 'MI-VALUES-UNKNOWN-KEY 3: There is no key `replicaas` in `workloads.a`.',
  },
  {
    name: '5: an unknown key of the release',
    values: { imagee: {} },
    schema: ['`imagee`: unknown key.'],
    validate: 'MI-VALUES-UNKNOWN-KEY 1: There is no key `imagee` at the top of the file.',
  },
  {
    name: '5: a value of the wrong type',
    values: { pattern: 'multiple-replicas', workloads: { a: { replicas: 'abc' } } },
    schema: ['`workloads.a`: got object, want null; or workloads.a.replicas: got string, want integer.'],
    fail: 'pattern multiple-replicas needs at least 2 pods, but workloads.a.replicas is 0. Raise it, or set pattern: single-replica.',
    validate: 'MI-VALUES-TYPE 4: `workloads.a.replicas` is the text `abc`; expected is a whole number.',
  },
];

async function refusal(
  values: object,
  skipSchemaValidation: boolean,
): Promise<readonly { readonly code: string; readonly message: string }[]> {
  const result = await renderChart({
    chart,
    release: 'orders',
    values: [values as Readonly<Record<string, unknown>>],
    skipSchemaValidation,
  });
  return result.state === 'refused' ? result.diagnostics.map(({ code, message }) => ({ code, message })) : [];
}

describe('what the chart refuses', () => {
  it.each(cases)('$name', async ({ values, schema, fail, validate }) => {
    const asInstalled = await refusal(values, false);
    expect(asInstalled).toEqual(
      schema === undefined
        ? [{ code: 'MI-CHART-REFUSED', message: fail }]
        : schema.map((message) => ({ code: 'MI-CHART-SCHEMA', message })),
    );
    if (fail !== undefined) expect(await refusal(values, true)).toEqual([{ code: 'MI-CHART-REFUSED', message: fail }]);
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'values.yaml'), stringify(values));
    const answer = await miPatterns(['validate', 'values.yaml', '--json'], { cwd: folder });
    const { diagnostics } = JSON.parse(answer.stdout) as {
      readonly diagnostics: readonly {
        readonly code: string;
        readonly message: string;
        readonly source: { readonly line: number };
      }[];
    };
    expect({
      exitCode: answer.exitCode,
      said: diagnostics.map(({ code, message, source }) => `${code} ${source.line}: ${message}`),
    }).toEqual({ exitCode: 1, said: [validate] });
  });

  it('and takes the same values once the fault is gone', async () => {
    expect(await refusal(coordinated({}), false)).toEqual([]);
    expect(await refusal({ pattern: 'multiple-replicas', workloads: { integration } }, false)).toEqual([]);
    expect(await refusal({ pattern: 'single-replica', workloads: { a: {} } }, false)).toEqual([]);
    // A single replica may run what is stateful: there is only one pod.
    expect(await refusal({ pattern: 'single-replica', workloads: { task } }, false)).toEqual([]);
  });
});
