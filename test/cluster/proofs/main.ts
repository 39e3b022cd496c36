import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { readArguments, wholeNumber, wrongUse } from '../../../scripts/lib/arguments.ts';
import { databaseUser } from '../../runtime/coordination-database.ts';
import { call, read } from '../harness/api.ts';
import { clusterStatus } from '../harness/cluster.ts';
import { guardImage } from '../images/guard.ts';
import { toolsImage } from '../images/servers.ts';
import {
  officialChart,
  officialChartFolder,
  ownChart,
  type ChartUnderTest,
  type Intent,
  type IsolatedTask,
  type Recovery,
} from './charts.ts';
import { databaseProofs, prepareDatabase } from './database.ts';
import { databaseUrl } from './database-server.ts';
import type { Stage } from './event.ts';
import { fencedProofs } from './fenced.ts';
import { coordinatedProofs } from './isolated.ts';
import { guardCost } from './guard-requests.ts';
import { readyNodes } from './nodes.ts';
import { podStates } from './pods.ts';
import { asFound, forgetLeaving, leavingProofs, prepareLeaving } from './leave-helm-mi.ts';
import { refusals } from './refusals.ts';
import { readRuns, withRun, writeReport } from './results.ts';
import type { ProofResult, ProofRun } from './figures.ts';
import { builtServer, coordinatedRepository, givenServer, task, type ServerUnderTest } from './server.ts';
import { type GitOpsController, guardedPatternChanges, patternChanges } from './pattern-change.ts';
import { startArgoCd } from './argo-cd.ts';
import { startAgent } from './gitops.ts';
import { starts, takeovers } from './starts.ts';
import { autoscaled, multipleReplicas, singleReplica, type Proof } from './stateless.ts';
import { givenTarget, ownTarget, type Target } from './target.ts';
import { removeNamespace, startTools, toolsNamespace } from './tools.ts';

const word = { type: 'string' } as const;
const script = {
  run: 'npm run test:cluster --',
  summary: 'Measures the availability of releases on a cluster, and writes the figures and the report.',
  options: {
    cluster: {
      ...word,
      value: 'NAME',
      default: 'default',
      description: 'a cluster of the harness that is up; its nodes can be lost',
    },
    kubeconfig: { type: 'boolean', description: 'instead: the cluster that kubectl reaches' },
    'load-command': { ...word, value: 'CMD', description: "how an image archive {} gets to that cluster's nodes" },
    server: {
      ...word,
      value: 'KIND',
      default: 'stand-in',
      description: 'stand-in, or source: MI 4.3.0 built from source, if its recipe is beside the checkout',
    },
    image: {
      ...word,
      value: 'NAME:TAG',
      description: 'instead: any MI image that the cluster can have, its archives mounted; our chart only',
    },
    'image-archive': { ...word, value: 'FILE', description: 'brings that image to the nodes first' },
    version: { ...word, value: 'X.Y.Z', description: 'which MI that image is, when its tag does not say so' },
    charts: {
      ...word,
      value: 'A,B',
      description: "mi-patterns,helm-mi (default both, if WSO2's chart is beside the checkout)",
    },
    chart: { ...word, value: 'FOLDER', description: 'our chart from another folder than charts/micro-integrator' },
    namespace: { ...word, value: 'NAME', default: 'mi-proof', description: 'where the releases go' },
    'keep-tools': {
      type: 'boolean',
      description: 'uses the counter and the namespace that another run beside this one has made',
    },
    only: {
      ...word,
      value: 'NAME,NAME',
      description: 'groups (coordinated) or single events (coordinated/node lost)',
    },
    rate: { ...word, value: 'N', default: '100', description: 'requests a second' },
    apis: {
      ...word,
      value: 'N',
      default: '1',
      description: 'APIs of the test archive of a server that is built here: the more, the longer its start',
    },
    results: {
      ...word,
      value: 'FILE',
      description: 'where the figures go (default docs/availability.json), with the report beside it',
    },
    'gitops-agent': {
      ...word,
      value: 'FILE',
      description: 'a build of github.com/argoproj/gitops-engine/agent: patterns are changed by it too',
    },
    'argo-cd': {
      ...word,
      value: 'FOLDER',
      description: "a copy of Argo CD's source with its program built in it: the same by its controller",
    },
    guards: {
      ...word,
      value: 'N,N',
      description: 'instead: what so many guarded workloads with a standby ask of the API server; needs no nodes',
    },
    report: { type: 'boolean', description: 'only writes the report again from the figures' },
  },
} as const;

const say = (text: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);

interface Group {
  readonly name: string;
  readonly intent: (base: Intent) => Intent;
  readonly proofs: readonly Proof[];
  /** Left out when the server is another, or the chart is not ours. */
  readonly needs?: ServerUnderTest['kind'];
  /** Only for this chart. */
  readonly chart?: ChartUnderTest['id'];
  readonly prepare?: (stage: Stage, server: ServerUnderTest) => Promise<void>;
  readonly clear?: (target: Target) => void;
}

const watched = { task: task.name, interval: task.interval };
const isolated =
  (recovery: Recovery, guard?: string, standby?: 'cold') =>
  (base: Intent): Intent => ({
    ...base,
    replicas: 2,
    isolatedTask: {
      name: task.name,
      role: task.role,
      recovery,
      ...(guard === undefined ? {} : { guard }),
      ...(standby === undefined ? {} : { standby }),
    },
  });
const coordinated = coordinatedProofs(watched);
const ofOneNode = coordinated.filter(({ name }) => ['image changed', 'node lost', 'node cut off'].includes(name));
const fenced = 'coordinated fenced';
const cold = 'coordinated fenced cold';
const guardedChanges = 'pattern changes fenced';
/** A workload of its own has a standby, a single replica has none. */
const guardedTask = (guard: string): IsolatedTask => ({ name: task.name, role: task.role, recovery: 'fenced', guard });
/** `guard` is the image of lease-guard. */
const groups = (guard: string, controllers: readonly GitOpsController[]): readonly Group[] => [
  { name: 'single-replica', intent: (base) => ({ ...base, replicas: 1 }), proofs: singleReplica },
  { name: 'multiple-replicas', intent: (base) => ({ ...base, replicas: 2 }), proofs: multipleReplicas },
  { name: 'coordinated', intent: isolated('respawn'), proofs: coordinated },
  { name: 'coordinated at-most-one', intent: isolated('at-most-one'), proofs: ofOneNode },
  { name: fenced, intent: isolated('fenced', guard), proofs: [...ofOneNode, ...fencedProofs(watched)] },
  {
    name: cold,
    intent: isolated('fenced', guard, 'cold'),
    proofs: [
      ...coordinated.filter(({ name }) => !['image changed back', 'stateless workload scaled'].includes(name)),
      ...fencedProofs(watched),
    ],
  },
  {
    name: guardedChanges,
    intent: (base) => ({ ...base, replicas: 1, ownTask: guardedTask(guard) }),
    proofs: guardedPatternChanges(watched, guardedTask(guard), controllers),
  },
  {
    name: 'coordinated database',
    intent: (base) => ({
      ...base,
      replicas: 2,
      image: { repository: coordinatedRepository, tag: '1' },
      databaseTask: { role: task.role, url: databaseUrl, driver: 'org.postgresql.Driver', user: databaseUser },
    }),
    proofs: databaseProofs(watched),
    needs: 'built-from-source',
    prepare: prepareDatabase,
  },
  {
    name: 'autoscaled',
    intent: (base) => ({
      ...base,
      replicas: 2,
      autoscaling: { from: 2, to: 3, cpu: 50 },
      environment: { STANDIN_REQUEST_WORK_MILLISECONDS: '8' },
    }),
    proofs: autoscaled,
  },
  {
    name: 'pattern changes',
    intent: (base) => ({ ...base, replicas: 1, ownTask: { name: task.name, role: task.role } }),
    proofs: patternChanges(watched, { name: task.name, role: task.role, recovery: 'respawn' }),
  },
  {
    name: 'leaving helm-mi',
    intent: asFound,
    proofs: leavingProofs(watched),
    chart: 'helm-mi',
    prepare: (stage, server) => prepareLeaving(stage, server.kind),
    clear: forgetLeaving,
  },
  { name: 'refusals', intent: (base) => ({ ...base, replicas: 2 }), proofs: refusals },
  { name: 'starts', intent: (base) => ({ ...base, replicas: 1 }), proofs: starts, chart: 'mi-patterns' },
  {
    name: 'starts respawn',
    intent: (base) => ({ ...isolated('respawn')(base), replicas: 1 }),
    proofs: takeovers(watched),
    chart: 'mi-patterns',
  },
  {
    name: 'starts fenced cold',
    intent: (base) => ({ ...isolated('fenced', guard, 'cold')(base), replicas: 1 }),
    proofs: takeovers(watched),
    chart: 'mi-patterns',
  },
];

function patternOf({ name }: Group, { isolatedTask, databaseTask, replicas }: Intent): ProofResult['pattern'] {
  if (name === 'leaving helm-mi') return name;
  if (name.startsWith('starts')) return 'starts';
  if (isolatedTask !== undefined || databaseTask !== undefined) return 'coordinated';
  return replicas === 1 ? 'single-replica' : 'multiple-replicas';
}

async function runGroup(
  stage: Stage,
  group: Group,
  server: ServerUnderTest,
  wanted: (group: string, proof: string) => boolean,
  seen: (result: ProofResult) => void,
): Promise<void> {
  const proofs = group.proofs.filter((proof) => wanted(group.name, proof.name));
  if (
    proofs.length === 0 ||
    (['coordinated at-most-one', fenced, cold, guardedChanges].includes(group.name) && stage.chart.id === 'helm-mi')
  )
    return;
  if (group.needs !== undefined && (group.needs !== server.kind || stage.chart.id !== 'mi-patterns')) return;
  if (group.chart !== undefined && group.chart !== stage.chart.id) return;
  const { target, chart, namespace } = stage;
  await chart.remove(target, namespace);
  await removeNamespace(target, namespace);
  await call(target.api, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await server.prepare(target, namespace);
  await group.prepare?.(stage, server);
  const begin = Date.now();
  await chart.apply(target, namespace, stage.intent, 600);
  const installed = (Date.now() - begin) / 1000;
  say(`${chart.id}: ${group.name} ready after ${installed.toFixed(1)} s`);
  const pattern = patternOf(group, stage.intent);
  if (pattern !== 'starts')
    seen({
      pattern,
      event: group.name === pattern ? 'installed' : `${group.name} installed`,
      chart: chart.id,
      figures: { seconds: installed },
    });
  for (const proof of proofs) {
    try {
      seen(await proof.run(stage));
    } catch (error) {
      const note = error instanceof Error ? error.message : String(error);
      say(`${chart.id}: ${group.name}, ${proof.name}: FAILED: ${note}`);
      seen({
        pattern,
        event: group.name === pattern ? proof.name : `${group.name}: ${proof.name}`,
        chart: chart.id,
        figures: {},
        note,
      });
      if ((await podStates(target.api, namespace, chart.stateless)).length === 0) break;
    }
  }
  await chart.remove(target, namespace);
  await removeNamespace(target, namespace);
  group.clear?.(target);
}

async function main(): Promise<number> {
  const { values } = readArguments(script);
  const file = values.results ?? join(import.meta.dirname, '..', '..', '..', 'docs', 'availability.json');
  if (values.report) {
    writeReport(file, readRuns(file));
    return 0;
  }
  const apis = wholeNumber(script, '--apis', values.apis);
  if (!['stand-in', 'source'].includes(values.server))
    wrongUse(script, `--server is stand-in or source, not '${values.server}'; for any other server give --image.`);
  const target: Target = values.kubeconfig
    ? await givenTarget(values['load-command'])
    : await ownTarget(values.cluster);
  const work = mkdtempSync(join(tmpdir(), 'mi-proofs-'));
  const ends: (() => void)[] = [];
  try {
    if (values.guards !== undefined) {
      const folder = clusterStatus(values.cluster).folder;
      for (const workloads of values.guards.split(',').map(Number))
        say(JSON.stringify(await guardCost(target, folder, join(work, String(workloads)), workloads)));
      return 0;
    }
    const server =
      values.image === undefined
        ? await builtServer(values.server === 'source' ? 'built-from-source' : 'stand-in', work, apis)
        : await givenServer(values.image, values['image-archive'], values.version, work);
    say(`Server in the pods: ${server.name}`);
    const [tools, guard] = [await toolsImage(), await guardImage()];
    for (const image of [tools, guard, ...server.images]) await target.loadImage(image);
    const nodes = await readyNodes(target);
    const [safeNode] = nodes;
    if (safeNode === undefined) throw new Error('No node is ready.');
    if (!values['keep-tools']) await startTools(target, tools, safeNode);
    const charts = chartsUnderTest(values.charts, values.chart, work, server);
    const only = values.only?.split(',');
    const wanted = (group: string, proof: string): boolean =>
      only === undefined || only.some((part) => group === part || `${group}/${proof}` === part);
    const cluster = await read<{ gitVersion: string }>(target.api, '/version');
    const run: Omit<ProofRun, 'results'> = {
      server: server.kind,
      serverImage: server.name,
      kubernetes: cluster?.gitVersion ?? '',
      nodes: nodes.length,
      nodeGraceSeconds:
        target.machine === undefined ? undefined : clusterStatus(values.cluster).state?.settings.nodeGrace,
      rate: Number(values.rate),
      machine:
        target.machine === undefined
          ? 'a cluster given by kubeconfig'
          : `all on one machine with ${cpus().length} processors and ${Math.round(totalmem() / 2 ** 30)} GiB`,
      charts: Object.fromEntries(charts.map((chart) => [chart.id, chart.version])),
      began: `${new Date().toISOString().slice(0, 16)}Z`,
    };
    const results: ProofResult[] = [];
    const controllers = controllersOf(work, { agent: values['gitops-agent'], argoCd: values['argo-cd'] }, ends);
    for (const group of groups(guard.name, controllers)) {
      for (const chart of charts) {
        const stage: Stage = {
          target,
          chart,
          namespace: values.namespace,
          tools,
          safeNode,
          rate: run.rate,
          warmUp: server.kind === 'stand-in' ? 0 : 15,
          intent: group.intent(server.base),
          report: say,
        };
        await runGroup(stage, group, server, wanted, (result) => {
          results.push(apis === 1 ? result : { ...result, event: `${result.event}, ${apis} APIs` });
          writeReport(file, withRun(readRuns(file), { ...run, results })); // a run that is cut off keeps what it has seen
        });
      }
    }
    if (!values['keep-tools']) await removeNamespace(target, toolsNamespace);
    return results.some((result) => result.note !== undefined) ? 1 : 0;
  } finally {
    for (const end of ends) end();
    target.close();
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * The GitOps controllers that were built for this run. `work` takes their files, and `ends` what ends those that were
 * started.
 */
function controllersOf(
  work: string,
  { agent, argoCd }: { readonly agent: string | undefined; readonly argoCd: string | undefined },
  ends: (() => void)[],
): GitOpsController[] {
  const controller = (
    name: string,
    program: string | undefined,
    start: typeof startAgent | typeof startArgoCd,
  ): GitOpsController[] => {
    if (program === undefined) return [];
    const folder = join(work, name.replaceAll(' ', '-'));
    const started: GitOpsController['start'] = async (target, namespace) => {
      const running = await start(resolve(program), target, namespace, folder);
      ends.push(running.stop);
      return running;
    };
    return [{ name, waitsForHealth: start === startArgoCd, start: started }];
  };
  return [...controller('a GitOps agent', agent, startAgent), ...controller('Argo CD', argoCd, startArgoCd)];
}

function chartsUnderTest(
  ids: string | undefined,
  own: string | undefined,
  work: string,
  server: ServerUnderTest,
): ChartUnderTest[] {
  const official = officialChartFolder();
  return (ids?.split(',') ?? ['mi-patterns', 'helm-mi']).flatMap((id): ChartUnderTest[] => {
    if (id === 'mi-patterns') return [ownChart(work, own)];
    if (id !== 'helm-mi') throw new Error(`--charts ${id}: mi-patterns and helm-mi are known.`);
    if (official === undefined || server.kind === 'given-image') {
      say(
        `helm-mi is left out: ${official === undefined ? 'its files are not beside this checkout' : 'the test archives come by ConfigMap, which it cannot mount'}.`,
      );
      return [];
    }
    return [officialChart(official, work)];
  });
}

process.exitCode = await main();
