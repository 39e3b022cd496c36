import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { read } from '../harness/api.ts';
import { clusterStatus } from '../harness/cluster.ts';
import { apiArtifact, faultyArtifact, tickingTask, writeArchive } from '../images/archives.ts';
import { serverNames, sourceImage, standInImage, toolsImage, type BuiltImage, type ServerKind } from '../images/servers.ts';
import { officialChart, officialChartFolder, ownChart, type ChartUnderTest, type Intent } from './charts.ts';
import type { Stage } from './event.ts';
import { coordinatedProofs } from './isolated.ts';
import { readyNodes } from './nodes.ts';
import { podStates } from './pods.ts';
import { refusals } from './refusals.ts';
import type { ProofResult, ProofRun } from './results.ts';
import { multipleReplicas, singleReplica, type Proof } from './stateless.ts';
import { givenTarget, ownTarget, type Target } from './target.ts';
import { counterAddress, removeNamespace, startTools, toolsNamespace } from './tools.ts';

const usage = `usage: npm run test:cluster -- [options]
  --cluster NAME        a cluster of the harness that is up (default); its nodes can be lost
  --kubeconfig          instead: the cluster that kubectl reaches
  --load-command CMD    how an image archive {} gets to that cluster's nodes
  --server KIND         stand-in (default) or source: MI 4.3.0 built from source, if its recipe is beside the checkout
  --charts A,B          mi-patterns,helm-mi (default: both, if WSO2's chart is beside the checkout)
  --chart FOLDER        our chart from another folder than charts/micro-integrator
  --only TEXT,TEXT      groups or events whose name contains one of these
  --rate N              requests a second (100)
  --results FILE        where the figures go (docs/availability.json)`;

const say = (text: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
const namespace = 'mi-proof';
const repository = 'localhost/mi-proof';
const task = { name: 'recurring', role: 'MiIsolatedRecurring', interval: 1000 };

interface Group {
  readonly name: string;
  readonly intent: (base: Intent) => Intent;
  readonly proofs: readonly Proof[];
}

const isolated = (recovery: 'respawn' | 'at-most-one') => (base: Intent): Intent => ({ ...base, replicas: 2, isolatedTask: { name: task.name, role: task.role, recovery } });
const coordinated = coordinatedProofs({ task: task.name, interval: task.interval });
const groups: readonly Group[] = [
  { name: 'single-replica', intent: (base) => ({ ...base, replicas: 1 }), proofs: singleReplica },
  { name: 'multiple-replicas', intent: (base) => ({ ...base, replicas: 2 }), proofs: multipleReplicas },
  { name: 'coordinated', intent: isolated('respawn'), proofs: coordinated },
  { name: 'coordinated at-most-one', intent: isolated('at-most-one'), proofs: coordinated.filter(({ name }) => ['image changed', 'node lost', 'node cut off'].includes(name)) },
  { name: 'refusals', intent: (base) => ({ ...base, replicas: 2 }), proofs: refusals },
];

/** Images of the server with test archives in it: version 1, version 2 with another answer, and one with a faulty archive. */
async function buildImages(kind: ServerKind, version: string, work: string): Promise<BuiltImage[]> {
  const images: BuiltImage[] = [];
  for (const tag of ['1', '2', 'faulty']) {
    const archive = join(work, `proof-${tag}.car`);
    const artifacts = [apiArtifact('orders', '/orders', `{"version":"${tag}"}`), ...tickingTask(task.name, task.role, task.interval / 1000, counterAddress)];
    await writeArchive(archive, 'ProofCompositeExporter', `1.0.${images.length}`, tag === 'faulty' ? [...artifacts, faultyArtifact] : artifacts);
    const name = `${repository}:${tag}`;
    images.push(kind === 'stand-in' ? await standInImage(name, version, [archive]) : await sourceImage(recipe(), name, [archive]));
  }
  return images;
}

const recipe = (): string => join(process.env.MI_PATTERNS_SHARED ?? join(import.meta.dirname, '..', '..', '..', '..', 'shared'), 'mi-runtime');

async function runGroup(stage: Stage, group: Group, wanted: (group: string, proof: string) => boolean): Promise<ProofResult[]> {
  const proofs = group.proofs.filter((proof) => wanted(group.name, proof.name));
  if (proofs.length === 0 || (group.name === 'coordinated at-most-one' && stage.chart.id === 'helm-mi')) return [];
  const { target, chart } = stage;
  await chart.remove(target, namespace);
  await removeNamespace(target, namespace);
  const results: ProofResult[] = [];
  const begin = Date.now();
  await chart.apply(target, namespace, stage.intent, 600);
  const installed = (Date.now() - begin) / 1000;
  say(`${chart.id}: ${group.name} ready after ${installed.toFixed(1)} s`);
  results.push({ pattern: stage.intent.isolatedTask === undefined ? (stage.intent.replicas === 1 ? 'single-replica' : 'multiple-replicas') : 'coordinated', event: 'installed', chart: chart.id, figures: { seconds: installed } });
  for (const proof of proofs) {
    try {
      results.push(await proof.run(stage));
    } catch (error) {
      const note = error instanceof Error ? error.message : String(error);
      say(`${chart.id}: ${group.name}, ${proof.name}: FAILED: ${note}`);
      results.push({ pattern: results[0]?.pattern ?? 'any', event: proof.name, chart: chart.id, figures: {}, note });
      if ((await podStates(target.api, namespace, chart.stateless)).length === 0) break;
    }
  }
  await chart.remove(target, namespace);
  await removeNamespace(target, namespace);
  return results;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { cluster: { type: 'string', default: 'default' }, kubeconfig: { type: 'boolean' }, 'load-command': { type: 'string' }, server: { type: 'string', default: 'stand-in' }, charts: { type: 'string' }, chart: { type: 'string' }, only: { type: 'string' }, rate: { type: 'string', default: '100' }, results: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help === true) {
    say(usage);
    return 0;
  }
  const kind: ServerKind = values.server === 'source' ? 'built-from-source' : 'stand-in';
  const version = kind === 'stand-in' ? '4.6.0' : '4.3.0';
  const work = mkdtempSync(join(tmpdir(), 'mi-proofs-'));
  const target: Target = values.kubeconfig === true ? await givenTarget(values['load-command']) : await ownTarget(values.cluster);
  try {
    say(`Server in the pods: ${serverNames[kind]}`);
    const tools = await toolsImage();
    for (const image of [tools, ...(await buildImages(kind, version, work))]) await target.loadImage(image);
    const nodes = await readyNodes(target);
    const [safeNode] = nodes;
    if (safeNode === undefined) throw new Error('No node is ready.');
    await startTools(target, tools, safeNode);
    const official = officialChartFolder();
    const charts = (values.charts?.split(',') ?? ['mi-patterns', 'helm-mi']).flatMap((id): ChartUnderTest[] => (id === 'mi-patterns' ? [ownChart(work, values.chart)] : official === undefined ? [] : [officialChart(official, work)]));
    const only = values.only?.split(',');
    const wanted = (group: string, proof: string): boolean => only === undefined || only.some((text) => group === text || proof.includes(text) || `${group}/${proof}` === text);
    const base: Intent = { image: { repository, tag: '1' }, version, replicas: 2 };
    const server = await read<{ gitVersion: string }>(target.api, '/version');
    const results: ProofResult[] = [];
    const begin = new Date().toISOString();
    const file = values.results ?? join(import.meta.dirname, '..', '..', '..', 'docs', 'availability.json');
    for (const group of groups) {
      for (const chart of charts) {
        const stage: Stage = { target, chart, namespace, tools, safeNode, rate: Number(values.rate), intent: group.intent(base), report: say };
        results.push(...(await runGroup(stage, group, wanted)));
        const run: ProofRun = { server: kind, serverImage: serverNames[kind], kubernetes: server?.gitVersion ?? '', nodes: nodes.length, nodeGraceSeconds: target.machine === undefined ? undefined : clusterStatus(values.cluster).state?.settings.nodeGrace, begin, results };
        writeFileSync(file, `${JSON.stringify(run, null, 2)}\n`); // after each group: a cut-off run keeps what it has seen
      }
    }
    await removeNamespace(target, toolsNamespace);
    return results.some((result) => result.note !== undefined) ? 1 : 0;
  } finally {
    target.close();
    rmSync(work, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 3;
}
